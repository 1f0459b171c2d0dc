import { NowcastError, messageOf } from '../../contracts/errors.js';
import type {
  AssignedPartition,
  PartitionOffset,
  RecordBatch,
  SubscribeOptions,
  Subscription,
  TopicPartition,
} from '../event-log.js';
import { commitOffsets, committedOffset } from './committed-offsets.js';
import type { LogEnvironment } from './environment.js';
import { GroupCoordinator } from './group-coordinator.js';
import type { GroupLeases } from './group-lease.js';
import { GroupMember, type MemberSource } from './group-member.js';
import { readHead, type LogWriter } from './log-writer.js';
import { readRecords } from './partition-reader.js';
import type { TopicCatalog } from './topic-catalog.js';

/** Other processes' appends are noticed by looking this often. */
const POLL_MS = 200;

/** All subscriptions of one open log. */
export class Subscriptions {
  private readonly active = new Map<GroupMember, () => Promise<void>>();
  private readonly coordinators = new Map<string, GroupCoordinator>();
  private poll: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(
    private readonly environment: LogEnvironment,
    private readonly writer: LogWriter,
    private readonly catalog: TopicCatalog,
    private readonly leases: GroupLeases,
  ) {}

  async open(options: SubscribeOptions): Promise<Subscription> {
    const { group } = options;
    const topics = [...new Set(options.topics)];
    for (const topic of topics) this.catalog.get(topic);
    if (group !== null && !this.coordinators.has(group)) await this.leases.acquire(group);
    if (this.closed) throw new NowcastError('LOG_CLOSED', `the log in ${this.environment.dir} is closed`);
    const coordinator = this.coordinatorOf(group);
    const member: GroupMember = new GroupMember({ ...options, topics }, this.sourceFor(group), (error) => {
      report(options, error);
      // Not awaited: the member's loop, which calls this, must end before it can be taken out.
      close().catch((failure: unknown) => report(options, failure));
    });
    const close = this.closer(member, group, coordinator);
    this.active.set(member, close);
    this.poll ??= setInterval(() => this.wakeBehind(), POLL_MS);
    await coordinator.join(member);
    return {
      commit: (offsets) => this.commit(member, group, offsets),
      pause: (partitions) => member.pause(partitions),
      resume: (partitions) => member.resume(partitions),
      close,
    };
  }

  /** Something was appended by this process. */
  wakeAll(): void {
    for (const member of this.active.keys()) member.wake();
  }

  async closeAll(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.active.values()].map((close) => close()));
  }

  private wakeBehind(): void {
    for (const member of this.active.keys()) member.wakeIfBehind();
  }

  private coordinatorOf(group: string | null): GroupCoordinator {
    const existing = group === null ? undefined : this.coordinators.get(group);
    if (existing !== undefined) return existing;
    const coordinator = new GroupCoordinator((topic) => this.catalog.get(topic).partitionIds.length);
    if (group !== null) this.coordinators.set(group, coordinator);
    return coordinator;
  }

  private closer(
    member: GroupMember,
    group: string | null,
    coordinator: GroupCoordinator,
  ): () => Promise<void> {
    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      await coordinator.leave(member);
      this.active.delete(member);
      if (this.active.size === 0 && this.poll !== null) {
        clearInterval(this.poll);
        this.poll = null;
      }
      if (group !== null && coordinator.isEmpty && this.coordinators.get(group) === coordinator) {
        this.coordinators.delete(group);
        await this.leases.release(group);
      }
    };
    return () => (closing ??= close());
  }

  private async commit(
    member: GroupMember,
    group: string | null,
    offsets: readonly PartitionOffset[],
  ): Promise<void> {
    if (group === null)
      throw new NowcastError('USAGE', 'a subscription without a group cannot commit offsets');
    for (const partition of offsets) {
      if (member.owns(partition)) continue;
      throw new NowcastError(
        'USAGE',
        `group "${group}" cannot commit ${partition.topic}/${partition.partition}: it is not assigned to this member any more`,
      );
    }
    await commitOffsets(this.writer, group, offsets);
  }

  private sourceFor(group: string | null): MemberSource {
    const idOf = ({ topic, partition }: TopicPartition): number => this.catalog.partitionId(topic, partition);
    return {
      highWatermark: (partition) => readHead(this.environment, idOf(partition)).high,
      describe: (each): AssignedPartition => {
        const { low, high } = readHead(this.environment, idOf(each));
        const committed = group === null ? null : committedOffset(this.environment, group, each);
        return { topic: each.topic, partition: each.partition, low, high, committed };
      },
      readBatch: (each, fromOffset, maxRecords) => this.readBatch(each, idOf(each), fromOffset, maxRecords),
    };
  }

  private readBatch(
    { topic, partition }: TopicPartition,
    partitionId: number,
    fromOffset: number,
    maxRecords: number,
  ): RecordBatch | null {
    const { low, high } = readHead(this.environment, partitionId);
    const records = readRecords(this.environment, partitionId, Math.max(fromOffset, low), high, maxRecords);
    return records.length === 0 ? null : { topic, partition, records, highWatermark: high };
  }
}

function report(options: SubscribeOptions, error: unknown): void {
  if (options.onError !== undefined) options.onError(error);
  else process.emitWarning(`a subscription to ${options.topics.join(', ')} stopped: ${messageOf(error)}`);
}
