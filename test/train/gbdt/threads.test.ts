import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binForTraining, type BinnedMatrix } from '../../../src/train/gbdt/bins.js';
import { boost } from '../../../src/train/gbdt/boost.js';
import { growTree } from '../../../src/train/gbdt/grow.js';
import { type GrowMemory, growMemory } from '../../../src/train/gbdt/grow-memory.js';
import type { GbdtOptions } from '../../../src/train/gbdt/options.js';
import { packRows, packWeights } from '../../../src/train/gbdt/packing.js';
import { formTeam } from '../../../src/train/gbdt/team.js';
import { CONTROL, PART } from '../../../src/train/gbdt/wasm/layout.js';
import { seededRandom } from '../../../src/train/random.js';
import { SMALL } from './sets.js';

const WIDTH = 37;
const MANY: GbdtOptions = { ...SMALL, leaves: 40, minRowsPerLeaf: 5, maxDepth: 20 };

function wideSet(rows: number, seed: number) {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: rows * WIDTH }, (_, i) =>
    random() < 0.1 ? Number.NaN : i % 3 === 0 ? Math.floor(random() * 4) : random(),
  );
  const target = Float32Array.from({ length: rows }, (_, row) => {
    const x = (column: number) => data[row * WIDTH + column] || 0;
    return x(0) + 3 * x(8) * x(36) + Math.sin(5 * x(17)) + random();
  });
  return { matrix: { rows, width: WIDTH, data }, target };
}

function memoryFor(matrix: BinnedMatrix, threads: number): { grow: GrowMemory; features: Int32Array } {
  const features = Int32Array.from(matrix.columns.keys());
  const grow = growMemory(matrix, features, { leaves: MANY.leaves, features: WIDTH, threads });
  return { grow, features };
}

function grownOn(grow: GrowMemory, features: Int32Array, matrix: BinnedMatrix, target: Float32Array) {
  for (let row = 0; row < matrix.rows; row += 1) grow.rows[row] = row;
  const packing = packRows(grow.rows, matrix.rows, Float64Array.from(target), packWeights(null), grow.packed);
  const { tree, leaves } = growTree(grow, matrix, matrix.rows, features, packing, MANY);
  return { tree, leaves: leaves.map(({ node, from, to }) => ({ node, from, to })), rows: grow.rows.slice() };
}

/** Sleeps until every helper has announced itself. */
function helpersReady({ ints }: GrowMemory, threads: number): void {
  for (let thread = 1; thread < threads; thread += 1) {
    const word = (CONTROL.parts + thread * PART.bytes + PART.ready) >> 2;
    if (Atomics.wait(ints, word, 0, 30_000) === 'timed-out') throw new Error('a helper did not start');
  }
}

describe('threads', () => {
  it.each([2, 3, 8])(
    '%i grow the tree that one grows, to the last bit, and are gone afterwards',
    async (threads) => {
      const set = wideSet(3000, threads);
      const binned = binForTraining(set.matrix, 100);
      const alone = memoryFor(binned, 1);
      const expected = [0, 1, 2].map(() => grownOn(alone.grow, alone.features, binned, set.target));
      const { grow, features } = memoryFor(binned, threads);
      const team = formTeam(grow, threads);
      const before = grownOn(grow, features, binned, set.target);
      helpersReady(grow, threads);
      team.gather();
      expect(grow.threads).toBe(threads);
      const after = [1, 2].map(() => grownOn(grow, features, binned, set.target));
      await team.end();
      expect([before, ...after]).toEqual(expected);
      expect(grow.threads).toBe(1);
    },
  );

  it('give the same ensemble for every option', () => {
    const losses = fc.constantFrom<GbdtOptions['loss']>('l2', 'huber', { quantile: 0.3 });
    fc.assert(
      fc.property(
        losses,
        fc.integer({ min: 1, max: 99 }),
        fc.double({ min: 0.4, max: 1, noNaN: true }),
        (loss, seed, share) => {
          const options = { ...MANY, trees: 8, loss, seed, featureFraction: share, rowFraction: share };
          const [train, held] = [wideSet(700, seed), wideSet(100, seed + 1)];
          const weights = train.target.map((_, row) => 0.3 + (row % 7));
          const one = boost({ ...train, weights }, held, options);
          expect(boost({ ...train, weights }, held, { ...options, threads: 2 })).toEqual(one);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('end also when the caller breaks off', () => {
    const set = wideSet(500, 1);
    const broken = () => {
      throw new Error('enough');
    };
    expect(() => boost(set, null, { ...MANY, trees: 3, threads: 2 }, broken)).toThrow('enough');
  });

  it('may be ended before they have come up', async () => {
    const binned = binForTraining(wideSet(50, 1).matrix, 20);
    await formTeam(memoryFor(binned, 3).grow, 3).end();
  });
});
