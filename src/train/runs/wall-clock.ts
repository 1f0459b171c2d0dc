import { DAY_MS, MINUTE_MS } from '../../contracts/time.js';
import type { ZoneClock } from '../../features/zone-clock.js';

/** The part of a zone's clock that schedules need. */
export type WallClock = Pick<ZoneClock, 'localDay' | 'offsets'>;

/**
 * The instant at which a local day reaches a time of day. A time that the clock shows twice counts when it comes first;
 * one that it skips counts at the instant one change later, as in `ZoneClock.sameWallClock`.
 * @param day local day number
 * @param minute minutes since midnight as the wall clock shows them
 */
export function instantOf(clock: WallClock, day: number, minute: number): number {
  const localMs = day * DAY_MS + minute * MINUTE_MS;
  const before = localMs - clock.offsets.at(localMs - DAY_MS);
  const after = localMs - clock.offsets.at(localMs + DAY_MS);
  const shows = (epochMs: number): boolean => epochMs + clock.offsets.at(epochMs) === localMs;
  const shown = [before, after].filter(shows);
  return shown.length > 0 ? Math.min(...shown) : before;
}

/** `HH:MM` as minutes since midnight. */
export function minuteOf(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** A local day number as `YYYY-MM-DD`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** 0 for Sunday, as Date.getUTCDay has it. */
export function weekdayOf(day: number): number {
  return new Date(day * DAY_MS).getUTCDay();
}
