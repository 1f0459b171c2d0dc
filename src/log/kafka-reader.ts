import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';
import type { RecordBatch } from './event-log.js';
import { toLogError } from './kafka-errors.js';
import { createCluster, type Cluster, type FetchedMessage } from './kafka-internals.js';
import { toLogRecord } from './kafka-records.js';

const READ_COMMITTED = 1;
const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 100;
const MAX_FAILURES = 12;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 3_000;
/** Compaction may leave nothing before the end; one empty answer can also be a leader that only just took over. */
const EMPTY_ANSWERS_AT_END = 2;

interface Fetched {
  readonly messages: readonly FetchedMessage[];
  readonly highWatermark: number;
}

/** Reads bounded ranges by plain fetches, without a consumer group. */
export class KafkaReader {
  private connection: Promise<Cluster> | null = null;
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  /** Records of [fromOffset, endOffset) that are still kept; `topic` is the cluster's name, `name` the caller's. */
  async *read(
    topic: string,
    name: string,
    partition: number,
    fromOffset: number,
    endOffset: number,
  ): AsyncIterable<RecordBatch> {
    let position = fromOffset;
    let empty = 0;
    while (position < endOffset && empty < EMPTY_ANSWERS_AT_END) {
      const { messages, highWatermark } = await this.fetchPatiently(topic, partition, position);
      const last = messages.at(-1);
      const next = last === undefined ? position : endOfBatch(last);
      const from = position;
      const wanted = messages.filter((message) => isWanted(message, from, endOffset));
      empty = next > position ? 0 : empty + 1;
      position = Math.max(position, next);
      if (wanted.length > 0)
        yield { topic: name, partition, records: wanted.map(toLogRecord), highWatermark };
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.disconnect();
  }

  private async fetchPatiently(topic: string, partition: number, offset: number): Promise<Fetched> {
    let backoffMs = FIRST_BACKOFF_MS;
    for (let failures = 0; ;) {
      if (this.closed) throw new NowcastError('LOG_CLOSED', 'the log is closed');
      try {
        return await this.fetch(topic, partition, offset);
      } catch (error) {
        const failure = toLogError(error, `could not read ${topic}/${partition} at ${offset}`, {
          topic,
          partition,
        });
        if (++failures > MAX_FAILURES || !failure.retriable) throw failure;
        await this.disconnect();
        await delay(backoffMs);
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      }
    }
  }

  private async fetch(topic: string, partition: number, offset: number): Promise<Fetched> {
    const cluster = await this.connected();
    await cluster.addMultipleTargetTopics([topic]);
    const nodeId = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0];
    if (nodeId === undefined)
      throw new NowcastError('TOPIC_UNKNOWN', `${topic} has no partition ${partition}`);
    const broker = await cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES }] }],
    });
    const answer = responses[0]?.partitions[0];
    return { messages: answer?.messages ?? [], highWatermark: Number(answer?.highWatermark ?? 0) };
  }

  private connected(): Promise<Cluster> {
    this.connection ??= (async () => {
      const cluster = createCluster(this.kafka);
      await cluster.connect();
      return cluster;
    })();
    return this.connection;
  }

  private async disconnect(): Promise<void> {
    const connection = this.connection;
    this.connection = null;
    await connection?.then((cluster) => cluster.disconnect()).catch(() => undefined);
  }
}

/** One past the last offset that the record's batch covers, including records that compaction took out at its end. */
function endOfBatch({ batchContext }: FetchedMessage): number {
  return Number(batchContext.firstOffset) + batchContext.lastOffsetDelta + 1;
}

/** A broker answers with whole batches, so records before the asked offset may come along. */
function isWanted(message: FetchedMessage, fromOffset: number, endOffset: number): boolean {
  const offset = Number(message.offset);
  return !message.isControlRecord && offset >= fromOffset && offset < endOffset;
}
