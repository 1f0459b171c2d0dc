import { describe, expect, it } from 'vitest';
import type { FeedNowcast } from '../../src/contracts/generated/feed-server-message.js';
import { chartColumns, readingAt } from '../../src/web/chart/chart-data.js';
import { TimeSeries } from '../../src/web/state/time-series.js';

const STEP_MS = 300_000;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function series(points: readonly (readonly [number, number])[]): TimeSeries {
  const made = new TimeSeries();
  for (const [step, value] of points) made.set(step * STEP_MS, value);
  return made;
}

function nowcast(originStep: number, steps: readonly number[], band: number | null): FeedNowcast {
  const [first, ...rest] = steps.map((ahead) => ({
    target: iso((originStep + ahead) * STEP_MS),
    horizonMinutes: ahead * 5,
    mw: 100 + ahead,
    p10: band === null ? null : 100 + ahead - band,
    p90: band === null ? null : 100 + ahead + band,
  }));
  if (first === undefined) throw new Error('a nowcast has steps');
  return {
    zone: 'Z',
    origin: iso(originStep * STEP_MS),
    issuedAt: iso(originStep * STEP_MS),
    modelVersion: 'v1',
    revision: 0,
    quality: 'ok',
    reasons: [],
    latestDemandMw: 100,
    inputs: { demandAgeMs: 0, weatherAgeMs: null },
    steps: [first, ...rest],
  };
}

const columns = chartColumns({
  demand: series([
    [0, 90],
    [1, 91],
    [4, 94],
    [5, 100],
  ]),
  predicted: series([
    [1, 92],
    [5, 99],
    [9, 103],
  ]),
  nowcast: nowcast(5, [1, 3], 2),
  stepMs: STEP_MS,
  fromMs: STEP_MS,
});
const at = (step: number): number => columns.timeS.indexOf((step * STEP_MS) / 1000);

describe('columns of the chart', () => {
  it('has every time once, rising, from the start that was asked for', () => {
    expect(columns.timeS).toEqual([1, 2, 4, 5, 6, 8].map((step) => (step * STEP_MS) / 1000));
  });

  it('breaks the line of actual demand where intervals are missing, and only there', () => {
    expect(columns.actual).toEqual([91, null, 94, 100, undefined, undefined]);
  });

  it('starts the path at the last known value and opens the band from there', () => {
    expect(columns.path.slice(at(5))).toEqual([100, 101, 103]);
    expect(columns.p90.slice(at(5))).toEqual([100, 103, 105]);
    expect(columns.p10.slice(at(5))).toEqual([100, 99, 101]);
  });

  it('shows what was predicted for the past only', () => {
    expect(columns.predicted).toEqual([92, undefined, undefined, 99, undefined, undefined]);
  });

  it('draws no band where none was given', () => {
    const bare = chartColumns({
      demand: series([]),
      predicted: series([]),
      nowcast: nowcast(5, [1], null),
      stepMs: STEP_MS,
      fromMs: 0,
    });
    expect([bare.p10, bare.p90]).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('is empty without data', () => {
    const empty = chartColumns({
      demand: series([]),
      predicted: series([]),
      nowcast: null,
      stepMs: STEP_MS,
      fromMs: 0,
    });
    expect(empty.timeS).toEqual([]);
    expect(readingAt(empty, 0)).toBeNull();
  });
});

describe('reading a point', () => {
  it('gives what is known there', () => {
    expect(readingAt(columns, at(1))).toMatchObject({ actualMw: 91, predictedMw: 92, pathMw: null });
    expect(readingAt(columns, at(8))).toMatchObject({ actualMw: null, pathMw: 103, p10Mw: 101, p90Mw: 105 });
  });

  it('interpolates the path between its wider steps, never beyond them', () => {
    const mixed = chartColumns({
      demand: series([
        [5, 100],
        [7, 107],
      ]),
      predicted: series([]),
      nowcast: nowcast(5, [1, 3], 2),
      stepMs: STEP_MS,
      fromMs: 0,
    });
    const seven = mixed.timeS.indexOf((7 * STEP_MS) / 1000);
    expect(readingAt(mixed, seven)).toMatchObject({ actualMw: 107, pathMw: 102, p10Mw: 100 });
    expect(readingAt(columns, at(4))?.pathMw).toBeNull();
  });
});
