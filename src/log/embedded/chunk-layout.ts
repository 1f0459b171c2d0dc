/**
 * Bytes of a chunk: up to a few hundred consecutive records of one partition, stored as one LMDB value under
 * (partition id, base offset). Little endian.
 *
 *   header  0 u8 layout version · 4 u32 records · 8 u32 last offset - base · 16 f64 largest timestamp of all earlier
 *           records of the partition · 24 f64 largest timestamp inside
 *   record  0 u32 offset - base · 4 f64 timestamp ms · 12 i32 value length, -1 for a tombstone · 16 u32 key length ·
 *           20 u32 headers length · key · headers · value
 *   headers see record-headers.ts
 *
 * Compaction removes records and keeps the offsets of the others, so offsets inside a chunk may have holes.
 */
import { NowcastError } from '../../contracts/errors.js';
import type { LogRecord } from '../event-log.js';
import { encodeHeaders, HeadersReader } from './record-headers.js';

const LAYOUT_VERSION = 1;
const CHUNK_HEADER_BYTES = 32;
const RECORD_HEADER_BYTES = 24;
const TOMBSTONE = -1;
/** A chunk is closed at whichever comes first; small enough that LMDB finds room for it among freed pages. */
const MAX_CHUNK_RECORDS = 512;
const MAX_CHUNK_BYTES = 64 * 1024;
const NO_BYTES = Buffer.alloc(0);

/** A record with its partition and timestamp settled; offsets follow from the order. */
export interface ChunkRecord {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EncodedChunk {
  readonly baseOffset: number;
  readonly bytes: Buffer;
  /** Largest timestamp of the partition up to the end of this chunk. */
  readonly maxTimestampMs: number;
}

export interface ChunkHeader {
  readonly recordCount: number;
  readonly lastOffset: number;
  readonly maxTimestampBeforeMs: number;
  readonly maxTimestampInsideMs: number;
}

/**
 * Encodes consecutive records into chunks.
 * @param firstOffset offset of the first record; the others follow densely
 * @param maxTimestampBeforeMs largest timestamp that the partition held so far; -Infinity for an empty one
 */
export function encodeChunks(
  records: readonly ChunkRecord[],
  firstOffset: number,
  maxTimestampBeforeMs: number,
): EncodedChunk[] {
  const chunks: EncodedChunk[] = [];
  const sizes = new ChunkSizes();
  let maxBefore = maxTimestampBeforeMs;
  let start = 0;
  while (start < records.length) {
    const end = sizes.measure(records, start);
    const offsets = (at: number): number => at - start;
    const bytes = writeChunk(records, start, end, sizes, maxBefore, offsets);
    maxBefore = Math.max(maxBefore, bytes.readDoubleLE(24));
    chunks.push({ baseOffset: firstOffset + start, bytes, maxTimestampMs: maxBefore });
    start = end;
  }
  return chunks;
}

/** Encodes the records that compaction keeps of one chunk, with their old offsets; they must fit one chunk as before. */
export function encodeKept(
  kept: readonly LogRecord[],
  baseOffset: number,
  maxTimestampBeforeMs: number,
): Buffer {
  const sizes = new ChunkSizes();
  sizes.measureAll(kept);
  return writeChunk(
    kept,
    0,
    kept.length,
    sizes,
    maxTimestampBeforeMs,
    (at) => (kept[at]?.offset ?? 0) - baseOffset,
  );
}

/** Byte lengths of the records of the chunk being written, measured once. */
class ChunkSizes {
  readonly keyBytes: number[] = [];
  readonly headerBytes: Buffer[] = [];
  totalBytes = 0;
  private lastHeaders: Readonly<Record<string, string>> | undefined;
  private lastHeaderBytes: Buffer = NO_BYTES;

  /** Measures from `start` on until the chunk is full; returns the end (exclusive). */
  measure(records: readonly ChunkRecord[], start: number): number {
    this.reset();
    let end = start;
    for (; end < records.length && end - start < MAX_CHUNK_RECORDS; end++) {
      const record = records[end];
      if (record === undefined) break;
      const before = this.totalBytes;
      this.add(record);
      if (end > start && this.totalBytes > MAX_CHUNK_BYTES) {
        this.totalBytes = before;
        break;
      }
    }
    return end;
  }

  measureAll(records: readonly ChunkRecord[]): void {
    this.reset();
    for (const record of records) this.add(record);
  }

  private reset(): void {
    this.keyBytes.length = 0;
    this.headerBytes.length = 0;
    this.totalBytes = CHUNK_HEADER_BYTES;
  }

  private add(record: ChunkRecord): void {
    const keyBytes = Buffer.byteLength(record.key);
    const headers = this.encodeOnce(record.headers);
    this.keyBytes.push(keyBytes);
    this.headerBytes.push(headers);
    this.totalBytes += RECORD_HEADER_BYTES + keyBytes + headers.length + (record.value?.length ?? 0);
  }

