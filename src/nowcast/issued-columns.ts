import type { IssuedNowcast } from '../accuracy/tracker.js';
import type { Nowcast } from '../contracts/records.js';
import { featureIndex, FEATURE_COUNT } from '../features/feature-names.js';
import type { Adjustment } from './error-memory.js';
import { type QuantileColumn, quantileColumns } from './quantile-columns.js';
import type { Reason } from './reasons.js';
import type { NowcastRequest } from './request.js';

/** Whether the origin's own value was held back, so that an earlier one stands in. */
export function standsOnEarlier({ reasons }: Nowcast): boolean {
  const held: Reason = 'demand_quarantined';
  return reasons.includes(held);
}

const RAMP_24H = featureIndex('ramp_wall_1d');

const MAX_HORIZONS = 512;
/** Reused: the tracker copies what it keeps. */
const scratch = {
  mw: new Float64Array(MAX_HORIZONS),
  p10: new Float64Array(MAX_HORIZONS),
  p90: new Float64Array(MAX_HORIZONS),
};

/** What is remembered of a nowcast for scores and bands. */
export interface IssuedColumns extends IssuedNowcast {
  readonly quantiles: readonly QuantileColumn[];
  /** By what recent errors moved it, of the same horizons; null where they did not. */
  readonly adjustment: Adjustment | null;
}

/**
 * A nowcast as the accuracy tracker and the bands take it; valid until the next call.
 * @param horizonsMinutes those of the steps, always the same array for a zone
 */
export function issuedColumns(
  nowcast: Nowcast,
  horizonsMinutes: readonly number[],
  ramp24hMw: Float64Array | null,
  adjustment: Adjustment | null = null,
): IssuedColumns {
  const { mw, p10, p90 } = scratch;
  let at = 0;
  for (const step of nowcast.steps) {
    mw[at] = step.mw;
    p10[at] = step.p10 ?? Number.NaN;
    p90[at] = step.p90 ?? Number.NaN;
    at++;
  }
  const { origin, modelVersion } = nowcast;
  const originMs = Date.parse(origin);
  const quantiles = quantileColumns(nowcast.steps);
  const isFromEarlier = standsOnEarlier(nowcast);
  return {
    originMs,
    modelVersion,
    horizonsMinutes,
    mw,
    p10,
    p90,
    quantiles,
    adjustment,
    ramp24hMw,
    isFromEarlier,
  };
}

/** What the 24 h ramp says for each horizon of a request, from its feature rows; null when it has none. */
export function ramp24hOf(request: NowcastRequest, rows: Float32Array): Float64Array | null {
  if (!request.modelUsable) return null;
  const ramps = new Float64Array(request.horizonsMinutes.length);
  let at = request.firstRow * FEATURE_COUNT + RAMP_24H;
  for (let i = 0; i < ramps.length; i++) {
    ramps[i] = request.latestDemandMw + (rows[at] ?? Number.NaN);
    at += FEATURE_COUNT;
  }
  return ramps;
}
