import { describe, expect, it } from 'vitest';
import type { FeedNowcast } from '../../src/contracts/generated/feed-server-message.js';
import { chartColumns, type ChartInput } from '../../src/web/chart/chart-data.js';
import { readingAt } from '../../src/web/chart/reading.js';
import { TimeSeries } from '../../src/web/state/time-series.js';
import type { OperatorPoint, PredictedPoint } from '../../src/web/state/zone-series.js';

const STEP_MS = 300_000;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function series(points: readonly (readonly [number, number])[]): TimeSeries {
  const made = new TimeSeries();
  for (const [step, value] of points) made.set(step * STEP_MS, value);
  return made;
}

function predictions(points: readonly (readonly [number, number])[]): TimeSeries<PredictedPoint> {
  const made = new TimeSeries<PredictedPoint>();
  for (const [step, mw] of points) made.set(step * STEP_MS, { mw, p10: null, p90: null, modelVersion: 'v1' });
  return made;
}

const NOTHING: ChartInput = {
  demand: series([]),
  predicted: predictions([]),
  operator: null,
  temperatureC: series([]),
  nowcast: null,
  stepMs: STEP_MS,
  fromMs: 0,
};

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
  ...NOTHING,
  demand: series([
    [0, 90],
    [1, 91],
    [4, 94],
    [5, 100],
  ]),
  predicted: predictions([
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

  it('gives the error of past predictions in percent of actual, and none where the demand is missing', () => {
    expect(columns.errorPct.slice(0, 4)).toEqual([expect.closeTo(100 / 91, 9), null, undefined, -1]);
  });

  it('draws of the operator only what was known by then', () => {
    const operator = new TimeSeries<OperatorPoint>();
    operator.set(0, { mw: 50, availableAtMs: -10 });
    operator.set(STEP_MS, { mw: 60, availableAtMs: 10 });
    const input = { ...NOTHING, demand: series([[0, 1]]), operator };
    expect(chartColumns(input).operator).toEqual([50, 60]);
    expect(chartColumns({ ...input, knownByMs: 0 }).operator).toEqual([50]);
  });

  it('draws no band where none was given', () => {
    const bare = chartColumns({ ...NOTHING, nowcast: nowcast(5, [1], null) });
    expect([bare.p10, bare.p90]).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('is empty without data', () => {
    const empty = chartColumns(NOTHING);
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
      ...NOTHING,
      demand: series([
        [5, 100],
        [7, 107],
      ]),
      nowcast: nowcast(5, [1, 3], 2),
    });
    const seven = mixed.timeS.indexOf((7 * STEP_MS) / 1000);
    expect(readingAt(mixed, seven)).toMatchObject({ actualMw: 107, pathMw: 102, p10Mw: 100 });
    expect(readingAt(columns, at(4))?.pathMw).toBeNull();
  });
});
