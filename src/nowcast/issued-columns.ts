import type { IssuedNowcast } from '../accuracy/tracker.js';
import type { Nowcast } from '../contracts/records.js';
import { featureIndex, FEATURE_COUNT } from '../features/feature-names.js';
import type { NowcastRequest } from './request.js';

const RAMP_24H = featureIndex('ramp_wall_1d');

const MAX_HORIZONS = 512;
/** Reused: the tracker copies what it keeps. */
const scratch = {
  mw: new Float64Array(MAX_HORIZONS),
  p10: new Float64Array(MAX_HORIZONS),
  p90: new Float64Array(MAX_HORIZONS),
};

/**
 * A nowcast as the accuracy tracker takes it; valid until the next call.
 * @param horizonsMinutes those of the steps, always the same array for a zone
 */
export function issuedColumns(
  nowcast: Nowcast,
  horizonsMinutes: readonly number[],
  ramp24hMw: Float64Array | null,
): IssuedNowcast {
  const { mw, p10, p90 } = scratch;
  nowcast.steps.forEach((step, i) => {
    mw[i] = step.mw;
    p10[i] = step.p10 ?? Number.NaN;
    p90[i] = step.p90 ?? Number.NaN;
  });
  const { origin, revision } = nowcast;
  return { originMs: Date.parse(origin), revision, horizonsMinutes, mw, p10, p90, ramp24hMw };
}

/** What the 24 h ramp says for each horizon of a request, from its feature rows; null when it has none. */
export function ramp24hOf(request: NowcastRequest, rows: Float32Array): Float64Array | null {
  if (!request.modelUsable) return null;
  return Float64Array.from(request.horizonsMinutes, (_, i) => {
    const ramp = rows[(request.firstRow + i) * FEATURE_COUNT + RAMP_24H] ?? Number.NaN;
    return request.latestDemandMw + ramp;
  });
}
