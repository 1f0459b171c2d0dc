import type { ChartColumns, Column } from './chart-data.js';

/** What the read-out says about one instant; null where nothing is known. */
export interface Reading {
  readonly timeMs: number;
  readonly actualMw: number | null;
  readonly pathMw: number | null;
  readonly p10Mw: number | null;
  readonly p90Mw: number | null;
  readonly predictedMw: number | null;
  readonly operatorMw: number | null;
  readonly temperatureC: number | null;
}

/** Weather comes by the hour; between two values it is read off the line, across longer gaps it is not. */
const LONGEST_GAP_S = 2 * 3600;

/** Reads every series at the column of the time axis; between the wider steps of some of them it interpolates. */
export function readingAt(columns: ChartColumns, index: number): Reading | null {
  const timeS = columns.timeS[index];
  if (timeS === undefined) return null;
  const between = (column: Column, longestS = Infinity): number | null =>
    interpolated(columns.timeS, column, index, longestS);
  return {
    timeMs: timeS * 1000,
    actualMw: columns.actual[index] ?? null,
    pathMw: between(columns.path),
    p10Mw: between(columns.p10),
    p90Mw: between(columns.p90),
    predictedMw: columns.predicted[index] ?? null,
    operatorMw: between(columns.operator, LONGEST_GAP_S),
    temperatureC: between(columns.temperatureC, LONGEST_GAP_S),
  };
}

function neighbour(column: Column, index: number, direction: -1 | 1): number | null {
  for (let i = index + direction; i >= 0 && i < column.length; i += direction) {
    if (typeof column[i] === 'number') return i;
  }
  return null;
}

function interpolated(
  timeS: readonly number[],
  column: Column,
  index: number,
  longestS: number,
): number | null {
  const exact = column[index];
  if (typeof exact === 'number') return exact;
  const before = neighbour(column, index, -1);
  const after = neighbour(column, index, 1);
  if (before === null || after === null) return null;
  const [t0, t1, t] = [timeS[before] ?? 0, timeS[after] ?? 0, timeS[index] ?? 0];
  if (t1 - t0 > longestS) return null;
  const [v0, v1] = [column[before] ?? 0, column[after] ?? 0];
  return v0 + ((v1 - v0) * (t - t0)) / (t1 - t0);
}
