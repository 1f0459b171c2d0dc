import { NowcastError } from '../contracts/errors.js';
import { MINUTE_MS } from '../contracts/time.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { ZoneState } from '../features/zone-state.js';
import type { TemperatureView } from '../quality/weather-unit.js';
import { ZoneQuality } from '../quality/zone-quality.js';

/** One zone in motion: what is known of it and where its nowcasts stand. Changed by `ingest` and `tick` only. */
export interface ZoneStream {
  readonly profile: ZoneProfile;
  readonly state: ZoneState;
  /** The data quality rules and what they remember. */
  readonly quality: ZoneQuality;
  /** What is known of the zone's temperature. */
  readonly temperatures: TemperatureView;
  /** Start of the newest demand interval, NaN before the first. */
  originMs: number;
  /** Latest availableAt seen; -Infinity before the first event. */
  asOfMs: number;
  /** Revision that the next nowcast of this origin gets. */
  nextRevision: number;
  /** True while the origin's own value is held back by quality. */
  originQuarantined: boolean;
  /** While the origin's value is held back: nothing after it is believed, accepted or not. Otherwise Infinity. */
  believedUntilMs: number;
  /** Steps of lateness for which `tick` has re-issued the origin. */
  lateSteps: number;
}

/** @throws NowcastError CONFIG_INVALID for a step, time zone, holiday region or horizon that cannot be used */
export function createZoneStream(profile: ZoneProfile): ZoneStream {
  requireHorizons(profile);
  const state = new ZoneState(profile);
  return {
    profile,
    state,
    temperatures: {
      observedAt: (epochMs) => state.observed?.temperatureAt(epochMs) ?? Number.NaN,
      forecastAt: (epochMs) => state.forecast?.temperatureAt(epochMs) ?? Number.NaN,
    },
    quality: new ZoneQuality(profile),
    originMs: Number.NaN,
    asOfMs: Number.NEGATIVE_INFINITY,
    nextRevision: 0,
    originQuarantined: false,
    believedUntilMs: Number.POSITIVE_INFINITY,
    lateSteps: 0,
  };
}

/**
 * Tells a restored stream that a nowcast was issued before (read back from the nowcasts topic), so that no identity is
 * used twice: ticks leave no trace in the inputs that a restore replays.
 */
export function resumeAfter(stream: ZoneStream, originMs: number, revision: number): void {
  if (originMs === stream.originMs) stream.nextRevision = Math.max(stream.nextRevision, revision + 1);
}

function requireHorizons({ zone, horizonsMinutes, stepMs }: ZoneProfile): void {
  let previous = 0;
  for (const minutes of horizonsMinutes) {
    if (!(minutes > previous) || (minutes * MINUTE_MS) % stepMs !== 0) {
      throw new NowcastError(
        'CONFIG_INVALID',
        `horizons of zone ${zone} must rise and be multiples of its step of ${String(stepMs / MINUTE_MS)} minutes: ${String(minutes)}`,
        { context: { zone } },
      );
    }
    previous = minutes;
  }
  if (previous === 0)
    throw new NowcastError('CONFIG_INVALID', `zone ${zone} has no horizons`, { context: { zone } });
}
