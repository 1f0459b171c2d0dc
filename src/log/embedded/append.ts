import { NowcastError } from '../../contracts/errors.js';
import type { AppendRecord, AppendResult } from '../event-log.js';
import { partitionOfKey } from '../partitioner.js';
import { encodeChunks, type ChunkRecord } from './chunk-layout.js';
import type { LogWriter, StagedWrites } from './log-writer.js';
import type { StoredTopic } from './topic-catalog.js';

/**
 * Appends the records in order per partition, in one transaction.
 * @param now wall clock of topics whose timestamps are of type LogAppendTime
 */
export async function appendRecords(
  writer: LogWriter,
  topic: StoredTopic,
  records: readonly AppendRecord[],
  now: () => number,
): Promise<AppendResult[]> {
  if (records.length === 0) return [];
  const byPartition = splitByPartition(topic, records, now);
  return writer.write((staged) =>
    [...byPartition].map(([partition, list]) => stagePartition(staged, topic, partition, list)),
  );
}

function stagePartition(
  staged: StagedWrites,
  topic: StoredTopic,
  partition: number,
  records: readonly ChunkRecord[],
): AppendResult {
  // splitByPartition has checked that the partition exists.
  const partitionId = topic.partitionIds[partition] as number;
  const head = staged.head(partitionId);
  let { maxTimestampMs } = head;
  for (const chunk of encodeChunks(records, head.high, head.maxTimestampMs)) {
    staged.putChunk(partitionId, chunk.baseOffset, chunk.bytes);
    maxTimestampMs = chunk.maxTimestampMs;
  }
  const high = head.high + records.length;
  staged.setHead(partitionId, { low: head.low, high, maxTimestampMs });
  return { topic: topic.name, partition, firstOffset: head.high, lastOffset: high - 1 };
}

function splitByPartition(
  topic: StoredTopic,
  records: readonly AppendRecord[],
  now: () => number,
): Map<number, ChunkRecord[]> {
  const partitionCount = topic.partitionIds.length;
  const appendTimeMs = topic.config['message.timestamp.type'] === 'LogAppendTime' ? now() : null;
  const partitionOf = keyCache(partitionCount);
  const byPartition = new Map<number, ChunkRecord[]>();
  for (const record of records) {
    const partition = record.partition ?? partitionOf(record.key);
    if (!(partition >= 0 && partition < partitionCount && Number.isInteger(partition))) {
      throw invalid(
        topic,
        record,
        `partition ${partition} does not exist, it has 0 to ${partitionCount - 1}`,
      );
    }
    if (appendTimeMs === null && !Number.isFinite(record.timestampMs)) {
      throw invalid(topic, record, `timestampMs must be epoch milliseconds, not ${record.timestampMs}`);
    }
    const stamped = appendTimeMs === null ? record : { ...record, timestampMs: appendTimeMs };
    const list = byPartition.get(partition);
    if (list === undefined) byPartition.set(partition, [stamped]);
    else list.push(stamped);
  }
  return byPartition;
}

/** A batch names few keys many times: hash each once. */
function keyCache(partitionCount: number): (key: string) => number {
  if (partitionCount === 1) return () => 0;
  const known = new Map<string, number>();
  return (key) => {
    let partition = known.get(key);
    if (partition === undefined) known.set(key, (partition = partitionOfKey(key, partitionCount)));
    return partition;
  };
}

function invalid(topic: StoredTopic, record: AppendRecord, what: string): NowcastError {
  return new NowcastError(
    'INPUT_INVALID',
    `cannot append to topic "${topic.name}", key "${record.key}": ${what}`,
    {
      context: { topic: topic.name },
    },
  );
}
