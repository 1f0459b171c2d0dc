import { NowcastError } from '../contracts/errors.js';
import type {
  AssignedPartition,
  EventLog,
  LogRecord,
  PartitionOffset,
  RecordBatch,
  Subscription,
} from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { applyRecord, FOLLOWED_TOPICS, type FollowedTopic, type ViewBatch } from './apply-record.js';
import { FollowProgress } from './follow-progress.js';
import { ViewState } from './view-state.js';

export interface LiveViewOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  /** Bytes of memory for recent nowcasts, from which a resume is served. Default 64 MiB. */
  readonly ringMaxBytes?: number;
  /** Records read back at the start, per partition; overrides the defaults. */
  readonly tailRecords?: Partial<Record<FollowedTopic, number>>;
  /** Longest wait of `start` for the tail to be read. Default 30 s; the view goes on reading after it. */
  readonly startTimeoutMs?: number;
  /** Told of everything that goes wrong. */
  readonly onError?: (error: unknown) => void;
}

/** Per partition. Enough for the latest nowcast of 10,000 zones, and for every model that is not long retired. */
const DEFAULT_TAIL_RECORDS: Readonly<Record<FollowedTopic, number>> = {
  nowcasts: 20_000,
  'demand.observed': 5_000,
  'demand.forecast': 20_000,
  models: 200,
  accuracy: 20_000,
  alerts: 5_000,
  'training.runs': 2_000,
  'quality.events': 1_000,
  'quality.summaries': 5_000,
};

/** Called synchronously with each batch. A promise holds the next batch back until it resolves. */
export type ViewListener = (batch: ViewBatch) => void | Promise<void>;

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/**
 * Follows the output topics of the log and keeps the latest of everything (`state`). At start it reads a bounded tail,
 * then follows; after a failure of the log it goes on where it stood. Listeners are called synchronously, batch by
 * batch, after the state was updated: who reads the state and then listens misses nothing and sees nothing twice.
 */
export class LiveView {
  readonly state: ViewState;
  readonly progress = new FollowProgress();
  private epochId = '';
  private subscription: Subscription | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;
  private closed = false;
  private undecodableCount = 0;
  private readonly recordCounts = new Map<string, number>();
  private readonly listeners = new Set<ViewListener>();

  constructor(private readonly options: LiveViewOptions) {
    this.state = new ViewState(options.ringMaxBytes ?? 64 * 1024 * 1024);
  }

  /** Identity of the log; a position of another epoch means nothing here. Empty before `start`. */
  get epoch(): string {
    return this.epochId;
  }

  /** Records that could not be decoded so far. */
  get undecodable(): number {
    return this.undecodableCount;
  }

  /** Records read so far, by topic. */
  get records(): ReadonlyMap<string, number> {
    return this.recordCounts;
  }

  /**
   * Subscribes and waits until the tail is read (or `startTimeoutMs`).
   * @throws NowcastError LOG_UNAVAILABLE, TOPIC_UNKNOWN
   */
  async start(): Promise<void> {
    this.epochId = await this.options.log.epoch();
    await this.subscribe();
    await this.progress.caughtUpWithin(this.options.startTimeoutMs ?? 30_000);
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.listeners.clear();
    await this.subscription?.close();
  }

  /** @returns a function that removes the listener */
  onBatch(listener: ViewListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async subscribe(): Promise<void> {
    this.subscription = await this.options.log.subscribe({
      group: null,
      topics: FOLLOWED_TOPICS,
      onAssigned: (assigned) => Promise.resolve(this.startAll(assigned)),
      onBatch: (batch) => this.read(batch),
      onError: (error) => this.retryLater(error),
    });
    this.retryMs = FIRST_RETRY_MS;
  }

  private startAll(assigned: readonly AssignedPartition[]): PartitionOffset[] {
    const starts = assigned.map((partition) => ({ ...partition, offset: this.startOf(partition) }));
    this.progress.assign(
      starts.map(({ topic, partition, offset, high }) => ({ topic, partition, position: offset, end: high })),
    );
    return starts.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
  }

  /** The tail at first, later where it stood (or what retention left of it). */
  private startOf({ topic, partition, low, high }: AssignedPartition): number {
    const known = this.progress.positionOf(topic, partition);
    const offset = Math.max(low, known ?? high - this.tailOf(topic));
    if (topic === 'nowcasts' && offset !== known) this.state.startAt(offset);
    return offset;
  }

  private tailOf(topic: string): number {
    const followed = topic as FollowedTopic;
    return this.options.tailRecords?.[followed] ?? DEFAULT_TAIL_RECORDS[followed];
  }

  private retryLater(error: unknown): void {
    this.options.onError?.(error);
    if (this.closed || this.retryTimer !== null) return;
    const failed = this.subscription;
    this.subscription = null;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null;
      void this.retry(failed);
    }, this.retryMs);
    this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
  }

  private async retry(failed: Subscription | null): Promise<void> {
    try {
      await failed?.close();
      if (!this.closed) await this.subscribe();
    } catch (error) {
      this.retryLater(error);
    }
  }

  private async read(batch: RecordBatch): Promise<void> {
    try {
      await this.options.codec.prepare(batch.records.map((record) => record.value));
    } catch (error) {
      // Unknown ids then fail to decode one by one, which is counted.
      this.options.onError?.(error);
    }
    if (this.closed) return;
    const delta: ViewBatch = { nowcasts: [], demand: [], accuracy: [], models: [] };
    const known = this.progress.positionOf(batch.topic, batch.partition) ?? 0;
    for (const record of batch.records) {
      if (record.offset >= known) this.apply(batch.topic as FollowedTopic, record, delta);
    }
    this.recordCounts.set(batch.topic, (this.recordCounts.get(batch.topic) ?? 0) + batch.records.length);
    const last = batch.records.at(-1);
    if (last !== undefined) {
      this.progress.advance(batch.topic, batch.partition, last.offset + 1, batch.highWatermark);
    }
    await Promise.all([...this.listeners].map((listener) => this.tell(listener, delta)));
  }

  private async tell(listener: ViewListener, delta: ViewBatch): Promise<void> {
    try {
      await listener(delta);
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  private apply(topic: FollowedTopic, record: LogRecord, delta: ViewBatch): void {
    const problem = applyRecord(this.state, this.options.codec, topic, record, delta);
    if (problem === null) return;
    this.undecodableCount += 1;
    if (topic === 'nowcasts') this.state.skipTo(record.offset);
    this.options.onError?.(
      new NowcastError('RECORD_UNDECODABLE', `${topic} offset ${record.offset}: ${problem}`),
    );
  }
}
