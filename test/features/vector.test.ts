import { describe, expect, it } from 'vitest';
import {
  FEATURE_COUNT,
  FEATURE_HASH,
  FEATURE_NAMES,
  featureIndex,
} from '../../src/features/feature-names.js';
import type { InputEvent } from '../../src/features/input-event.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { computeBaseline, writeFeatureRows } from '../../src/features/vector.js';
import type { ZoneProfile } from '../../src/features/zone-profile.js';
import { ZoneState } from '../../src/features/zone-state.js';
import { type World, naiveRow } from './naive-features.js';
import { DAY, HOUR, MINUTE, inputs, profileOf, seeded } from './synthetic.js';

function apply(state: ZoneState, event: InputEvent): void {
  if (event.type === 'demand') state.setDemand(event.validTimeMs, event.demandMw);
  else if (event.type === 'weather') state.setWeather(event);
  else if (event.type === 'operator') state.setOperator(event);
  else state.setForecast(event);
}

/** The state after all events up to the origin's own, and the same as a plain world. */
function known(
  profile: ZoneProfile,
  origin: number,
  missing: number,
): { state: ZoneState; world: World; asOf: number } {
  const state = new ZoneState(profile);
  const demand = new Map<number, number>();
  const weather: World['weather'][number][] = [];
  const operator: World['operator'][number][] = [];
  let forecast: World['forecast'] = null;
  let asOf = 0;
  for (const event of inputs(origin - 18 * DAY, origin + profile.stepMs, profile.stepMs, 7, missing)) {
    if (event.type === 'demand' && event.validTimeMs > origin) continue;
    apply(state, event);
    asOf = Math.max(asOf, event.availableAtMs);
    if (event.type === 'demand' && event.validTimeMs > origin - 17 * DAY)
      demand.set(event.validTimeMs, event.demandMw);
    if (event.type === 'weather') {
      weather.push({
        t: event.validTimeMs,
        temperature: Math.fround(event.values.temperatureC),
        shortwave: Math.fround(event.values.shortwaveWm2),
      });
    }
    if (event.type === 'operator') {
      const { product, stepMs, validTimeMs: t, availableAtMs, demandMw } = event;
      operator.push({ product, stepMs, t, known: availableAtMs, mw: Math.fround(demandMw) });
    }
    if (event.type === 'forecast') {
      const points = event.validTimesMs.map((t, i) => ({
        t,
        temperature: Math.fround(event.values[i]?.temperatureC ?? Number.NaN),
        shortwave: Math.fround(event.values[i]?.shortwaveWm2 ?? Number.NaN),
      }));
      forecast = { issued: event.issuedAtMs, points };
    }
  }
  const holidays = new Set([
    '2019-02-18',
    '2019-03-31',
    '2019-04-01',
    '2019-05-27',
    '2019-07-04',
    '2019-11-11',
    '2019-11-28',
    '2019-11-29',
    '2012-04-06',
    '2012-04-07',
    '2012-04-08',
    '2012-04-09',
    '2012-03-12',
    '2012-04-25',
  ]);
  return {
    state,
    asOf,
    world: {
      stepMs: profile.stepMs,
      timeZone: profile.timeZone,
      holidays,
      demand,
      weather,
      forecast,
      operator,
    },
  };
}

const LOS_ANGELES = { timeZone: 'America/Los_Angeles', holidays: 'US-CA' };
const MELBOURNE = { timeZone: 'Australia/Melbourne', holidays: 'AU-VIC' };

