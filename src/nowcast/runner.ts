import { performance } from 'node:perf_hooks';
import type { ScoringRules } from '../accuracy/settings.js';
import type { ZoneProfiles } from '../config/zone-profiles.js';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type {
  AssignedPartition,
  EventLog,
  PartitionOffset,
  RecordBatch,
  Subscription,
} from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ActiveModels } from '../model/active-models.js';
import type { Logger } from '../ops/logger.js';
import type { Metrics } from '../ops/metrics.js';
import { retryForever } from '../ops/retry.js';
import { DeadLetterBox } from './dead-letter-box.js';
import { INPUT_TOPICS, isInputTopic } from './decode-input.js';
import { Flusher } from './flusher.js';
import { decodeBatch } from './intake.js';
import { Lanes, type LanePosition } from './lanes.js';
import { OffsetCommitter } from './offset-committer.js';
import { partitionKey, planRestore } from './restore.js';
import { RowBufferPool, WorkBatch } from './work-batch.js';
import { type QuantilesOf, ZoneBook } from './zone-book.js';

/** A flush is cut at this many feature rows or events, whichever comes first: bounds memory and latency. */
const MAX_ROWS = 32_768;
const MAX_EVENTS = 20_000;
const CLOSE_WITHIN_MS = 10_000;
const GROUP = 'nowcast-stream';

export interface RunnerOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly models: ActiveModels;
  readonly profiles: ZoneProfiles;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly scoring: ScoringRules;
  /** By default none. */
  readonly quantilesOf?: QuantilesOf;
  readonly now: () => number;
  /** For a group that never ran: emit only for inputs available from then on. Absent: from the first input. */
  readonly emitSinceMs?: number;
  /** Check for late data this often (by the wall clock); absent in a replay, whose time is that of its events. */
  readonly tickEveryMs?: number;
  /** Begin on hold: read, rebuild and queue, but work nothing off until `release`. */
  readonly held?: boolean;
  readonly onState: (ok: boolean, detail: string) => void;
  readonly onFatal: (error: unknown) => void;
}

/**
 * The streaming consumer: reads the input topics, drives the pure core, answers with models, emits. One flush is under
 * way while the next is being prepared, so that writing (disk, broker) and computing (this thread) overlap.
 * Order of durability: outputs, then the nowcasts, then the offsets; what that may repeat is recognised at the start.
 */
export class NowcastRunner {
  private readonly lanes: Lanes;
  private readonly book: ZoneBook;
  private readonly flusher: Flusher;
  private readonly deadLetters: DeadLetterBox;
  private readonly committer: OffsetCommitter;
  private readonly pool = new RowBufferPool();
  private readonly stopping = new AbortController();
  private subscription: Subscription | undefined;
  private emitFrom: ReadonlyMap<string, number> = new Map();
  private done: readonly LanePosition[] = [];
  private pumping: Promise<void> | null = null;
  private flushing: Promise<void> = Promise.resolve();
  private again = false;
  private tickDue = false;
  private held: boolean;
  private ticker: NodeJS.Timeout | undefined;

  constructor(private readonly options: RunnerOptions) {
    this.held = options.held ?? false;
    this.lanes = new Lanes(options.log);
    this.book = new ZoneBook(options.profiles, options.scoring, options.quantilesOf);
    const retry = <T>(action: () => Promise<T>) => this.retry(action);
    this.flusher = new Flusher({ ...options, book: this.book, retry });
    this.deadLetters = new DeadLetterBox({ ...options, retry });
    this.committer = new OffsetCommitter(() => this.subscription, retry, options.logger);
  }

  async start(): Promise<void> {
    const { log, tickEveryMs } = this.options;
    this.subscription = await log.subscribe({
      group: GROUP,
      topics: INPUT_TOPICS,
      onAssigned: (assigned) => this.restore(assigned),
      onRevoked: () => this.settle(),
      onBatch: (batch) => this.take(batch),
      onError: (error) => {
        this.fail(error);
      },
    });
    if (tickEveryMs !== undefined) {
      this.ticker = setInterval(() => {
        this.tickDue = true;
        this.pump();
      }, tickEveryMs);
    }
    this.options.onState(true, 'following the input topics');
  }

  /** True once everything below these offsets of the input topics has been worked off and its outputs are durable. */
  hasReached(targets: readonly PartitionOffset[]): boolean {
    const done = new Map(this.done.map((position) => [partitionKey(position), position.offset]));
    return targets
      .filter(({ topic }) => isInputTopic(topic))
      .every((target) => (done.get(partitionKey(target)) ?? 0) >= target.offset);
  }

  /**
   * Stops working off; reading goes on. Resolves when nothing is being worked off. Between hold and release a publisher
   * can append to several topics, and the stream meets all of it at once, in event time.
   */
  async hold(): Promise<void> {
    this.held = true;
    await this.pumping;
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    this.pump();
  }

  /** Works off what has been read, commits, leaves the group. */
  async close(): Promise<void> {
    clearInterval(this.ticker);
    // A sink that is away must not keep the process from ending.
    const deadline = setTimeout(() => {
      this.stopping.abort();
    }, CLOSE_WITHIN_MS);
    await this.settle();
    clearTimeout(deadline);
    this.stopping.abort();
    await this.subscription?.close();
  }

