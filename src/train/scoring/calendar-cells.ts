import { DAY_MS } from '../../contracts/time.js';
import type { ZoneClock } from '../../features/zone-clock.js';

export const HOURS = 24;
/** In the order of the calendar's DayType. */
export const DAY_TYPES = ['workday', 'saturday', 'sunday-or-holiday'] as const;
/** Months by their initials, as climatology names the seasons: the same words on both hemispheres. */
export const SEASONS = ['DJF', 'MAM', 'JJA', 'SON'] as const;
export type DayTypeName = (typeof DAY_TYPES)[number];
export type Season = (typeof SEASONS)[number];

/** Number of combinations of hour, day type and season. */
export const CALENDAR_CELLS = HOURS * DAY_TYPES.length * SEASONS.length;

/** The combination that a target falls into by the zone's own clock and holidays, 0 .. CALENDAR_CELLS - 1. */
export function calendarCell(clock: ZoneClock, targetMs: number): number {
  const day = clock.localDay(targetMs);
  const hour = Math.floor(clock.minuteOfDay(targetMs) / 60);
  const month = new Date(day * DAY_MS).getUTCMonth();
  const season = Math.floor(((month + 1) % 12) / 3);
  return (hour * DAY_TYPES.length + clock.days.dayType(day)) * SEASONS.length + season;
}

export function hourOf(cell: number): number {
  return Math.floor(cell / (DAY_TYPES.length * SEASONS.length));
}

/** Index into DAY_TYPES. */
export function dayTypeOf(cell: number): number {
  return Math.floor(cell / SEASONS.length) % DAY_TYPES.length;
}

/** Index into SEASONS. */
export function seasonOf(cell: number): number {
  return cell % SEASONS.length;
}
