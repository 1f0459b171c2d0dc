import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';
import type {
  AssignedPartition,
  PartitionOffset,
  SubscribeOptions,
  Subscription,
  TopicPartition,
} from './event-log.js';
import { coPartitionAssigner } from './kafka-assigner.js';
import { commitOffsets } from './kafka-commit.js';
import { DeliveryStopped, fetchedFrom, Heart, HEARTBEAT_MS } from './kafka-delivery.js';
import { toLogError } from './kafka-errors.js';
import { RETRY } from './kafka-client.js';
import type { ConsumerGroup } from './kafka-internals.js';
import { fetchAssignment, startPositions } from './kafka-positions.js';
import { toLogRecord } from './kafka-records.js';
import type { TopicNames } from './kafka-topic-names.js';

const DEFAULT_BATCH_RECORDS = 2_000;
/** Also how long close() and resume() wait for a fetch that has nothing to bring. */
const FETCH_WAIT_MS = 500;
const BYTES_PER_PARTITION = 2 * 1024 * 1024;
/** Room for the largest record of all, 32 MB, and its framing. */
const BYTES_PER_FETCH = 36 * 1024 * 1024;

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * One consumer. kafkajs fetches, joins and heartbeats; this class decides what is delivered: nothing while partitions
 * are being given or taken, and only batches that were fetched from the position where the last delivery ended.
 */
export class KafkaSubscription implements Subscription {
  private readonly consumer: Consumer;
  private readonly groupId: string;
  private readonly positions = new Map<string, number>();
  private readonly paused = new Set<string>();
  private group: ConsumerGroup | null = null;
  private assigned: readonly AssignedPartition[] = [];
  private delivering = false;
  private running: Promise<void> = Promise.resolve();
  private ended: Promise<void> | null = null;
  private failed = false;

  constructor(
    kafka: Kafka,
    private readonly admin: Admin,
    private readonly names: TopicNames,
    private readonly options: SubscribeOptions,
  ) {
    // With the installation's prefix, as topics have it: two installations on one cluster must not share a group.
    this.groupId = names.full(options.group ?? `nowcast-reader-${randomUUID()}`);
    this.consumer = kafka.consumer({
      groupId: this.groupId,
      partitionAssigners: [
        coPartitionAssigner({
          beforeJoin: () => this.beforeJoin(),
          afterJoin: (group) => this.take(group),
        }),
      ],
      allowAutoTopicCreation: false,
      heartbeatInterval: HEARTBEAT_MS,
      // After a broker's crash the group waits this long for the member that it remembers, before it lets us in again.
      sessionTimeout: 15_000,
      // A member may be restoring its state or in a long batch when another one joins.
      rebalanceTimeout: 300_000,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: BYTES_PER_PARTITION,
      maxBytes: BYTES_PER_FETCH,
      retry: { ...RETRY, retries: 8 },
    });
    this.consumer.on('consumer.crash', ({ payload }) => this.onCrash(payload.error, payload.restart));
    this.consumer.on('consumer.start_batch_process', ({ payload }) => this.onBatchStart(payload));
  }

