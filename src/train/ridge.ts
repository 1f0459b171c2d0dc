/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { solveSymmetric } from './cholesky.js';
import type { RowMatrix } from './gbdt/bins.js';
import { smoothRatio } from './horizon-kernel.js';
import { type Moments, shareMoments } from './ridge-moments.js';
import type { TrainingRows } from './training-rows.js';

/**
 * One linear model a horizon, on centred features: output = sum((x - mean) * weight) + intercept, a missing x counting
 * as its mean. Float32 as the ONNX file stores them; weights already include 1 / standard deviation.
 */
export interface RidgeModel {
  readonly mean: Float32Array;
  /** Row-major [H x F]. */
  readonly weights: Float32Array;
  readonly intercept: Float32Array;
}

/** What the later rows decided, per horizon. */
export interface RidgeChoice {
  /** Penalty, in rows. */
  readonly lambda: Float64Array;
  /** How far the output is trusted, 0 .. 1. */
  readonly trust: Float64Array;
}

/** Penalties that are tried, in rows: the weight of "all standardised coefficients are 0" against the data. */
const LAMBDAS = [3, 30, 300, 3000];

/**
 * Chooses each horizon's penalty, and how far its output is trusted, on the later `validation` rows; both are shared
 * between close horizons, so that few rows do not decide by luck.
 * @param moments of the training rows
 * @param kernel [H x H], see horizonKernel
 */
export function chooseRidge(moments: Moments, validation: TrainingRows, kernel: Float64Array): RidgeChoice {
  const horizons = moments.rows.length;
  const shared = shareMoments(moments, kernel);
  const scores = LAMBDAS.map((penalty) => {
    const model = solveAll(shared, new Float64Array(horizons).fill(penalty));
    return scoreOf(predictRidge(model, validation.matrix, validation.horizonIndex), validation, kernel);
  });
  const lambda = new Float64Array(horizons);
  const trust = new Float64Array(horizons);
  for (let h = 0; h < horizons; h += 1) {
    const best = scores.reduce((at, score, i) => (score.loss[h]! < scores[at]!.loss[h]! ? i : at), 0);
    lambda[h] = LAMBDAS[best]!;
    trust[h] = Math.max(0, Math.min(1, scores[best]!.slope[h]! || 0));
  }
  return { lambda, trust };
}

/** Fits per-horizon ridge regression (Hoerl & Kennard 1970); moments are shared between close horizons by `kernel`. */
export function fitRidge(moments: Moments, choice: RidgeChoice, kernel: Float64Array): RidgeModel {
  const model = solveAll(shareMoments(moments, kernel), choice.lambda);
  const width = model.mean.length;
  return {
    mean: model.mean,
    weights: model.weights.map((weight, i) => weight * choice.trust[Math.floor(i / width)]!),
    intercept: model.intercept.map((value, h) => value * choice.trust[h]!),
  };
}

/** Predicts rows. Sums in double; ONNX Runtime sums in float32, so the two differ by float32 rounding. */
export function predictRidge(model: RidgeModel, matrix: RowMatrix, horizonIndex: Uint16Array): Float32Array {
  const { width, data } = matrix;
  const { mean, weights } = model;
  const output = new Float32Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row += 1) {
    const at = row * width;
    const h = horizonIndex[row]!;
    const line = h * width;
    let sum = 0;
    for (let f = 0; f < width; f += 1) {
      const difference = Math.fround(data[at + f]! - mean[f]!);
      if (!Number.isNaN(difference)) sum += difference * weights[line + f]!;
    }
    output[row] = sum + model.intercept[h]!;
  }
  return output;
}

/** @param lambda one a horizon */
function solveAll(moments: Moments, lambda: Float64Array): RidgeModel {
  const { mean, inverseDeviation } = moments.standardiser;
  const horizons = moments.rows.length;
  const width = mean.length;
  const weights = new Float32Array(horizons * width);
  const intercept = new Float32Array(horizons);
  const a = new Float64Array(width * width);
  const b = new Float64Array(width);
  for (let h = 0; h < horizons; h += 1) {
    const n = moments.rows[h]!;
    if (n === 0) continue;
    const sums = moments.feature.subarray(h * width, (h + 1) * width);
    const gram = moments.gram[h]!;
    for (let i = 0; i < width; i += 1) {
      const meanI = sums[i]! / n;
      for (let j = i; j < width; j += 1) a[i * width + j] = gram[i * width + j]! - meanI * sums[j]!;
      a[i * width + i]! += lambda[h]!;
      b[i] = moments.product[h * width + i]! - meanI * moments.target[h]!;
    }
    const solution = solveSymmetric(a, b) ?? new Float64Array(width);
    let offset = moments.target[h]! / n;
    for (let i = 0; i < width; i += 1) {
      offset -= solution[i]! * (sums[i]! / n);
      weights[h * width + i] = solution[i]! * inverseDeviation[i]!;
    }
    intercept[h] = offset;
  }
  return { mean, weights, intercept };
}

/** Mean squared error and least-squares slope of target on prediction, a horizon each. */
function scoreOf(predicted: Float32Array, rows: TrainingRows, kernel: Float64Array) {
  const horizons = Math.round(Math.sqrt(kernel.length));
  const errors = new Float64Array(horizons);
  const counts = new Float64Array(horizons);
  const products = new Float64Array(horizons);
  const squares = new Float64Array(horizons);
  predicted.forEach((value, row) => {
    const h = rows.horizonIndex[row]!;
    const target = rows.target[row]!;
    errors[h]! += (value - target) ** 2;
    counts[h]! += 1;
    products[h]! += value * target;
    squares[h]! += value * value;
  });
  return { loss: smoothRatio(errors, counts, kernel), slope: smoothRatio(products, squares, kernel) };
}
