/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { BinnedMatrix } from './bins.js';

/**
 * Gradient histograms with ONE double a bin. A bin needs the sum of gradients and the weight of its rows (the count,
 * where rows have no weights). Both are rounded to integers and packed into one double as `weight * 2^shift + sum`:
 * exact integer arithmetic below 2^53, hence one load-add-store a value, a subtraction (parent - child) without rounding
 * error, and a result that does not depend on the order of rows.
 */
export interface Packing {
  /** 2^shift: weight 1. */
  readonly one: number;
  readonly inverseOne: number;
  /** Gradient of a packed integer. */
  readonly unit: number;
  /** Row weight of a packed integer. */
  readonly weightUnit: number;
  /** Turns a gain of packed units into one of the loss. */
  readonly gainUnit: number;
}

/** Row weights as integers. */
export interface PackedWeights {
  /** Null: every row weighs 1. */
  readonly units: Uint8Array | null;
  /** Weight of one unit. */
  readonly unit: number;
  readonly most: number;
}

const MOST_WEIGHT_UNITS = 63;

/** Small whole weights stay exact, others are rounded; only the shape of trees sees the rounding. */
export function packWeights(weights: Float32Array | null): PackedWeights {
  if (weights === null) return { units: null, unit: 1, most: 1 };
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  const whole = most <= MOST_WEIGHT_UNITS && weights.every((weight) => Number.isInteger(weight));
  const unit = whole || most === 0 ? 1 : most / MOST_WEIGHT_UNITS;
  const units = Uint8Array.from(weights, (weight) =>
    weight > 0 ? Math.max(1, Math.round(weight / unit)) : 0,
  );
  return { units, unit, most: whole ? Math.max(1, most) : MOST_WEIGHT_UNITS };
}

/**
 * Splits 53 bits so that `rows` gradients can be summed: k bits for the weight, 53 - k for the sum, of which the bits of
 * the row count again take up the growth by summing. 2^17 rows without weights leave 19 bits a gradient, 2^20 rows 13.
 */
export function planPacking(rows: number, largestGradient: number, weights: PackedWeights): Packing {
  const countBits = Math.max(1, Math.ceil(Math.log2(rows + 1)));
  const weightBits = Math.max(1, Math.ceil(Math.log2(rows * weights.most + 1)));
  const gradientBits = Math.min(24, 53 - countBits - weightBits);
  const one = 2 ** (countBits + gradientBits);
  const unit = largestGradient > 0 ? largestGradient / (2 ** (gradientBits - 1) - 1) : 1;
  const gainUnit = (unit * unit) / weights.unit;
  return { one, inverseOne: 1 / one, unit, weightUnit: weights.unit, gainUnit };
}

export function packGradient(gradient: number, weightUnits: number, packing: Packing): number {
  return weightUnits * packing.one + Math.round(gradient / packing.unit);
}

/** Rows of a packed sum. */
export function countOf(packed: number, packing: Packing): number {
  return Math.floor(packed * packing.inverseOne + 0.5);
}

/** The features of one tree: where each one's bins start in a histogram, and their bins packed for fast reading. */
export interface HistogramLayout {
  readonly features: Int32Array;
  readonly offsets: Int32Array;
  readonly length: number;
  /** Bins of four features a word, one array a group of four: a quarter of the memory reads. */
  readonly words: readonly Int32Array[];
}

/** Lanes of a packed word that have no feature write here, just past the last bin of the histogram. */
const SPARE_BINS = 1;

/** Longest histogram that any choice of features can need. */
export function histogramLength(matrix: BinnedMatrix): number {
  return matrix.bins.reduce((length, plan) => length + plan.binCount, SPARE_BINS);
}

export function layoutOf(features: Int32Array, matrix: BinnedMatrix): HistogramLayout {
  const groups = Math.ceil(features.length / 4);
  const offsets = new Int32Array(groups * 4);
  let length = 0;
  for (let i = 0; i < features.length; i += 1) {
    offsets[i] = length;
    length += matrix.bins[features[i]!]!.binCount;
  }
  offsets.fill(length, features.length);
  const words: Int32Array[] = [];
  const empty = new Uint8Array(matrix.rows);
  for (let group = 0; group < groups; group += 1) {
    const column = (lane: number): Uint8Array => matrix.columns[features[group * 4 + lane] ?? -1] ?? empty;
    words.push(packColumns(column(0), column(1), column(2), column(3)));
  }
  return { features, offsets, length: length + SPARE_BINS, words };
}

function packColumns(a: Uint8Array, b: Uint8Array, c: Uint8Array, d: Uint8Array): Int32Array {
  const word = new Int32Array(a.length);
  for (let row = 0; row < word.length; row += 1) {
    word[row] = a[row]! | (b[row]! << 8) | (c[row]! << 16) | (d[row]! << 24);
  }
  return word;
}

/**
 * Adds rows[from..to) to the histogram. `packed[i]` belongs to `rows[i]` (gathered beforehand, so that it is read in
 * order).
 */
export function accumulate(
  histogram: Float64Array,
  layout: HistogramLayout,
  rows: Int32Array,
  packed: Float64Array,
  from: number,
  to: number,
): void {
  const { offsets, words } = layout;
  for (let group = 0; group < words.length; group += 1) {
    const word = words[group]!;
    const offsetA = offsets[group * 4]!;
    const offsetB = offsets[group * 4 + 1]!;
    const offsetC = offsets[group * 4 + 2]!;
    const offsetD = offsets[group * 4 + 3]!;
    for (let at = from; at < to; at += 1) {
      const bins = word[rows[at]!]!;
      const value = packed[at]!;
      histogram[offsetA + (bins & 255)]! += value;
      histogram[offsetB + ((bins >>> 8) & 255)]! += value;
      histogram[offsetC + ((bins >>> 16) & 255)]! += value;
      histogram[offsetD + (bins >>> 24)]! += value;
    }
  }
}

/** larger := parent - smaller, in place of the parent. */
export function subtract(parent: Float64Array, smaller: Float64Array, length: number): void {
  for (let i = 0; i < length; i += 1) parent[i]! -= smaller[i]!;
}
