import { formatAge } from '../format.js';

/** How fresh a zone's demand is. `unknown` before any demand arrived. */
export type FreshnessLevel = 'fresh' | 'late' | 'very-late' | 'unknown';

export interface Freshness {
  readonly level: FreshnessLevel;
  readonly ageMs: number | null;
  /** A few words for a badge. */
  readonly text: string;
}

const VERY_LATE_FACTOR = 3;

/**
 * Judges the age of demand against what the zone promises.
 * @param demandEndMs end of the newest known demand interval, or null
 * @param lateAfterMs age from which the zone's demand counts as late
 */
export function freshnessOf(demandEndMs: number | null, nowMs: number, lateAfterMs: number): Freshness {
  if (demandEndMs === null) return { level: 'unknown', ageMs: null, text: 'no data yet' };
  const ageMs = Math.max(0, nowMs - demandEndMs);
  const age = formatAge(ageMs);
  if (ageMs <= lateAfterMs) return { level: 'fresh', ageMs, text: `data ${age} old` };
  const level = ageMs > VERY_LATE_FACTOR * lateAfterMs ? 'very-late' : 'late';
  return { level, ageMs, text: `data late: ${age} old` };
}
