import { FEATURE_COUNT, featureIndex } from '../../features/feature-names.js';

/**
 * What a model forecasts the difference from: the ramp baseline, the last value, or yesterday's ramp. Models of different
 * references err differently, which is what makes their blend better than any of them.
 */
export type Reference = 'baseline' | 'last' | 'yesterday';

export const BASELINE_RAMP = featureIndex('baseline_ramp');
export const YESTERDAY_RAMP = featureIndex('ramp_wall_1d');

/** Reference - baseline, megawatts, of one feature row. @param at index of the row's first feature */
export function referenceOffset(reference: Reference, features: Float32Array, at: number): number {
  if (reference === 'baseline') return 0;
  const ramp = features[at + BASELINE_RAMP] ?? 0;
  if (reference === 'last') return Math.fround(-ramp);
  const yesterday = Math.fround((features[at + YESTERDAY_RAMP] ?? Number.NaN) - ramp);
  return Number.isNaN(yesterday) ? 0 : yesterday;
}

/** The same for rows of a matrix. */
export function referenceOffsets(reference: Reference, features: Float32Array, rows: number): Float32Array {
  const offsets = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1)
    offsets[row] = referenceOffset(reference, features, row * FEATURE_COUNT);
  return offsets;
}
