import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AssignedPartition,
  PartitionOffset,
  RecordBatch,
  SubscribeOptions,
  TopicPartition,
} from '../event-log.js';

const DEFAULT_BATCH_RECORDS = 2000;
/** A subscription whose callbacks never wait would starve timers and sockets; it lets them in this often. */
const MAX_TURN_MS = 10;

/** What a member reads its partitions from. */
export interface MemberSource {
  /** Watermarks and the committed offset of a partition. */
  describe(partition: TopicPartition): AssignedPartition;
  highWatermark(partition: TopicPartition): number;
  /** The next records from an offset, null when there are none below the high watermark. */
  readBatch(partition: TopicPartition, fromOffset: number, maxRecords: number): RecordBatch | null;
}

interface OwnedPartition extends TopicPartition {
  position: number;
}

/**
 * One member's delivery: a single loop that hands out one batch at a time, taking its partitions in turn.
 * The loop belongs to an assignment: it starts with onAssigned and ends before onRevoked.
 */
export class GroupMember {
  private owned = new Map<string, OwnedPartition>();
  private readonly paused = new Set<string>();
  private loop: Promise<void> = Promise.resolve();
  private stopping = false;
  private wakeUp: () => void = () => undefined;
  private awake = false;
  private nextTurnAtMs = 0;
  failed = false;

  constructor(
    private readonly options: SubscribeOptions,
    private readonly source: MemberSource,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  get topics(): readonly string[] {
    return this.options.topics;
  }

  owns(partition: TopicPartition): boolean {
    return this.owned.has(idOf(partition));
  }

  ownedPartitions(): TopicPartition[] {
    return [...this.owned.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Starts delivering these partitions; the previous assignment must have been revoked. */
  assign(partitions: readonly TopicPartition[]): void {
    this.stopping = false;
    this.owned = new Map(partitions.map((each) => [idOf(each), { ...each, position: 0 }]));
    this.loop = this.run().catch((error: unknown) => this.fail(error));
  }

  /** Ends delivery, waits for the running callback, and tells the subscriber what it loses. */
  async revoke(): Promise<void> {
    await this.stop();
    const revoked = this.ownedPartitions();
    if (revoked.length > 0 && !this.failed) {
      try {
        await this.options.onRevoked?.(revoked);
      } catch (error) {
        this.fail(error);
      }
    }
    this.owned.clear();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.paused.add(idOf(partition));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.paused.delete(idOf(partition));
    this.wake();
  }

  /** Something may have been appended. */
  wake(): void {
    this.awake = true;
    this.wakeUp();
  }

  /** Wakes the loop if any owned partition has records beyond its position. */
  wakeIfBehind(): void {
    const behind = [...this.owned.values()].some(
      (owned) => this.source.highWatermark(owned) > owned.position,
    );
    if (behind) this.wake();
  }

  private async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    // Lets the caller of subscribe have its subscription before the first callback.
    await nextTurn();
    await this.settlePositions();
    this.nextTurnAtMs = performance.now() + MAX_TURN_MS;
    while (!this.stopping) {
      this.awake = false;
      if (!(await this.deliverRound())) await this.sleep();
    }
  }

  private async settlePositions(): Promise<void> {
    const assigned = [...this.owned.values()].map((owned) => this.source.describe(owned));
    for (const { topic, partition, committed, low } of assigned) {
      this.seek({ topic, partition, offset: committed?.offset ?? low });
    }
    const starts = (await this.options.onAssigned?.(assigned)) ?? [];
    for (const start of starts) this.seek(start);
  }

  private seek({ topic, partition, offset }: PartitionOffset): void {
    const owned = this.owned.get(idOf({ topic, partition }));
    if (owned !== undefined) owned.position = offset;
  }

  /** One batch of each partition that has any; true when at least one was delivered. */
  private async deliverRound(): Promise<boolean> {
    let delivered = false;
    for (const owned of [...this.owned.values()]) {
      if (this.stopping) break;
      if (this.paused.has(idOf(owned))) continue;
      const batch = this.source.readBatch(
        owned,
        owned.position,
        this.options.maxBatchRecords ?? DEFAULT_BATCH_RECORDS,
      );
      if (batch === null) continue;
      await this.options.onBatch(batch);
      owned.position = (batch.records.at(-1)?.offset ?? owned.position) + 1;
      delivered = true;
      await this.letOthersIn();
    }
    return delivered;
  }

  private async letOthersIn(): Promise<void> {
    if (performance.now() < this.nextTurnAtMs) return;
    await nextTurn();
    this.nextTurnAtMs = performance.now() + MAX_TURN_MS;
  }

  private async sleep(): Promise<void> {
    if (this.awake) return;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
    });
    this.nextTurnAtMs = performance.now() + MAX_TURN_MS;
  }

  private fail(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.stopping = true;
    this.onFailed(error);
  }
}

function idOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
