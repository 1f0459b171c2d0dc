import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/contracts/time.js';
import { zoneClock } from '../../../src/features/zone-clock.js';
import { isWanted, latestDue, type Schedule } from '../../../src/train/runs/schedule.js';
import { dateOf, instantOf } from '../../../src/train/runs/wall-clock.js';

const CALIFORNIA = zoneClock('America/Los_Angeles', '');
const BERLIN = zoneClock('Europe/Berlin', '');
const DAILY: Schedule = { daily: '02:00', weekly: null };
const BOTH: Schedule = { daily: '02:00', weekly: { day: 'sunday', time: '03:00' } };
const NEVER = { firstStartedMs: null, lastStartedMs: () => null, hasAnswered: () => false };

/** Every id that a clock looked at each `everyMs` sees, with when it was first seen. */
function seen(clock: typeof CALIFORNIA, schedule: Schedule, fromMs: number, toMs: number, everyMs: number) {
  const first = new Map<string, number>();
  for (let nowMs = fromMs; nowMs < toMs; nowMs += everyMs) {
    for (const { id } of latestDue('Z', clock, schedule, nowMs)) if (!first.has(id)) first.set(id, nowMs);
  }
  return first;
}

describe('the daily training', () => {
  it('is due at 02:00 of the zone, summer and winter', () => {
    const [winter] = latestDue('Z', CALIFORNIA, DAILY, Date.parse('2025-01-15T12:00:00Z'));
    expect(winter).toEqual({
      id: 'daily/Z/2025-01-15',
      kind: 'daily',
      zone: 'Z',
      dueMs: Date.parse('2025-01-15T10:00:00Z'),
    });
    const [before] = latestDue('Z', CALIFORNIA, DAILY, Date.parse('2025-07-15T08:59:59Z'));
    expect(before?.id).toBe('daily/Z/2025-07-14');
    const [after] = latestDue('Z', CALIFORNIA, DAILY, Date.parse('2025-07-15T09:00:00Z'));
    expect(after?.id).toBe('daily/Z/2025-07-15');
  });

  it('comes once on the day that has no 02:00, when the clock has passed it', () => {
    const from = Date.parse('2025-03-08T12:00:00Z');
    const found = seen(CALIFORNIA, DAILY, from, from + 2.5 * DAY_MS, MINUTE_MS);
    expect([...found.keys()]).toEqual(['daily/Z/2025-03-08', 'daily/Z/2025-03-09', 'daily/Z/2025-03-10']);
    expect(found.get('daily/Z/2025-03-09')).toBe(Date.parse('2025-03-09T10:00:00Z'));
  });

  it('comes once on the day that has 02:00 twice, at the first', () => {
    const from = Date.parse('2025-10-25T12:00:00Z');
    const found = seen(BERLIN, DAILY, from, from + 2.5 * DAY_MS, MINUTE_MS);
    expect([...found.keys()]).toEqual(['daily/Z/2025-10-25', 'daily/Z/2025-10-26', 'daily/Z/2025-10-27']);
    expect(found.get('daily/Z/2025-10-26')).toBe(Date.parse('2025-10-26T00:00:00Z'));
  });

  it('is due once for each local date, whatever the time of day, the zone and how often the clock is looked at', () => {
    const zones = ['America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 360 }),
        fc.integer({ min: 1, max: 180 }),
        (zone, minute, startDay, everyMinutes) => {
          const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
          const clock = zoneClock(zone, '');
          const from = Date.parse('2025-01-02T00:00:00Z') + startDay * DAY_MS;
          const ids = [
            ...seen(
              clock,
              { daily: time, weekly: null },
              from,
              from + 6 * DAY_MS,
              everyMinutes * MINUTE_MS,
            ).keys(),
          ];
          const firstDay = Date.parse(`${ids[0]?.split('/')[2] ?? ''}T00:00:00Z`) / DAY_MS;
          expect(ids).toEqual(ids.map((_, i) => `daily/Z/${dateOf(firstDay + i)}`));
          expect(ids.length).toBeGreaterThanOrEqual(6);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the weekly training', () => {
  it('is due on its local day', () => {
    const due = latestDue('Z', CALIFORNIA, BOTH, Date.parse('2025-01-15T12:00:00Z'));
    expect(due.map(({ id }) => id)).toEqual(['daily/Z/2025-01-15', 'weekly/Z/2025-01-12']);
    expect(due[1]?.dueMs).toBe(Date.parse('2025-01-12T11:00:00Z'));
  });

  it('can be turned off, as the daily can', () => {
    expect(latestDue('Z', CALIFORNIA, { daily: null, weekly: null }, 1.7e12)).toEqual([]);
  });
});

describe('instantOf', () => {
  it('is the inverse of the wall clock, or the first instant after a time that was skipped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 21_000 }),
        fc.integer({ min: 0, max: 1439 }),
        (day, minute) => {
          const instant = instantOf(CALIFORNIA, day, minute);
          expect(CALIFORNIA.localDay(instant)).toBe(day);
          const shown = CALIFORNIA.minuteOfDay(instant);
          expect([minute, minute + 60]).toContain(shown);
        },
      ),
    );
  });
});

describe('isWanted', () => {
  const [due] = latestDue('Z', CALIFORNIA, DAILY, Date.parse('2025-01-15T12:00:00Z'));
  if (due === undefined) throw new Error('nothing is due');
  const trained = (firstMs: number, lastMs: number) => ({
    ...NEVER,
    firstStartedMs: firstMs,
    lastStartedMs: () => lastMs,
  });

  it('makes up for a date that was missed', () => {
    expect(isWanted(due, trained(due.dueMs - 3 * DAY_MS, due.dueMs - 2 * DAY_MS))).toBe(true);
  });

  it('does not ask again for what was answered, nor for what a later training did', () => {
    const history = trained(due.dueMs - DAY_MS, due.dueMs - DAY_MS);
    expect(isWanted(due, { ...history, hasAnswered: (id) => id === due.id })).toBe(false);
    expect(isWanted(due, trained(due.dueMs - DAY_MS, due.dueMs + HOUR_MS))).toBe(false);
  });

  it('asks nothing of a zone that was never trained, or only since', () => {
    expect(isWanted(due, NEVER)).toBe(false);
    expect(isWanted(due, trained(due.dueMs + HOUR_MS, due.dueMs + HOUR_MS))).toBe(false);
  });
});