describe('writeFeatureRows', () => {
  it.each([
    ['5 min, summer', 5, LOS_ANGELES, '2019-07-03T21:35:00Z', 0],
    ['5 min with gaps', 5, LOS_ANGELES, '2019-07-08T07:00:00Z', 0.2],
    ['15 min, before the 23 h day', 15, LOS_ANGELES, '2019-03-10T05:15:00Z', 0.05],
    ['30 min, in the 23 h day', 30, LOS_ANGELES, '2019-03-10T14:30:00Z', 0.05],
    ['60 min, after the 23 h day', 60, LOS_ANGELES, '2019-03-11T16:00:00Z', 0.05],
    ['5 min, the 25 h day', 5, LOS_ANGELES, '2019-11-03T08:40:00Z', 0.05],
    ['60 min, a week after the 25 h day', 60, LOS_ANGELES, '2019-11-10T20:00:00Z', 0.05],
    ['30 min, Melbourne 25 h day', 30, MELBOURNE, '2012-03-31T15:30:00Z', 0],
    ['30 min, Melbourne after it', 30, MELBOURNE, '2012-04-08T21:00:00Z', 0.05],
    ['60 min, UTC without holidays', 60, { timeZone: 'UTC', holidays: '' }, '2019-06-05T00:00:00Z', 0],
  ])('equals the naive implementation, feature by feature: %s', (_, step, place, at, missing) => {
    const profile = profileOf(step, place);
    const origin = Date.parse(at);
    const { state, world, asOf } = known(profile, origin, missing);
    const naive = place.holidays === '' ? { ...world, holidays: new Set<string>() } : world;
    const buffer = new RowBuffer(FEATURE_COUNT);
    const { firstRow, baselineMw } = writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, buffer);
    expect(firstRow).toBe(0);
    profile.horizonsMinutes.forEach((minutes, i) => {
      const expected = naiveRow(naive, origin, asOf, minutes);
      expect(Object.keys(expected).sort()).toEqual([...FEATURE_NAMES].sort());
      FEATURE_NAMES.forEach((name, column) => {
        const actual = buffer.data[i * FEATURE_COUNT + column] ?? Number.NaN;
        const wanted = expected[name] ?? Number.NaN;
        const where = `${name} at ${String(minutes)} min`;
        if (Number.isNaN(wanted)) expect(actual, where).toBeNaN();
        else
          expect(
            Math.abs(actual - wanted),
            `${where}: ${String(actual)} for ${String(wanted)}`,
          ).toBeLessThanOrEqual(2e-3);
      });
      const latest = state.demandAt(origin);
      if (minutes <= 720 && missing === 0) expect(expected.operator_level_difference).not.toBeNaN();
      if (!Number.isNaN(latest)) expect(baselineMw[i]).toBeCloseTo(latest + (expected.baseline_ramp ?? 0), 6);
    });
  });

  it('follows the rule that a lag of d days serves horizons up to d days', () => {
    const profile = profileOf(60, { horizonsMinutes: [60, 1440, 1500] });
    const origin = Date.UTC(2019, 6, 10, 3);
    const { state, asOf } = known(profile, origin, 0);
    const buffer = new RowBuffer(FEATURE_COUNT);
    writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, buffer);
    const lag = (row: number): number =>
      buffer.data[row * FEATURE_COUNT + featureIndex('lag_wall_1d')] ?? Number.NaN;
    expect(lag(0)).toBe(Math.fround(state.demandAt(origin + HOUR - DAY)));
    expect(lag(1)).toBe(Math.fround(state.demandAt(origin)));
    expect(lag(2)).toBeNaN();
  });

  it('does not see a single demand value after the origin', () => {
    const profile = profileOf(15);
    const origin = Date.UTC(2019, 2, 9, 18);
    const { state, asOf } = known(profile, origin, 0.02);
    const before = new RowBuffer(FEATURE_COUNT);
    writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, before);
    const random = seeded(3);
    for (let t = origin + profile.stepMs; t < origin + DAY; t += profile.stepMs)
      state.setDemand(t, 1e6 * random());
    const after = new RowBuffer(FEATURE_COUNT);
    const { baselineMw } = writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, after);
    expect(Buffer.from(after.view().buffer).equals(Buffer.from(before.view().buffer))).toBe(true);
    expect(baselineMw.every((mw) => mw < 1e5)).toBe(true);
  });

  it('appends to a buffer in use without touching its rows', () => {
    const profile = profileOf(60);
    const origin = Date.UTC(2019, 6, 10, 3);
    const { state, asOf } = known(profile, origin, 0);
    const buffer = new RowBuffer(FEATURE_COUNT, 1);
    const count = profile.horizonsMinutes.length;
    writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, buffer);
    const first = buffer.view().slice();
    expect(writeFeatureRows(state, origin, asOf, profile.horizonsMinutes, buffer).firstRow).toBe(count);
    expect(buffer.view().slice(0, first.length)).toEqual(first);
    expect(buffer.view().slice(first.length)).toEqual(first);
  });

  it('labels the baseline persistence when no earlier day is known', () => {
    const profile = profileOf(60);
    const state = new ZoneState(profile);
    const origin = Date.UTC(2019, 6, 10, 3);
    for (let t = origin - 10 * HOUR; t <= origin; t += HOUR) state.setDemand(t, 20_000 + t / 1e9);
    const { baselineMw, baselineKind } = writeFeatureRows(
      state,
      origin,
      origin + HOUR,
      [60, 120],
      new RowBuffer(FEATURE_COUNT),
    );
    expect(baselineKind).toBe('persistence');
    expect([...baselineMw]).toEqual([state.demandAt(origin), state.demandAt(origin)]);
  });

  it('starts the baseline from an earlier anchor when the origin has no value', () => {
    const profile = profileOf(60);
    const origin = Date.UTC(2019, 6, 10, 3);
    const { state } = known(profile, origin - 2 * HOUR, 0);
    const { baselineMw, baselineKind } = computeBaseline(state, origin, origin - 2 * HOUR, [60]);
    expect(baselineKind).toBe('ramp');
    const anchor = state.demandAt(origin - 2 * HOUR);
    const yesterday = state.demandAt(origin + HOUR - DAY) - state.demandAt(origin - 2 * HOUR - DAY);
    expect(Math.abs((baselineMw[0] ?? 0) - (anchor + yesterday))).toBeLessThan(400);
  });

  it('refuses a buffer of another width', () => {
    const state = new ZoneState(profileOf(60));
    expect(() => writeFeatureRows(state, 0, 0, [60], new RowBuffer(FEATURE_COUNT - 1))).toThrow(/wide/);
  });
});

describe('feature names', () => {
  it('are distinct, and their hash depends on every one', () => {
    expect(new Set(FEATURE_NAMES).size).toBe(FEATURE_COUNT);
    expect(FEATURE_HASH).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keep one zone within the memory that ten thousand zones on a laptop allow', () => {
    const state = new ZoneState(profileOf(5));
    state.setWeather({
      type: 'weather',
      zone: 'TEST',
      validTimeMs: 15 * MINUTE,
      availableAtMs: 15 * MINUTE,
      values: { temperatureC: 1, shortwaveWm2: 1, cloudPct: 1, humidityPct: 1, windMs: 1 },
    });
    const demandBytes = state.ring.capacity * 9;
    expect(demandBytes).toBeLessThan(50_000);
  });
});
