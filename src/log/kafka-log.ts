import type { Admin, Kafka } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';
import type {
  AppendRecord,
  AppendResult,
  EventLog,
  PartitionOffset,
  RecordBatch,
  SubscribeOptions,
  Subscription,
  TopicSpec,
  Watermark,
} from './event-log.js';
import { connectAdmin, createKafka, guarded, type KafkaClientOptions } from './kafka-client.js';
import { TopicDirectory } from './kafka-directory.js';
import { KafkaProducer } from './kafka-producer.js';
import { fetchWatermarks } from './kafka-positions.js';
import { KafkaReader } from './kafka-reader.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { TopicNames } from './kafka-topic-names.js';
import { createMissingTopics } from './kafka-topics.js';
import { partitionOfKey } from './partitioner.js';

export type KafkaLogOptions = KafkaClientOptions;

/**
 * The EventLog over a Kafka cluster (4.x). Connects at once, so that a wrong address shows at the start.
 * @throws NowcastError LOG_UNAVAILABLE within ten seconds when no broker answers
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const kafka = createKafka(options);
  const admin = await connectAdmin(kafka, options.brokers);
  return new KafkaLog(options, kafka, admin, new TopicNames(options.topicPrefix ?? ''));
}

class KafkaLog implements EventLog {
  readonly kind = 'kafka';
  private readonly directory: TopicDirectory;
  private readonly producer: KafkaProducer;
  private readonly reader: KafkaReader;
  private readonly subscriptions = new Set<KafkaSubscription>();
  private closing: Promise<void> | null = null;

  constructor(
    private readonly options: KafkaLogOptions,
    kafka: Kafka,
    private readonly admin: Admin,
    private readonly names: TopicNames,
  ) {
    this.directory = new TopicDirectory(admin);
    this.producer = new KafkaProducer(kafka);
    this.reader = new KafkaReader(kafka);
  }

  async epoch(): Promise<string> {
    this.assertOpen();
    const { clusterId } = await guarded('could not describe the cluster', '', () =>
      this.admin.describeCluster(),
    );
    return `${clusterId}/${this.names.full('')}`;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.assertOpen();
    await createMissingTopics(this.admin, this.names, specs, await this.directory.existing());
    this.directory.forget();
  }

  async append(topic: string, records: readonly AppendRecord[]): Promise<AppendResult[]> {
    this.assertOpen();
    const full = this.names.full(topic);
    const count = await this.directory.partitionCount(full);
    if (records.length === 0) return [];
    const partitions = records.map(({ key, partition }) =>
      checked(partition ?? partitionOfKey(key, count), count, topic),
    );
    try {
      const written = await this.producer.append(full, records, partitions);
      return written.map((range) => ({ topic, ...range }));
    } catch (error) {
      this.directory.forget();
      throw error;
    }
  }

  async watermarks(topic: string): Promise<Watermark[]> {
    const full = await this.existing(topic);
    return guarded(`could not read the watermarks of ${topic}`, topic, () =>
      fetchWatermarks(this.admin, full, topic),
    );
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<PartitionOffset[]> {
    const full = await this.existing(topic);
    // Negative times have meanings of their own in Kafka, and no record is that old.
    const sinceMs = Math.max(0, Math.floor(timestampMs));
    const found = await guarded(`could not look up times in ${topic}`, topic, () =>
      this.admin.fetchTopicOffsetsByTimestamp(full, sinceMs),
    );
    return found.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }));
  }

  async *read(
    topic: string,
    partition: number,
    fromOffset: number,
    toOffset?: number,
  ): AsyncIterable<RecordBatch> {
    const mark = (await this.watermarks(topic)).find((candidate) => candidate.partition === partition);
    if (mark === undefined) throw new NowcastError('TOPIC_UNKNOWN', `${topic} has no partition ${partition}`);
    const end = Math.min(toOffset ?? mark.high, mark.high);
    yield* this.reader.read(this.names.full(topic), topic, partition, Math.max(fromOffset, mark.low), end);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    for (const topic of options.topics) await this.existing(topic);
    // A client of its own: kafkajs keeps one table of offsets a client and group, and two members there overwrite each other.
    const subscription = new KafkaSubscription(createKafka(this.options), this.admin, this.names, options);
    this.subscriptions.add(subscription);
    try {
      await subscription.start();
    } catch (error) {
      this.subscriptions.delete(subscription);
      throw error;
    }
    return subscription;
  }

  /** The brokers delete by themselves. */
  async maintain(): Promise<{ deletedRecords: number }> {
    this.assertOpen();
    return { deletedRecords: 0 };
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await Promise.all([this.producer.close(), this.reader.close()]);
    await this.admin.disconnect().catch(() => undefined);
  }

  /** The cluster's name of a topic that exists. */
  private async existing(topic: string): Promise<string> {
    this.assertOpen();
    const full = this.names.full(topic);
    await this.directory.partitionCount(full);
    return full;
  }

  private assertOpen(): void {
    if (this.closing !== null) throw new NowcastError('LOG_CLOSED', 'the log is closed');
  }
}

function checked(partition: number, count: number, topic: string): number {
  if (partition >= 0 && partition < count) return partition;
  throw new NowcastError('TOPIC_UNKNOWN', `${topic} has no partition ${partition}; it has ${count}`, {
    context: { topic, partition, partitions: count },
  });
}
