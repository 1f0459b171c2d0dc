import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toIso } from '../../src/contracts/time.js';
import { parseLoad } from '../../src/sources/caiso-oasis/parse-load.js';
import { parseRenewables } from '../../src/sources/caiso-oasis/parse-renewables.js';
import { readOasisBody } from '../../src/sources/caiso-oasis/read-body.js';
import { parseOutlook } from '../../src/sources/caiso-outlook/parse-outlook.js';
import {
  parseNwsHourly,
  parseNwsObservations,
  parseNwsPoint,
  parseNwsStations,
} from '../../src/sources/nws/parse-nws.js';
import { type OpenMeteoBlock, parseOpenMeteo } from '../../src/sources/open-meteo/parse-open-meteo.js';
import { SourceError } from '../../src/sources/source-error.js';
import { WallClock } from '../../src/sources/wall-clock.js';
import { sharedData } from '../shared-data.js';

/**
 * Every recorded answer, each with values read from it by eye, or with the clear refusal that it must get. A recording
 * without a line here fails.
 */

const clock = new WallClock('America/Los_Angeles');
const asOfMs = Date.parse('2026-11-01T00:00:00Z');
const AREAS = new Set(['CA ISO-TAC', 'PGE-TAC', 'SCE-TAC', 'SDGE-TAC', 'VEA-TAC', 'MWD-TAC']);

/** What is looked at of an answer: `name time value`. */
type Reader = (body: Buffer) => string[];

const text = (body: Buffer): string => body.toString('utf8');

function outlook(date: string, report: 'demand' | 'fuelsource' = 'demand'): Reader {
  return (body) =>
    parseOutlook(text(body), { date, clock, asOfMs, report, what: 'file' }).rows.map(
      ({ kind, series, startMs, mw }) => `${kind} ${series} ${toIso(startMs)} ${mw}`,
    );
}

const load =
  (run: 'RTM' | '7DA'): Reader =>
  (body) =>
    parseLoad(readOasisBody(body, 'report').rows, run, AREAS).rows.map(
      ({ kind, resource, startMs, mw }) => `${kind} ${resource} ${toIso(startMs)} ${mw}`,
    );
const renewables: Reader = (body) =>
  parseRenewables(readOasisBody(body, 'report').rows).rows.map(
    ({ hub, startMs, valuesMw }) => `${hub} ${toIso(startMs)} ${JSON.stringify(valuesMw)}`,
  );

const meteo =
  (block: OpenMeteoBlock): Reader =>
  (body) =>
    parseOpenMeteo(text(body), block, 'answer').rows.map(
      ({ timeMs, values }) => `${toIso(timeMs)} ${values.temperatureC}`,
    );
/** The body inside a recording of R's httptest. */
const inside =
  (read: Reader): Reader =>
  (body) =>
    read(Buffer.from(/charToRaw\("(.*)"\), *$/m.exec(text(body))![1]!.replaceAll('\\"', '"')));
const observations: Reader = (body) =>
  parseNwsObservations(text(body), 'answer').rows.map(
    ({ timeMs, values }) => `${toIso(timeMs)} ${values.temperatureC}`,
  );
const hourly: Reader = (body) => {
  const { issuedAtMs, rows } = parseNwsHourly(text(body), 'answer');
  return rows.map(({ timeMs, values }) => `${toIso(issuedAtMs)} ${toIso(timeMs)} ${values.temperatureC}`);
};

interface Expected {
  readonly read: Reader;
  readonly rows?: number;
  readonly has?: readonly string[];
  /** Kind of the error. */
  readonly refused?: string;
}

const notOurs = { read: outlook('2017-03-12'), refused: 'unexpected_content' } as const;

