/**
 * The EventLog port: an append-only, partitioned, keyed log with consumer groups.
 * Two drivers stand behind it (Kafka and an embedded LMDB log) and one contract suite runs against both.
 * Semantics follow Kafka wherever the two could differ.
 */

/** One declared topic, from topics/*.json. */
export interface TopicSpec {
  readonly name: string;
  /** What the record key is, in words. */
  readonly key: string;
  /** File name in schemas/ without .json. */
  readonly valueSchema: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Kafka topic configuration; the embedded driver honours cleanup.policy, retention.ms and message.timestamp.type. */
  readonly config: Readonly<Record<string, string>>;
}

export interface AppendRecord {
  readonly key: string;
  /** Framed value; null is a tombstone on a compacted topic. */
  readonly value: Uint8Array | null;
  /** Event time, epoch milliseconds: `availableAt` for inputs, `issuedAt` for nowcasts. */
  readonly timestampMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Defaults to murmur2(key), as Kafka's own clients do. */
  readonly partition?: number;
}

export interface LogRecord {
  readonly offset: number;
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** In rising offset; offsets may have holes (compaction, retention). Never empty. */
  readonly records: readonly LogRecord[];
  /** One past the last offset of the partition when this batch was read. */
  readonly highWatermark: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionOffset extends TopicPartition {
  /** Next offset to read. */
  readonly offset: number;
  /** Free text stored with a committed offset. */
  readonly metadata?: string;
}

export interface Watermark extends TopicPartition {
  /** First offset that is still kept. */
  readonly low: number;
  /** One past the last offset. */
  readonly high: number;
}

export interface AppendResult extends TopicPartition {
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export interface AssignedPartition extends Watermark {
  /** Null when the group never committed here, or the subscription has no group. */
  readonly committed: { readonly offset: number; readonly metadata: string } | null;
}

export interface SubscribeOptions {
  /** Consumer group; null reads every partition for itself and cannot commit. */
  readonly group: string | null;
  /** In one group, equal partition numbers of all these topics go to one member. */
  readonly topics: readonly string[];
  /**
   * Asked at every (re)assignment before anything is delivered: where to start in each assigned partition.
   * A partition left out starts at its committed offset, or else at its low watermark.
   */
  readonly onAssigned?: (assigned: readonly AssignedPartition[]) => Promise<readonly PartitionOffset[]>;
  /** Called before partitions are taken away; offsets may still be committed inside. */
  readonly onRevoked?: (revoked: readonly TopicPartition[]) => Promise<void>;
  /** One call at a time for the whole subscription; the next batch waits until it resolves. A throw stops delivery and goes to onError. */
  readonly onBatch: (batch: RecordBatch) => Promise<void>;
  /** The subscription cannot go on (retries are used up, or onBatch threw). */
  readonly onError?: (error: unknown) => void;
  /** Upper bound of records in one batch. Default 2000. */
  readonly maxBatchRecords?: number;
}

export interface Subscription {
  /** Resolves once the offsets are durable. Not available without a group. */
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
  /** Stops delivery of these partitions until resumed; others go on. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Stops delivery, waits for a running onBatch, leaves the group. */
  close(): Promise<void>;
}

export interface EventLog {
  readonly kind: 'embedded' | 'kafka';
  /** Identity of this log; changes when the log is created anew (offsets then mean something else). */
  epoch(): Promise<string>;
  /** Creates the topics that are missing; never changes or deletes one. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /**
   * Appends in order per partition, one durable write per call. Batch: never call it once per record.
   * @throws NowcastError TOPIC_UNKNOWN, STORAGE_FULL, LOG_UNAVAILABLE (retriable), LOG_CLOSED
   */
  append(topic: string, records: readonly AppendRecord[]): Promise<AppendResult[]>;
  watermarks(topic: string): Promise<Watermark[]>;
  /** Per partition: the first offset whose timestamp is at or after the given one, or the high watermark. */
  offsetsAt(topic: string, timestampMs: number): Promise<PartitionOffset[]>;
  /**
   * Reads one partition from an offset up to (not including) `toOffset`, by default the high watermark of the
   * moment of the call, then ends. Starting below the low watermark starts at the low watermark.
   */
  read(topic: string, partition: number, fromOffset: number, toOffset?: number): AsyncIterable<RecordBatch>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Deletes what retention and compaction allow; Kafka does this by itself, there it is a no-op. */
  maintain(nowMs: number): Promise<{ deletedRecords: number }>;
  close(): Promise<void>;
}
