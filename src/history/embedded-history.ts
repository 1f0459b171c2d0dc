import { NowcastError } from '../contracts/errors.js';
import type { Accuracy, Nowcast } from '../contracts/records.js';
import { MINUTE_MS, parseIso } from '../contracts/time.js';
import { EmbeddedTables, storageError } from './embedded-tables.js';
import type {
  DemandPoint,
  HistoryStore,
  HistoryWrite,
  NowcastPoint,
  OperatorPoint,
  SupplyKind,
  SupplyPoint,
  TimeRange,
  WeatherPoint,
} from './history-store.js';
import { supplyKindOf } from './history-store.js';
import {
  decodeDemandForecast,
  decodeSupply,
  encodeDemandForecast,
  encodeSupply,
  supplySeriesName,
} from './operator-codec.js';
import { bySeries, byTimeAndProduct } from './operator-order.js';
import { decodePath, encodePath, findHorizon, lastTargetMs, pointAt } from './path-codec.js';
import {
  decodeAccuracy,
  decodeDemand,
  decodeWeather,
  encodeAccuracy,
  encodeDemand,
  encodeNumber,
  encodeWeather,
} from './point-codec.js';
import { seriesKey, suffixOfKey, timeOfKey } from './series-key.js';

const DEFAULT_LIMIT = 100_000;

export interface EmbeddedHistoryOptions {
  /** Directory of the history alone, for example `<dataDir>/history`; made when it is missing. */
  readonly dir: string;
}

/** The history in a local LMDB directory. Call `open()` before anything else. */
export function openEmbeddedHistory(options: EmbeddedHistoryOptions): HistoryStore {
  return new EmbeddedHistory(options.dir);
}

class EmbeddedHistory implements HistoryStore {
  readonly kind = 'embedded';
  private opened: EmbeddedTables | null = null;

  constructor(private readonly dir: string) {}

  async open(): Promise<void> {
    this.opened ??= EmbeddedTables.open(this.dir);
  }

  async write(batch: HistoryWrite): Promise<void> {
    const tables = this.tables();
    try {
      // All puts of one event turn form one LMDB transaction: a flush is kept whole or not at all.
      this.put(tables, batch);
      await tables.durable();
    } catch (error) {
      throw storageError(error, this.dir);
    }
  }

  async demand(zone: string, range: TimeRange): Promise<DemandPoint[]> {
    const { demand, names } = this.tables();
    const sourceOf = (id: number): string => names.nameOf(id);
    return this.newest(demand, zone, range, (key, value) => decodeDemand(timeOfKey(key), value, sourceOf));
  }

  async weather(zone: string, range: TimeRange): Promise<WeatherPoint[]> {
    const { weather, names } = this.tables();
    const sourceOf = (id: number): string => names.nameOf(id);
    return this.newest(weather, zone, range, (key, value) => decodeWeather(timeOfKey(key), value, sourceOf));
  }

  async demandForecasts(zone: string, range: TimeRange): Promise<OperatorPoint[]> {
    const { forecasts, names } = this.tables();
    const nameOf = (id: number): string => names.nameOf(id);
    const decode = (key: Uint8Array, value: Buffer): OperatorPoint =>
      decodeDemandForecast(timeOfKey(key), nameOf(suffixOfKey(key)), value, nameOf);
    return this.newest(forecasts, zone, range, decode).sort(byTimeAndProduct);
  }

  async supply(zone: string, kind: SupplyKind, range: TimeRange): Promise<SupplyPoint[]> {
    const decode = (key: Uint8Array, value: Buffer): SupplyPoint => decodeSupply(timeOfKey(key), value);
    return this.newest(this.tables().supply, supplySeries(zone, kind), range, decode).sort(bySeries);
  }

  async nowcasts(zone: string, horizonMinutes: number, range: TimeRange): Promise<NowcastPoint[]> {
    const horizonMs = horizonMinutes * MINUTE_MS;
    const origins = { ...range, fromMs: range.fromMs - horizonMs, toMs: range.toMs - horizonMs };
    let index = -1;
    return this.newest(this.tables().paths, zone, origins, (key, path) => {
      const found = findHorizon(path, horizonMinutes, index);
      if (found < 0) return null;
      index = found;
      return pointAt(timeOfKey(key), path, found);
    });
  }

  async nowcastAt(zone: string, originAtOrBeforeMs: number): Promise<Nowcast | null> {
    const upTo = { fromMs: -Infinity, toMs: Math.floor(originAtOrBeforeMs) + 1, limit: 1 };
    const decode = (key: Uint8Array, path: Buffer): Nowcast => decodePath(zone, timeOfKey(key), path);
    return this.newest(this.tables().paths, zone, upTo, decode)[0] ?? null;
  }

