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

/** Runs a parser over mutations of a body; what it gives must pass the check. @returns how many were refused */
function fuzz<T>(
  original: string,
  seed: number,
  parse: (text: string) => T,
  wrongIn: (result: T, text: string) => string | null,
): number {
  const random = randomOf(seed);
  let errors = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const text = mutateText(original, random);
    try {
      const wrong = wrongIn(parse(text), text);
      if (wrong !== null) expect.fail(`mutation ${i}: ${wrong} is not in\n${text}`);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      errors++;
    }
  }
  return errors;
}

describe(`${MUTATIONS} mutations give an error or what stands in the text`, () => {
  const pretty = (body: object): string => JSON.stringify(body, null, 1);

  it('of observations', () => {
    const original = pretty({ features: Array.from({ length: 6 }, (_, hour) => observation(hour)) });
    const errors = fuzz(
      original,
      41,
      (text) => parseNwsObservations(text, 'fuzz').rows,
      (rows, text) => {
        const wrong = rows.find(({ timeMs, values: { temperatureC } }) => {
          const label = new Date(timeMs).toISOString().slice(0, 16);
          return (
            !text.includes(label) || !(Number.isNaN(temperatureC) || text.includes(String(temperatureC)))
          );
        });
        return wrong === undefined ? null : JSON.stringify(wrong);
      },
    );
    expect(errors).toBeGreaterThan(MUTATIONS / 2);
  });

  it('of a point: paths of this service only', () => {
    const grid = 'https://api.weather.gov/gridpoints/LOX/155,45';
    const original = pretty({
      id: 'https://api.weather.gov/points/34.05,-118.24',
      properties: { forecastHourly: `${grid}/forecast/hourly`, observationStations: `${grid}/stations` },
    });
    const errors = fuzz(
      original,
      42,
      (text) => parseNwsPoint(text, 'fuzz'),
      ({ hourlyPath, stationsPath }, text) =>
        [hourlyPath, stationsPath].find((path) => !/^\/[\w./,-]+$/.test(path) || !text.includes(path)) ??
        null,
    );
    expect(errors).toBeGreaterThan(MUTATIONS / 2);
  });

  it('of stations: names of stations only', () => {
    const stationIdentifiers = ['KCQT', 'KBUR', 'KSMO', 'KLAX'];
    const features = stationIdentifiers.map((stationIdentifier) => ({ properties: { stationIdentifier } }));
    const errors = fuzz(
      pretty({ features }),
      43,
      (text) => parseNwsStations(text, 'fuzz'),
      (stations, text) => stations.find((id) => !/^[A-Z0-9]{3,8}$/.test(id) || !text.includes(id)) ?? null,
    );
    expect(errors).toBeGreaterThan(MUTATIONS / 2);
  });

  it('of an hourly forecast: rising hours, values and issue time as they stand', () => {
    const periods = Array.from({ length: 6 }, (_, hour) => ({
      startTime: `2026-07-01T0${hour}:00:00-07:00`,
      temperature: { unitCode: 'wmoUnit:degC', value: 20.25 + hour },
      windSpeed: '5 mph',
    }));
    const original = pretty({ properties: { updateTime: '2026-07-01T06:31:07+00:00', periods } });
    const errors = fuzz(
      original,
      44,
      (text) => parseNwsHourly(text, 'fuzz'),
      ({ issuedAtMs, rows }, text) => {
        if (!text.includes(new Date(issuedAtMs).toISOString().slice(0, 13))) return String(issuedAtMs);
        const wrong = rows.find(({ timeMs, values: { temperatureC } }, i) => {
          const local = new Date(timeMs - 7 * 3_600_000).toISOString().slice(0, 16);
          const isThere = text.includes(local) || text.includes(new Date(timeMs).toISOString().slice(0, 13));
          const isRising = i === 0 || timeMs > rows[i - 1]!.timeMs;
          return (
            !isThere || !isRising || !(Number.isNaN(temperatureC) || text.includes(String(temperatureC)))
          );
        });
        return wrong === undefined ? null : JSON.stringify(wrong);
      },
    );
    expect(errors).toBeGreaterThan(MUTATIONS / 2);
  });
});