  async start(): Promise<void> {
    const topics = this.options.topics.map((topic) => this.names.full(topic));
    try {
      await this.consumer.connect();
      await this.consumer.subscribe({ topics, fromBeginning: true });
    } catch (error) {
      await this.end();
      throw toLogError(error, `could not subscribe to ${this.options.topics.join(', ')}`);
    }
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: (payload) => this.onFetched(payload),
    });
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    if (this.options.group === null) {
      throw new NowcastError('USAGE', 'a subscription without a group cannot commit offsets');
    }
    const named = offsets.map((entry) => ({ ...entry, topic: this.names.full(entry.topic) }));
    await commitOffsets(() => this.group, this.groupId, named);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.paused.add(keyOf(topic, partition));
    this.group?.pause(this.fullNames(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.paused.delete(keyOf(topic, partition));
    this.group?.resume(this.fullNames(partitions));
  }

  /** Not from inside onBatch, for which it waits. */
  async close(): Promise<void> {
    if (!this.failed) await this.release();
    await this.end();
  }

  private async beforeJoin(): Promise<void> {
    await this.release();
    if (this.failed) throw new DeliveryStopped();
  }

  /** Ends delivery and lets the caller commit before the partitions go. */
  private async release(): Promise<void> {
    this.delivering = false;
    await this.running;
    const revoked = this.assigned;
    this.assigned = [];
    this.positions.clear();
    if (revoked.length === 0 || this.options.onRevoked === undefined) return;
    try {
      await this.options.onRevoked(revoked.map(({ topic, partition }) => ({ topic, partition })));
    } catch (error) {
      // Partitions that are lost already cannot be committed: their records come again, to whoever has them now.
      if (!(error instanceof NowcastError && error.retriable)) this.fail(error);
    }
  }

  private async take(group: ConsumerGroup): Promise<void> {
    this.group = group;
    if (this.ended !== null) throw new DeliveryStopped();
    // Restoring state can outlast the session, so heartbeats go on; a rebalance meanwhile shows in the next one.
    const beat = setInterval(
      () => void group.heartbeat({ interval: HEARTBEAT_MS }).catch(() => undefined),
      HEARTBEAT_MS,
    );
    try {
      const committedBy = this.options.group === null ? null : this.groupId;
      const assigned = await fetchAssignment(this.admin, this.names, committedBy, group.assigned());
      const asked = assigned.length === 0 ? [] : ((await this.options.onAssigned?.(assigned)) ?? []);
      for (const { topic, partition, offset } of startPositions(assigned, asked)) {
        this.positions.set(keyOf(topic, partition), offset);
        group.seek({ topic: this.names.full(topic), partition, offset: String(offset) });
      }
      this.assigned = assigned;
      group.pause(
        this.fullNames(assigned.filter(({ topic, partition }) => this.paused.has(keyOf(topic, partition)))),
      );
      this.delivering = true;
    } catch (error) {
      this.fail(error);
      throw new DeliveryStopped();
    } finally {
      clearInterval(beat);
    }
  }

  private async onFetched(payload: EachBatchPayload): Promise<void> {
    const done = this.deliver(payload);
    this.running = done.then(
      () => undefined,
      () => undefined,
    );
    await done;
  }

  private async deliver(payload: EachBatchPayload): Promise<void> {
    const topic = this.names.short(payload.batch.topic);
    const { partition } = payload.batch;
    const key = keyOf(topic, partition);
    if (!this.mayDeliver(key)) return;
    if (fetchedFrom(payload) !== this.positions.get(key)) return this.reposition(topic, partition);
    const heart = new Heart(payload);
    try {
      await this.deliverSlices(payload, topic, key);
    } finally {
      heart.stop();
    }
    heart.throwIfRebalancing();
  }

  private async deliverSlices(payload: EachBatchPayload, topic: string, key: string): Promise<void> {
    const { messages, partition } = payload.batch;
    const highWatermark = Number(payload.batch.highWatermark);
    const size = this.options.maxBatchRecords ?? DEFAULT_BATCH_RECORDS;
    for (let from = 0; from < messages.length && this.mayDeliver(key); from += size) {
      const slice = messages.slice(from, from + size);
      const last = slice.at(-1);
      if (last === undefined) return;
      try {
        await this.options.onBatch({ topic, partition, records: slice.map(toLogRecord), highWatermark });
      } catch (error) {
        this.fail(error);
        throw new DeliveryStopped();
      }
      payload.resolveOffset(last.offset);
      // What follows the last record in its batch are transaction markers: kafkajs steps over them, so must the position.
      const isLast = from + size >= messages.length;
      this.positions.set(key, Number(isLast ? payload.batch.lastOffset() : last.offset) + 1);
    }
  }

  private mayDeliver(key: string): boolean {
    return this.delivering && !this.failed && !this.paused.has(key) && this.positions.has(key);
  }

  /** kafkajs steps over batches in which compaction left nothing; it says so here and delivers none. */
  private onBatchStart(batch: {
    topic: string;
    partition: number;
    batchSize: number;
    lastOffset: string;
  }): void {
    const key = keyOf(this.names.short(batch.topic), batch.partition);
    const position = this.positions.get(key);
    if (batch.batchSize > 0 || position === undefined) return;
    this.positions.set(key, Math.max(position, Number(batch.lastOffset) + 1));
  }

  /** A batch from elsewhere: fetched before a seek, or kafkajs fell back to the low watermark. Fetch where we should be. */
  private async reposition(topic: string, partition: number): Promise<void> {
    const key = keyOf(topic, partition);
    const marks = await this.admin.fetchTopicOffsets(this.names.full(topic));
    const mark = marks.find((candidate) => candidate.partition === partition);
    const position = this.positions.get(key);
    if (mark === undefined || position === undefined) return;
    const [low, high] = [Number(mark.low), Number(mark.high)];
    const target = position < low || position > high ? low : position;
    this.positions.set(key, target);
    this.group?.seek({ topic: this.names.full(topic), partition, offset: String(target) });
  }

  private onCrash(error: Error, restarts: boolean): void {
    this.group = null;
    if (!restarts && !this.failed)
      this.fail(toLogError(error, `the subscription of group ${this.groupId} cannot go on`));
  }

  /** Delivers nothing more and says why, once. The consumer itself ends by the DeliveryStopped that is thrown into it. */
  private fail(error: unknown): void {
    this.delivering = false;
    if (this.failed || this.ended !== null) return;
    this.failed = true;
    this.options.onError?.(error);
  }

  private end(): Promise<void> {
    this.ended ??= this.consumer.disconnect().catch(() => undefined);
    return this.ended;
  }

  private fullNames(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
    return partitions.map(({ topic, partition }) => ({
      topic: this.names.full(topic),
      partitions: [partition],
    }));
  }
}
