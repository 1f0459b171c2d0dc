import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binForTraining, binRows } from '../../../src/train/gbdt/bins.js';
import { boost, boostBinned, type BoostRows } from '../../../src/train/gbdt/boost.js';
import { type LossName, lossOf } from '../../../src/train/gbdt/losses.js';
import { DEFAULT_GBDT_OPTIONS, type GbdtOptions } from '../../../src/train/gbdt/options.js';
import { featureImportance, leafOf, predictRows } from '../../../src/train/gbdt/tree.js';
import { weightedQuantile } from '../../../src/train/gbdt/weighted-quantile.js';
import { noisySet, SMALL } from './sets.js';

const LOSSES: readonly LossName[] = ['l2', 'huber', { huber: 0.9 }, { quantile: 0.1 }, { quantile: 0.8 }];
const FEW: GbdtOptions = { ...SMALL, trees: 25, leaves: 12, learningRate: 0.2, minRowsPerLeaf: 5 };

function pinball(p: number, target: Float32Array, predicted: Float32Array): number {
  return target.reduce((sum, y, i) => {
    const r = y - (predicted[i] ?? 0);
    return sum + (r >= 0 ? p * r : (p - 1) * r);
  }, 0);
}

describe.each(LOSSES.map((loss) => ({ loss, name: JSON.stringify(loss) })))('loss $name', ({ loss }) => {
  it('falls with the trees on the rows they are grown on', () => {
    const { trainLoss } = boost(noisySet(1500, 3), null, { ...FEW, trees: 40, loss });
    for (let i = 1; i < trainLoss.length; i += 1) {
      expect(trainLoss[i]).toBeLessThanOrEqual((trainLoss[i - 1] ?? 0) * (1 + 1e-6));
    }
    expect(trainLoss.at(-1)).toBeLessThan(0.5 * (trainLoss[0] ?? 0));
  });

  it('treats a row of weight n as n rows', () => {
    const set = noisySet(400, 4);
    const weights = Float32Array.from(set.target, (_, i) => 1 + (i % 3));
    const width = set.matrix.width;
    const repeated = [...weights].flatMap((weight, row) => Array.from({ length: weight }, () => row));
    const copies: BoostRows = {
      matrix: {
        rows: repeated.length,
        width,
        data: Float32Array.from(
          repeated.flatMap((row) => [...set.matrix.data.subarray(row * width, (row + 1) * width)]),
        ),
      },
      target: Float32Array.from(repeated, (row) => set.target[row] ?? 0),
    };
    // The same cuts for both: quantiles of features do not look at weights.
    const { bins } = binForTraining(set.matrix, 30);
    const options = { ...FEW, trees: 3, minRowsPerLeaf: 20, loss };
    const a = boostBinned({ ...set, weights, binned: binRows(set.matrix, bins) }, null, options);
    const b = boostBinned({ ...copies, binned: binRows(copies.matrix, bins) }, null, options);
    expect(a.ensemble.trees[0]?.feature).toEqual(b.ensemble.trees[0]?.feature);
    expect(a.ensemble.trees[0]?.threshold).toEqual(b.ensemble.trees[0]?.threshold);
    const [pa, pb] = [predictRows(a.ensemble, set.matrix), predictRows(b.ensemble, set.matrix)];
    pa.forEach((value, i) => expect(value).toBeCloseTo(pb[i] ?? Number.NaN, 3));
  });

  it('stops early by this loss of the later rows', () => {
    const held = noisySet(300, 2);
    const options = { ...FEW, trees: 300, leaves: 31, learningRate: 0.5, earlyStoppingRounds: 8, loss };
    const { ensemble, validationLoss } = boost(noisySet(300, 1), held, options);
    expect(ensemble.trees.length).toBeLessThan(300);
    const residual = Float64Array.from(predictRows(ensemble, held.matrix), (value, i) => {
      return (held.target[i] ?? 0) - value;
    });
    const train = noisySet(300, 1).target;
    expect(lossOf(loss, train, null).mean(residual, null)).toBeCloseTo(Math.min(...validationLoss), 5);
  });
});

