/** Ranges as InfluxQL, and its answers as rows. */
import type { IResponseSeries } from 'influx/lib/src/results.js';
import type { TimeRange } from './history-store.js';

const DEFAULT_LIMIT = 100_000;
/** InfluxDB's times are 64-bit nanoseconds. */
const TIME_LIMIT_MS = 9_223_372_036_854;

export type Row = Readonly<Record<string, unknown>>;

/** Most rows that a range asks for. */
export function limitOf(range: TimeRange): number {
  return range.limit ?? DEFAULT_LIMIT;
}

export function isEmpty(range: TimeRange): boolean {
  // In InfluxQL a limit of 0 means none.
  return range.toMs <= range.fromMs || limitOf(range) <= 0;
}

export function newest(range: TimeRange, groupBy = ''): string {
  const limit = Math.floor(limitOf(range));
  const from = clampTime(range.fromMs);
  return `AND time >= ${from}ms AND time < ${clampTime(range.toMs)}ms ${groupBy} ORDER BY time DESC LIMIT ${limit}`;
}

function clampTime(timeMs: number): number {
  return Math.ceil(Math.min(TIME_LIMIT_MS, Math.max(-TIME_LIMIT_MS, timeMs)));
}

export function rowsOf(series: IResponseSeries): Row[] {
  const values = (series.values ?? []) as unknown[][];
  return values.map((cells) => Object.fromEntries(series.columns.map((column, i) => [column, cells[i]])));
}

export function number(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : Number.NaN;
}

export function string(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}
