import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/contracts/time.js';
import { zoneClock } from '../../src/features/zone-clock.js';
import { DayCounts, HourCounts } from '../../src/quality/day-counts.js';
import { STEP_MS } from './fake-view.js';

const clock = zoneClock('America/Los_Angeles', '');
const GRACE_MS = 2 * HOUR_MS;

/** Feeds every interval of [from, to) but those left out, each known when it ended. */
function feed(days: DayCounts, from: string, to: string, isLeftOut: (slot: number) => boolean = () => false) {
  const closed = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += STEP_MS) {
    const asOfMs = ms + STEP_MS;
    if (!isLeftOut(ms / STEP_MS)) days.value(ms, asOfMs, true, false);
    closed.push(...days.close(asOfMs));
  }
  return closed;
}

describe('summary of a day', () => {
  it('expects 23 and 25 hours on the days of the clock change', () => {
    const spring = feed(new DayCounts(clock, STEP_MS, GRACE_MS), '2026-03-07T08:00Z', '2026-03-10T08:00Z');
    expect(spring.map(({ expectedIntervals }) => expectedIntervals / 12)).toEqual([24, 23]);
    const autumn = feed(new DayCounts(clock, STEP_MS, GRACE_MS), '2026-10-31T07:00Z', '2026-11-03T09:00Z');
    expect(autumn.map(({ expectedIntervals }) => expectedIntervals / 12)).toEqual([24, 25]);
    for (const day of [...spring, ...autumn]) expect(day.presentIntervals).toBe(day.expectedIntervals);
  });

  it('tells each day once and in order, a silent one too, and nothing of the time before the first value', () => {
    const days = new DayCounts(clock, STEP_MS, GRACE_MS);
    expect(feed(days, '2026-05-01T17:00Z', '2026-05-01T18:00Z')).toEqual([]);
    const closed = days.close(Date.parse('2026-05-04T10:00Z'));
    expect(
      closed.map(({ presentIntervals, expectedIntervals }) => [presentIntervals, expectedIntervals]),
    ).toEqual([
      [12, 14 * 12],
      [0, 288],
      [0, 288],
    ]);
    expect(days.close(Date.parse('2026-05-04T11:00Z'))).toEqual([]);
  });

  it('counts what was left out, whatever it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 287 }), (every) => {
        const days = new DayCounts(clock, STEP_MS, GRACE_MS);
        const [day] = feed(
          days,
          '2026-05-01T07:00Z',
          '2026-05-02T10:00Z',
          (slot) => slot % (every + 1) === 0,
        );
        const first = Date.parse('2026-05-01T07:00Z') / STEP_MS;
        const expected = Array.from({ length: 288 }, (_, i) => first + i).filter(
          (slot) => slot % (every + 1) !== 0,
        );
        expect(day?.presentIntervals).toBe(expected.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the last 24 hours', () => {
  it('forget what is older and share out what is not', () => {
    const hours = new HourCounts();
    for (let hour = 0; hour < 48; hour++) {
      hours.value(hour * HOUR_MS, hour < 24);
      if (hour === 3) hours.gap(hour * HOUR_MS, 200);
    }
    expect(hours.recent(47 * HOUR_MS)).toEqual({ values: 24, quarantinedPercent: 0, longestGapMinutes: 0 });
    expect(hours.recent(57 * HOUR_MS).values).toBe(14);
    expect(hours.recent(1000 * HOUR_MS)).toEqual({ values: 0, quarantinedPercent: 0, longestGapMinutes: 0 });
  });
});
