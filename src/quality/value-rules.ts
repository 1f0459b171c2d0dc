import { MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { UtcOffsets } from '../features/utc-offsets.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { findShiftedHour } from './clock-change.js';
import { demandFinding } from './findings.js';
import type { Finding } from './verdict.js';

/**
 * What cannot be demand of this zone whatever came before: not finite, not positive, off the step's grid, dated in the
 * future (on the day of a clock change by no more than the change: a wrong offset).
 */
export function findBroken(event: DemandEvent, profile: ZoneProfile, offsets: UtcOffsets): Finding | null {
  const { demandMw, validTimeMs, availableAtMs } = event;
  if (!Number.isFinite(demandMw))
    return demandFinding('not_finite', event, 'the value is not a finite number');
  if (validTimeMs % profile.stepMs !== 0) {
    const step = profile.stepMs / MINUTE_MS;
    return demandFinding(
      'misaligned',
      event,
      `the interval does not start on the zone's grid of ${step} minutes`,
    );
  }
  if (validTimeMs > availableAtMs) return findShiftedHour(event, offsets) ?? futureFinding(event);
  // A zone whose own lower limit is negative (net load behind much solar) may be below zero.
  if (demandMw <= 0 && profile.limits.minMw >= 0)
    return demandFinding('non_positive', event, `${demandMw} MW is not above zero`);
  return null;
}

function futureFinding(event: DemandEvent): Finding {
  const ahead = Math.round((event.validTimeMs - event.availableAtMs) / MINUTE_MS);
  return demandFinding(
    'future_dated',
    event,
    `the interval starts ${ahead} minutes after the value became available`,
  );
}

/** A first value that came long after its interval ended. */
export function lateFinding(event: DemandEvent, profile: ZoneProfile): Finding | null {
  const lateMs = event.availableAtMs - (event.validTimeMs + profile.stepMs);
  if (lateMs <= profile.lateAfterMs) return null;
  const minutes = Math.round(lateMs / MINUTE_MS);
  return demandFinding('late', event, `arrived ${minutes} minutes after its interval ended`);
}
