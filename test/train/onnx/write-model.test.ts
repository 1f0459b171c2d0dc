import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { RowMatrix } from '../../../src/train/gbdt/bins.js';
import { boost } from '../../../src/train/gbdt/boost.js';
import { DEFAULT_GBDT_OPTIONS } from '../../../src/train/gbdt/options.js';
import { type Ensemble, predictRows } from '../../../src/train/gbdt/tree.js';
import { horizonKernel } from '../../../src/train/horizon-kernel.js';
import { writeOnnx } from '../../../src/train/onnx/write-model.js';
import { seededRandom } from '../../../src/train/random.js';
import { chooseRidge, fitRidge, predictRidge, type RidgeModel } from '../../../src/train/ridge.js';
import { momentsOf, standardise } from '../../../src/train/ridge-moments.js';

const HORIZONS = [5, 10, 15, 60, 180];
const WIDTH = 6;

async function run(bytes: Uint8Array, matrix: RowMatrix): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const results = await session.run({
      features: new Tensor('float32', matrix.data, [matrix.rows, matrix.width]),
    });
    const output = results['difference'];
    expect(output?.dims).toEqual([matrix.rows, 1]);
    return output?.data as Float32Array;
  } finally {
    await session.release();
  }
}

/** Column 0 is the horizon; others are values of different sizes, missing at random, with zeros of both signs. */
function draw(rows: number, seed: number) {
  const random = seededRandom(seed);
  const data = new Float32Array(rows * WIDTH);
  const horizonIndex = new Uint16Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const h = Math.floor(random() * HORIZONS.length);
    horizonIndex[row] = h;
    const values = [
      HORIZONS[h],
      random() * 1e-3,
      25_000 + 3000 * random(),
      random() - 0.5,
      random() < 0.5 ? 0 : -0,
      random() * 1e-40,
    ];
    values.forEach((value, f) => {
      data[row * WIDTH + f] = f > 0 && random() < 0.15 ? Number.NaN : (value ?? 0);
    });
  }
  const target = Float32Array.from(horizonIndex, (h, row) => {
    const x = (f: number) => data[row * WIDTH + f] || 0;
    return Math.sin(x(2) / 500) + h * x(3) + 0.2 * random();
  });
  return { matrix: { rows, width: WIDTH, data }, target, horizonIndex };
}

const NO_RIDGE: RidgeModel = {
  mean: new Float32Array(WIDTH),
  weights: new Float32Array(WIDTH * HORIZONS.length),
  intercept: new Float32Array(HORIZONS.length),
};
const horizon = { column: 0, horizonsMinutes: HORIZONS };
const OPTIONS = { ...DEFAULT_GBDT_OPTIONS, trees: 60, leaves: 31, minRowsPerLeaf: 5, featureFraction: 0.7 };

describe('the written ONNX model', () => {
  it('takes the same branch as the trainer at and next to every threshold, to the last bit', async () => {
    const rows = draw(4000, 1);
    const weights = rows.target.map((_, row) => 1 + (row % 5) / 3);
    for (const loss of ['l2', 'huber', { quantile: 0.05 }, { quantile: 0.9 }] as const) {
      const { ensemble } = boost({ ...rows, weights }, null, { ...OPTIONS, loss });
      const edges = thresholdRows(ensemble);
      for (const matrix of [rows.matrix, edges]) {
        const answer = await run(writeOnnx({ ridge: NO_RIDGE, ensemble, horizon }), matrix);
        // Float32 sums in the same order: equal bit for bit, so not one branch differs.
        expect(answer).toEqual(predictRows(ensemble, matrix));
      }
    }
  });

  it('agrees on ridge + trees within float32 rounding', async () => {
    const rows = draw(4000, 2);
    const kernel = horizonKernel(HORIZONS);
    const moments = momentsOf(rows, standardise(rows.matrix), HORIZONS.length);
    const ridge = fitRidge(moments, chooseRidge(moments, draw(1000, 3), kernel), kernel);
    const linear = predictRidge(ridge, rows.matrix, rows.horizonIndex);
    const { ensemble } = boost(
      { matrix: rows.matrix, target: rows.target.map((y, i) => y - (linear[i] ?? 0)) },
      null,
      OPTIONS,
    );
    const trees = predictRows(ensemble, rows.matrix);
    const answer = await run(writeOnnx({ ridge, ensemble, horizon }), rows.matrix);
    answer.forEach((value, i) => {
      const expected = (linear[i] ?? 0) + (trees[i] ?? 0);
      expect(Math.abs(value - expected)).toBeLessThan(2e-6 * (1 + Math.abs(expected)));
    });
  });

  it('serves an ensemble without trees, and horizons it was not trained for as the nearest one', async () => {
    const ensemble = { baseValue: 0.5, trees: [], featureCount: WIDTH };
    const ridge = { ...NO_RIDGE, intercept: Float32Array.of(1, 2, 3, 4, 5) };
    const minutes = [5, 10, 15, 20, 60, 175, 180, 600, 1, 0];
    const data = new Float32Array(minutes.length * WIDTH);
    minutes.forEach((value, row) => (data[row * WIDTH] = value));
    const answer = await run(writeOnnx({ ridge, ensemble, horizon }), {
      rows: minutes.length,
      width: WIDTH,
      data,
    });
    expect([...answer]).toEqual([1, 2, 3, 3, 4, 5, 5, 5, 1, 1].map((value) => value + 0.5));
  });

  it('is the same bytes for the same model', () => {
    const { ensemble } = boost(draw(500, 4), null, OPTIONS);
    const model = { ridge: NO_RIDGE, ensemble, horizon };
    expect(writeOnnx(model)).toEqual(writeOnnx(model));
  });
});

/** For every inner node: rows whose feature is its threshold, and the float32 values just below and above it. */
function thresholdRows(ensemble: Ensemble): RowMatrix {
  const rows: number[][] = [];
  for (const tree of ensemble.trees) {
    tree.feature.forEach((feature, node) => {
      if (feature < 0) return;
      const threshold = tree.threshold[node] ?? 0;
      for (const value of [threshold, nextFloat(threshold, 1), nextFloat(threshold, -1), Number.NaN, 0, -0]) {
        const row = [15, 5e-4, 26_500, 0.1, 0, 5e-41];
        row[feature] = value;
        rows.push(row);
      }
    });
  }
  return { rows: rows.length, width: WIDTH, data: Float32Array.from(rows.flat()) };
}

/** The float32 that is `steps` representable values further from zero (or nearer, for -1). */
function nextFloat(value: number, steps: number): number {
  const float = Float32Array.of(value);
  const bits = new Int32Array(float.buffer);
  bits[0] = (bits[0] ?? 0) + steps;
  return float[0] ?? 0;
}
