import type { RowMatrix } from '../../../src/train/gbdt/bins.js';
import { DEFAULT_GBDT_OPTIONS, type GbdtOptions } from '../../../src/train/gbdt/options.js';
import { seededRandom } from '../../../src/train/random.js';

/** One stump without shrinkage. */
export const SMALL: GbdtOptions = {
  ...DEFAULT_GBDT_OPTIONS,
  trees: 1,
  leaves: 2,
  learningRate: 1,
  lambda: 0.5,
  minRowsPerLeaf: 1,
  featureFraction: 1,
};

export function matrixOf(rows: readonly (readonly number[])[]): RowMatrix {
  return { rows: rows.length, width: rows[0]?.length ?? 0, data: Float32Array.from(rows.flat()) };
}

/** Three features, one of them missing now and then and one of five values, and a target of all three with noise. */
export function noisySet(rows: number, seed: number) {
  const random = seededRandom(seed);
  const data = Array.from({ length: rows }, () => [
    random(),
    random() < 0.2 ? Number.NaN : random() * 10,
    Math.floor(random() * 5),
  ]);
  const target = Float32Array.from(data, ([a = 0, b = 0, c = 0]) => {
    return Math.sin(6 * a) + (Number.isNaN(b) ? 2 : 0.1 * b) + (c === 3 ? 1 : 0) + 0.1 * random();
  });
  return { matrix: matrixOf(data), target };
}