  async accuracy(zone: string, window: Accuracy['window'], range: TimeRange): Promise<Accuracy[]> {
    return this.newest(this.tables().accuracy, accuracySeries(zone, window), range, (key, value) =>
      decodeAccuracy({ zone, window, atMs: timeOfKey(key), horizonMinutes: suffixOfKey(key) }, value),
    );
  }

  async retain(olderThanMs: number): Promise<void> {
    const tables = this.tables();
    try {
      for (const series of tables.names.allIds()) {
        for (const table of tables.single) {
          await tables.removeBefore(table, series, olderThanMs);
        }
        // A path is old once all of its targets are, as its points in InfluxDB would be.
        await tables.removeBefore(tables.paths, series, olderThanMs, (key, path) =>
          lastTargetMs(timeOfKey(key), path),
        );
      }
    } catch (error) {
      throw storageError(error, this.dir);
    }
  }

  async close(): Promise<void> {
    const tables = this.opened;
    this.opened = null;
    await tables?.close();
  }

  private put(tables: EmbeddedTables, batch: HistoryWrite): void {
    const { names } = tables;
    // Records are encoded and names given before the first put: one that is not valid leaves nothing half-written.
    const entries: [typeof tables.demand, Buffer, Buffer][] = [];
    for (const row of batch.demand ?? []) {
      const key = seriesKey(names.intern(row.zone), parseIso(row.validTime));
      entries.push([tables.demand, key, encodeDemand(row.demandMw, names.intern(row.source))]);
    }
    for (const row of batch.weather ?? []) {
      const key = seriesKey(names.intern(row.zone), parseIso(row.validTime));
      entries.push([tables.weather, key, encodeWeather(row, names.intern(row.source))]);
    }
    for (const row of batch.demandForecasts ?? []) {
      const key = seriesKey(names.intern(row.zone), parseIso(row.validTime), names.intern(row.product));
      entries.push([tables.forecasts, key, encodeDemandForecast(row, names.intern(row.source))]);
    }
    for (const row of batch.supply ?? []) {
      const series = names.intern(supplySeries(row.zone, supplyKindOf(row)));
      const key = seriesKey(series, parseIso(row.validTime), names.intern(supplySeriesName(row)));
      entries.push([tables.supply, key, encodeSupply(row)]);
    }
    for (const row of batch.nowcasts ?? []) {
      entries.push([tables.paths, seriesKey(names.intern(row.zone), parseIso(row.origin)), encodePath(row)]);
    }
    for (const row of batch.accuracy ?? []) {
      const series = names.intern(accuracySeries(row.zone, row.window));
      entries.push([
        tables.accuracy,
        seriesKey(series, parseIso(row.at), row.horizonMinutes),
        encodeAccuracy(row),
      ]);
    }
    for (const row of batch.pipeline ?? []) {
      entries.push([tables.pipeline, seriesKey(names.intern(row.name), row.timeMs), encodeNumber(row.value)]);
    }
    for (const [table, key, value] of entries) tables.put(table, key, value);
  }

  /** Reads backwards from the end of the range, so that a limit keeps the newest, and returns rising time. */
  private newest<T>(
    table: EmbeddedTables['demand'],
    name: string,
    range: TimeRange,
    decode: (key: Uint8Array, value: Buffer) => T | null,
  ): T[] {
    const series = this.tables().names.find(name);
    const limit = range.limit ?? DEFAULT_LIMIT;
    const rows: T[] = [];
    if (series === null || limit <= 0 || range.toMs <= range.fromMs) return rows;
    const first = seriesKey(series, range.fromMs);
    // In a reverse LMDB range the start is the upper bound; `toMs` itself is outside.
    const end = seriesKey(series, range.toMs);
    for (const { key, value } of table.getRange({
      start: end,
      end: first,
      reverse: true,
      inclusiveEnd: true,
    })) {
      if (Buffer.compare(key, end) >= 0) continue;
      const row = decode(key, value);
      if (row !== null) rows.push(row);
      if (rows.length >= limit) break;
    }
    return rows.reverse();
  }

  private tables(): EmbeddedTables {
    if (this.opened === null) {
      throw new NowcastError('STORAGE_FAILED', `the history in ${this.dir} is not open`);
    }
    return this.opened;
  }
}

/** A zone's accuracy of one window is a series of its own; the NUL keeps it apart from every zone name. */
function accuracySeries(zone: string, window: Accuracy['window']): string {
  return `${zone}\u0000${window}`;
}

/** A zone's supply side of one kind, likewise. */
function supplySeries(zone: string, kind: SupplyKind): string {
  return `${zone}\u0000supply\u0000${kind}`;
}
