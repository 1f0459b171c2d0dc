import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NowcastError } from '../../src/contracts/errors.js';
import {
  CalendarDays,
  SATURDAY,
  SUNDAY_OR_HOLIDAY,
  WORKDAY,
  dayOfWeek,
} from '../../src/features/calendar-days.js';
import { UtcOffsets } from '../../src/features/utc-offsets.js';
import { zoneClock } from '../../src/features/zone-clock.js';
import { localParts, strictWallLag } from './naive-features.js';

const ZONES = [
  'America/Los_Angeles',
  'Australia/Melbourne',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'UTC',
];
const DAY = 86_400_000;
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;
const instants = fc
  .integer({ min: Date.UTC(2005, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 })
  .map((minutes) => minutes * 60_000);

describe('zoneClock', () => {
  it.each(ZONES)('shows what the wall clock of %s shows', (timeZone) => {
    const clock = zoneClock(timeZone, '');
    fc.assert(
      fc.property(instants, (t) => {
        const { date, minute } = localParts(t, timeZone);
        expect(clock.localDay(t)).toBe(day(date));
        expect(clock.minuteOfDay(t)).toBe(minute);
      }),
      { numRuns: 400 },
    );
  });

  it.each(ZONES)('finds the same wall-clock time of earlier days in %s', (timeZone) => {
    const clock = zoneClock(timeZone, '');
    fc.assert(
      fc.property(instants, fc.constantFrom(1, 2, 3, 7, 14), (t, days) => {
        const expected = strictWallLag(t, days, timeZone, 0);
        if (!Number.isNaN(expected)) expect(clock.sameWallClock(t, days)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('is exact to the minute around every change of a year', () => {
    for (const timeZone of ['America/Los_Angeles', 'Australia/Melbourne']) {
      const clock = zoneClock(timeZone, '');
      const changes: number[] = [];
      for (let t = Date.UTC(2019, 0, 1); t < Date.UTC(2020, 0, 1); t += 3_600_000) {
        if (clock.offsets.at(t) !== clock.offsets.at(t - 60_000)) changes.push(t);
      }
      expect(changes).toHaveLength(2);
      for (const t of changes) {
        expect(localParts(t - 60_000, timeZone).minute).toBe(clock.minuteOfDay(t - 60_000));
        expect(localParts(t, timeZone).minute).toBe(clock.minuteOfDay(t));
        expect(clock.offsets.isConstant(t - 60_000, t)).toBe(false);
        expect(clock.offsets.isConstant(t, t + 30 * DAY)).toBe(true);
        expect(clock.offsets.isConstant(t - 30 * DAY, t - 1)).toBe(true);
      }
    }
  });

  it.each([
    ['America/Los_Angeles', '2019-03-10', 23],
    ['America/Los_Angeles', '2019-11-03', 25],
    ['Australia/Melbourne', '2012-10-07', 23],
    ['Australia/Melbourne', '2012-04-01', 25],
    ['America/Los_Angeles', '2019-07-01', 24],
  ])('knows the length of the day in %s on %s', (timeZone, date, hours) => {
    const clock = zoneClock(timeZone, '');
    const start = clock.startOfDay(day(date));
    expect(clock.minuteOfDay(start)).toBe(0);
    expect((clock.startOfDay(day(date) + 1) - start) / 3_600_000).toBe(hours);
  });

  it('gives the same answers in whatever order it is asked', () => {
    fc.assert(
      fc.property(fc.array(instants, { minLength: 2, maxLength: 8 }), (times) => {
        const forward = new UtcOffsets('Africa/Casablanca');
        const backward = new UtcOffsets('Africa/Casablanca');
        const a = times.map((t) => forward.at(t));
        const b = [...times]
          .reverse()
          .map((t) => backward.at(t))
          .reverse();
        expect(a).toEqual(b);
      }),
      { numRuns: 15 },
    );
  });

  it('shares tables between zones and refuses what it does not know', () => {
    expect(zoneClock('America/Los_Angeles', 'US-CA')).toBe(zoneClock('America/Los_Angeles', 'US-CA'));
    expect(() => zoneClock('Mars/Olympus', '')).toThrow(NowcastError);
    expect(() => zoneClock('UTC', 'XX-YY')).toThrow(/no holidays are known for "XX-YY"/);
    expect(() => zoneClock('UTC', 'US-NOWHERE')).toThrow(NowcastError);
  });
});

describe('CalendarDays', () => {
  it('knows public holidays, substitutes and the days around them', () => {
    const days = new CalendarDays('US-CA');
    expect(days.isHoliday(day('2019-07-04'))).toBe(true);
    expect(days.isDayBeforeHoliday(day('2019-07-03'))).toBe(true);
    expect(days.isDayAfterHoliday(day('2019-07-05'))).toBe(true);
    expect(days.isHoliday(day('2019-02-14'))).toBe(false);
    expect(days.isDayBeforeHoliday(day('2018-12-31'))).toBe(true);
    expect(new CalendarDays('AU-VIC').isHoliday(day('2012-01-02'))).toBe(true);
    expect(new CalendarDays('').isHoliday(day('2019-12-25'))).toBe(false);
  });

  it('sorts days into workdays, Saturdays, Sundays and holidays', () => {
    const days = new CalendarDays('US-CA');
    expect(days.dayType(day('2019-07-04'))).toBe(SUNDAY_OR_HOLIDAY);
    expect(days.dayType(day('2019-07-05'))).toBe(WORKDAY);
    expect(days.dayType(day('2019-07-06'))).toBe(SATURDAY);
    expect(days.dayType(day('2019-07-07'))).toBe(SUNDAY_OR_HOLIDAY);
    expect(dayOfWeek(day('2019-07-01'))).toBe(0);
    expect(days.dayOfYear(day('2019-01-01'))).toBe(1);
    expect(days.dayOfYear(day('2020-12-31'))).toBe(366);
  });

  it('answers for days outside the table without failing', () => {
    const days = new CalendarDays('US-CA');
    expect(days.dayType(-5)).toBe(WORKDAY);
    expect(days.dayOfYear(70_000)).toBe(0);
  });
});