describe('quantile loss', () => {
  it('gives every leaf a value that no other constant beats on the leaf', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (seed, p) => {
          const set = noisySet(300, seed);
          const options = { ...SMALL, leaves: 6, minRowsPerLeaf: 10, loss: { quantile: p } };
          const { ensemble } = boost(set, null, options);
          const [tree] = ensemble.trees;
          if (tree === undefined) throw new Error('no tree');
          const leafOfRow = Array.from(set.target, (_, row) => leafOf(tree, set.matrix.data, row * 3));
          for (const leaf of new Set(leafOfRow)) {
            const rows = [...leafOfRow.keys()].filter((row) => leafOfRow[row] === leaf);
            const target = Float32Array.from(rows, (row) => set.target[row] ?? 0);
            const lossAt = (value: number) =>
              pinball(
                p,
                target,
                target.map(() => value),
              );
            const chosen = lossAt(ensemble.baseValue + (tree.value[leaf] ?? 0));
            for (const other of target) expect(chosen).toBeLessThanOrEqual(lossAt(other) + 1e-4);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('leaves the share p of the rows below it, also of rows it has not seen', () => {
    for (const p of [0.1, 0.5, 0.9]) {
      const options = { ...FEW, trees: 60, minRowsPerLeaf: 40, loss: { quantile: p } };
      const { ensemble } = boost(noisySet(4000, 5), null, options);
      const fresh = noisySet(4000, 6);
      const predicted = predictRows(ensemble, fresh.matrix);
      const below = fresh.target.filter((y, i) => y <= (predicted[i] ?? 0)).length / fresh.target.length;
      expect(Math.abs(below - p)).toBeLessThan(0.06);
    }
  });

  it('refuses shares outside 0 to 1', () => {
    for (const p of [0, 1, -1, Number.NaN]) {
      expect(() => boost(noisySet(10, 1), null, { ...SMALL, loss: { quantile: p } })).toThrow(
        /between 0 and 1/,
      );
      expect(() => boost(noisySet(10, 1), null, { ...SMALL, loss: { huber: p } })).toThrow(/between 0 and 1/);
    }
  });
});

describe('huber loss', () => {
  it('is not led astray by a few wild targets, as squared loss is', () => {
    const set = noisySet(2000, 7);
    const wild = set.target.map((y, i) => (i % 50 === 0 ? y + 200 : y));
    const missOf = (loss: LossName) => {
      const { ensemble } = boost({ ...set, target: wild }, null, { ...FEW, trees: 60, loss });
      const predicted = predictRows(ensemble, set.matrix);
      return set.target.reduce((sum, y, i) => sum + Math.abs(y - (predicted[i] ?? 0)), 0) / 2000;
    };
    expect(missOf('huber')).toBeLessThan(0.1 * missOf('l2'));
  });

  it('comes down to a scale of its own where most targets are equal', () => {
    const set = noisySet(200, 8);
    const target = set.target.map((_, i) => (i % 10 === 0 ? 1 : 0));
    const { ensemble } = boost({ ...set, target }, null, { ...FEW, loss: 'huber' });
    expect(predictRows(ensemble, set.matrix).every(Number.isFinite)).toBe(true);
  });
});

describe('boosting on binned rows', () => {
  it('gives what boosting on raw rows gives, for one target after another', () => {
    const set = noisySet(600, 9);
    const held = noisySet(200, 10);
    const binned = binForTraining(set.matrix, FEW.maxBins);
    const later = { ...held, binned: binRows(held.matrix, binned.bins) };
    for (const loss of LOSSES) {
      const options = { ...FEW, loss, earlyStoppingRounds: 5 };
      expect(boostBinned({ ...set, binned }, later, options)).toEqual(boost(set, held, options));
    }
  });

  it('uses the columns it is allowed to use and no other, and says how much', () => {
    const set = noisySet(800, 11);
    const importanceFor = (features: number[] | null) =>
      featureImportance(boost(set, null, { ...FEW, features }).ensemble);
    const all = importanceFor(null);
    expect(all.every((gain) => gain > 0)).toBe(true);
    const some = importanceFor([0, 2]);
    expect(some[0]).toBeGreaterThan(0);
    expect(some[1]).toBe(0);
    expect(some[2]).toBeGreaterThan(0);
    expect(() => importanceFor([3])).toThrow(/no column 3/);
  });

  it('accounts for the fall of the squared loss by the gains, where leaves are not shrunk', () => {
    const set = noisySet(500, 12);
    const { ensemble, trainLoss } = boost(set, null, { ...SMALL, lambda: 0, leaves: 10 });
    const mean = ensemble.baseValue;
    const before = set.target.reduce((sum, y) => sum + (y - mean) ** 2, 0);
    const gain = featureImportance(ensemble).reduce((a, b) => a + b, 0);
    expect(gain).toBeCloseTo(before - (trainLoss[0] ?? 0) * 500, 1);
  });

  it('refuses targets and weights that do not fit the rows', () => {
    const set = noisySet(20, 1);
    const boostWith = (part: Partial<BoostRows>) => () => boost({ ...set, ...part }, null, SMALL);
    expect(boostWith({ target: new Float32Array(19) })).toThrow(/20 rows/);
    expect(boostWith({ weights: new Float32Array(21) })).toThrow(/20 rows/);
    expect(boostWith({ weights: new Float32Array(20).fill(-1) })).toThrow(/not negative/);
  });

  it('ignores rows of weight 0', () => {
    const set = noisySet(500, 13);
    const weights = Float32Array.from(set.target, (_, i) => (i % 2 === 0 ? 1 : 0));
    const target = set.target.map((y, i) => (i % 2 === 0 ? y : 1000));
    for (const loss of LOSSES) {
      const { ensemble } = boost({ ...set, target, weights }, null, { ...FEW, loss });
      expect(Math.max(...predictRows(ensemble, set.matrix))).toBeLessThan(10);
    }
  });
});

describe('weightedQuantile', () => {
  it('is what sorting and adding up weights finds', () => {
    const pair = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (pairs, p) => {
          const values = Float64Array.from(pairs, ([value]) => value);
          const weights = Float32Array.from(pairs, ([, weight]) => weight);
          const copies = Float64Array.from(pairs.flatMap(([v, w]) => Array.from({ length: w }, () => v)));
          fc.pre(copies.length > 0);
          expect(weightedQuantile(values, weights, p)).toBe(weightedQuantile(copies, null, p));
        },
      ),
    );
  });

  it('takes the middle value and the ends', () => {
    const values = Float32Array.of(5, 1, 3);
    expect([0.01, 0.5, 0.99].map((p) => weightedQuantile(values, null, p))).toEqual([1, 3, 5]);
    expect(weightedQuantile(new Float32Array(0), null, 0.5)).toBe(0);
    expect(DEFAULT_GBDT_OPTIONS.loss).toBe('l2');
  });
});
