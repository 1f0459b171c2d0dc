import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import type {
  AppendRecord,
  AssignedPartition,
  EventLog,
  LogRecord,
  RecordBatch,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '../../../src/log/event-log.js';

/** 2024-01-01T00:00:00Z: an instant that every broker accepts. */
export const BASE_TIME_MS = 1_704_067_200_000;

/** What the contract's tests share: the log, fresh topics, waiting, collecting. */
export class ContractBench {
  constructor(
    private readonly currentLog: () => EventLog,
    readonly waitMs: number,
  ) {}

  get log(): EventLog {
    return this.currentLog();
  }

  /** A name that no other test or run uses. */
  uniqueName(kind: string): string {
    return `contract-${kind}-${randomUUID()}`;
  }

  /** Creates a topic of its own for the calling test and returns its name. */
  async topic(
    partitions: number,
    config: Readonly<Record<string, string>> = {},
    log: EventLog = this.log,
  ): Promise<string> {
    const spec = this.spec(this.uniqueName('topic'), partitions, config);
    await log.ensureTopics([spec]);
    return spec.name;
  }

  spec(name: string, partitions: number, config: Readonly<Record<string, string>> = {}): TopicSpec {
    return {
      name,
      key: 'anything',
      valueSchema: 'demand-observed',
      partitions,
      replicationFactor: 1,
      config: { 'cleanup.policy': 'delete', 'retention.ms': '-1', ...config },
    };
  }

  async waitFor(condition: () => void | Promise<void>): Promise<void> {
    await vi.waitFor(condition, { timeout: this.waitMs, interval: 20 });
  }

  /** Every record that one partition holds now. */
  async readAll(topic: string, partition: number, log: EventLog = this.log): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const batch of log.read(topic, partition, 0)) records.push(...batch.records);
    return records;
  }

  /** Low watermarks by partition number. */
  async lows(topic: string): Promise<number[]> {
    const marks = await this.log.watermarks(topic);
    return [...marks].sort((a, b) => a.partition - b.partition).map((mark) => mark.low);
  }
}

/** A record whose value is the text, for partition 0 unless said. */
export function textRecord(text: string, overrides: Partial<AppendRecord> = {}): AppendRecord {
  return { key: text, value: Buffer.from(text), timestampMs: BASE_TIME_MS, partition: 0, ...overrides };
}

export function textRecords(
  prefix: string,
  count: number,
  overrides: Partial<AppendRecord> = {},
): AppendRecord[] {
  return Array.from({ length: count }, (_, at) =>
    textRecord(`${prefix}${at}`, { timestampMs: BASE_TIME_MS + at, ...overrides }),
  );
}

/** The value of a record as text; null for a tombstone. */
export function textOf(record: LogRecord): string | null {
  return record.value === null ? null : Buffer.from(record.value).toString('utf8');
}

export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly record: LogRecord;
}

/** Keeps what a subscription is told and given. */
export class Collector {
  readonly deliveries: Delivery[] = [];
  readonly batches: RecordBatch[] = [];
  readonly assignments: (readonly AssignedPartition[])[] = [];
  readonly errors: unknown[] = [];

  readonly onBatch = async (batch: RecordBatch): Promise<void> => {
    this.batches.push(batch);
    for (const record of batch.records) {
      this.deliveries.push({ topic: batch.topic, partition: batch.partition, record });
    }
  };

  /** Notes the assignment and starts where the group is. */
  readonly onAssigned = async (assigned: readonly AssignedPartition[]) => {
    this.assignments.push(assigned);
    return [];
  };

  readonly onError = (error: unknown): void => {
    this.errors.push(error);
  };

  texts(partition?: number): (string | null)[] {
    return this.deliveries
      .filter((delivery) => partition === undefined || delivery.partition === partition)
      .map((delivery) => textOf(delivery.record));
  }

  /** `topic/partition` of the latest assignment, sorted. */
  assignedNow(): string[] {
    return (this.assignments.at(-1) ?? []).map(({ topic, partition }) => `${topic}/${partition}`).sort();
  }

  /** Subscribes with this collector's callbacks; options win over them. */
  subscribe(
    log: EventLog,
    options: Partial<SubscribeOptions> & Pick<SubscribeOptions, 'group' | 'topics'>,
  ): Promise<Subscription> {
    return log.subscribe({
      onBatch: this.onBatch,
      onAssigned: this.onAssigned,
      onError: this.onError,
      ...options,
    });
  }
}

/** A promise and its resolver, to hold a callback until the test lets it go. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
