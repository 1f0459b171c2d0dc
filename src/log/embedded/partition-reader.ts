import type { LogRecord } from '../event-log.js';
import { decodeChunk, readChunkHeader } from './chunk-layout.js';
import type { LogEnvironment } from './environment.js';
import { readHead } from './log-writer.js';

/** A batch ends once its values reach this size, so that large artifacts do not pile up in memory. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** A stored chunk: its base offset and bytes. */
export interface StoredChunk {
  readonly baseOffset: number;
  readonly bytes: Buffer;
}

/** The chunk that holds the offset, or the last one before it; null when there is none. */
export function chunkAtOrBefore(
  { chunks }: LogEnvironment,
  partitionId: number,
  offset: number,
): StoredChunk | null {
  const range = chunks.getRange({
    start: [partitionId, offset],
    end: [partitionId, -1],
    reverse: true,
    limit: 1,
  });
  for (const { key, value } of range) return { baseOffset: key[1], bytes: value };
  return null;
}

/** The chunks with a base offset in [fromBase, toBase), in order. */
export function* chunksFrom(
  { chunks }: LogEnvironment,
  partitionId: number,
  fromBase: number,
  toBase: number,
): Generator<StoredChunk> {
  const range = chunks.getRange({ start: [partitionId, fromBase], end: [partitionId, toBase] });
  for (const { key, value } of range) yield { baseOffset: key[1], bytes: value };
}

/**
 * Reads records with fromOffset <= offset < toOffset, in order: at most maxRecords, and no more after 4 MiB of values.
 * Empty when nothing is left in the range.
 */
export function readRecords(
  environment: LogEnvironment,
  partitionId: number,
  fromOffset: number,
  toOffset: number,
  maxRecords: number,
): LogRecord[] {
  const records: LogRecord[] = [];
  if (fromOffset >= toOffset) return records;
  const startBase = chunkAtOrBefore(environment, partitionId, fromOffset)?.baseOffset ?? fromOffset;
  const limit = { fromOffset, toOffset, maxRecords };
  let valueBytes = 0;
  for (const { baseOffset, bytes } of chunksFrom(environment, partitionId, startBase, toOffset)) {
    valueBytes += decodeChunk(bytes, baseOffset, limit, records);
    if (records.length >= maxRecords || valueBytes >= MAX_BATCH_BYTES) break;
  }
  return records;
}

/**
 * The first offset whose timestamp is at or after the given one, or the high watermark. Timestamps may be out of order,
 * but the largest one so far only rises, so the first chunk that reaches the time is found by bisection.
 */
export function offsetAtTime(environment: LogEnvironment, partitionId: number, timestampMs: number): number {
  const { low, high } = readHead(environment, partitionId);
  let [from, to] = [low, high];
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    if (reaches(chunkAtOrBefore(environment, partitionId, middle), timestampMs)) to = middle;
    else from = middle + 1;
  }
  return firstAtOrAfter(environment, partitionId, { from, low, high, timestampMs });
}

/** Whether any record up to the end of the chunk is, or was, at or after the time. */
function reaches(chunk: StoredChunk | null, timestampMs: number): boolean {
  if (chunk === null) return false;
  const { maxTimestampBeforeMs, maxTimestampInsideMs } = readChunkHeader(chunk.bytes, chunk.baseOffset);
  return Math.max(maxTimestampBeforeMs, maxTimestampInsideMs) >= timestampMs;
}

/** Scans forward; needed because the largest timestamp so far may belong to a record that was deleted since. */
function firstAtOrAfter(
  environment: LogEnvironment,
  partitionId: number,
  search: { from: number; low: number; high: number; timestampMs: number },
): number {
  const startBase = chunkAtOrBefore(environment, partitionId, search.from)?.baseOffset ?? search.from;
  for (const { baseOffset, bytes } of chunksFrom(environment, partitionId, startBase, search.high)) {
    if (readChunkHeader(bytes, baseOffset).maxTimestampInsideMs < search.timestampMs) continue;
    const records: LogRecord[] = [];
    decodeChunk(
      bytes,
      baseOffset,
      { fromOffset: search.low, toOffset: search.high, maxRecords: Infinity },
      records,
    );
    const found = records.find((record) => record.timestampMs >= search.timestampMs);
    if (found !== undefined) return found.offset;
  }
  return search.high;
}
