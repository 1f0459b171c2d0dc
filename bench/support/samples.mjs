import { ZoneProfiles } from '../../dist/config/zone-profiles.js';
import { simulatedRecords, SIMULATED_ZONES, FROM_MS, DAY_MS } from './simulated.mjs';

const STEP_MS = 300_000;

/** A demand record as a source publishes it. */
export function sampleDemand() {
  return simulatedRecords(FROM_MS, FROM_MS + DAY_MS / 4).find(({ topic }) => topic === 'demand.observed')
    .value;
}

/** A nowcast of the default horizons, with the digits that real ones have. */
export function sampleNowcast(zone = SIMULATED_ZONES[0].zone, originMs = FROM_MS) {
  const { horizonsMinutes } = new ZoneProfiles(SIMULATED_ZONES).profile(SIMULATED_ZONES[0].zone);
  const iso = (ms) => new Date(ms).toISOString();
  const round = (mw) => Math.round(mw * 1000) / 1000;
  const mwAt = (minutes) => 11_300 + 900 * Math.sin((originMs / STEP_MS + minutes) / 97);
  return {
    zone,
    origin: iso(originMs),
    issuedAt: iso(originMs + STEP_MS + 47_123),
    modelVersion: `${zone}-20250501T000000Z-1a2b3c4d`,
    revision: 0,
    quality: 'ok',
    reasons: [],
    latestDemandMw: round(mwAt(0)),
    inputs: { demandAgeMs: 47_123, weatherAgeMs: 1_947_123 },
    steps: horizonsMinutes.map((horizonMinutes) => ({
      target: iso(originMs + horizonMinutes * 60_000),
      horizonMinutes,
      mw: round(mwAt(horizonMinutes)),
      p10: round(mwAt(horizonMinutes) * 0.99),
      p90: round(mwAt(horizonMinutes) * 1.01),
    })),
  };
}