  /** Batches mostly share one headers object: encode it once. */
  private encodeOnce(headers: Readonly<Record<string, string>> | undefined): Buffer {
    if (headers === undefined) return NO_BYTES;
    if (headers !== this.lastHeaders) {
      this.lastHeaders = headers;
      this.lastHeaderBytes = encodeHeaders(headers);
    }
    return this.lastHeaderBytes;
  }
}

function writeChunk(
  records: readonly ChunkRecord[],
  start: number,
  end: number,
  sizes: ChunkSizes,
  maxBeforeMs: number,
  offsetDelta: (at: number) => number,
): Buffer {
  const bytes = Buffer.allocUnsafe(sizes.totalBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let position = CHUNK_HEADER_BYTES;
  let maxInsideMs = Number.NEGATIVE_INFINITY;
  for (let at = start; at < end; at++) {
    const record = records[at];
    const keyBytes = sizes.keyBytes[at - start];
    const headers = sizes.headerBytes[at - start];
    if (record === undefined || keyBytes === undefined || headers === undefined) break;
    const { key, value, timestampMs } = record;
    if (timestampMs > maxInsideMs) maxInsideMs = timestampMs;
    view.setUint32(position, offsetDelta(at), true);
    view.setFloat64(position + 4, timestampMs, true);
    view.setInt32(position + 12, value === null ? TOMBSTONE : value.length, true);
    view.setUint32(position + 16, keyBytes, true);
    view.setUint32(position + 20, headers.length, true);
    position += RECORD_HEADER_BYTES;
    bytes.write(key, position, 'utf8');
    position += keyBytes;
    if (headers.length > 0) bytes.set(headers, position);
    position += headers.length;
    if (value !== null) bytes.set(value, position);
    position += value?.length ?? 0;
  }
  bytes.fill(0, 0, CHUNK_HEADER_BYTES);
  view.setUint8(0, LAYOUT_VERSION);
  view.setUint32(4, end - start, true);
  view.setUint32(8, offsetDelta(end - 1), true);
  view.setFloat64(16, maxBeforeMs, true);
  view.setFloat64(24, maxInsideMs, true);
  return bytes;
}

/** Reads a chunk's header. @throws NowcastError STORAGE_FAILED for bytes of another layout */
export function readChunkHeader(bytes: Buffer, baseOffset: number): ChunkHeader {
  const version = bytes[0];
  if (version !== LAYOUT_VERSION || bytes.length < CHUNK_HEADER_BYTES) {
    throw new NowcastError(
      'STORAGE_FAILED',
      `the embedded log holds a chunk of layout ${String(version)} at offset ${baseOffset}, this version reads layout ` +
        `${LAYOUT_VERSION}: open it with the version that wrote it, or restore a backup`,
    );
  }
  return {
    recordCount: bytes.readUInt32LE(4),
    lastOffset: baseOffset + bytes.readUInt32LE(8),
    maxTimestampBeforeMs: bytes.readDoubleLE(16),
    maxTimestampInsideMs: bytes.readDoubleLE(24),
  };
}

/** Where a reader stops inside a chunk. */
export interface ReadLimit {
  readonly fromOffset: number;
  readonly toOffset: number;
  readonly maxRecords: number;
}

/**
 * Decodes the records of a chunk with fromOffset <= offset < toOffset and adds them to `into`, up to maxRecords in it.
 * Values are views of `bytes`, which must not be reused.
 * @returns bytes of the values that were added
 */
export function decodeChunk(bytes: Buffer, baseOffset: number, limit: ReadLimit, into: LogRecord[]): number {
  const { recordCount } = readChunkHeader(bytes, baseOffset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let position = CHUNK_HEADER_BYTES;
  const headers = new HeadersReader(bytes);
  let valueBytes = 0;
  for (let at = 0; at < recordCount; at++) {
    const offset = baseOffset + view.getUint32(position, true);
    const valueLength = view.getInt32(position + 12, true);
    const keyStart = position + RECORD_HEADER_BYTES;
    const keyEnd = keyStart + view.getUint32(position + 16, true);
    const valueStart = keyEnd + view.getUint32(position + 20, true);
    const valueEnd = valueStart + Math.max(valueLength, 0);
    if (offset >= limit.toOffset || into.length >= limit.maxRecords) break;
    if (offset >= limit.fromOffset) {
      into.push({
        offset,
        key: bytes.toString('utf8', keyStart, keyEnd),
        value: valueLength === TOMBSTONE ? null : bytes.subarray(valueStart, valueEnd),
        timestampMs: view.getFloat64(position + 4, true),
        headers: headers.read(keyEnd, valueStart),
      });
      valueBytes += valueEnd - valueStart;
    }
    position = valueEnd;
  }
  return valueBytes;
}
