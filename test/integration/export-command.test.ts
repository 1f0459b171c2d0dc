import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClear } from './support/clear.js';
import { ROOT, run } from './support/cli.js';

const HOURS = 48;
const FROM = '2024-07-01';
const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-export-'));
const dataDir = path.join(dir, 'data');
const timeOf = (hour: number): Date => new Date(Date.UTC(2024, 6, 1, hour));

const pyarrowMissing = whyNoPyarrow();
if (pyarrowMissing !== null) console.warn(`skipped, Parquet read by pyarrow: ${pyarrowMissing}`);

function whyNoPyarrow(): string | null {
  try {
    execFileSync('python3', ['-c', 'import pandas, pyarrow'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'python3 with pandas and pyarrow is not here (pip install pandas pyarrow)';
  }
}

function exportTo(file: string, ...more: string[]): ReturnType<typeof run> {
  const out = path.join(dir, file);
  return run(['export', '--data-dir', dataDir, '--from', FROM, '--source', 'log', '--out', out, ...more]);
}

beforeAll(async () => {
  const rows = Array.from({ length: HOURS }, (_, i) => `WEST,${timeOf(i).toISOString()},${1000.5 + i}`);
  const demand = path.join(dir, 'demand.csv');
  writeFileSync(demand, ['zone,time,mw', ...rows, ''].join('\n'));
  const imported = await run(['import', '--demand', demand, '--data-dir', dataDir]);
  expect(imported.code, imported.stderr).toBe(0);
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('nowcast export', () => {
  it('writes Parquet by the ending of the file, whole or not at all', async () => {
    const { code, stderr } = await exportTo('demand.parquet');
    expect(stderr).toMatch(/demand from the log: 48 rows, \d+ bytes in /);
    expect(code).toBe(0);
    expect(existsSync(path.join(dir, 'demand.parquet.part'))).toBe(false);
    const file = new Uint8Array(readFileSync(path.join(dir, 'demand.parquet'))).buffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(HOURS);
    expect(rows[1]).toMatchObject({ zone: 'WEST', time: timeOf(1), mw: 1001.5, step_minutes: 60 });
  });

  it.skipIf(pyarrowMissing !== null)(
    'writes Parquet that pandas and pyarrow read with its types',
    async () => {
      expect((await exportTo('pandas.parquet')).code).toBe(0);
      const script = `
import json, sys, pandas, pyarrow.parquet as parquet
table = parquet.read_table(sys.argv[1])
frame = pandas.read_parquet(sys.argv[1])
print(json.dumps({
    "types": {field.name: str(field.type) for field in table.schema},
    "rows": len(frame), "first": str(frame["time"].iloc[0]), "dtype": str(frame["time"].dtype),
    "sum": frame["mw"].sum(), "zones": frame["zone"].unique().tolist()}))`;
      const said = execFileSync('python3', ['-c', script, path.join(dir, 'pandas.parquet')], {
        encoding: 'utf8',
      });
      expect(JSON.parse(said)).toEqual({
        types: {
          zone: 'string',
          time: 'timestamp[ms, tz=UTC]',
          mw: 'double',
          step_minutes: 'int32',
          available_at: 'timestamp[ms, tz=UTC]',
          source: 'string',
          revision: 'int32',
        },
        rows: HOURS,
        first: '2024-07-01 00:00:00+00:00',
        dtype: 'datetime64[ms, UTC]',
        sum: HOURS * 1000.5 + (HOURS * (HOURS - 1)) / 2,
        zones: ['WEST'],
      });
    },
  );

  it('writes CSV to standard output, a zone and a range of it', async () => {
    const args = ['--kind', 'demand', '--source', 'log', '--zone', 'WEST', '--to', '2024-07-01T02:00:00Z'];
    const { stdout, stderr, code } = await run(['export', '--data-dir', dataDir, '--from', FROM, ...args]);
    expect(code, stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('zone,time,mw,step_minutes,available_at,source,revision');
    expect(lines[2]).toMatch(/^WEST,2024-07-01T01:00:00.000Z,1001.5,60,/);
  });

  it('refuses what is not kept there', async () => {
    const refused = await exportTo('x.csv', '--kind', 'history');
    expectClear(refused, 1, /history cannot be exported with source=log/);
  });
});

describe('memory of a large export', () => {
  // A million rows held at once would take more than twice this.
  const LIMIT_MB = 170;
  it.each(['csv', 'parquet'])('%s of a million rows stays bounded', (format) => {
    const script = path.join(ROOT, 'test', 'integration', 'support', 'export-memory.mjs');
    const said = execFileSync(process.execPath, [script, format, '700'], { encoding: 'utf8' });
    const { rows, peakMb } = JSON.parse(said) as { rows: number; peakMb: number };
    expect(rows).toBe(700 * 1440);
    expect(peakMb).toBeLessThan(LIMIT_MB);
  });
});
