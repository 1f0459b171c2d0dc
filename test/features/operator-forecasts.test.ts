import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FEATURE_COUNT, featureIndex } from '../../src/features/feature-names.js';
import type { OperatorEvent } from '../../src/features/input-event.js';
import { MAX_OPERATOR_SERIES, OperatorForecasts } from '../../src/features/operator-forecasts.js';
import { OperatorSeries } from '../../src/features/operator-series.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { writeFeatureRows } from '../../src/features/vector.js';
import { ZoneState } from '../../src/features/zone-state.js';
import { DAY, HOUR, MINUTE, operatorEvent, profileOf } from './synthetic.js';

const T = Date.UTC(2026, 4, 4);
const STEP = 5 * MINUTE;

/** Hourly values of a day, known an hour before it begins. */
function hourly(mwOf: (hour: number) => number, overrides: Partial<OperatorEvent> = {}): OperatorEvent[] {
  return Array.from({ length: 24 }, (_, hour) =>
    operatorEvent(T + hour * HOUR, mwOf(hour), T - HOUR, overrides),
  );
}

function read(series: OperatorSeries, startMs: number, lengthMs = STEP): number {
  return series.read(startMs, lengthMs) ? series.mw : Number.NaN;
}

describe('OperatorSeries', () => {
  let series: OperatorSeries;
  beforeEach(() => {
    series = new OperatorSeries('day-ahead', operatorEvent(T, 0, T));
    for (const event of hourly((hour) => 1000 + 100 * hour)) series.set(event);
  });

  it('joins hours by lines between their middles, and gives an hour its own value', () => {
    expect(read(series, T + 3 * HOUR, HOUR)).toBe(1300);
    // The interval whose middle is a quarter of the way from the middle of hour 3 to that of hour 4.
    expect(read(series, T + 3 * HOUR + 45 * MINUTE - STEP / 2)).toBeCloseTo(1325, 9);
    const zoneHour = Array.from({ length: 12 }, (_, i) => read(series, T + 3 * HOUR + i * STEP));
    expect(zoneHour.reduce((sum, mw) => sum + mw, 0) / 12).toBeCloseTo(1300, 9);
    expect(zoneHour).toEqual([...zoneHour].sort((a, b) => a - b));
  });

  it('knows nothing before its first and after its last middle', () => {
    expect(read(series, T)).toBeNaN();
    expect(read(series, T + 30 * MINUTE)).toBeCloseTo(1000 + 100 * (STEP / 2 / HOUR), 9);
    expect(read(series, T + 23 * HOUR + 30 * MINUTE)).toBeNaN();
    expect(read(series, T + 23 * HOUR, HOUR)).toBe(3300);
  });

  it('averages intervals that are shorter than those of the zone, when all are known', () => {
    const quarters = new OperatorSeries('short', { stepMs: 15 * MINUTE, validTimeMs: T });
    const give = (i: number): void => {
      const at = T + i * 15 * MINUTE;
      quarters.set(operatorEvent(at, 100 * i, T - MINUTE, { product: 'short', stepMs: 15 * MINUTE }));
    };
    for (const i of [0, 1, 2]) give(i);
    expect(read(quarters, T, HOUR)).toBeNaN();
    give(3);
    expect(read(quarters, T, HOUR)).toBe(150);
    expect(read(quarters, T, 30 * MINUTE)).toBe(50);
  });

  it('takes a correction, and lets nothing that was known earlier undo it', () => {
    const at = T + 5 * HOUR;
    expect(series.set(operatorEvent(at, 1700, T + HOUR))).toBe(true);
    expect(series.set(operatorEvent(at, 1500, T - HOUR))).toBe(false);
    expect(read(series, at, HOUR)).toBe(1700);
    expect(series.knownMs).toBe(T + HOUR);
    expect(series.set(operatorEvent(at, 1800, T + HOUR))).toBe(true);
    expect(read(series, at, HOUR)).toBe(1800);
  });

  it('takes no value that came when its interval was over, or for a time too far ahead', () => {
    const at = T + 5 * HOUR;
    expect(series.set(operatorEvent(at, 9999, at + HOUR))).toBe(false);
    expect(series.set(operatorEvent(at, 1600, at + HOUR - 1))).toBe(true);
    expect(series.set(operatorEvent(T + 400 * DAY, 9999, T))).toBe(false);
    expect(read(series, at, HOUR)).toBe(1600);
  });

  it('forgets what is older than ten days before its newest target', () => {
    const later = T + 11 * DAY;
    expect(series.set(operatorEvent(later, 5, later - DAY))).toBe(true);
    expect(read(series, T + 23 * HOUR, HOUR)).toBeNaN();
    expect(read(series, later - 10 * DAY, HOUR)).toBeNaN();
    expect(read(series, later, HOUR)).toBe(5);
    expect(series.set(operatorEvent(T + DAY, 5, T))).toBe(false);
  });

  it('reads hours that begin at half past', () => {
    const half = new OperatorSeries('day-ahead', operatorEvent(T + HOUR / 2, 0, T));
    for (const hour of [0, 1]) half.set(operatorEvent(T + HOUR / 2 + hour * HOUR, 10 * hour, T));
    expect(read(half, T + HOUR / 2, HOUR)).toBe(0);
    expect(read(half, T + HOUR, HOUR)).toBe(5);
  });
});