const RECORDINGS: Readonly<Record<string, Expected>> = {
  'outlook_fixtures/CAISO-netdemand-20180411.csv': {
    read: outlook('2018-04-11'),
    has: [
      'actual demand 2018-04-11T06:55:00.000Z 21825',
      'actual net-demand 2018-04-11T07:00:00.000Z 17555',
      'forecast outlook-hour-ahead 2018-04-11T06:55:00.000Z 21942',
    ],
  },
  'outlook_fixtures/CAISO-netdemand-20190310.csv': {
    read: outlook('2019-03-10'),
    has: ['actual demand 2019-03-10T07:55:00.000Z 21511', 'actual net-demand 2019-03-10T08:05:00.000Z 19906'],
  },
  'outlook_fixtures/CAISO-netdemand-20190416.csv': {
    read: outlook('2019-04-16'),
    rows: 576,
    has: ['actual demand 2019-04-16T06:55:00.000Z 21179', 'actual net-demand 2019-04-16T07:00:00.000Z 17687'],
  },
  'outlook_fixtures/CAISO-netdemand-20190515.csv': {
    read: outlook('2019-05-15'),
    has: [
      'actual demand 2019-05-15T06:55:00.000Z 22544',
      'forecast outlook-hour-ahead 2019-05-15T07:00:00.000Z 22444',
      'actual net-demand 2019-05-15T07:05:00.000Z 20493',
    ],
  },
  'outlook_fixtures/CAISO-supply-20180410.csv': {
    read: outlook('2018-04-10', 'fuelsource'),
    has: [
      'actual natural-gas 2018-04-10T06:55:00.000Z 8736',
      'actual batteries 2018-04-10T06:55:00.000Z -8',
      'actual imports 2018-04-10T07:00:00.000Z 7029',
    ],
  },
  // Emissions are no demand.
  'outlook_fixtures/CAISO-co2-20180410.csv': { read: outlook('2018-04-10'), refused: 'unexpected_content' },
  'gridstatus/rtm_forecast_7day_20260311.csv': {
    read: outlook('2026-03-11'),
    has: [
      'actual demand 2026-03-11T06:55:00.000Z 21481',
      'forecast outlook-day-ahead 2026-03-11T07:00:00.000Z 21677',
    ],
  },
  'gridstatus/rtm_forecast_7day_20260312.csv': {
    read: outlook('2026-03-12'),
    has: [
      'actual demand 2026-03-12T06:55:00.000Z 21950',
      'actual net-demand 2026-03-12T07:00:00.000Z 20422',
      'forecast outlook-net-day-ahead 2026-03-12T07:00:00.000Z 20453',
      'forecast outlook-day-ahead 2026-03-13T07:00:00.000Z 22855',
    ],
  },
  'oasis_fixtures/20250219_20250227_SLD_FCST_7DA_20250221_01_09_58_v1.zip': {
    read: load('7DA'),
    has: [
      'forecast CA ISO-TAC 2025-02-19T08:00:00.000Z 21213.16',
      'forecast VEA-TAC 2025-02-26T23:00:00.000Z 60.78',
    ],
  },
  'oasis_fixtures/20250204_20250211_SLD_REN_FCST_DAM_20250214_04_52_10_v1.zip': {
    read: renewables,
    has: ['NP15 2025-02-04T18:00:00.000Z {"solar":772.69,"wind":1003.02}'],
  },
  'oasis_fixtures/error_1000_no_data.xml': { read: load('RTM'), refused: 'no_data' },
  'oasis_fixtures/error_1001_INVALID_REQUEST.xml': { read: load('RTM'), refused: 'invalid_request' },
  'oasis_fixtures/http_429_body.html': { read: load('RTM'), refused: 'unexpected_content' },
  'oasis_fixtures/pyiso/sld_forecast.xml': {
    read: load('RTM'),
    rows: 3,
    has: ['forecast CA ISO-TAC 2014-05-08T18:55:00.000Z 26755'],
  },
  'oasis_fixtures/pyiso/sld_ren_forecast.xml': {
    read: renewables,
    rows: 3,
    has: ['2013-09-19T07:00:00.000Z {"solar":0.01,"wind":478.86}'],
  },
  // The recording was shortened in its middle and is no well-formed XML.
  'oasis_fixtures/pyiso/ene_slrs.xml': { read: load('RTM'), refused: 'damaged' },
  'oasis_fixtures/pyiso/ren_report.csv': notOurs,
  'oasis_fixtures/pyiso/20170312_DailyRenewablesWatch.txt': notOurs,
  'oasis_fixtures/pyiso/20171104_DailyRenewablesWatch.txt': notOurs,
  'oasis_fixtures/pyiso/20171105_DailyRenewablesWatch.txt': notOurs,
  'oasis_fixtures/pyiso/20171106_DailyRenewablesWatch.txt': notOurs,
  'oasis_fixtures/pyiso/systemconditions.html': notOurs,
  'oasis_fixtures/pyiso/todays_outlook_renewables.html': notOurs,
  // 03:00 at UTC-9.
  'weather/open_meteo/archive-43cae1.json': {
    read: meteo('hourly'),
    rows: 24,
    has: ['2022-12-29T12:00:00.000Z 25.5', '2022-12-30T08:00:00.000Z 24.2'],
  },
  'weather/open_meteo/archive-466132.json': { read: meteo('hourly'), refused: 'no_data' },
  'weather/open_meteo/archive-f5378f.json': {
    read: meteo('hourly'),
    rows: 24,
    has: ['2022-12-29T03:00:00.000Z 18.7', '2022-12-29T10:00:00.000Z 19.1'],
  },
  'weather/open_meteo/forecast-073b9d.json': { read: meteo('hourly'), refused: 'no_data' },
  'weather/open_meteo/forecast-4418bd.json': {
    read: meteo('hourly'),
    rows: 168,
    has: ['2023-10-25T13:00:00.000Z 27.3'],
  },
  'weather/open_meteo/forecast-b38ace.json': {
    read: meteo('current'),
    has: ['2023-10-25T11:15:00.000Z 28.944'],
  },
  'weather/open_meteo/forecast-d1305e.json': { read: meteo('current'), has: ['2023-10-25T11:15:00.000Z 29'] },
  'weather/open_meteo/forecast-dfbcef.json': { read: meteo('current'), has: ['2023-10-25T11:15:00.000Z 29'] },
  'weather/open_meteo/forecast-5c7be9.R': { read: inside(meteo('current')), refused: 'invalid_request' },
  'weather/open_meteo/forecast-7d2d21.R': { read: inside(meteo('hourly')), refused: 'invalid_request' },
  // The raw grid is another product than the hourly forecast; it has no periods, so no row.
  'weather/nws/detailed_forecast.json': { read: hourly, rows: 0 },
  'weather/nws/gridpoints_forecast_hourly_us.json': {
    read: hourly,
    rows: 2,
    has: ['2019-10-14T23:16:24.000Z 2019-10-15T00:00:00.000Z 25.556'],
  },
  'weather/nws/gridpoints_stations.json': {
    read: (body) => parseNwsStations(text(body), 'answer'),
    has: ['KCMH', 'KOSU'],
  },
  'weather/nws/points.json': {
    read: (body) => {
      const { hourlyPath, stationsPath } = parseNwsPoint(text(body), 'answer');
      return [hourlyPath, stationsPath];
    },
    has: ['/gridpoints/TAE/58,65/forecast/hourly', '/gridpoints/TAE/58,65/stations'],
  },
  'weather/nws/stations_observations.json': { read: observations, has: ['2019-06-27T10:53:00.000Z 10'] },
  'weather/nws/stations_observations_empty.json': { read: observations, rows: 0 },
  'weather/nws/stations_observations_latest.json': {
    read: observations,
    has: ['2022-03-02T23:53:00.000Z 22.8'],
  },
  'weather/nws/stations_observations_missing_value.json': { read: observations, rows: 0 },
  'weather/nws/stations_observations_multiple.json': {
    read: observations,
    has: ['2019-06-27T10:53:00.000Z 10'],
  },
  'weather/nws/stations_observations_strings.json': {
    read: observations,
    has: ['2019-06-27T10:53:00.000Z 10'],
  },
};

