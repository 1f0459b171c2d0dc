import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf, binRows, planBins } from '../../../src/train/gbdt/bins.js';
import { boost } from '../../../src/train/gbdt/boost.js';
import { leafOf, leafOfBinned, predictRows } from '../../../src/train/gbdt/tree.js';
import { matrixOf, noisySet, SMALL } from './sets.js';

/** Least squared loss over every feature, threshold and side for missing values, leaves shrunk by lambda. */
function bruteForceScore(
  rows: readonly (readonly number[])[],
  residual: readonly number[],
  lambda: number,
): number {
  let best = -Infinity;
  const score = (part: readonly number[]) => part.reduce((a, b) => a + b, 0) ** 2 / (part.length + lambda);
  for (let f = 0; f < (rows[0]?.length ?? 0); f += 1) {
    for (const cut of rows.map((row) => row[f] ?? Number.NaN)) {
      for (const missingLeft of [false, true]) {
        const left: number[] = [];
        const right: number[] = [];
        rows.forEach((row, i) => {
          const x = row[f] ?? Number.NaN;
          ((Number.isNaN(x) ? missingLeft : x <= cut) ? left : right).push(residual[i] ?? 0);
        });
        if (left.length > 0 && right.length > 0) best = Math.max(best, score(left) + score(right));
      }
    }
  }
  return best;
}

describe('boost', () => {
  it('finds the split that an exhaustive search finds', () => {
    const value = fc.oneof(
      fc.integer({ min: -4, max: 4 }),
      fc.constant(Number.NaN),
      fc.float({ noNaN: true, min: -1, max: 1 }),
    );
    const row = fc.tuple(value, value, fc.integer({ min: -50, max: 50 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 30 }), (drawn) => {
        const rows = drawn.map(([a, b]) => [a, b]);
        const target = Float32Array.from(drawn, ([, , y]) => y);
        const { ensemble } = boost({ matrix: matrixOf(rows), target }, null, SMALL);
        const residual = [...target].map((y) => y - ensemble.baseValue);
        const best = bruteForceScore(rows, residual, SMALL.lambda);
        const whole = residual.reduce((a, b) => a + b, 0) ** 2 / (residual.length + SMALL.lambda);
        const tree = ensemble.trees[0];
        if (tree === undefined || tree.feature.length === 1) {
          expect(best - whole).toBeLessThan(1e-3);
          return;
        }
        const sums = new Map<number, number[]>();
        rows.forEach((_, i) => {
          const leaf = leafOf(tree, Float32Array.from(rows.flat()), i * 2);
          sums.set(leaf, [...(sums.get(leaf) ?? []), residual[i] ?? 0]);
        });
        const found = [...sums.values()].reduce(
          (total, part) => total + part.reduce((a, b) => a + b, 0) ** 2 / (part.length + SMALL.lambda),
          0,
        );
        expect(found).toBeGreaterThanOrEqual(best - 1e-3);
      }),
      { numRuns: 300 },
    );
  });

  it('lowers the training loss with every tree', () => {
    const { trainLoss } = boost(noisySet(2000, 3), null, {
      ...SMALL,
      trees: 40,
      leaves: 15,
      learningRate: 0.2,
    });
    for (let i = 1; i < trainLoss.length; i += 1) {
      expect(trainLoss[i]).toBeLessThanOrEqual((trainLoss[i - 1] ?? 0) + 1e-12);
    }
    expect(trainLoss.at(-1)).toBeLessThan(0.02);
  });

  it('gives the same ensemble for the same seed and another for another seed', () => {
    const set = noisySet(1500, 5);
    const options = { ...SMALL, trees: 12, leaves: 8, featureFraction: 0.6, rowFraction: 0.7 };
    const first = boost(set, null, options).ensemble;
    expect(boost(set, null, options).ensemble).toEqual(first);
    expect(boost(set, null, { ...options, seed: 2 }).ensemble).not.toEqual(first);
  });

  it('does not depend on the order of rows', () => {
    const set = noisySet(800, 9);
    const order = Array.from({ length: 800 }, (_, i) => (i * 337) % 800);
    const shuffled = {
      matrix: matrixOf(order.map((i) => [...set.matrix.data.subarray(i * 3, i * 3 + 3)])),
      target: Float32Array.from(order, (i) => set.target[i] ?? 0),
    };
    const options = { ...SMALL, trees: 1, leaves: 20 };
    const [a, b] = [boost(set, null, options).ensemble, boost(shuffled, null, options).ensemble];
    expect(b.trees[0]?.feature).toEqual(a.trees[0]?.feature);
    expect(b.trees[0]?.threshold).toEqual(a.trees[0]?.threshold);
  });

  it('stops early at the best tree of the later rows', () => {
    const options = { ...SMALL, trees: 400, leaves: 31, learningRate: 0.5, earlyStoppingRounds: 8 };
    const { ensemble, validationLoss } = boost(noisySet(400, 1), noisySet(400, 2), options);
    expect(ensemble.trees.length).toBeLessThan(400);
    expect(validationLoss.indexOf(Math.min(...validationLoss))).toBe(ensemble.trees.length - 1);
  });

  it('keeps the limits of leaves, depth and rows a leaf', () => {
    const set = noisySet(1000, 4);
    const { ensemble } = boost(set, null, {
      ...SMALL,
      trees: 5,
      leaves: 30,
      maxDepth: 5,
      minRowsPerLeaf: 25,
    });
    for (const tree of ensemble.trees) {
      const rows = new Map<number, number>();
      for (let row = 0; row < 1000; row += 1) {
        const leaf = leafOf(tree, set.matrix.data, row * 3);
        rows.set(leaf, (rows.get(leaf) ?? 0) + 1);
      }
      expect(rows.size).toBeLessThanOrEqual(30);
      expect(Math.min(...rows.values())).toBeGreaterThanOrEqual(25);
    }
  });

  it('learns nothing, without failing, from features that do not vary', () => {
    const matrix = matrixOf([[1], [1], [1]]);
    const { ensemble } = boost({ matrix, target: Float32Array.of(1, 2, 6) }, null, SMALL);
    expect([...predictRows(ensemble, matrix)]).toEqual([3, 3, 3]);
  });
});