  private async restore(assigned: readonly AssignedPartition[]): Promise<readonly PartitionOffset[]> {
    const { log, codec, logger } = this.options;
    await this.pumping;
    await this.flushing;
    const plan = await planRestore(log, codec, assigned, this.options);
    this.book.reset(plan.tail);
    this.lanes.reset(plan.starts);
    this.flusher.reset(plan);
    this.emitFrom = plan.emitFrom;
    this.done = this.lanes.positions();
    const replayed = plan.starts.reduce(
      (sum, at) => sum + (plan.emitFrom.get(partitionKey(at)) ?? 0) - at.offset,
      0,
    );
    logger.info(
      { partitions: assigned.length, replayed },
      'partitions assigned; rebuilding state from the log',
    );
    return plan.starts;
  }

  private async take(batch: RecordBatch): Promise<void> {
    const { topic, partition, records, highWatermark } = batch;
    const last = records.at(-1);
    if (!isInputTopic(topic) || last === undefined) return;
    const { codec, metrics, now } = this.options;
    metrics.eventsTotal.inc({ topic }, records.length);
    metrics.consumerLag.set({ topic, partition: String(partition) }, highWatermark - last.offset - 1);
    const emitFrom = this.emitFrom.get(partitionKey(batch)) ?? 0;
    const clock = { nowMs: now(), receivedAtMs: performance.now() };
    // A registry that is away for a moment must not end the stream.
    const { envelopes, deadLetters } = await this.retry(() =>
      decodeBatch(codec, topic, batch, emitFrom, clock),
    );
    if (deadLetters.length > 0) await this.deadLetters.put(deadLetters);
    this.lanes.push(topic, partition, envelopes, last.offset + 1);
    this.lanes.balance(this.subscription);
    this.pump();
  }

  /** Starts working off, or makes the run under way go round once more. */
  private pump(): void {
    this.again = true;
    if (this.pumping !== null || this.held || this.stopping.signal.aborted) return;
    this.pumping = this.workOff()
      .catch((error: unknown) => {
        this.fail(error);
      })
      .finally(() => {
        this.pumping = null;
        if (this.again && !this.held && !this.stopping.signal.aborted) this.pump();
      });
  }

  private async workOff(): Promise<void> {
    while (this.again && !this.held && !this.stopping.signal.aborted) {
      this.again = false;
      await this.retry(() => this.lanes.refreshFences());
      const batch = new WorkBatch(this.pool);
      if (this.fill(batch)) this.again = true;
      const positions = this.lanes.positions();
      await this.flushing;
      this.flushing = this.flush(batch, positions);
      this.flushing.catch((error: unknown) => {
        this.fail(error);
      });
      this.lanes.balance(this.subscription);
    }
    await this.flushing;
  }

  /** @returns true when the batch is full and more may be queued */
  private fill(batch: WorkBatch): boolean {
    let events = 0;
    for (; events < MAX_EVENTS && batch.rows < MAX_ROWS; events++) {
      const envelope = this.lanes.pop();
      if (envelope === null) break;
      const refused = this.book.apply(envelope, batch);
      if (refused !== null && envelope.emit) batch.refused.push({ envelope, message: refused });
    }
    const isFull = events >= MAX_EVENTS || batch.rows >= MAX_ROWS;
    if (this.tickDue && !isFull) {
      this.tickDue = false;
      this.book.tick(this.options.now(), performance.now(), batch);
      batch.alerts.push(...this.flusher.ages(this.options.now()));
    }
    return isFull;
  }

  private async flush(batch: WorkBatch, positions: readonly LanePosition[]): Promise<void> {
    if (batch.refused.length > 0) await this.deadLetters.putRefused(batch.refused, this.options.now());
    if (!batch.isEmpty) await this.flusher.flush(batch);
    batch.release();
    await this.options.models.releaseRetired();
    this.done = positions;
    this.committer.note(this.readyToCommit(), this.flusher.nowcastsEnd);
    await this.committer.commitIfDue();
  }

  /** Positions below emitFrom belong to state that is still being rebuilt: the group stands further on already. */
  private readyToCommit(): LanePosition[] {
    return this.done.filter((at) => at.offset >= (this.emitFrom.get(partitionKey(at)) ?? 0));
  }

  /** Everything read so far is worked off and committed. */
  private async settle(): Promise<void> {
    await this.pumping;
    await this.flushing;
    // Tried once: what is not committed is recognised when it is read again.
    await this.committer.commitOnce();
  }

  private retry<T>(action: () => Promise<T>): Promise<T> {
    const { onState, logger } = this.options;
    let failed = false;
    return retryForever(action, {
      signal: this.stopping.signal,
      onRetry: (error, delayMs) => {
        failed = true;
        const detail = `${messageOf(error)}; trying again in ${delayMs} ms`;
        onState(false, detail);
        logger.warn({ code: error instanceof NowcastError ? error.code : 'INTERNAL' }, detail);
      },
    }).then((result) => {
      if (failed) onState(true, 'working again');
      return result;
    });
  }

  private fail(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    this.options.onState(false, messageOf(error));
    this.options.onFatal(error);
  }
}