const folders = ['outlook_fixtures', 'gridstatus', 'oasis_fixtures', 'weather'];
const isPresent = folders.every((folder) => sharedData(folder) !== null);
const isAnswer = (name: string): boolean => !/README\.md$|\.meta\.json$|\.tar\.gz$|\.yml$/.test(name);

describe.skipIf(!isPresent)('every recorded answer', () => {
  it('is in the list', () => {
    const found = folders.flatMap((folder) =>
      readdirSync(sharedData(folder)!, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && isAnswer(entry.name))
        .map((entry) =>
          path.join(folder, path.relative(sharedData(folder)!, path.join(entry.parentPath, entry.name))),
        ),
    );
    expect(found.sort()).toEqual(Object.keys(RECORDINGS).sort());
  });

  it.each(Object.entries(RECORDINGS))('%s', (name, { read, rows, has = [], refused }) => {
    const body = readFileSync(sharedData(name)!);
    if (refused !== undefined) {
      expect(() => read(body)).toThrow(SourceError);
      expect(() => read(body)).toThrow(expect.objectContaining({ kind: refused }));
      return;
    }
    const found = read(body);
    for (const row of has) expect(found.some((candidate) => candidate.endsWith(row))).toBe(true);
    if (rows !== undefined) expect(found).toHaveLength(rows);
  });
});
