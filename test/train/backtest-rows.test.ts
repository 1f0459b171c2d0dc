import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import {
  type BacktestHorizon,
  type BacktestOrigin,
  type BacktestPrediction,
  BacktestScorer,
  type ScorerOptions,
  SETTLE_MS,
} from '../../src/train/backtest-rows.js';
import { OperatorForecast } from '../../src/train/scoring/operator-forecast.js';
import {
  type Case,
  DAYS,
  dayTypeOf,
  FIRST_MS,
  mean,
  naiveRows,
  naiveSummary,
  PROFILE,
  seasonOf,
  TEST_FROM_MS,
} from './naive-scores.js';

/** A series with gaps, forecasts with and without bands, an operator who knows some targets. */
const cases: fc.Arbitrary<Case> = fc
  .record({ seed: fc.integer(), gaps: fc.integer({ min: 0, max: 40 }) })
  .map(({ seed, gaps }) => {
    let state = seed >>> 0;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const actuals = new Map<number, number>();
    for (let hour = 0; hour < DAYS * 24; hour += 1) {
      if (random() * 100 < gaps) continue;
      const mw = random() < 0.02 ? 0 : 1000 + 200 * Math.sin((hour * Math.PI) / 12) + 50 * random();
      actuals.set(FIRST_MS + hour * HOUR_MS, mw);
    }
    const origins = Array.from({ length: 14 * 24 }, (_, i): BacktestOrigin => {
      const mw = Float64Array.from(PROFILE.horizonsMinutes, () => 1000 + 300 * (random() - 0.5));
      const band = (half: number) => mw.map((value) => value + half * (0.5 + random()));
      return {
        originMs: FIRST_MS + 8 * DAY_MS + i * HOUR_MS,
        mw,
        model: null,
        ...(random() < 0.1 ? {} : { p10Mw: band(-60), p90Mw: band(60) }),
        ...(random() < 0.5 ? {} : { mwRaw: band(5), p10RawMw: band(-30), p90RawMw: band(30) }),
      };
    });
    const operator = Array.from({ length: 300 }, () => ({
      timeMs: FIRST_MS + Math.floor(random() * DAYS * 24) * HOUR_MS,
      issuedAtMs: FIRST_MS + Math.floor(random() * DAYS * 24) * HOUR_MS,
      mw: 1000 + 100 * random(),
    }));
    return { actuals, origins, operator };
  });

function score({ actuals, origins, operator }: Case, more: Partial<ScorerOptions> = {}): BacktestHorizon[] {
  const scorer = new BacktestScorer({
    profile: PROFILE,
    testFromMs: TEST_FROM_MS,
    operator: new OperatorForecast({
      timesMs: operator.map(({ timeMs }) => timeMs),
      mw: operator.map(({ mw }) => mw),
      issuedAtMs: operator.map(({ issuedAtMs }) => issuedAtMs),
    }),
    ...more,
  });
  for (const [timeMs, mw] of actuals) scorer.addActual(timeMs, mw);
  scorer.addOrigins(origins);
  return scorer.finish();
}

function expectClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number') {
    expect(actual, path).toBeCloseTo(expected, 6);
    return;
  }
  if (expected === null || typeof expected !== 'object') {
    expect(actual, path).toEqual(expected);
    return;
  }
  for (const [key, value] of Object.entries(expected)) {
    expectClose((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
  expect(Object.keys(actual as object), path).toEqual(expect.arrayContaining(Object.keys(expected)));
}

describe('BacktestScorer', () => {
  it('equals a naive recomputation, whole and by hour, day type and season', () => {
    fc.assert(
      fc.property(cases, (one) => {
        score(one).forEach((horizon, h) => {
          const rows = naiveRows(one, h);
          expectClose(horizon, naiveSummary(rows), `${horizon.minutes} min`);
          expect(horizon.byHour.reduce((sum, { n }) => sum + n, 0)).toBe(rows.length);
          for (const { hour, ...cell } of horizon.byHour)
            expectClose(cell, naiveSummary(rows.filter((row) => row.hour === hour)), `hour ${hour}`);
          for (const { dayType, ...cell } of horizon.byDayType)
            expectClose(
              cell,
              naiveSummary(rows.filter(({ weekday }) => dayTypeOf(weekday) === dayType)),
              dayType,
            );
          for (const { season, ...cell } of horizon.bySeason)
            expectClose(cell, naiveSummary(rows.filter(({ month }) => seasonOf(month) === season)), season);
        });
      }),
      { numRuns: 12 },
    );
  });

  it('counts how often actuals fall below the quantiles, over the rows with a band', () => {
    fc.assert(
      fc.property(cases, (one) => {
        score(one).forEach(({ calibration }, h) => {
          const banded = naiveRows(one, h).filter(({ p10 }) => !Number.isNaN(p10));
          expect(calibration.n).toBe(banded.length);
          expect(calibration.pit.reduce((sum, count) => sum + count, 0)).toBe(banded.length);
          const [low, middle, high] = calibration.quantiles;
          expect(low?.observed).toBeCloseTo(mean(banded.map(({ actual, p10 }) => Number(actual <= p10))), 9);
          expect(middle?.observed).toBeCloseTo(mean(banded.map(({ actual, mw }) => Number(actual <= mw))), 9);
          expect(high?.observed).toBeCloseTo(mean(banded.map(({ actual, p90 }) => Number(actual <= p90))), 9);
        });
      }),
      { numRuns: 8 },
    );
  });

  it('scores an origin once its actuals are settled, keeps none after that, and gives the same result', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const rows: BacktestPrediction[] = [];
        const scorer = new BacktestScorer({
          profile: PROFILE,
          testFromMs: TEST_FROM_MS,
          onPrediction: (row) => rows.push(row),
        });
        const longestMs = 1500 * MINUTE_MS;
        const origins = new Map(one.origins.map((origin) => [origin.originMs, origin]));
        for (let hour = 0; hour < DAYS * 24; hour += 1) {
          const latestMs = FIRST_MS + hour * HOUR_MS;
          const mw = one.actuals.get(latestMs);
          if (mw !== undefined) scorer.addActual(latestMs, mw);
          const origin = origins.get(latestMs);
          if (origin !== undefined) scorer.addOrigins([origin]);
          scorer.settle(latestMs);
          const last = rows.at(-1);
          if (last !== undefined) expect(last.originMs + longestMs + SETTLE_MS).toBeLessThanOrEqual(latestMs);
        }
        expect(rows.length).toBeGreaterThan(0);
        const streamed = scorer.finish();
        const { operator: _none, ...rest } = one;
        const whole = score({ ...rest, operator: [] });
        expect(streamed).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  it('takes what the operator had issued by the origin, and without issue times the only forecast there is', () => {
    const rows = { timesMs: [20, 10, 20, 20], mw: [1, 2, 3, 4], issuedAtMs: [7, 1, 3, 3] };
    const strict = new OperatorForecast(rows);
    expect([2, 3, 6, 7, 99].map((originMs) => strict.at(20, originMs))).toEqual([NaN, 4, 4, 1, 1]);
    expect(strict.at(15, 99)).toBeNaN();
    const loose = new OperatorForecast({ ...rows, issuedAtMs: null });
    expect([loose.issueTimeKnown, loose.at(10, 0), loose.at(20, 0)]).toEqual([false, 2, 4]);
  });
});
