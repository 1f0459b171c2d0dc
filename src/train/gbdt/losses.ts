/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { NowcastError } from '../../contracts/errors.js';
import { weightedQuantile } from './weighted-quantile.js';

/**
 * What an ensemble minimises. `{ quantile: p }` is the pinball loss (Koenker & Bassett 1978), p in (0, 1). `huber` is
 * squared near zero and linear beyond delta (Huber 1964); delta is the weighted quantile, of the given share, of the
 * distances of the targets from their median: `{ huber: 0.5 }` treats about half of the rows as outliers and comes
 * close to the absolute error, `{ huber: 0.9 }` only tames the tails. Plain `huber` is `{ huber: 0.5 }`.
 */
export type LossName = 'l2' | 'huber' | { readonly quantile: number } | { readonly huber: number };

/** Rows of one leaf: `order[from..to)` are row numbers. */
export interface LeafRows {
  readonly order: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** One loss fitted to its targets. A residual is target - prediction; without weights every row weighs 1. */
export interface Loss {
  /** The best constant prediction, before any tree. */
  readonly baseValue: number;
  /** Weighted mean loss. */
  mean(residual: Float64Array, weights: Float32Array | null): number;
  /** Minus the derivative of a row's loss by its prediction, times the row's weight. Null: the residual itself. */
  gradient(residual: Float64Array, weights: Float32Array | null, out: Float64Array): Float64Array;
  /** Value of a leaf before shrinkage. @param lambda L2 penalty in rows (of weight 1); quantiles have none */
  leafValue(residual: Float64Array, weights: Float32Array | null, leaf: LeafRows, lambda: number): number;
}

/** @throws NowcastError INPUT_INVALID for a share outside (0, 1) */
export function lossOf(name: LossName, target: Float32Array, weights: Float32Array | null): Loss {
  if (name === 'l2') return squaredLoss(target, weights);
  if (name === 'huber') return huberLoss(0.5, target, weights);
  if ('quantile' in name) return quantileLoss(checkedShare('quantile', name.quantile), target, weights);
  return huberLoss(checkedShare('huber', name.huber), target, weights);
}

function checkedShare(loss: string, share: number): number {
  if (share > 0 && share < 1) return share;
  throw new NowcastError('INPUT_INVALID', `loss ${loss} needs a share between 0 and 1, not ${String(share)}`);
}

function squaredLoss(target: Float32Array, weights: Float32Array | null): Loss {
  return {
    baseValue: weightedMean(target, weights, (value) => value),
    mean: meanSquare,
    gradient(residual, w, out) {
      if (w === null) return residual;
      for (let row = 0; row < residual.length; row += 1) out[row] = residual[row]! * w[row]!;
      return out;
    },
    leafValue(residual, w, { order, from, to }, lambda) {
      let sum = 0;
      let weight = 0;
      for (let i = from; i < to; i += 1) {
        const row = order[i]!;
        const rowWeight = w === null ? 1 : w[row]!;
        sum += rowWeight * residual[row]!;
        weight += rowWeight;
      }
      return weight + lambda > 0 ? sum / (weight + lambda) : 0;
    },
  };
}

/** As `weightedMean` of squares; on its own because it is asked for after every tree. */
function meanSquare(residual: Float64Array, weights: Float32Array | null): number {
  if (weights !== null) return weightedMean(residual, weights, (r) => r * r);
  let sum = 0;
  for (let row = 0; row < residual.length; row += 1) sum += residual[row]! * residual[row]!;
  return residual.length === 0 ? 0 : sum / residual.length;
}

/** Trees follow the sign of the residuals; a leaf then takes the quantile of its residuals itself (Friedman 2001). */
function quantileLoss(p: number, target: Float32Array, weights: Float32Array | null): Loss {
  return {
    baseValue: weightedQuantile(target, weights, p),
    mean: (residual, w) => weightedMean(residual, w, (r) => (r >= 0 ? p * r : (p - 1) * r)),
    gradient(residual, w, out) {
      for (let row = 0; row < residual.length; row += 1) {
        out[row] = (residual[row]! >= 0 ? p : p - 1) * (w === null ? 1 : w[row]!);
      }
      return out;
    },
    leafValue(residual, w, { order, from, to }) {
      const values = new Float64Array(to - from);
      const valueWeights = w === null ? null : new Float32Array(to - from);
      for (let i = from; i < to; i += 1) {
        const row = order[i]!;
        values[i - from] = residual[row]!;
        if (valueWeights !== null) valueWeights[i - from] = w![row]!;
      }
      return weightedQuantile(values, valueWeights, p);
    },
  };
}

/** Passes over a leaf's rows that its Huber location takes: every pass lowers the loss, later ones hardly. */
const HUBER_PASSES = 4;

function huberLoss(share: number, target: Float32Array, weights: Float32Array | null): Loss {
  const baseValue = weightedQuantile(target, weights, 0.5);
  const distance = target.map((value) => Math.abs(value - baseValue));
  // More equal targets than the share leave no distance; the mean distance then is a scale, 1 stands for "no spread".
  const scales = [weightedQuantile(distance, weights, share), weightedMean(distance, weights, (d) => d), 1];
  const delta = scales.find((scale) => scale > 0) ?? 1;
  return {
    baseValue,
    mean: (residual, w) => weightedMean(residual, w, (r) => huberOf(r, delta)),
    gradient(residual, w, out) {
      for (let row = 0; row < residual.length; row += 1) {
        const clipped = Math.max(-delta, Math.min(delta, residual[row]!));
        out[row] = clipped * (w === null ? 1 : w[row]!);
      }
      return out;
    },
    leafValue: (residual, w, leaf, lambda) => huberLocation(residual, w, leaf, lambda, delta),
  };
}

function huberOf(residual: number, delta: number): number {
  const size = Math.abs(residual);
  return size <= delta ? size * size : delta * (2 * size - delta);
}

/** Iteratively reweighted least squares from 0: residuals beyond delta pull with delta only. */
function huberLocation(
  residual: Float64Array,
  weights: Float32Array | null,
  { order, from, to }: LeafRows,
  lambda: number,
  delta: number,
): number {
  let location = 0;
  for (let pass = 0; pass < HUBER_PASSES; pass += 1) {
    let sum = 0;
    let weight = 0;
    for (let i = from; i < to; i += 1) {
      const row = order[i]!;
      const size = Math.abs(residual[row]! - location);
      const pull = (size <= delta ? 1 : delta / size) * (weights === null ? 1 : weights[row]!);
      sum += pull * residual[row]!;
      weight += pull;
    }
    location = weight + lambda > 0 ? sum / (weight + lambda) : 0;
  }
  return location;
}

function weightedMean(
  values: Float32Array | Float64Array,
  weights: Float32Array | null,
  of: (value: number) => number,
): number {
  let sum = 0;
  let weight = 0;
  for (let row = 0; row < values.length; row += 1) {
    const rowWeight = weights === null ? 1 : weights[row]!;
    sum += rowWeight * of(values[row]!);
    weight += rowWeight;
  }
  return weight > 0 ? sum / weight : 0;
}
