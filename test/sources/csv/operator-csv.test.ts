import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOperatorCsv } from '../../../src/sources/csv/operator-csv.js';
import type { RowProblem } from '../../../src/sources/csv/series.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nowcast-operator-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function read(text: string) {
  const file = path.join(folder, 'operator.csv');
  writeFileSync(file, text);
  const problems: RowProblem[] = [];
  return { series: await readOperatorCsv(file, (problem) => problems.push(problem)), problems };
}

describe('operator forecast CSV', () => {
  it('keeps every forecast of a target with its issue time, and reports rows without one', async () => {
    const { series, problems } = await read(
      'zone,time,mw,issued_at\nA,2026-01-01T02:00Z,7,2026-01-01T01:00Z\nA,2026-01-01T02:00Z,5,2026-01-01T00:00Z\n' +
        'A,2026-01-01T03:00Z,9,\nA,2026-01-01T03:00Z,x,2026-01-01T00:00Z\n',
    );
    expect(series).toMatchObject({ rows: 2, skipped: 2 });
    const hours = (ms: ArrayLike<number>) => Array.from(ms, (one) => new Date(one).getUTCHours());
    const [its] = series.zones;
    expect([hours(its!.timesMs), [...its!.mw], hours(its!.issuedAtMs!)]).toEqual([
      [2, 2],
      [7, 5],
      [1, 0],
    ]);
    expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'the time is missing'],
      [5, 'mw is not a number: "x"'],
    ]);
  });

  it('knows no issue times when there is no such column', async () => {
    const { series } = await read('zone,time,mw\nA,2026-01-01T02:00Z,7\n');
    expect(series.zones[0]?.issuedAtMs).toBeNull();
  });
});
