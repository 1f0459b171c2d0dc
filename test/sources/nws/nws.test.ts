import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  parseNwsHourly,
  parseNwsObservations,
  parseNwsPoint,
  parseNwsStations,
} from '../../../src/sources/nws/parse-nws.js';
import { SourceError } from '../../../src/sources/source-error.js';
import { sharedData } from '../../shared-data.js';
import { mutateText, randomOf } from '../mutate.js';

const folder = sharedData('weather/nws');
const read = (name: string): string => readFileSync(`${folder!}/${name}`, 'utf8');
const at = Date.parse('2019-06-27T10:53:00Z');

describe.skipIf(folder === null)('recorded answers of the National Weather Service', () => {
  it('finds the paths of a point, whatever host they name, and its stations', () => {
    expect(parseNwsPoint(read('points.json'), 'points')).toEqual({
      hourlyPath: '/gridpoints/TAE/58,65/forecast/hourly',
      stationsPath: '/gridpoints/TAE/58,65/stations',
    });
    expect(parseNwsStations(read('gridpoints_stations.json'), 'stations').slice(0, 2)).toEqual([
      'KCMH',
      'KOSU',
    ]);
  });

  it('reads an hourly forecast: Fahrenheit, wind as text, issue time', () => {
    const { issuedAtMs, rows, problems } = parseNwsHourly(
      read('gridpoints_forecast_hourly_us.json'),
      'hourly',
    );
    expect(problems).toEqual([]);
    expect(issuedAtMs).toBe(Date.parse('2019-10-14T23:16:24Z'));
    expect(rows).toHaveLength(2);
    // 78 F at 20:00 -04:00, "0 mph", 63 %.
    expect(rows[0]).toMatchObject({
      timeMs: Date.parse('2019-10-15T00:00:00Z'),
      values: { temperatureC: 25.556, windMs: 0, humidityPct: 63 },
    });
  });

  it('reads observations', () => {
    const { rows } = parseNwsObservations(read('stations_observations.json'), 'observations');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      timeMs: at,
      values: { temperatureC: 10, humidityPct: 10, windMs: 10, cloudPct: 19 },
    });
    // One observation; wind in km/h: 7.56 is 2.1 m/s.
    const latest = parseNwsObservations(read('stations_observations_latest.json'), 'latest').rows[0];
    expect(latest?.timeMs).toBe(Date.parse('2022-03-02T23:53:00Z'));
    expect(latest?.values).toMatchObject({
      temperatureC: 22.8,
      windMs: 2.1,
      cloudPct: 75,
      humidityPct: 75.771,
    });
  });

  it('reads values that are text, and of two about one instant the fuller', () => {
    const strings = parseNwsObservations(read('stations_observations_strings.json'), 'observations').rows;
    expect(strings[0]?.values).toMatchObject({ temperatureC: 10, humidityPct: 10, windMs: 10 });
    const several = parseNwsObservations(read('stations_observations_multiple.json'), 'observations').rows;
    expect(several.map(({ timeMs, values }) => [timeMs, values.temperatureC])).toEqual([[at, 10]]);
  });

  it('gives nothing for empty and missing values, and says so', () => {
    for (const name of ['stations_observations_empty.json', 'stations_observations_missing_value.json']) {
      const { rows, problems } = parseNwsObservations(read(name), name);
      expect(rows).toEqual([]);
      expect(problems).toEqual([{ where: 'observation 1', reason: 'it has no time' }]);
    }
  });
});

const observation = (hour: number) => ({
  properties: {
    timestamp: `2026-07-01T${String(hour).padStart(2, '0')}:53:00+00:00`,
    temperature: { value: 15.25 + hour, unitCode: 'wmoUnit:degC', qualityControl: 'V' },
    windSpeed: { value: null, unitCode: 'wmoUnit:km_h-1', qualityControl: 'Z' },
  },
});

describe('what the service doubts or we do not know', () => {
  const one = (properties: object) =>
    parseNwsObservations(
      JSON.stringify({ features: [{ properties: { ...observation(1).properties, ...properties } }] }),
      'x',
    );

  it.each([
    [{ temperature: { value: 20, unitCode: 'wmoUnit:degC', qualityControl: 'X' } }, /quality control/],
    [{ temperature: { value: 20, unitCode: 'wmoUnit:K', qualityControl: 'V' } }, /unknown unit/],
    [{ temperature: { value: 400, unitCode: 'wmoUnit:degC' } }, /400 is not possible/],
    [{ temperature: { value: 'warm', unitCode: 'wmoUnit:degC' } }, /not a number/],
  ])('%j is left out', (properties, reason) => {
    const { rows, problems } = one(properties);
    expect(rows).toEqual([]);
    expect(problems[0]?.reason).toMatch(reason);
  });

  it('refuses a page, a problem document and paths that lead elsewhere', () => {
    expect(() => parseNwsPoint('<html><title>Down</title></html>', 'points')).toThrow(/"Down"/);
    expect(() =>
      parseNwsPoint('{"title":"Data Unavailable For Requested Point","status":404}', 'points'),
    ).toThrow(/Data Unavailable/);
    const evil = { properties: { forecastHourly: 'file:///etc/passwd', observationStations: 'x' } };
    expect(() => parseNwsPoint(JSON.stringify(evil), 'points')).toThrow(/no usable forecastHourly/);
  });
});

const MUTATIONS = 10_000;

it(`${MUTATIONS} mutations give an error or rows that stand in the text`, () => {
  const original = JSON.stringify(
    { features: Array.from({ length: 6 }, (_, hour) => observation(hour)) },
    null,
    1,
  );
  const random = randomOf(41);
  let errors = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const text = mutateText(original, random);
    try {
      for (const { timeMs, values } of parseNwsObservations(text, 'fuzz').rows) {
        const label = new Date(timeMs).toISOString().slice(0, 16);
        const known =
          text.includes(label) &&
          (Number.isNaN(values.temperatureC) || text.includes(String(values.temperatureC)));
        if (!known) expect.fail(`mutation ${i}: ${label} ${values.temperatureC} is not in\n${text}`);
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      errors++;
    }
  }
  expect(errors).toBeGreaterThan(MUTATIONS / 2);
});
