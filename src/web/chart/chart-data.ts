/** Columns of the main chart, aligned on one time axis. Pure. */
import type { FeedNowcast } from '../../contracts/generated/feed-server-message.js';
import type { TimeSeries } from '../state/time-series.js';

/** null: known to be missing, the line breaks. undefined: this series has no point here, the line goes on. */
export type Column = (number | null | undefined)[];

export interface ChartColumns {
  /** Epoch seconds, rising. */
  readonly timeS: number[];
  readonly actual: Column;
  readonly path: Column;
  readonly p90: Column;
  readonly p10: Column;
  readonly predicted: Column;
}

export interface ChartInput {
  readonly demand: TimeSeries;
  readonly predicted: TimeSeries;
  readonly nowcast: FeedNowcast | null;
  readonly stepMs: number;
  readonly fromMs: number;
}

interface PathPoint {
  readonly mw: number;
  readonly p10: number | null;
  readonly p90: number | null;
}

/** The path by time. It starts at the last known value, so the eye sees where it leaves from. */
function pathPoints(nowcast: FeedNowcast | null): Map<number, PathPoint> {
  const points = new Map<number, PathPoint>();
  if (nowcast === null) return points;
  const start = nowcast.latestDemandMw;
  const hasBand = nowcast.steps[0].p10 !== null;
  points.set(Date.parse(nowcast.origin), {
    mw: start,
    p10: hasBand ? start : null,
    p90: hasBand ? start : null,
  });
  for (const step of nowcast.steps) points.set(Date.parse(step.target), step);
  return points;
}

function within(series: TimeSeries, fromMs: number, untilMs = Infinity): Map<number, number> {
  const points = new Map<number, number>();
  for (let index = series.indexAtOrAfter(fromMs); index < series.length; index++) {
    const timeMs = series.timesMs[index] ?? Infinity;
    if (timeMs > untilMs) break;
    points.set(timeMs, series.values[index] ?? 0);
  }
  return points;
}

/** Intervals inside the demand's span for which no value is known. */
function missingTimes(demand: Map<number, number>, stepMs: number): number[] {
  const times = [...demand.keys()];
  const missing: number[] = [];
  for (let index = 1; index < times.length; index++) {
    const before = times[index - 1] ?? 0;
    // One break a hole is enough for the line, however long the hole.
    if ((times[index] ?? 0) - before > stepMs) missing.push(before + stepMs);
  }
  return missing;
}

/** Aligns actual demand, the nowcast path with its band, and what was predicted an hour before. */
export function chartColumns(input: ChartInput): ChartColumns {
  const demand = within(input.demand, input.fromMs);
  const predicted = within(input.predicted, input.fromMs, input.demand.lastTimeMs ?? Infinity);
  const path = pathPoints(input.nowcast);
  const missing = new Set(missingTimes(demand, input.stepMs));
  const timesMs = [...new Set([...demand.keys(), ...missing, ...predicted.keys(), ...path.keys()])].sort(
    (a, b) => a - b,
  );
  return {
    timeS: timesMs.map((timeMs) => timeMs / 1000),
    actual: timesMs.map((timeMs) => (missing.has(timeMs) ? null : demand.get(timeMs))),
    path: timesMs.map((timeMs) => path.get(timeMs)?.mw),
    p90: timesMs.map((timeMs) => path.get(timeMs)?.p90),
    p10: timesMs.map((timeMs) => path.get(timeMs)?.p10),
    predicted: timesMs.map((timeMs) => predicted.get(timeMs)),
  };
}

/** What the read-out says about one instant; null where nothing is known within the tolerance. */
export interface Reading {
  readonly timeMs: number;
  readonly actualMw: number | null;
  readonly pathMw: number | null;
  readonly p10Mw: number | null;
  readonly p90Mw: number | null;
  readonly predictedMw: number | null;
}

/** Reads every series at the column of the time axis; between the path's wider steps it interpolates. */
export function readingAt(columns: ChartColumns, index: number): Reading | null {
  const timeS = columns.timeS[index];
  if (timeS === undefined) return null;
  return {
    timeMs: timeS * 1000,
    actualMw: columns.actual[index] ?? null,
    pathMw: interpolated(columns.timeS, columns.path, index),
    p10Mw: interpolated(columns.timeS, columns.p10, index),
    p90Mw: interpolated(columns.timeS, columns.p90, index),
    predictedMw: columns.predicted[index] ?? null,
  };
}

function neighbour(column: Column, index: number, direction: -1 | 1): number | null {
  for (let i = index + direction; i >= 0 && i < column.length; i += direction) {
    if (typeof column[i] === 'number') return i;
  }
  return null;
}

function interpolated(timeS: readonly number[], column: Column, index: number): number | null {
  const exact = column[index];
  if (typeof exact === 'number') return exact;
  const before = neighbour(column, index, -1);
  const after = neighbour(column, index, 1);
  if (before === null || after === null) return null;
  const [t0, t1, t] = [timeS[before] ?? 0, timeS[after] ?? 0, timeS[index] ?? 0];
  const [v0, v1] = [column[before] ?? 0, column[after] ?? 0];
  return v0 + ((v1 - v0) * (t - t0)) / (t1 - t0);
}
