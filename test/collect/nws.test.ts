import { afterEach, describe, expect, it } from 'vitest';
import { onTheHour } from '../../src/collect/live/nws-place.js';
import { HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { NO_WEATHER } from '../../src/sources/weather-units.js';
import { hourlyFaults } from '../fakes/hourly-faults.js';
import { Harness, type HarnessOptions, shortestPauseMs } from '../fakes/harness.js';
import { forecastF, nwsHandler, STATION_OFFSET_C } from '../fakes/nws-world.js';
import { temperatureC } from '../fakes/world.js';
import { decoded } from './memory-log.js';

const START = Date.parse('2026-07-01T10:00:00Z');
const LATITUDE = 36.21;
const point = (name: string, latitude: number, weight: number) => ({
  name,
  latitude,
  longitude: -116,
  weight,
});
const zoneOf = (points: ReturnType<typeof point>[]) => () => [
  { zone: 'VEA-TAC', timeZone: 'America/Los_Angeles', weatherPoints: points },
];
const primary: HarnessOptions = {
  zones: zoneOf([point('Pahrump', LATITUDE, 1)]),
  sources: { weather: 'nws' },
};

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const observed = () => decoded(harness!.log, 'weather.observed');
const forecasts = () => decoded(harness!.log, 'weather.forecast');

/** Every hour once, at the value of the report for it. */
function expectHours(fromMs: number, toMs: number): void {
  const records = observed().filter(({ validTime }) => Date.parse(validTime) >= fromMs);
  const wrong: string[] = [];
  for (let ms = fromMs; ms <= toMs; ms += HOUR_MS) {
    const found = records.filter(({ validTime }) => Date.parse(validTime) === ms);
    const right = Math.round(10 * (temperatureC(LATITUDE, ms) + STATION_OFFSET_C)) / 10;
    if (found.length !== 1 || found[0]?.temperatureC !== right || found[0].source !== 'nws')
      wrong.push(`${new Date(ms).toISOString()}: ${JSON.stringify(found)}, not ${right}`);
  }
  expect(wrong).toEqual([]);
}

describe('the National Weather Service as the source of weather', () => {
  it('observed hours and runs with the issue time of the service, asked as it wants to be asked', async () => {
    harness = await Harness.start(START, [], primary);
    await harness.run('nws', START, START + 7 * HOUR_MS);
    expect(harness.failures).toEqual([]);
    expectHours(START - 2 * HOUR_MS, START + 6 * HOUR_MS);
    for (const { validTime, availableAt, windMs } of observed()) {
      expect(validTime <= availableAt).toBe(true);
      expect(windMs).toBeUndefined();
    }
    // A run each three hours.
    expect(forecasts().map(({ issuedAt, revision }) => [issuedAt.slice(11, 16), revision])).toEqual([
      ['09:00', 0],
      ['12:00', 0],
      ['15:00', 0],
    ]);
    for (const { issuedAt, availableAt, points } of forecasts()) {
      expect(issuedAt <= availableAt).toBe(true);
      expect(points.length).toBeGreaterThan(69);
      for (const { validTime, temperatureC: found, windMs } of points) {
        expect(validTime > availableAt).toBe(true);
        const celsius = ((forecastF(LATITUDE, Date.parse(validTime)) - 32) * 5) / 9;
        expect(found).toBeCloseTo(celsius, 2);
        // "10 mph".
        expect(windMs).toBe(4.47);
      }
    }
    const paths = harness.fakes.nws.requests.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('/points/'))).toHaveLength(1);
    expect(paths.every((path) => !path.includes('undefined'))).toBe(true);
    expect(shortestPauseMs(harness.fakes.nws)).toBeGreaterThanOrEqual(1000);
  });

  it('through every fault: each hour once, and the pauses are kept', async () => {
    const faults = hourlyFaults(START);
    const outageMs = START + 20 * HOUR_MS;
    const slowMs = START + 18 * HOUR_MS + 20 * MINUTE_MS;
    faults.push(
      { kind: 'slow-loris', fromMs: slowMs, toMs: slowMs + 10 * MINUTE_MS },
      { kind: 'reset', fromMs: outageMs, toMs: outageMs + 6 * HOUR_MS },
    );
    harness = await Harness.start(START, faults, primary);
    await harness.run('nws', START, START + 30 * HOUR_MS);
    expectHours(START - 2 * HOUR_MS, START + 29 * HOUR_MS);
    const found = new Set(harness.failures.map(({ kind }) => kind));
    for (const kind of [
      'throttled',
      'unexpected_content',
      'network',
      'redirect',
      'server_error',
      'circuit_open',
    ])
      expect([...found]).toContain(kind);
    expect(harness.failures.some(({ message }) => message.includes('secret'))).toBe(false);
    expect(shortestPauseMs(harness.fakes.nws)).toBeGreaterThanOrEqual(1000);
    expect(harness.fakes.nws.mostOpen).toBe(1);
  });

  it('asks the next station where the nearest is silent', async () => {
    harness = await Harness.start(START, [], { ...primary, handlers: { nws: nwsHandler(['A']) } });
    await harness.run('nws', START, START + 2 * HOUR_MS);
    expectHours(START, START + HOUR_MS);
    const asked = harness.fakes.nws.requests.map(({ path }) => path).filter((path) => path.includes('KA'));
    expect(asked).toHaveLength(1);
  });

  it('of a zone partly abroad uses what is covered when that is enough, and gives nothing when it is not', async () => {
    const abroad = point('Fairbanks', 64.84, 0.3);
    harness = await Harness.start(START, [], {
      ...primary,
      zones: zoneOf([point('Pahrump', LATITUDE, 0.7), abroad]),
    });
    await harness.run('nws', START, START + HOUR_MS);
    expect(harness.failures).toEqual([]);
    expectHours(START - HOUR_MS, START);
    await harness.close();
    harness = await Harness.start(START, [], { ...primary, zones: zoneOf([abroad]) });
    await harness.run('nws', START, START + 3 * HOUR_MS);
    expect(harness.failures).toEqual([]);
    expect([...observed(), ...forecasts()]).toEqual([]);
    expect(harness.fakes.nws.requests).toHaveLength(1);
  });
});

