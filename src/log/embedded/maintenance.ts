import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '../event-log.js';
import { decodeChunk, encodeKept, readChunkHeader } from './chunk-layout.js';
import type { LogEnvironment } from './environment.js';
import { readHead, type LogWriter } from './log-writer.js';
import { chunkAtOrBefore, chunksFrom, type StoredChunk } from './partition-reader.js';
import type { StoredTopic } from './topic-catalog.js';

const DEFAULT_TOMBSTONE_RETENTION_MS = 86_400_000;
/** Chunks looked at in one transaction, so that appends never wait long. */
const CHUNKS_PER_STEP = 128;

/** Applies the topic's cleanup.policy to all of its partitions; resolves with the number of deleted records. */
export async function maintainTopic(
  environment: LogEnvironment,
  writer: LogWriter,
  topic: StoredTopic,
  nowMs: number,
): Promise<number> {
  const policies = (topic.config['cleanup.policy'] ?? 'delete').split(',').map((policy) => policy.trim());
  const retentionMs = Number(topic.config['retention.ms'] ?? -1);
  const tombstoneMs = Number(topic.config['delete.retention.ms'] ?? DEFAULT_TOMBSTONE_RETENTION_MS);
  let deleted = 0;
  for (const partitionId of topic.partitionIds) {
    if (policies.includes('delete') && retentionMs >= 0) {
      deleted += await expirePartition(environment, writer, partitionId, nowMs - retentionMs);
    }
    if (policies.includes('compact')) {
      deleted += await compactPartition(environment, writer, partitionId, nowMs - tombstoneMs);
    }
  }
  return deleted;
}

/** Deletes from the front every record that is older than the cutoff, up to the first that is not. */
async function expirePartition(
  environment: LogEnvironment,
  writer: LogWriter,
  partitionId: number,
  cutoffMs: number,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const step = await writer.write((staged) => {
      const head = staged.head(partitionId);
      const expired = findExpired(environment, partitionId, head.low, head.high, cutoffMs);
      for (const baseOffset of expired.wholeChunks) staged.removeChunk(partitionId, baseOffset);
      if (expired.low > head.low) staged.setHead(partitionId, { ...head, low: expired.low });
      return expired;
    });
    deleted += step.records;
    if (!step.more) return deleted;
    await nextTurn();
  }
}

function findExpired(
  environment: LogEnvironment,
  partitionId: number,
  low: number,
  high: number,
  cutoffMs: number,
) {
  const wholeChunks: number[] = [];
  let records = 0;
  let newLow = low;
  const startBase = chunkAtOrBefore(environment, partitionId, low)?.baseOffset ?? low;
  for (const { baseOffset, bytes } of chunksFrom(environment, partitionId, startBase, high)) {
    if (wholeChunks.length >= CHUNKS_PER_STEP) return { wholeChunks, records, low: newLow, more: true };
    const kept: LogRecord[] = [];
    decodeChunk(bytes, baseOffset, { fromOffset: low, toOffset: high, maxRecords: Infinity }, kept);
    const firstFresh = kept.findIndex(({ timestampMs }) => timestampMs >= cutoffMs);
    if (firstFresh >= 0) {
      const low = firstFresh === 0 ? newLow : (kept[firstFresh]?.offset ?? newLow);
      return { wholeChunks, records: records + firstFresh, low, more: false };
    }
    wholeChunks.push(baseOffset);
    records += kept.length;
    newLow = readChunkHeader(bytes, baseOffset).lastOffset + 1;
  }
  return { wholeChunks, records, low: newLow, more: false };
}

/** Keeps the last record of each key; tombstones go once they are older than the cutoff. Offsets stay as they are. */
async function compactPartition(
  environment: LogEnvironment,
  writer: LogWriter,
  partitionId: number,
  tombstoneCutoffMs: number,
): Promise<number> {
  const { low, high } = readHead(environment, partitionId);
  const lastOffsets = await lastOffsetOfEachKey(environment, partitionId, low, high);
  const isKept = (record: LogRecord): boolean =>
    lastOffsets.get(record.key) === record.offset &&
    (record.value !== null || record.timestampMs >= tombstoneCutoffMs);
  let deleted = 0;
  for (let from = low; from < high;) {
    const step = await writer.write((staged) => {
      let records = 0;
      let looked = 0;
      for (const chunk of chunksFrom(environment, partitionId, from, high)) {
        if (looked++ >= CHUNKS_PER_STEP) return { records, next: chunk.baseOffset };
        const rewritten = compactChunk(chunk, isKept);
        if (rewritten === null) continue;
        if (rewritten.bytes === null) staged.removeChunk(partitionId, chunk.baseOffset);
        else staged.putChunk(partitionId, chunk.baseOffset, rewritten.bytes);
        records += rewritten.deleted;
      }
      return { records, next: high };
    });
    deleted += step.records;
    from = step.next;
    await nextTurn();
  }
  return deleted;
}

async function lastOffsetOfEachKey(
  environment: LogEnvironment,
  partitionId: number,
  low: number,
  high: number,
) {
  const lastOffsets = new Map<string, number>();
  for (let from = low; from < high;) {
    let looked = 0;
    let next = high;
    for (const { baseOffset, bytes } of chunksFrom(environment, partitionId, from, high)) {
      if (looked++ >= CHUNKS_PER_STEP) {
        next = baseOffset;
        break;
      }
      for (const { key, offset } of recordsOf(baseOffset, bytes)) lastOffsets.set(key, offset);
    }
    from = next;
    await nextTurn();
  }
  return lastOffsets;
}

/** Null when nothing is deleted; bytes null when nothing is left. */
function compactChunk(
  { baseOffset, bytes }: StoredChunk,
  isKept: (record: LogRecord) => boolean,
): { deleted: number; bytes: Buffer | null } | null {
  const records = recordsOf(baseOffset, bytes);
  const kept = records.filter(isKept);
  if (kept.length === records.length) return null;
  const deleted = records.length - kept.length;
  if (kept.length === 0) return { deleted, bytes: null };
  const { maxTimestampBeforeMs } = readChunkHeader(bytes, baseOffset);
  return { deleted, bytes: encodeKept(kept, baseOffset, maxTimestampBeforeMs) };
}

function recordsOf(baseOffset: number, bytes: Buffer): LogRecord[] {
  const records: LogRecord[] = [];
  decodeChunk(bytes, baseOffset, { fromOffset: 0, toOffset: Infinity, maxRecords: Infinity }, records);
  return records;
}
