import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Accuracy, Nowcast } from '../../src/contracts/records.js';
import { Cli, run } from '../integration/support/cli.js';
import { RUNS_LONG_TESTS } from '../long-tests.js';
import { writeDemandCsv, writeOperatorCsv, writeWeatherCsv } from '../integration/support/series.js';
import { finalNowcasts, identityOf, readTopic, withEmbedded } from '../integration/support/topic.js';

let dir: string;
let csv: string;
let weather: string;
let operator: string;
let rows: number;
let forecasts: number;
const replayArgs = (dataDir: string) => [
  ...[
    'replay',
    '--demand',
    csv,
    '--weather',
    weather,
    '--operator-forecast',
    operator,
    '--data-dir',
    dataDir,
    '--port',
    '0',
    '--train-every',
    '16d',
    '--exit',
  ],
];
const nowcastsOf = (dataDir: string): Promise<Nowcast[]> =>
  withEmbedded(dataDir, (log, codec) => readTopic(log, codec, 'nowcasts'));

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-replay-'));
  csv = path.join(dir, 'demand.csv');
  rows = writeDemandCsv(csv, 'NORTH', 36);
  weather = path.join(dir, 'weather.csv');
  writeWeatherCsv(weather, 'NORTH', 36);
  operator = path.join(dir, 'operator.csv');
  forecasts = writeOperatorCsv(operator, 'NORTH', 36);
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The score that counts of each zone, horizon, window and time; a repeated one is the same. */
async function scoresOf(dataDir: string): Promise<Map<string, Accuracy>> {
  const scores = await withEmbedded(dataDir, (log, codec) => readTopic(log, codec, 'accuracy'));
  return new Map(
    scores.map((score) => [`${score.zone}/${score.horizonMinutes}/${score.window}/${score.at}`, score]),
  );
}

/** But for the last digits: sums that were added up in another order. */
function isSameScore(a: Accuracy, b: Accuracy | undefined): boolean {
  const numbers = ({ n, mape, bias, coverage80, skill }: Accuracy) => [n, mape, bias, coverage80, skill];
  return (
    b !== undefined &&
    numbers(a).every((value, i) => {
      const other = numbers(b)[i] ?? null;
      return value === null || other === null ? value === other : Math.abs(value - other) < 1e-6;
    })
  );
}

describe('replay, embedded', () => {
  let whole: Nowcast[];
  let wholeScores: Map<string, Accuracy>;

  it('nowcasts every recorded interval once, by models as soon as they are trained', async () => {
    const dataDir = path.join(dir, 'whole');
    const { code, stdout, stderr } = await run(replayArgs(dataDir));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`${rows + 36 * 24 + forecasts} records played; 2 trainings`);
    whole = await nowcastsOf(dataDir);
    wholeScores = await scoresOf(dataDir);
    const final = finalNowcasts(whole);
    // The very first value has no ramp to stand on, and persistence from one value is still a nowcast.
    expect(final.size).toBe(rows);
    expect(new Set(whole.map(identityOf)).size).toBe(whole.length);
    const qualities = [...final.values()].map(({ quality }) => quality);
    expect(qualities[0]).toBe('fallback');
    expect(qualities.at(-1)).toBe('ok');
    expect(new Set(whole.map(({ modelVersion }) => modelVersion)).size).toBeGreaterThanOrEqual(4);
  });

  it('knows no weather that came after the next demand', () => {
    const halfHourMs = 1_800_000;
    const asOfAfterIntervalMs = whole.map(
      ({ origin, issuedAt }) => Date.parse(issuedAt) - Date.parse(origin) - halfHourMs,
    );
    expect(Math.max(...asOfAfterIntervalMs)).toBeLessThanOrEqual(halfHourMs);
    expect(whole.some(({ revision }) => revision > 0)).toBe(true);
    expect(whole.flatMap(({ reasons }) => reasons)).not.toContain('demand_late');
  });

  it('goes on after kill -9 as if nothing had been: none missing, none doubled, all the same', async () => {
    const dataDir = path.join(dir, 'killed');
    for (const tenth of [2, 6, 8]) {
      const cli = new Cli(replayArgs(dataDir));
      await cli.says(new RegExp(`replay: ${tenth}0 %`));
      cli.kill('SIGKILL');
      expect((await cli.finished).signal).toBe('SIGKILL');
    }
    const acknowledged = await withEmbedded(dataDir, (log, codec) =>
      readTopic(log, codec, 'demand.observed'),
    );
    const { code, stderr } = await run(replayArgs(dataDir));
    expect(code, stderr).toBe(0);
    const demand = await withEmbedded(dataDir, (log, codec) => readTopic(log, codec, 'demand.observed'));
    expect(demand.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(new Set(demand.map(({ validTime }) => validTime)).size).toBe(rows);
    expect(demand).toHaveLength(rows);
    expect(await nowcastsOf(dataDir)).toEqual(whole);
    const scores = await scoresOf(dataDir);
    expect([...scores.keys()].sort()).toEqual([...wholeScores.keys()].sort());
    const different = [...wholeScores].filter(([key, score]) => !isSameScore(score, scores.get(key)));
    expect(different.map(([key, score]) => [key, score, scores.get(key)])).toEqual([]);
  });

  // Ending at SIGTERM has a test for each command; going on is what the test above is about.
  if (!RUNS_LONG_TESTS) return;
  it('stops cleanly at SIGTERM and goes on from there', async () => {
    const dataDir = path.join(dir, 'stopped');
    const cli = new Cli(replayArgs(dataDir));
    await cli.says(/replay: 30 %/);
    cli.kill('SIGTERM');
    expect((await cli.finished).code).toBe(0);
    expect((await run(replayArgs(dataDir))).code).toBe(0);
    expect(await nowcastsOf(dataDir)).toEqual(whole);
  });
});