describe('the National Weather Service as a stand-by', () => {
  it('steps in while the first source is silent, and steps back when it answers', async () => {
    const awayMs = START + 4 * HOUR_MS;
    const backMs = START + 16 * HOUR_MS;
    harness = await Harness.start(START, [], {
      zones: primary.zones!,
      faultsOf: { weather: [{ kind: 'reset', fromMs: awayMs, toMs: backMs }] },
    });
    await harness.run(['open-meteo', 'nws'], START, START + 22 * HOUR_MS);
    const sources = (fromMs: number, toMs: number) =>
      new Set(
        observed()
          .filter(({ availableAt }) => Date.parse(availableAt) >= fromMs && Date.parse(availableAt) < toMs)
          .map(({ source }) => source),
      );
    expect(sources(START, awayMs + HOUR_MS)).toEqual(new Set(['open-meteo']));
    expect(sources(awayMs + 4 * HOUR_MS, backMs)).toEqual(new Set(['nws']));
    expect(sources(backMs + 2 * HOUR_MS, START + 22 * HOUR_MS)).toEqual(new Set(['open-meteo']));
    // No hour is missing, and the first source has the last word about each.
    for (let ms = START; ms <= START + 21 * HOUR_MS; ms += HOUR_MS) {
      const last = observed()
        .filter(({ validTime }) => Date.parse(validTime) === ms)
        .at(-1);
      expect(last).toMatchObject({ source: 'open-meteo', temperatureC: temperatureC(LATITUDE, ms) });
    }
    // While it stands by it asks for one place every six hours.
    const before = harness.fakes.nws.requests.filter(({ atMs }) => atMs < awayMs);
    expect(before.length).toBeLessThanOrEqual(3);
  });
});

describe('reports of stations', () => {
  it('the one nearest to an hour stands for it, others are left out', () => {
    const at = (minutes: number, temperatureC: number) => ({
      timeMs: START + minutes * MINUTE_MS,
      values: { ...NO_WEATHER, temperatureC },
    });
    const rows = onTheHour([at(-20, 1), at(-7, 2), at(5, 3), at(35, 4), at(53, 5), at(74, 6)]);
    expect(rows.map(({ timeMs, values }) => [(timeMs - START) / HOUR_MS, values.temperatureC])).toEqual([
      [0, 3],
      [1, 5],
    ]);
  });
});
