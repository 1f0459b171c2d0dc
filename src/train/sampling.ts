import type { Random } from './random.js';

/** How densely origins and horizons are drawn, so that the rows stay within a budget. */
export interface SamplingPlan {
  /** Chance of an origin to be used. */
  readonly originShare: number;
  /** Horizons drawn for a used origin. */
  readonly horizonsPerOrigin: number;
}

/** A used origin pays for its own features once, so it is used for at least so many horizons. */
const MIN_HORIZONS_PER_ORIGIN = 6;

/** @param origins how many there are to choose from */
export function planSampling(rowBudget: number, origins: number, horizons: number): SamplingPlan {
  const wanted = rowBudget / Math.max(1, origins);
  const horizonsPerOrigin = Math.min(horizons, Math.max(MIN_HORIZONS_PER_ORIGIN, Math.floor(wanted)));
  return { originShare: Math.min(1, wanted / horizonsPerOrigin), horizonsPerOrigin };
}

/**
 * Draws distinct horizons with chances proportional to `weights` by systematic sampling: equal strides through the
 * cumulated weights from a random start, so short and long horizons are always both there.
 * @returns indexes in rising order
 */
export function drawHorizons(weights: Float64Array, count: number, random: Random): number[] {
  if (count >= weights.length) return Array.from(weights, (_, index) => index);
  const stride = weights.reduce((sum, weight) => sum + weight, 0) / count;
  const drawn: number[] = [];
  let position = random() * stride;
  let reached = 0;
  weights.forEach((weight, index) => {
    reached += weight;
    if (position >= reached) return;
    drawn.push(index);
    while (position < reached) position += stride;
  });
  return drawn;
}

/**
 * Chances that give every horizon the same number of rows once close ones share theirs: 5 minutes stands alone and
 * needs its own, 23 h has many neighbours.
 * @param kernel [H x H], see horizonKernel
 */
export function horizonWeights(kernel: Float64Array): Float64Array {
  const size = Math.round(Math.sqrt(kernel.length));
  return Float64Array.from({ length: size }, (_, h) => {
    const shared = kernel.subarray(h * size, (h + 1) * size).reduce((sum, weight) => sum + weight, 0);
    return 1 / shared;
  });
}
