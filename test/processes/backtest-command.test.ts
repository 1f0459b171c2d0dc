import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestResult } from '../../src/train/backtest.js';
import { expectClear } from '../integration/support/clear.js';
import { run } from '../integration/support/cli.js';

const FROM_MS = Date.parse('2024-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const DAYS = 30;
const iso = (hour: number) => new Date(FROM_MS + hour * HOUR_MS).toISOString();
const demandMw = (hour: number) =>
  1000 + 150 * Math.sin((hour * Math.PI) / 12) + 40 * Math.sin(hour / 31) + 15 * Math.sin(hour * 1.7);

let dir: string;
let demand: string;
let operator: string;
const file = (name: string) => path.join(dir, name);

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-backtest-'));
  demand = file('demand.csv');
  operator = file('operator.csv');
  const hours = Array.from({ length: DAYS * 24 }, (_, hour) => hour);
  writeFileSync(
    demand,
    ['zone,time,mw', ...hours.map((h) => `A,${iso(h)},${demandMw(h).toFixed(2)}`)].join('\n'),
  );
  // Every target twice: a good forecast issued an hour after its start, which no origin may use, and an early bad one.
  const forecasts = hours.flatMap((h) => [
    `A,${iso(h)},${demandMw(h).toFixed(2)},${iso(h + 1)}`,
    `A,${iso(h)},${(demandMw(h) + 100).toFixed(2)},${iso(h - 48)}`,
  ]);
  writeFileSync(operator, ['zone,time,mw,issued_at', ...forecasts].join('\n'));
});

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const base = (...more: string[]) => [
  'backtest',
  '--demand',
  demand,
  '--zone',
  'A',
  '--horizons',
  '60,180',
  ...more,
];

describe('nowcast backtest', () => {
  it('writes JSON, predictions and a table that agree, and compares with the operator as of the origin', async () => {
    const { code, stdout, stderr } = await run(
      base(
        ...['--test-from', '2024-01-25', '--operator-forecast', operator, '--operator-input'],
        ...['--json', file('result.json'), '--predictions', file('rows.csv.gz')],
      ),
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/backtest A: 100 %/);
    const result = JSON.parse(readFileSync(file('result.json'), 'utf8')) as BacktestResult;
    const lines = gunzipSync(readFileSync(file('rows.csv.gz')))
      .toString()
      .trim()
      .split('\n');
    expect(lines[0]).toBe('zone,origin,target,horizon_minutes,mw,p10,p90,actual_mw,model_version');
    expect(result.operator).toEqual({ issueTime: 'known' });
    // As an input the early forecast is worth much: it is off by the same at all times. Without it this is 0.087.
    expect(result.horizons[0]?.mape).toBeLessThan(0.06);
    for (const { minutes, n, mape, operator: its } of result.horizons) {
      const rows = lines
        .slice(1)
        .map((line) => line.split(','))
        .filter((fields) => fields[3] === String(minutes));
      expect(rows).toHaveLength(n);
      const errors = rows.map(([, , , , mw, , , actual]) => Math.abs(Number(mw) / Number(actual) - 1));
      expect(100 * (errors.reduce((sum, error) => sum + error, 0) / n)).toBeCloseTo(mape, 8);
      expect(stdout).toContain(mape.toFixed(3));
      expect(its?.n).toBe(n);
      expect(its?.mae).toBeCloseTo(100, 1);
    }
  });

  it('says that an issue time is unknown', async () => {
    const loose = file('loose.csv');
    writeFileSync(loose, `zone,time,mw\nA,${iso(28 * 24)},900\n`);
    const { code, stdout } = await run(base('--test-from', '2024-01-25', '--operator-forecast', loose));
    expect(code).toBe(0);
    expect(stdout).toMatch(/issue time unknown/);
    const asInput = base('--test-from', '2024-01-25', '--operator-forecast', loose, '--operator-input');
    expectClear(await run(asInput), 1, /loose\.csv does not say when its forecasts were issued.*issued_at/);
  });

  it('cross-validates: a line a fold, mean and spread a horizon', async () => {
    const { code, stdout, stderr } = await run(base('--folds', '2', '--fold-days', '4', '--json'));
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/cross-validation A: 100 % \(fold 2 of 2\)/);
    expect(JSON.parse(stdout)).toMatchObject({
      zone: 'A',
      stepMinutes: 60,
      foldDays: 4,
      folds: [
        { fold: 1, testFrom: '2024-01-23T00:00:00.000Z', testUntil: '2024-01-27T00:00:00.000Z' },
        { fold: 2, testFrom: '2024-01-27T00:00:00.000Z', testUntil: '2024-01-31T00:00:00.000Z' },
      ],
      summary: [{ minutes: 60, folds: 2 }, { minutes: 180 }],
    });
    const text = await run(base('--folds', '2', '--fold-days', '4', '--test-from', '2024-01-30'));
    expect(text.stdout).toMatch(/2 {5}2024-01-26T00:00:00.000Z {2}2024-01-30T00:00:00.000Z/);
    expect(text.stdout).toMatch(/60 min {3}\d+\.\d{3} ± \d+\.\d{3}/);
  });

  it.each<[string[], RegExp]>([
    [[], /required option '--test-from <time>'.*--folds.*backtest --help/],
    [['--folds', '0'], /--folds.*whole number above 0/],
    [['--folds', 'some'], /--folds.*whole number above 0/],
    [['--fold-days', '7', '--test-from', '2024-01-25'], /--fold-days.*add --folds/],
    [['--folds', '2', '--predictions', 'x.csv'], /--predictions belongs to a single test/],
    [['--folds', '2', '--report', 'x.html'], /--report belongs to a single test/],
    [['--test-from', '2024-01-25', '--operator-input'], /--operator-input.*add --operator-forecast/],
    [['--folds', '2', '--refit-every', '7'], /--refit-every belongs to a single test/],
  ])('refuses %j', async (args, says) => {
    expectClear(await run(base(...args)), 2, says);
  });

  it('refuses an operator file that has nothing to compare with, before it trains', async () => {
    const other = file('other.csv');
    writeFileSync(other, `zone,time,mw\nB,${iso(1)},900\n`);
    const early = file('early.csv');
    writeFileSync(early, `zone,time,mw\nA,${iso(1)},900\n`);
    const test = (operatorFile: string) =>
      run(base('--test-from', '2024-01-25', '--operator-forecast', operatorFile));
    expectClear(await test(other), 1, /other\.csv has no forecast of zone "A"; it has B/);
    expectClear(
      await test(early),
      1,
      /early\.csv has no forecast of zone A for a target at or after 2024-01-25/,
    );
    expectClear(await test(file('none.csv')), 1, /none\.csv/);
  });

  it.skipIf(!existsSync('/dev/full'))('says when the predictions cannot be written', async () => {
    expectClear(
      await run(base('--test-from', '2024-01-25', '--predictions', '/dev/full')),
      1,
      /cannot write \/dev\/full: the disk is full/,
    );
  });
});
