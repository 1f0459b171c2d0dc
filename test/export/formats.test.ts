import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { toIso } from '../../src/contracts/time.js';
import {
  double,
  integer,
  string,
  timestamp,
  type Cell,
  type ExportTable,
  type Row,
} from '../../src/export/columns.js';
import { encodeParquet } from '../../src/export/parquet-format.js';
import { encodeCsv, encodeNdjson } from '../../src/export/text-formats.js';

const COLUMNS = [string('zone'), timestamp('time'), double('mw'), integer('n')];
const ROWS: Row[] = [
  ['CA ISO-TAC', Date.UTC(2024, 6, 1), 25_000.25, 3],
  ['a "quoted", name', Date.UTC(2024, 6, 1, 0, 5), -0.1, null],
  ['two\nlines', null, null, -2],
  ['', Date.UTC(2024, 6, 1, 0, 10, 0, 123), 1e21, 0],
];

const cell = {
  zone: fc.option(fc.string({ unit: 'grapheme', maxLength: 8 }), { nil: null }),
  time: fc.option(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), { nil: null }),
  mw: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
  n: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { nil: null }),
};
const anyRows = fc.array(fc.tuple(cell.zone, cell.time, cell.mw, cell.n), { maxLength: 30 });

function table(rows: readonly Row[], chunk = 3): ExportTable {
  async function* chunks(): AsyncGenerator<readonly Row[]> {
    for (let i = 0; i < rows.length; i += chunk) yield rows.slice(i, i + chunk);
  }
  return { columns: COLUMNS, chunks: chunks() };
}

async function bytesOf(encoded: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of encoded) parts.push(part);
  return Buffer.concat(parts);
}

describe('CSV', () => {
  it('has a header, quotes what needs it and leaves unknown values empty', async () => {
    expect(String(await bytesOf(encodeCsv(table(ROWS))))).toBe(
      'zone,time,mw,n\n' +
        'CA ISO-TAC,2024-07-01T00:00:00.000Z,25000.25,3\n' +
        '"a ""quoted"", name",2024-07-01T00:05:00.000Z,-0.1,\n' +
        '"two\nlines",,,-2\n' +
        '"",2024-07-01T00:10:00.123Z,1e+21,0\n',
    );
  });

  it('is a header alone without rows', async () => {
    expect(String(await bytesOf(encodeCsv(table([]))))).toBe('zone,time,mw,n\n');
  });

  it('is read back as it was by another parser', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        const text = await bytesOf(encodeCsv(table(rows)));
        const [, ...read] = parse(text);
        const told = rows.map(([zone, time, mw, n]) => [
          zone ?? '',
          time === null ? '' : toIso(time),
          mw === null ? '' : String(mw),
          n === null ? '' : String(n),
        ]);
        expect(read).toEqual(told);
      }),
      { numRuns: 50 },
    );
  });
});

describe('NDJSON', () => {
  it('has one object a line with every column', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        const lines = String(await bytesOf(encodeNdjson(table(rows)))).split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
          rows.map(([zone, time, mw, n]) => ({
            zone,
            time: time === null ? null : toIso(time),
            mw: mw === null ? null : mw === 0 ? 0 : mw,
            n,
          })),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('Parquet', () => {
  it('has real timestamps, doubles, integers and text', async () => {
    const file = arrayBuffer(await bytesOf(encodeParquet(table(ROWS))));
    const { schema } = parquetMetadata(file);
    expect(
      schema
        .slice(1)
        .map(({ name, type, logical_type, converted_type }) => [
          name,
          type,
          logical_type?.type ?? converted_type,
        ]),
    ).toEqual([
      ['zone', 'BYTE_ARRAY', 'STRING'],
      ['time', 'INT64', 'TIMESTAMP'],
      ['mw', 'DOUBLE', undefined],
      ['n', 'INT32', undefined],
    ]);
    const read = await parquetReadObjects({ file });
    expect(read).toEqual(ROWS.map(([zone, time, mw, n]) => ({ zone, time: asDate(time ?? null), mw, n })));
  });

  it('is written in row groups of bounded size, whatever the pieces', async () => {
    const rows = Array.from({ length: 25 }, (_, i): Row => [`zone ${i % 3}`, i, i / 3, i]);
    for (const piece of [1, 7, 100]) {
      const file = arrayBuffer(await bytesOf(encodeParquet(table(rows, piece), 10)));
      expect(parquetMetadata(file).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([10, 10, 5]);
      expect((await parquetReadObjects({ file })).map((row) => row['n'] as unknown)).toEqual(
        rows.map((row) => row[3]),
      );
    }
  });

  it('can be empty', async () => {
    const file = arrayBuffer(await bytesOf(encodeParquet(table([]))));
    expect(Number(parquetMetadata(file).num_rows)).toBe(0);
    expect(await parquetReadObjects({ file })).toEqual([]);
  });

  it('is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        const file = arrayBuffer(await bytesOf(encodeParquet(table(rows), 7)));
        const read = await parquetReadObjects({ file });
        expect(read).toEqual(rows.map(([zone, time, mw, n]) => ({ zone, time: asDate(time), mw, n })));
      }),
      { numRuns: 30 },
    );
  });
});

function asDate(time: Cell): Date | null {
  return typeof time === 'number' ? new Date(time) : null;
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
