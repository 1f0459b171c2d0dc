import { setImmediate } from 'node:timers/promises';
import type { TopicName, TopicRecords } from '../contracts/records.js';
import { DAY_MS } from '../contracts/time.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ExportTable, Row } from './columns.js';
import type { ExportRequest, LogExportKind } from './kinds.js';
import { LOG_KINDS } from './log-kinds.js';
import type { LogKind, Zoned } from './log-rows.js';

/** Rows of one piece: a nowcast alone has up to some hundred. */
const CHUNK_ROWS = 4096;
/** A record may be about a time somewhat after it was available; more than this only in faulty data. */
const AHEAD_MS = DAY_MS;

export interface LogTableDeps {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
}

/**
 * A table of the log as it is at the first read: every record, corrections included, by partition and offset. Records
 * that cannot be decoded are left out (the stream has put them into dead-letters).
 */
export function logTable(deps: LogTableDeps, kind: LogExportKind, request: ExportRequest): ExportTable {
  return tableOf(deps, LOG_KINDS[kind] as unknown as LogKind<TopicName>, request);
}

function tableOf<T extends TopicName>(
  deps: LogTableDeps,
  kind: LogKind<T>,
  request: ExportRequest,
): ExportTable {
  return { columns: kind.columns, chunks: logChunks(deps, kind, request) };
}

async function* logChunks<T extends TopicName>(
  deps: LogTableDeps,
  kind: LogKind<T>,
  request: ExportRequest,
): AsyncGenerator<readonly Row[]> {
  const zones = request.everyZone ? null : new Set(request.zones);
  let rows: Row[] = [];
  for await (const record of records(deps, kind, request.fromMs)) {
    if (zones !== null && (record.zone === null || !zones.has(record.zone))) continue;
    for (const row of kind.rows(record, request)) rows.push(row);
    if (rows.length < CHUNK_ROWS) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

async function* records<T extends TopicName>(
  { log, codec }: LogTableDeps,
  { topic, byEventTime }: LogKind<T>,
  fromMs: number,
): AsyncGenerator<TopicRecords[T] & Zoned> {
  const starts = byEventTime ? await log.offsetsAt(topic, fromMs - AHEAD_MS) : [];
  for (const { partition, low, high } of await log.watermarks(topic)) {
    const start = starts.find((one) => one.partition === partition)?.offset ?? low;
    for await (const batch of log.read(topic, partition, Math.max(low, start), high)) {
      // Files are read without waiting: others get their turn between two batches.
      await setImmediate();
      await codec.prepare(batch.records.map(({ value }) => value));
      // One at a time, so that of a batch of large records not all are decoded at once.
      for (const { value } of batch.records) {
        const decoded = codec.decode(topic, value);
        if (decoded.ok) yield decoded.value as TopicRecords[T] & Zoned;
      }
    }
  }
}
