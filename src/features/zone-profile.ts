import type { QualitySettings } from '../quality/settings.js';

/** What the pure core needs to know about a zone. Built from configuration (or inferred from data) at the edge. */
export interface ZoneProfile {
  readonly zone: string;
  readonly stepMs: number;
  /** IANA name; the calendar features use this zone's wall clock. */
  readonly timeZone: string;
  /** Country or country-region as date-holidays names them, for example US-CA; empty for none. */
  readonly holidays: string;
  /** Rising, each a multiple of the step. */
  readonly horizonsMinutes: readonly number[];
  readonly limits: DemandLimits;
  /** Demand whose interval ended longer ago than this is late. */
  readonly lateAfterMs: number;
  /** What the data quality rules allow; the defaults where it is absent. */
  readonly quality?: QualitySettings;
}

export interface DemandLimits {
  readonly minMw: number;
  readonly maxMw: number;
  /** Infinity for no limit. */
  readonly maxRampMwPerHour: number;
}

/**
 * Default horizons: every step to 2 h, each 15 min to 6 h, hourly to 24 h; all of them multiples of the step.
 * @param stepMinutes step of the zone's demand series
 */
export function defaultHorizonsMinutes(stepMinutes: number): number[] {
  const horizons = new Set<number>();
  for (let m = stepMinutes; m <= 120; m += stepMinutes) horizons.add(m);
  for (let m = 135; m <= 360; m += 15) horizons.add(m);
  for (let m = 420; m <= 1440; m += 60) horizons.add(m);
  return [...horizons].filter((m) => m % stepMinutes === 0).sort((a, b) => a - b);
}