describe('a feature that is never known', () => {
  it('is without influence: it takes no place of the features that a tree draws', () => {
    const { matrix, target } = noisySet(400, 12);
    const options = { ...SMALL, trees: 8, leaves: 6, featureFraction: 0.6 };
    const { rows, width, data } = matrix;
    const wide = matrixOf(
      Array.from({ length: rows }, (_, row) => [
        ...data.subarray(row * width, (row + 1) * width),
        ...[Number.NaN, Number.NaN, Number.NaN],
      ]),
    );
    const without = boost({ matrix, target }, null, options).ensemble;
    expect(boost({ matrix: wide, target }, null, options).ensemble.trees).toEqual(without.trees);
  });
});

describe('bins', () => {
  const float = fc.float({ noDefaultInfinity: true });

  it('keep float32 order: a value and its cut agree with the bin number', () => {
    fc.assert(
      fc.property(
        fc.array(float, { minLength: 2, maxLength: 200 }),
        float,
        fc.integer({ min: 2, max: 254 }),
        (xs, probe, max) => {
          const [bins] = planBins(matrixOf(xs.map((x) => [x])), max);
          if (bins === undefined) throw new Error('no bins');
          expect(bins.cuts.length).toBeLessThanOrEqual(max);
          for (const x of [...xs, probe]) {
            const bin = binOf(x, bins);
            if (Number.isNaN(x)) expect(bin).toBe(bins.cuts.length + 1);
            bins.cuts.forEach((cut, i) => {
              if (!Number.isNaN(x)) expect(bin <= i).toBe(x <= cut);
            });
          }
        },
      ),
    );
  });

  it('route raw and binned rows to the same leaf, missing values included', () => {
    const set = noisySet(3000, 11);
    const { ensemble } = boost(set, null, { ...SMALL, trees: 10, leaves: 31, learningRate: 0.3 });
    const fresh = noisySet(3000, 12).matrix;
    const binned = binRows(fresh, planBins(set.matrix, SMALL.maxBins));
    for (const tree of ensemble.trees) {
      for (let row = 0; row < fresh.rows; row += 1) {
        expect(leafOfBinned(tree, binned, row)).toBe(leafOf(tree, fresh.data, row * fresh.width));
      }
    }
  });
});
