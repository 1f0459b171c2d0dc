import { describe, expect, it } from 'vitest';
import { solveSymmetric } from '../../src/train/cholesky.js';
import { horizonKernel } from '../../src/train/horizon-kernel.js';
import { seededRandom } from '../../src/train/random.js';
import { chooseRidge, fitRidge, predictRidge } from '../../src/train/ridge.js';
import { addMoments, momentsOf, standardise } from '../../src/train/ridge-moments.js';
import { selectRows, type TrainingRows } from '../../src/train/training-rows.js';

const HORIZONS = [5, 60, 720];

/** Each horizon has its own line; a fifth of the values is missing where `missing` says so. */
function draw(rows: number, seed: number, missing: boolean) {
  const random = seededRandom(seed);
  const data = new Float32Array(rows * 3);
  const horizonIndex = new Uint16Array(rows);
  const target = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const h = row % HORIZONS.length;
    horizonIndex[row] = h;
    const x = [20_000 + 1000 * random(), random() - 0.5, 7];
    target[row] = (h + 1) * 2e-3 * ((x[0] ?? 0) - 20_500) - 3 * h * (x[1] ?? 0) + 0.25 * h;
    x.forEach((value, f) => (data[row * 3 + f] = missing && random() < 0.2 ? Number.NaN : value));
  }
  return { matrix: { rows, width: 3, data }, target, horizonIndex };
}

describe('fitRidge', () => {
  const kernel = horizonKernel(HORIZONS);
  const fitted = (train: TrainingRows, later: TrainingRows) => {
    const moments = momentsOf(train, standardise(train.matrix), HORIZONS.length);
    return fitRidge(moments, chooseRidge(moments, later, kernel), kernel);
  };

  it('recovers a line per horizon', () => {
    const model = fitted(draw(3000, 1, false), draw(600, 2, false));
    const test = draw(600, 3, false);
    const predicted = predictRidge(model, test.matrix, test.horizonIndex);
    predicted.forEach((value, row) => expect(Math.abs(value - (test.target[row] ?? 0))).toBeLessThan(0.02));
  });

  it('has the same sums whether rows come at once or later', () => {
    const rows = draw(601, 4, true);
    const standardiser = standardise(rows.matrix);
    const whole = momentsOf(rows, standardiser, HORIZONS.length);
    const parts = momentsOf(
      selectRows(rows, (row) => row < 250),
      standardiser,
      HORIZONS.length,
    );
    addMoments(
      parts,
      selectRows(rows, (row) => row >= 250),
    );
    expect(parts.rows).toEqual(whole.rows);
    whole.gram.forEach((triangle, h) => {
      triangle.forEach((value, i) => expect(parts.gram[h]?.[i]).toBeCloseTo(value, 8));
    });
  });

  it('stays finite with missing values and with a feature that does not vary', () => {
    const model = fitted(draw(3000, 1, true), draw(600, 2, true));
    const test = draw(600, 3, true);
    const predicted = predictRidge(model, test.matrix, test.horizonIndex);
    const error =
      predicted.reduce((sum, value, row) => sum + (value - (test.target[row] ?? 0)) ** 2, 0) / 600;
    const spread = test.target.reduce((sum, value) => sum + value ** 2, 0) / 600;
    expect(error).toBeLessThan(0.5 * spread);
  });

  it('answers nothing where the later rows show that it is worth nothing', () => {
    const noise = draw(600, 2, false);
    const contrary = { ...noise, target: noise.target.map((value) => -value) };
    const model = fitted(draw(3000, 1, false), contrary);
    expect([...model.weights, ...model.intercept].every((value) => value === 0)).toBe(true);
  });
});

describe('solveSymmetric', () => {
  it('solves a positive definite system and refuses another', () => {
    const x = solveSymmetric(Float64Array.of(4, 2, 0, 3), Float64Array.of(10, 11));
    expect(x?.[0]).toBeCloseTo(1, 12);
    expect(x?.[1]).toBeCloseTo(3, 12);
    expect(solveSymmetric(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toBeNull();
  });
});

describe('horizonKernel', () => {
  it('lets close horizons share and far ones not', () => {
    const kernel = horizonKernel([5, 10, 180, 195]);
    expect([kernel[0], kernel[1], kernel[15]]).toEqual([1, 0, 1]);
    expect(kernel[11]).toBeGreaterThan(0.7);
  });
});
