import { setImmediate } from 'node:timers/promises';
import type { Accuracy } from '../contracts/records.js';
import { DAY_MS } from '../contracts/time.js';
import { compareNowcasts } from '../history/compare-nowcasts.js';
import type { HistoryStore, TimeRange } from '../history/history-store.js';
import { double, integer, string, timestamp, type Column, type ExportTable, type Row } from './columns.js';
import { isAskedHorizon, type ExportRequest, type HistoryKind } from './kinds.js';

/** Read at a time: at most 5,760 rows of one series at one value a minute. */
const CHUNK_MS = 4 * DAY_MS;
const WINDOWS: readonly Accuracy['window'][] = ['1h', '24h', '7d'];

const NOWCAST_COLUMNS = [double('mw'), double('p10'), double('p90'), string('model_version')];

export const HISTORY_COLUMNS: Readonly<Record<HistoryKind, readonly Column[]>> = {
  demand: [string('zone'), timestamp('time'), double('mw'), string('source')],
  weather: [
    string('zone'),
    timestamp('time'),
    double('temperature_c'),
    double('humidity_pct'),
    double('wind_ms'),
    double('cloud_pct'),
    double('shortwave_wm2'),
    string('source'),
  ],
  nowcasts: [string('zone'), timestamp('target'), integer('horizon_minutes'), ...NOWCAST_COLUMNS],
  history: [
    string('zone'),
    timestamp('time'),
    integer('horizon_minutes'),
    double('actual_mw'),
    ...NOWCAST_COLUMNS,
  ],
  accuracy: [
    string('zone'),
    timestamp('time'),
    string('window'),
    integer('horizon_minutes'),
    integer('n'),
    double('mape_percent'),
    double('bias_mw'),
    double('coverage80_percent'),
    double('skill'),
  ],
};

export interface HistoryTableDeps {
  readonly history: HistoryStore;
  /** Horizons that a zone's nowcasts have. */
  readonly horizonsOf: (zone: string) => readonly number[];
}

/** A table of the history: by zone, then by horizon where there are horizons, then rising time. */
export function historyTable(deps: HistoryTableDeps, kind: HistoryKind, request: ExportRequest): ExportTable {
  return { columns: HISTORY_COLUMNS[kind], chunks: historyChunks(deps, kind, request) };
}

async function* historyChunks(
  deps: HistoryTableDeps,
  kind: HistoryKind,
  request: ExportRequest,
): AsyncGenerator<readonly Row[]> {
  for (const zone of request.zones) {
    for (const read of readersOf(deps, kind, zone, request)) {
      for (let fromMs = request.fromMs; fromMs < request.toMs; fromMs += CHUNK_MS) {
        // Local files are read without waiting: others get their turn between two reads.
        await setImmediate();
        const rows = await read({ fromMs, toMs: Math.min(fromMs + CHUNK_MS, request.toMs) });
        if (rows.length > 0) yield rows;
      }
    }
  }
}

type ReadRows = (range: TimeRange) => Promise<readonly Row[]>;

/** One reader for each series that is exported in turn. */
function readersOf(
  { history, horizonsOf }: HistoryTableDeps,
  kind: HistoryKind,
  zone: string,
  { horizonMinutes }: ExportRequest,
): ReadRows[] {
  const horizons = horizonMinutes === undefined ? horizonsOf(zone) : [horizonMinutes];
  switch (kind) {
    case 'demand':
      return [(range) => demandRows(history, zone, range)];
    case 'weather':
      return [(range) => weatherRows(history, zone, range)];
    case 'nowcasts':
      return horizons.map((horizon) => (range) => nowcastRows(history, zone, horizon, range));
    case 'history':
      return horizons.map((horizon) => (range) => comparedRows(history, zone, horizon, range));
    case 'accuracy':
      return WINDOWS.map((window) => (range) => accuracyRows(history, zone, window, range, horizonMinutes));
  }
}

async function demandRows(history: HistoryStore, zone: string, range: TimeRange): Promise<Row[]> {
  const points = await history.demand(zone, range);
  return points.map(({ timeMs, demandMw, source }) => [zone, timeMs, demandMw, source]);
}

async function weatherRows(history: HistoryStore, zone: string, range: TimeRange): Promise<Row[]> {
  const points = await history.weather(zone, range);
  return points.map((point) => [
    zone,
    point.timeMs,
    point.temperatureC ?? null,
    point.humidityPct ?? null,
    point.windMs ?? null,
    point.cloudPct ?? null,
    point.shortwaveWm2 ?? null,
    point.source,
  ]);
}

async function nowcastRows(
  history: HistoryStore,
  zone: string,
  horizonMinutes: number,
  range: TimeRange,
): Promise<Row[]> {
  const points = await history.nowcasts(zone, horizonMinutes, range);
  return points.map(({ timeMs, mw, p10, p90, modelVersion }) => [
    zone,
    timeMs,
    horizonMinutes,
    mw,
    p10,
    p90,
    modelVersion,
  ]);
}

async function comparedRows(
  history: HistoryStore,
  zone: string,
  horizonMinutes: number,
  range: TimeRange,
): Promise<Row[]> {
  const [actual, nowcasts] = await Promise.all([
    history.demand(zone, range),
    history.nowcasts(zone, horizonMinutes, range),
  ]);
  return compareNowcasts(actual, nowcasts).map(({ time, actualMw, mw, p10, p90, modelVersion }) => [
    zone,
    Date.parse(time),
    horizonMinutes,
    actualMw,
    mw,
    p10,
    p90,
    modelVersion,
  ]);
}

async function accuracyRows(
  history: HistoryStore,
  zone: string,
  window: Accuracy['window'],
  range: TimeRange,
  horizonMinutes: number | undefined,
): Promise<Row[]> {
  const scores = await history.accuracy(zone, window, range);
  return scores.filter((score) => isAskedHorizon(score.horizonMinutes, horizonMinutes)).map(accuracyRow);
}

export function accuracyRow(score: Accuracy): Row {
  const { zone, at, window, horizonMinutes, n, mape, bias, coverage80, skill } = score;
  return [zone, Date.parse(at), window, horizonMinutes, n, mape, bias, coverage80, skill];
}
