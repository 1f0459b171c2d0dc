import type { IssuedNowcast } from '../accuracy/tracker.js';
import type { Nowcast } from '../contracts/records.js';
import { featureIndex, FEATURE_COUNT } from '../features/feature-names.js';
import type { NowcastRequest } from './request.js';

const RAMP_24H = featureIndex('ramp_wall_1d');

/** A nowcast as the accuracy tracker takes it. */
export function issuedColumns(nowcast: Nowcast, ramp24hMw: Float64Array | null): IssuedNowcast {
  const { steps } = nowcast;
  const banded = steps.every(({ p10, p90 }) => p10 !== null && p90 !== null);
  return {
    originMs: Date.parse(nowcast.origin),
    revision: nowcast.revision,
    horizonsMinutes: steps.map(({ horizonMinutes }) => horizonMinutes),
    mw: steps.map(({ mw }) => mw),
    p10: banded ? steps.map(({ p10 }) => p10 ?? Number.NaN) : null,
    p90: banded ? steps.map(({ p90 }) => p90 ?? Number.NaN) : null,
    ramp24hMw,
  };
}

/** What the 24 h ramp says for each horizon of a request, from its feature rows; null when it has none. */
export function ramp24hOf(request: NowcastRequest, rows: Float32Array): Float64Array | null {
  if (!request.modelUsable) return null;
  return Float64Array.from(request.horizonsMinutes, (_, i) => {
    const ramp = rows[(request.firstRow + i) * FEATURE_COUNT + RAMP_24H] ?? Number.NaN;
    return request.latestDemandMw + ramp;
  });
}
