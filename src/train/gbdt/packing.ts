/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
/**
 * Gradients and weights of rows as integers, both in one 64-bit number: gradient in the low half, weight in the high
 * half. A histogram bin is the plain 64-bit sum of its rows: one read-add-write a value, a subtraction (parent - child)
 * without rounding error, and a result that depends neither on the order of rows nor on the number of threads.
 * Only the shape of trees sees the rounding; leaf values come from the rows themselves.
 */
export interface Packing {
  /** Gradient of one unit. */
  readonly unit: number;
  /** Weight of one unit. */
  readonly weightUnit: number;
  /** Sums over the packed rows, in units. */
  readonly sum: number;
  readonly weight: number;
}

/** Row weights as integers. */
export interface PackedWeights {
  /** Null: every row weighs 1. */
  readonly units: Uint16Array | null;
  /** Weight of one unit. */
  readonly unit: number;
}

/** Largest sum that a half can hold, whatever the rows. */
const MOST = 2 ** 31 - 1;
const MOST_WEIGHT_UNITS = 4095;

/** Small whole weights stay exact, others are rounded to one in some thousand of the largest. */
export function packWeights(weights: Float32Array | null): PackedWeights {
  if (weights === null) return { units: null, unit: 1 };
  const limit = Math.max(1, Math.min(MOST_WEIGHT_UNITS, Math.floor(MOST / Math.max(1, weights.length))));
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  const whole = most <= limit && weights.every((weight) => Number.isInteger(weight));
  const unit = whole || most === 0 ? 1 : most / limit;
  const units = Uint16Array.from(weights, (weight) =>
    weight > 0 ? Math.max(1, Math.round(weight / unit)) : 0,
  );
  return { units, unit };
}

/**
 * Packs the gradients of `rows[0 .. rowCount)`. 2^17 rows leave 15 bits a gradient, 2^20 rows 12: rounding errors far
 * below the noise of the gradients themselves.
 * @param gradients one a row of the whole set, weights multiplied in
 * @param packed two words a row, in the order of `rows`
 */
export function packRows(
  rows: Int32Array,
  rowCount: number,
  gradients: Float64Array,
  weights: PackedWeights,
  packed: Int32Array,
): Packing {
  const { units } = weights;
  let largest = 0;
  for (let row = 0; row < gradients.length; row += 1) {
    const size = Math.abs(gradients[row]!);
    if (size > largest) largest = size;
  }
  const unit = largest > 0 ? largest / Math.floor(MOST / rowCount) : 1;
  const scale = 1 / unit;
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < rowCount; i += 1) {
    const row = rows[i]!;
    const gradient = roundToInt(gradients[row]! * scale);
    const rowWeight = units === null ? 1 : units[row]!;
    sum += gradient;
    weight += rowWeight;
    packed[2 * i] = gradient;
    // A negative low half takes one from the high half.
    packed[2 * i + 1] = rowWeight + (gradient >> 31);
  }
  return { unit, weightUnit: weights.unit, sum, weight };
}

/** Rounds half away from zero; cheaper than Math.round. Values lie within 31 bits. */
function roundToInt(value: number): number {
  return (value < 0 ? value - 0.5 : value + 0.5) | 0;
}
