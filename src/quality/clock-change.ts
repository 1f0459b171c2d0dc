import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { UtcOffsets } from '../features/utc-offsets.js';
import { demandFinding } from './findings.js';
import type { Finding } from './verdict.js';

/** A source that gets the clock change wrong does so around it, and mostly until the day is over. */
const AROUND_MS = DAY_MS;

/** By how much the wall clock changes around an instant, milliseconds; positive in spring, 0 without a change. */
export function clockShift(offsets: UtcOffsets, aroundMs: number): number {
  return offsets.at(aroundMs + AROUND_MS) - offsets.at(aroundMs - AROUND_MS);
}

/** A value dated ahead by no more than the clock has just changed: its source took the wrong offset. */
export function findShiftedHour(event: DemandEvent, offsets: UtcOffsets): Finding | null {
  const aheadMs = event.validTimeMs - event.availableAtMs;
  const shiftMs = Math.abs(clockShift(offsets, event.validTimeMs));
  if (shiftMs === 0 || aheadMs > shiftMs) return null;
  return demandFinding(
    'clock_change',
    event,
    `the interval starts ${Math.ceil(aheadMs / MINUTE_MS)} minutes after the value became available, on the day the ` +
      `clock changes by ${shiftMs / MINUTE_MS}: the source's local times are converted with the wrong offset`,
  );
}

/**
 * A different value for an interval of the hour that the clock shows twice, come when its second pass is due and
 * nothing has come for that: both passes were given the same time.
 * @param isKnown whether a value came for the interval of an instant
 */
export function findCollapsedHour(
  event: DemandEvent,
  offsets: UtcOffsets,
  stepMs: number,
  isKnown: (validTimeMs: number) => boolean,
): Finding | null {
  const { validTimeMs, availableAtMs } = event;
  const repeatedMs = -clockShift(offsets, validTimeMs);
  if (repeatedMs <= 0) return null;
  const secondMs = validTimeMs + repeatedMs;
  const isFirstPass = offsets.at(secondMs) + repeatedMs === offsets.at(validTimeMs);
  if (!isFirstPass || availableAtMs < secondMs + stepMs || isKnown(secondMs)) return null;
  return demandFinding(
    'clock_change',
    event,
    'a second value for an interval of the hour that the clock shows twice, and none for its second pass: the source ' +
      'gives both passes the same time',
  );
}

/** A gap of just the hour that the clock repeats or skips. */
export function isClockGap(offsets: UtcOffsets, fromMs: number, lengthMs: number): boolean {
  const shiftMs = Math.abs(clockShift(offsets, fromMs));
  return (
    shiftMs > 0 && lengthMs === shiftMs && !offsets.isConstant(fromMs - shiftMs - 1, fromMs + 2 * shiftMs)
  );
}
