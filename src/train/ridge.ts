/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { solveSymmetric } from './cholesky.js';
import type { NetRows } from './mlp/fit-net.js';

/** output = sum(input x weight) + intercept; float32 as the ONNX file stores them. */
export interface LinearModel {
  readonly weights: Float32Array;
  readonly intercept: number;
}

/** Penalties that are tried, in rows: the weight of "all coefficients are 0" against the data. */
const LAMBDAS = [3, 30, 300, 3000];

/** Weighted sums of products of inputs and target: all that ridge regression needs to know of the rows. */
interface Moments {
  readonly width: number;
  readonly weight: number;
  readonly target: number;
  readonly input: Float64Array;
  readonly product: Float64Array;
  /** Upper triangle. */
  readonly gram: Float64Array;
}

/**
 * Ridge regression (Hoerl & Kennard 1970) with the penalty that does best on later rows.
 * @param validation null takes `lambda` as it is
 */
export function fitRidge(
  train: NetRows,
  validation: NetRows | null,
  lambda = LAMBDAS[1] ?? 30,
): { readonly model: LinearModel; readonly lambda: number } {
  const moments = momentsOf(train);
  if (validation === null || validation.rows === 0) return { model: solve(moments, lambda), lambda };
  const tried = LAMBDAS.map((penalty) => {
    const model = solve(moments, penalty);
    return { model, lambda: penalty, loss: lossOf(model, validation) };
  });
  return tried.reduce((best, one) => (one.loss < best.loss ? one : best));
}

export function runLinear(model: LinearModel, inputs: Float32Array, rows: number): Float32Array {
  const width = model.weights.length;
  const output = new Float32Array(rows);
  for (let row = 0, at = 0; row < rows; row += 1) {
    let sum = model.intercept;
    for (let i = 0; i < width; i += 1, at += 1) sum += inputs[at]! * model.weights[i]!;
    output[row] = sum;
  }
  return output;
}

function momentsOf({ rows, inputs, width, target, weights }: NetRows): Moments {
  const input = new Float64Array(width);
  const product = new Float64Array(width);
  const gram = new Float64Array(width * width);
  let weight = 0;
  let total = 0;
  for (let row = 0; row < rows; row += 1) {
    const at = row * width;
    const w = weights[row]!;
    const y = target[row]!;
    weight += w;
    total += w * y;
    for (let i = 0; i < width; i += 1) {
      const x = w * inputs[at + i]!;
      if (x === 0) continue;
      input[i]! += x;
      product[i]! += x * y;
      const line = i * width;
      for (let j = i; j < width; j += 1) gram[line + j]! += x * inputs[at + j]!;
    }
  }
  return { width, weight, target: total, input, product, gram };
}

function solve({ width, weight, target, input, product, gram }: Moments, lambda: number): LinearModel {
  const a = new Float64Array(width * width);
  const b = new Float64Array(width);
  for (let i = 0; i < width; i += 1) {
    b[i] = product[i]! - (input[i]! * target) / weight;
    for (let j = i; j < width; j += 1)
      a[i * width + j] = gram[i * width + j]! - (input[i]! * input[j]!) / weight;
    a[i * width + i]! += lambda;
  }
  const weights = Float32Array.from(solveSymmetric(a, b) ?? new Float64Array(width));
  let intercept = target;
  for (let i = 0; i < width; i += 1) intercept -= weights[i]! * input[i]!;
  return { weights, intercept: Math.fround(intercept / weight) };
}

function lossOf(model: LinearModel, { rows, inputs, target, weights }: NetRows): number {
  const answers = runLinear(model, inputs, rows);
  let loss = 0;
  for (let row = 0; row < rows; row += 1) loss += weights[row]! * Math.abs(answers[row]! - target[row]!);
  return loss;
}
