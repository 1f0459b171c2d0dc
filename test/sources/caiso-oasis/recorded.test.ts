import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLoad } from '../../../src/sources/caiso-oasis/parse-load.js';
import { parseRenewables } from '../../../src/sources/caiso-oasis/parse-renewables.js';
import { readOasisBody } from '../../../src/sources/caiso-oasis/read-body.js';
import { SourceError } from '../../../src/sources/source-error.js';
import { sharedData } from '../../shared-data.js';
import { zipOf } from '../zip.js';

const folder = sharedData('oasis_fixtures');
const read = (name: string): Buffer => readFileSync(`${folder!}/${name}`);
const TAC = new Set(['CA ISO-TAC', 'PGE-TAC', 'SCE-TAC', 'SDGE-TAC', 'VEA-TAC', 'MWD-TAC']);

function kindOf(body: Buffer): string {
  try {
    readOasisBody(body, 'OASIS');
    return 'accepted';
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.kind;
  }
}

describe.skipIf(folder === null)('recorded answers of OASIS', () => {
  it('reads a 7-day-ahead load forecast: unordered rows, 34 areas, only those that are wanted', () => {
    const body = readOasisBody(
      read('20250219_20250227_SLD_FCST_7DA_20250221_01_09_58_v1.zip'),
      'SLD_FCST 7DA',
    );
    expect(body.problems).toEqual([]);
    expect(body.rows).toHaveLength(6432);
    expect(new Set(body.rows.map(({ resource }) => resource)).size).toBe(34);
    const { rows, problems } = parseLoad(body.rows, '7DA', TAC);
    expect(problems).toEqual([]);
    expect(new Set(rows.map(({ resource }) => resource))).toEqual(TAC);
    expect(
      rows.every(
        ({ kind, product, stepMinutes }) =>
          kind === 'forecast' && product === 'caiso-7da' && stepMinutes === 60,
      ),
    ).toBe(true);
    const at = (resource: string, time: string): number | undefined =>
      rows.find((row) => row.resource === resource && row.startMs === Date.parse(time))?.mw;
    // Read by eye from the file.
    expect(at('CA ISO-TAC', '2025-02-19T08:00:00Z')).toBe(21213.16);
    expect(at('PGE-TAC', '2025-02-20T01:00:00Z')).toBe(11184.99);
    expect(at('VEA-TAC', '2025-02-26T23:00:00Z')).toBe(60.78);
    expect(rows.map(({ startMs }) => startMs)).toEqual(
      [...rows.map(({ startMs }) => startMs)].sort((a, b) => a - b),
    );
  });

  it('refuses rows of another market run than the one asked for', () => {
    const body = readOasisBody(read('20250219_20250227_SLD_FCST_7DA_20250221_01_09_58_v1.zip'), 'SLD_FCST');
    const { rows, problems } = parseLoad(body.rows, 'ACTUAL', TAC);
    expect(rows).toEqual([]);
    expect(problems[0]?.reason).toContain('where ACTUAL was asked for');
  });

  it('reads a renewables forecast, wind and solar of a hub and hour together', () => {
    const body = readOasisBody(
      read('20250204_20250211_SLD_REN_FCST_DAM_20250214_04_52_10_v1.zip'),
      'SLD_REN_FCST',
    );
    expect(body.rows).toHaveLength(1008);
    const { rows, problems } = parseRenewables(body.rows);
    expect(problems).toEqual([]);
    const row = rows.find(
      ({ hub, startMs }) => hub === 'NP15' && startMs === Date.parse('2025-02-04T18:00:00Z'),
    );
    expect(row?.product).toBe('caiso-ren-dam');
    expect(row?.valuesMw).toEqual({ solar: 772.69, wind: 1003.02 });
    expect(new Set(rows.map(({ hub }) => hub))).toEqual(new Set(['NP15', 'SP15', 'ZP26']));
  });

  it('reads the XML layout', () => {
    const load = readOasisBody(read('pyiso/sld_forecast.xml'), 'SLD_FCST');
    expect(parseLoad(load.rows, 'RTM', TAC)).toEqual({
      problems: [],
      rows: [
        {
          kind: 'forecast',
          product: 'caiso-rtm-5min',
          resource: 'CA ISO-TAC',
          startMs: Date.parse('2014-05-08T18:55:00Z'),
          stepMinutes: 5,
          mw: 26755,
        },
        {
          kind: 'forecast',
          product: 'caiso-rtm-5min',
          resource: 'PGE-TAC',
          startMs: Date.parse('2014-05-08T19:05:00Z'),
          stepMinutes: 5,
          mw: 11530,
        },
        {
          kind: 'forecast',
          product: 'caiso-rtm-15min',
          resource: 'CA ISO-TAC',
          startMs: Date.parse('2014-05-08T19:15:00Z'),
          stepMinutes: 15,
          mw: 26723,
        },
      ],
    });
    const renewables = parseRenewables(
      readOasisBody(read('pyiso/sld_ren_forecast.xml'), 'SLD_REN_FCST').rows,
    );
    expect(renewables.rows.map(({ startMs, valuesMw }) => [startMs, valuesMw])).toEqual([
      [Date.parse('2013-09-19T07:00:00Z'), { solar: 0.01, wind: 478.86 }],
      [Date.parse('2013-09-19T08:00:00Z'), { solar: 0 }],
      [Date.parse('2013-09-20T06:00:00Z'), { wind: 580.83 }],
    ]);
  });

  it('knows the errors that come with status 200', () => {
    const noData = read('error_1000_no_data.xml').toString();
    const invalid = read('error_1001_INVALID_REQUEST.xml').toString();
    expect(kindOf(zipOf('INVALID_REQUEST.xml', noData))).toBe('no_data');
    expect(kindOf(zipOf('INVALID_REQUEST.xml', invalid))).toBe('invalid_request');
    expect(kindOf(Buffer.from(invalid))).toBe('invalid_request');
    expect(kindOf(zipOf('x.xml', invalid.replace('1001', '1004')))).toBe('invalid_request');
    expect(kindOf(zipOf('x.xml', invalid.replace('1001', '1015')))).toBe('not_ready');
    expect(kindOf(zipOf('x.xml', invalid.replace('1001', '1010')))).toBe('server_error');
    expect(kindOf(read('http_429_body.html'))).toBe('unexpected_content');
    expect(() => readOasisBody(read('http_429_body.html'), 'OASIS')).toThrow(
      /retry your request after 5 seconds/,
    );
  });

  it('never takes a damaged archive for a whole one', () => {
    const zip = read('20250204_20250211_SLD_REN_FCST_DAM_20250214_04_52_10_v1.zip');
    expect(kindOf(zip.subarray(0, 5000))).toBe('damaged');
    expect(kindOf(zip.subarray(0, zip.length - 10))).toBe('damaged');
    const flipped = Buffer.from(zip);
    flipped[4000]! ^= 0x10;
    expect(kindOf(flipped)).toBe('damaged');
    expect(kindOf(Buffer.alloc(0))).toBe('damaged');
  });
});