describe('OperatorForecasts', () => {
  it('keeps products, steps and phases apart, in an order of their own, and not more than it may', () => {
    const forecasts = new OperatorForecasts(STEP);
    forecasts.set(operatorEvent(T, 1, T, { product: 'b' }));
    forecasts.set(operatorEvent(T, 2, T, { product: 'a', stepMs: 2 * HOUR }));
    forecasts.set(operatorEvent(T, 3, T, { product: 'a' }));
    forecasts.set(operatorEvent(T + HOUR / 2, 4, T, { product: 'a' }));
    const names = () => forecasts.series.map((one) => [one.product, one.stepMs / HOUR, one.phaseMs / HOUR]);
    expect(names()).toEqual([
      ['a', 1, 0],
      ['a', 1, 0.5],
      ['a', 2, 0],
      ['b', 1, 0],
    ]);
    expect(forecasts.set(operatorEvent(T, 3, T + DAY, { product: 'late' }))).toBe(false);
    for (let i = 0; i < MAX_OPERATOR_SERIES; i += 1)
      forecasts.set(operatorEvent(T, 5, T + 1 + i, { product: `c${String(i)}` }));
    expect(forecasts.series).toHaveLength(MAX_OPERATOR_SERIES);
    expect(names().every(([product]) => String(product).startsWith('c'))).toBe(true);
  });
});

describe("features of the operator's forecast", () => {
  const profile = profileOf(5, { horizonsMinutes: [60, 180, 600] });
  const origin = T + 10 * HOUR;
  const demand = (t: number): number => 2000 + 50 * Math.sin(t / DAY);
  const course = (hour: number): number => 2000 + 30 * hour;

  function rowsOf(events: readonly OperatorEvent[], asOf = origin + STEP): (name: string) => number[] {
    const state = new ZoneState(profile);
    for (let t = origin - 15 * DAY; t <= origin; t += STEP) state.setDemand(t, demand(t));
    for (const event of events) state.setOperator(event);
    const buffer = new RowBuffer(FEATURE_COUNT);
    writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, buffer);
    return (name) =>
      profile.horizonsMinutes.map((_, i) => buffer.view()[i * FEATURE_COUNT + featureIndex(name)] ?? 0);
  }

  it('are missing without one, and allocate nothing', () => {
    const rows = rowsOf([]);
    for (const name of ['operator_ramp', 'operator_error', 'operator_age_minutes'])
      expect(rows(name).every(Number.isNaN)).toBe(true);
    expect(new ZoneState(profile).operator).toBeNull();
  });

  it('do not depend on the level of a product, but for the error itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1500, max: 1500 }), (offset) => {
        const [plain, moved] = [hourly(course), hourly((hour) => course(hour) + offset)].map((e) =>
          rowsOf(e),
        );
        if (plain === undefined || moved === undefined) throw new Error('no rows');
        for (const name of ['operator_ramp', 'operator_ramp_difference', 'operator_age_minutes'])
          expect(moved(name)).toEqual(plain(name));
        plain('operator_error').forEach((error, i) =>
          expect(moved('operator_error')[i]).toBeCloseTo(error - offset, 2),
        );
      }),
      { numRuns: 20 },
    );
    expect(rowsOf(hourly(course))('operator_ramp')).toEqual([30, 90, 300]);
  });

  it('come from the product that spoke last of the target, and knows the origin too', () => {
    const short = (hours: readonly number[], knownMs: number): OperatorEvent[] =>
      hours.map((hour) => operatorEvent(T + hour * HOUR, 5000 - 10 * hour, knownMs, { product: 'short' }));
    const both = rowsOf([...hourly(course), ...short([9, 10, 11, 12], T + 9 * HOUR)]);
    expect(both('operator_ramp')).toEqual([-10, 90, 300]);
    expect(both('operator_age_minutes')).toEqual([65, 665, 665]);
    // The operator has another product for the target, and what it says now is not known of it.
    const blind = rowsOf([...hourly(course), ...short([11, 12], T + 9 * HOUR)]);
    expect(blind('operator_ramp')).toEqual([30, 90, 300]);
    // An older one does not count.
    const stale = rowsOf([...hourly(course), ...short([9, 10, 11, 12], T - 2 * HOUR)]);
    expect(stale('operator_ramp')).toEqual([30, 90, 300]);
  });

  it('know the mean error of the last day only where half of it is known', () => {
    expect(rowsOf(hourly(course))('operator_error_mean_24h').every(Number.isNaN)).toBe(true);
    const dayBefore = hourly(() => 1900).map((event) => ({
      ...event,
      validTimeMs: event.validTimeMs - DAY,
      availableAtMs: event.availableAtMs - DAY,
    }));
    const known = rowsOf([...dayBefore, ...hourly(() => 1900)]);
    for (const mean of known('operator_error_mean_24h')) expect(Math.abs(mean - 100)).toBeLessThan(51);
    const [first = Number.NaN] = known('operator_level_difference');
    const expected =
      (known('operator_ramp_difference')[0] ?? 0) +
      (known('operator_error_mean_24h')[0] ?? 0) -
      (known('operator_error')[0] ?? 0);
    expect(first).toBeCloseTo(expected, 2);
  });
});
