import type { TrainingRequest } from '../contracts/records.js';
import type {
  EventLog,
  PartitionOffset,
  RecordBatch,
  Subscription,
  TopicPartition,
} from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';

const GROUP = 'nowcast-train';
const TOPIC = 'training.requests';

export interface RequestIntakeOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  /** Takes requests over; they are answered in `training.runs`, sooner or later. */
  readonly onRequests: (requests: readonly TrainingRequest[]) => Promise<void>;
  /** True while a request that was taken over has not been answered. */
  readonly isOpen: (requestId: string) => boolean;
  readonly onSkipped: (message: string) => void;
  readonly onFatal: (error: unknown) => void;
}

interface Taken {
  readonly id: string;
  readonly offset: number;
}

/**
 * Follows `training.requests` as the one group of all trainers. A request stays uncommitted until it is answered, so
 * that a trainer that ends leaves it to the next one; a long training holds up neither delivery nor a rebalance.
 */
export class RequestIntake {
  private readonly taken = new Map<number, Taken[]>();
  private readonly ends = new Map<number, number>();
  private readonly committed = new Map<number, number>();
  private subscription: Subscription | null = null;

  constructor(private readonly options: RequestIntakeOptions) {}

  async start(): Promise<void> {
    this.subscription = await this.options.log.subscribe({
      group: GROUP,
      topics: [TOPIC],
      onBatch: (batch) => this.take(batch),
      onRevoked: (revoked) => this.giveUp(revoked),
      onError: this.options.onFatal,
    });
  }

  /** Commits as far as everything is answered. Call when a request may have been. */
  async settle(): Promise<void> {
    const offsets: PartitionOffset[] = [];
    for (const [partition, end] of this.ends) {
      const open = (this.taken.get(partition) ?? []).filter(({ id }) => this.options.isOpen(id));
      this.taken.set(partition, open);
      const offset = Math.min(end, ...open.map((one) => one.offset));
      if (offset > (this.committed.get(partition) ?? -1)) offsets.push({ topic: TOPIC, partition, offset });
    }
    if (offsets.length === 0 || this.subscription === null) return;
    await this.subscription.commit(offsets);
    for (const { partition, offset } of offsets) this.committed.set(partition, offset);
  }

  /** Takes nothing more. What is not answered yet stays uncommitted. */
  async close(): Promise<void> {
    await this.subscription?.close();
    this.subscription = null;
  }

  private async take({ partition, records }: RecordBatch): Promise<void> {
    const { codec, onRequests, onSkipped } = this.options;
    await codec.prepare(records.map(({ value }) => value));
    const taken = this.taken.get(partition) ?? [];
    this.taken.set(partition, taken);
    const requests: TrainingRequest[] = [];
    for (const { value, offset } of records) {
      const decoded = codec.decode(TOPIC, value);
      if (decoded.ok) {
        taken.push({ id: decoded.value.id, offset });
        requests.push(decoded.value);
      } else onSkipped(`the training request at offset ${offset} was skipped: ${decoded.message}`);
    }
    await onRequests(requests);
    this.ends.set(partition, (records.at(-1)?.offset ?? -1) + 1);
    await this.settle();
  }

  private async giveUp(revoked: readonly TopicPartition[]): Promise<void> {
    await this.settle();
    for (const { partition } of revoked) {
      this.taken.delete(partition);
      this.ends.delete(partition);
      this.committed.delete(partition);
    }
  }
}
