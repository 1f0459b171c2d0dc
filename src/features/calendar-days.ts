import Holidays from 'date-holidays';

import { NowcastError } from '../contracts/errors.js';
import { DAY_MS } from '../contracts/time.js';

/** Days that load alike: a workday, a Saturday, a Sunday or public holiday. */
export type DayType = 0 | 1 | 2;
export const WORKDAY: DayType = 0;
export const SATURDAY: DayType = 1;
export const SUNDAY_OR_HOLIDAY: DayType = 2;

const KNOWN = 1;
const TYPE_SHIFT = 1;
const HOLIDAY = 8;
const DAY_BEFORE = 16;
const DAY_AFTER = 32;
/** 1970-01-01 .. 2149-06-06: what 16 bits of days hold. */
const DAYS = 65_536;

/** 0 = Monday .. 6 = Sunday, of a day number (days since 1970-01-01). */
export function dayOfWeek(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function yearOf(day: number): number {
  let year = 1970 + Math.floor(day / 365.2425);
  while (firstDayOf(year + 1) <= day) year++;
  while (firstDayOf(year) > day) year--;
  return year;
}

function firstDayOf(year: number): number {
  return Date.UTC(year, 0, 1) / DAY_MS;
}

/**
 * Facts of local calendar days, by day number (days since 1970-01-01 of the local date): day type, holidays, days
 * around holidays, day of the year. Computed a year at a time and kept; zones of one region share an instance.
 * Holidays are the public ones of date-holidays, substitute days included.
 */
export class CalendarDays {
  private readonly source: Holidays | null;
  private readonly flags = new Uint8Array(DAYS);
  private readonly daysOfYear = new Uint16Array(DAYS);
  private readonly holidaysByYear = new Map<number, ReadonlySet<number>>();

  /**
   * @param region country or country-region as date-holidays names them (US-CA); empty for none
   * @throws NowcastError CONFIG_INVALID when there is no such region
   */
  constructor(readonly region: string) {
    this.source = region === '' ? null : openRegion(region);
  }

  dayType(day: number): DayType {
    return ((this.flagsOf(day) >> TYPE_SHIFT) & 3) as DayType;
  }

  isHoliday(day: number): boolean {
    return (this.flagsOf(day) & HOLIDAY) !== 0;
  }

  isDayBeforeHoliday(day: number): boolean {
    return (this.flagsOf(day) & DAY_BEFORE) !== 0;
  }

  isDayAfterHoliday(day: number): boolean {
    return (this.flagsOf(day) & DAY_AFTER) !== 0;
  }

  /** 1 .. 366; 0 outside 1970..2149. */
  dayOfYear(day: number): number {
    this.flagsOf(day);
    return this.daysOfYear[day] ?? 0;
  }

  private flagsOf(day: number): number {
    const flags = this.flags[day];
    if (flags !== 0) return flags ?? 0;
    this.fillYear(yearOf(day));
    return this.flags[day] as number;
  }

  private fillYear(year: number): void {
    const first = firstDayOf(year);
    const end = Math.min(firstDayOf(year + 1), DAYS);
    for (let day = first; day < end; day++) {
      const holiday = this.isPublic(day, year);
      const weekday = dayOfWeek(day);
      const type = holiday || weekday === 6 ? SUNDAY_OR_HOLIDAY : weekday === 5 ? SATURDAY : WORKDAY;
      const around =
        (this.isPublic(day + 1, year) ? DAY_BEFORE : 0) | (this.isPublic(day - 1, year) ? DAY_AFTER : 0);
      this.flags[day] = KNOWN | (type << TYPE_SHIFT) | (holiday ? HOLIDAY : 0) | around;
      this.daysOfYear[day] = day - first + 1;
    }
  }

  private isPublic(day: number, near: number): boolean {
    const year = day < firstDayOf(near) ? near - 1 : day >= firstDayOf(near + 1) ? near + 1 : near;
    return this.publicHolidays(year).has(day);
  }

  private publicHolidays(year: number): ReadonlySet<number> {
    let days = this.holidaysByYear.get(year);
    if (!days) {
      days = new Set(this.source ? publicDays(this.source, year) : []);
      this.holidaysByYear.set(year, days);
    }
    return days;
  }
}

function openRegion(region: string): Holidays {
  const [country = '', state = '', ...rest] = region.split('-');
  const source = new Holidays();
  const known = (source.getCountries() as Record<string, string> | undefined)?.[country];
  const states = (known ? source.getStates(country) : undefined) as Record<string, string> | undefined;
  if (!known || (state !== '' && !states?.[state])) {
    throw new NowcastError(
      'CONFIG_INVALID',
      `no holidays are known for ${JSON.stringify(region)}: use a country or country-region such as US-CA, or leave it empty`,
    );
  }
  if (rest.length > 0) source.init(country, state, rest.join('-'));
  else if (state !== '') source.init(country, state);
  else source.init(country);
  return source;
}

function* publicDays(source: Holidays, year: number): Generator<number> {
  for (const holiday of source.getHolidays(year)) {
    if (holiday.type !== 'public') continue;
    const first = Date.parse(`${holiday.date.slice(0, 10)}T00:00:00Z`) / DAY_MS;
    const length = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / DAY_MS));
    for (let day = first; day < first + length; day++) yield day;
  }
}
