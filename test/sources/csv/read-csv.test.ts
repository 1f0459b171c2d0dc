import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NowcastError } from '../../../src/contracts/errors.js';
import { readDemandCsv } from '../../../src/sources/csv/demand-csv.js';
import { inferStepMinutes, type RowProblem } from '../../../src/sources/csv/series.js';
import { readWeatherCsv } from '../../../src/sources/csv/weather-csv.js';
import { sharedData } from '../../shared-data.js';

const folder = mkdtempSync(join(tmpdir(), 'nowcast-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Buffer, name = 'demand.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function readBoth(path: string) {
  const problems: RowProblem[] = [];
  const series = await readDemandCsv(path, (problem) => problems.push(problem));
  return { series, problems };
}

async function codeOf(promise: Promise<unknown>): Promise<[string, string]> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof NowcastError)) throw new Error(`expected a NowcastError, got ${String(error)}`);
  return [error.code, error.message];
}

describe('demand CSV', () => {
  it('groups by zone and sorts by time, whatever the order of the rows, the line ends and the offsets', async () => {
    const text =
      '\uFEFFzone,time,mw\r\nB,2026-01-01T00:05:00Z,2\r\nA,2026-01-01T01:10:00+01:00,11.5\r\n\r\nA,2026-01-01T00:05Z,10\r\n"B",2026-01-01T00:00:00.000Z,-1e3\r\n';
    const { series, problems } = await readBoth(file(text));
    expect(problems).toEqual([]);
    expect(series).toMatchObject({ rows: 4, skipped: 0, duplicates: 0 });
    expect(
      series.zones.map((z) => [
        z.zone,
        [...z.timesMs].map((t) => new Date(t).toISOString().slice(11, 16)),
        [...z.demandMw],
      ]),
    ).toEqual([
      ['A', ['00:05', '00:10'], [10, 11.5]],
      ['B', ['00:00', '00:05'], [-1000, 2]],
    ]);
  });

  it('reads the same from gzip, and from gzip that is not called so', async () => {
    const text = 'mw,zone,extra,time\n5,A,x,2026-01-01T00:00:00Z\n';
    const plain = await readBoth(file(text));
    expect((await readBoth(file(gzipSync(text), 'demand.csv.gz'))).series).toEqual(plain.series);
    expect((await readBoth(file(gzipSync(text), 'compressed.csv'))).series).toEqual(plain.series);
  });

  it('reports each bad row with its line and reason, and goes on', async () => {
    const rows = [
      'zone,time,mw',
      'A,2026-01-01T00:00:00Z,1',
      'A,2026-01-01T00:05:00Z,NaN',
      'A,2026-01-01T00:10:00Z,',
      'A,2026-01-01T00:15:00,4',
      'A,not a time,4',
      ',2026-01-01T00:20:00Z,4',
      'A,2026-01-01T00:20:00Z',
      'A,"2026-01-01T00:20:00Z,4',
      'A,2026-01-01T00:20:00Z,0x10',
      'A,2026-01-01T00:20:00Z,1e999',
      'A,2026-01-01T00:25:00Z,6',
    ];
    const { series, problems } = await readBoth(file(rows.join('\n')));
    expect(series).toMatchObject({ rows: 2, skipped: 9 });
    expect(problems.map((p) => [p.line, p.reason.split(':')[0]])).toEqual([
      [3, 'mw is not a number'],
      [4, 'mw is missing'],
      [5, 'not an ISO 8601 time with an offset or Z'],
      [6, 'not an ISO 8601 time with an offset or Z'],
      [7, 'the zone is missing'],
      [8, 'mw is missing'],
      [9, 'malformed quotes'],
      [10, 'mw is not a number'],
      [11, 'mw is not a number'],
    ]);
  });

  it('keeps the last of several rows of one time and reports it only when they differ', async () => {
    const rows = ['zone,time,mw', ...['1', '2', '2', '3'].map((mw) => `A,2026-01-01T00:00:00Z,${mw}`)];
    const { series, problems } = await readBoth(file(rows.join('\n')));
    expect([...(series.zones[0]?.demandMw ?? [])]).toEqual([3]);
    expect(series).toMatchObject({ rows: 1, duplicates: 3 });
    expect(problems.map((p) => p.line)).toEqual([3, 5]);
  });

  it('names what is wrong with a file that cannot be used at all', async () => {
    const read = (path: string) => codeOf(readDemandCsv(path, () => undefined));
    expect(await read(join(folder, 'absent.csv'))).toEqual([
      'INPUT_INVALID',
      expect.stringContaining('there is no file'),
    ]);
    expect(await read(folder)).toEqual(['INPUT_INVALID', expect.stringContaining('is a directory')]);
    expect(await read(file('zone,time,mw\n', 'plain.csv.gz'))).toEqual([
      'INPUT_INVALID',
      expect.stringContaining('not gzip'),
    ]);
    const cut = gzipSync('zone,time,mw\nA,2026-01-01T00:00:00Z,1\n'.repeat(50)).subarray(0, 60);
    expect(await read(file(cut, 'cut.csv.gz'))).toEqual([
      'INPUT_INVALID',
      expect.stringContaining('not whole gzip'),
    ]);
    expect(await read(file('zone,when,mw\nA,x,1\n'))).toEqual([
      'INPUT_INVALID',
      expect.stringContaining('no column time'),
    ]);
    expect(await read(file(''))).toEqual(['INPUT_EMPTY', expect.stringContaining('is empty')]);
    expect(await read(file('zone,time,mw\n'))).toEqual(['INPUT_EMPTY', expect.stringContaining('no rows')]);
    expect(await read(file('zone,time,mw\nA,x,1\n'))).toEqual([
      'INPUT_EMPTY',
      expect.stringContaining('1 were skipped'),
    ]);
  });

  it('survives 10,000 mutated rows, accounting for every one of them', async () => {
    const good = 'CA ISO-TAC,2026-01-01T00:00:00Z,22459.5';
    const bits = fc.constantFrom(
      '"',
      ',',
      '\0',
      '\r',
      '\uFEFF',
      '-',
      'NaN',
      '1e400',
      'é',
      '💡',
      ' ',
      'Z',
      '',
      '\t',
      "'",
    );
    const mutation = fc.record({
      at: fc.nat(good.length),
      remove: fc.nat(4),
      insert: fc.oneof(bits, fc.string()),
    });
    const row = fc
      .array(mutation, { minLength: 1, maxLength: 3 })
      .map((mutations) =>
        mutations
          .reduce((text, m) => text.slice(0, m.at) + m.insert + text.slice(m.at + m.remove), good)
          .replaceAll('\n', ''),
      );
    const rows = fc.sample(row, { numRuns: 10_000, seed: 7 });
    const { series, problems } = await readBoth(file(['zone,time,mw', good, ...rows].join('\n')));
    const blank = rows.filter((text) => text.trim() === '').length;
    expect(series.rows + series.skipped + series.duplicates).toBe(10_001 - blank);
    expect(problems.length).toBeGreaterThanOrEqual(series.skipped);
    for (const zone of series.zones) {
      expect(
        zone.timesMs.every((t, i) => Number.isFinite(t) && (i === 0 || t > (zone.timesMs[i - 1] ?? 0))),
      ).toBe(true);
      expect(zone.demandMw.every(Number.isFinite)).toBe(true);
    }
  });

  it('answers any bytes with a series or a clear error', async () => {
    const head = Buffer.from('zone,time,mw\nA,2026-01-01T00:00:00Z,1\nA,2026-01-01T00:05:00Z,2\n');
    const bytes = fc.record({
      at: fc.nat(head.length),
      junk: fc.uint8Array({ maxLength: 12 }),
      gzip: fc.boolean(),
      flip: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(bytes, async ({ at, junk, gzip, flip }) => {
        let content = Buffer.concat([head.subarray(0, at), junk, head.subarray(at)]);
        if (gzip) {
          content = gzipSync(content);
          content[flip % content.length] = flip & 255;
        }
        const outcome: unknown = await readDemandCsv(file(content), () => undefined).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(NowcastError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('weather CSV', () => {
  it('takes either name of the temperature and leaves missing values missing', async () => {
    const text =
      'zone,time,temp_c,cloud_pct\nA,2026-01-01T00:00:00Z,3.5,\nA,2026-01-01T01:00:00Z,,40\nA,2026-01-01T02:00:00Z,,\nA,2026-01-01T03:00:00Z,"N/A",1\n';
    const problems: RowProblem[] = [];
    const { zones, rows } = await readWeatherCsv(file(text, 'w.csv'), (p) => problems.push(p));
    expect(rows).toBe(2);
    expect([...(zones[0]?.values.temperatureC ?? [])]).toEqual([3.5, Number.NaN]);
    expect([...(zones[0]?.values.cloudPct ?? [])]).toEqual([Number.NaN, 40]);
    expect([...(zones[0]?.values.windMs ?? [])]).toEqual([Number.NaN, Number.NaN]);
    expect(problems.map((p) => [p.line, p.reason])).toEqual([
      [4, 'every value is missing'],
      [5, 'temperature_c is not a number: "N/A"'],
    ]);
  });

  it('needs a temperature column', async () => {
    const path = file('zone,time,cloud_pct\nA,2026-01-01T00:00:00Z,3\n', 'w.csv');
    expect(await codeOf(readWeatherCsv(path, () => undefined))).toEqual([
      'INPUT_INVALID',
      expect.stringContaining('no column temperature_c or temp_c'),
    ]);
  });
});

describe('inferStepMinutes', () => {
  it('is the most common positive difference', () => {
    const minutes = [0, 5, 10, 25, 30, 60, 65];
    expect(inferStepMinutes(Float64Array.from(minutes, (m) => m * 60_000))).toBe(5);
    expect(inferStepMinutes([0])).toBeNull();
    expect(inferStepMinutes([0, 0, 1234])).toBeNull();
  });

  for (const [name, zones, rows, step] of [
    ['caiso-5min-2018-2019', 1, 81_290, 5],
    ['caiso-zones-hourly-2019-2023', 5, 193_565, 60],
    ['victoria-30min-2012-2013', 1, 35_088, 30],
  ] as const) {
    const path = sharedData(`canonical/${name}.demand.csv.gz`);
    it.skipIf(path === null)(`reads ${name} whole`, async () => {
      const { series, problems } = await readBoth(path ?? '');
      expect(problems).toEqual([]);
      expect(series).toMatchObject({ rows, skipped: 0, duplicates: 0 });
      expect(series.zones.map((zone) => inferStepMinutes(zone.timesMs))).toEqual(
        Array.from({ length: zones }, () => step),
      );
    });
  }
});
