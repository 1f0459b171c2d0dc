import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNowcasts } from '../../src/history/compare-nowcasts.js';
import { MAX_RANGE_POINTS, resolveRange, timeParameter } from '../../src/api/time-range.js';
import { DAY_MS, toIso } from '../../src/contracts/time.js';

const STEP_MS = 5 * 60_000;
const LATEST_MS = Date.UTC(2019, 11, 31, 23, 55);
const NOW_MS = Date.UTC(2026, 0, 1);

describe('timeParameter', () => {
  it.each([
    ['2024-07-01T00:00:00Z', Date.UTC(2024, 6, 1)],
    ['2024-07-01T02:00:00+02:00', Date.UTC(2024, 6, 1)],
    ['2024-07-01T02:00 02:00', Date.UTC(2024, 6, 1)],
    ['2024-06-30T17:00:00.000-07:00', Date.UTC(2024, 6, 1)],
  ])('reads %s', (text, expected) => {
    expect(timeParameter('from', text)).toBe(expected);
  });

  it.each(['', 'yesterday', '2024-07-01', '2024-07-01T00:00:00', '2024-13-01T00:00:00Z', '1719792000000'])(
    'refuses %j, naming the parameter and a right one',
    (text) => {
      expect(() => timeParameter('from', text)).toThrow(
        /^from must be an ISO 8601 time with an offset or Z, for example from=2024-07-01T00:00:00Z; got/,
      );
    },
  );
});

describe('resolveRange', () => {
  const resolve = (query: { from?: string; to?: string }, latest: number | null = LATEST_MS) =>
    resolveRange(query, STEP_MS, latest, NOW_MS);

  it('is the last 24 h of the data by default, and of now without data', () => {
    expect(resolve({})).toMatchObject({ fromMs: LATEST_MS + STEP_MS - DAY_MS, toMs: LATEST_MS + STEP_MS });
    expect(resolve({}, null)).toMatchObject({ fromMs: NOW_MS - DAY_MS, toMs: NOW_MS });
  });

  it('fills in the end that is missing', () => {
    const to = toIso(LATEST_MS - DAY_MS);
    expect(resolve({ to })).toMatchObject({ fromMs: LATEST_MS - 2 * DAY_MS, toMs: LATEST_MS - DAY_MS });
    expect(resolve({ from: to })).toMatchObject({ fromMs: LATEST_MS - DAY_MS, toMs: LATEST_MS + STEP_MS });
    const future = LATEST_MS + 10 * DAY_MS;
    expect(resolve({ from: toIso(future) })).toMatchObject({ fromMs: future, toMs: future + DAY_MS });
  });

  it('refuses an empty range and one that is too long, saying what would do', () => {
    expect(() => resolve({ from: toIso(NOW_MS), to: toIso(NOW_MS) })).toThrow('from must be before to');
    expect(() => resolve({ from: '2015-01-01T00:00:00Z' })).toThrow(
      /at most 50000: ask for at most 173 days/,
    );
  });

  it('never holds more points than the limit, whatever is asked', () => {
    const time = fc.date({ min: new Date(0), max: new Date(Date.UTC(2100, 0, 1)), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.option(time),
        fc.option(time),
        fc.integer({ min: 1, max: 1440 }),
        (from, to, stepMinutes) => {
          const query = {
            ...(from === null ? {} : { from: from.toISOString() }),
            ...(to === null ? {} : { to: to.toISOString() }),
          };
          try {
            const range = resolveRange(query, stepMinutes * 60_000, LATEST_MS, NOW_MS);
            expect(range.toMs).toBeGreaterThan(range.fromMs);
            expect((range.toMs - range.fromMs) / (stepMinutes * 60_000)).toBeLessThanOrEqual(
              MAX_RANGE_POINTS,
            );
          } catch (error) {
            expect(error).toMatchObject({ code: 'INPUT_INVALID' });
          }
        },
      ),
    );
  });
});

describe('compareNowcasts', () => {
  it('passes further quantiles on where a nowcast has them', () => {
    const point = { horizonMinutes: 5, mw: 1, p10: 0, p90: 2, modelVersion: 'm' };
    const quantiles = [{ q: 0.25, mw: 0.5 }];
    const found = compareNowcasts(
      [{ timeMs: 10, demandMw: 1, source: 's' }],
      [
        { ...point, timeMs: 20, quantiles },
        { ...point, timeMs: 30 },
      ],
    );
    expect(found.map((one) => one.quantiles)).toEqual([undefined, quantiles, undefined]);
  });

  it('keeps every time of either side once, in order, and invents nothing', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 40 })).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, times, (measured, forecast) => {
        const points = compareNowcasts(
          measured.map((timeMs) => ({ timeMs, demandMw: timeMs + 1000, source: 's' })),
          forecast.map((timeMs) => ({
            timeMs,
            horizonMinutes: 5,
            mw: timeMs,
            p10: null,
            p90: null,
            modelVersion: 'm',
          })),
        );
        const all = [...new Set([...measured, ...forecast])].sort((a, b) => a - b);
        expect(points.map((point) => Date.parse(point.time))).toEqual(all);
        for (const point of points) {
          const timeMs = Date.parse(point.time);
          expect(point.actualMw).toBe(measured.includes(timeMs) ? timeMs + 1000 : null);
          expect(point.mw).toBe(forecast.includes(timeMs) ? timeMs : null);
        }
      }),
    );
  });
});
