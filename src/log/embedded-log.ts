import { NowcastError } from '../contracts/errors.js';
import { appendRecords } from './embedded/append.js';
import { openEnvironment, type LogEnvironment } from './embedded/environment.js';
import { GroupLeases } from './embedded/group-lease.js';
import { LogWriter, readHead } from './embedded/log-writer.js';
import { maintainTopic } from './embedded/maintenance.js';
import { offsetAtTime, readRecords } from './embedded/partition-reader.js';
import { storageError } from './embedded/storage-errors.js';
import { Subscriptions } from './embedded/subscriptions.js';
import { TopicCatalog } from './embedded/topic-catalog.js';
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

const READ_BATCH_RECORDS = 2000;

export interface EmbeddedLogOptions {
  /** Folder of the LMDB files; created when missing. */
  readonly dir: string;
  /** Wall clock in epoch milliseconds, for topics with message.timestamp.type=LogAppendTime. Default Date.now. */
  readonly now?: () => number;
  /** Free bytes of the disk; writes are refused in time instead of failing half-way. Default: asks the file system. */
  readonly freeBytes?: () => number;
}

/**
 * Opens the embedded log: durable, in one folder, no server. Several processes may open it at once; the members of one
 * consumer group must be in one process (LOG_LOCKED otherwise).
 * @throws NowcastError STORAGE_FAILED, STORAGE_FULL
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EventLog> {
  return new EmbeddedLog(await openEnvironment(options.dir), options);
}

class EmbeddedLog implements EventLog {
  readonly kind = 'embedded';
  private readonly writer: LogWriter;
  private readonly catalog: TopicCatalog;
  private readonly leases: GroupLeases;
  private readonly subscriptions: Subscriptions;
  private readonly now: () => number;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly environment: LogEnvironment,
    options: EmbeddedLogOptions,
  ) {
    this.now = options.now ?? Date.now;
    this.writer = new LogWriter(environment, options.freeBytes, () => this.subscriptions.wakeAll());
    this.catalog = new TopicCatalog(environment, this.writer);
    this.leases = new GroupLeases(environment, this.writer);
    this.subscriptions = new Subscriptions(environment, this.writer, this.catalog, this.leases);
  }

  async epoch(): Promise<string> {
    this.assertOpen();
    return this.environment.meta.get('epoch') as string;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.assertOpen();
    await this.catalog.ensure(specs);
  }

  async append(topic: string, records: readonly AppendRecord[]): Promise<AppendResult[]> {
    this.assertOpen();
    return appendRecords(this.writer, this.catalog.get(topic), records, this.now);
  }

  async watermarks(topic: string): Promise<Watermark[]> {
    this.assertOpen();
    return this.catalog.get(topic).partitionIds.map((id, partition) => {
      const { low, high } = this.reading(() => readHead(this.environment, id));
      return { topic, partition, low, high };
    });
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<PartitionOffset[]> {
    this.assertOpen();
    return this.catalog.get(topic).partitionIds.map((id, partition) => ({
      topic,
      partition,
      offset: this.reading(() => offsetAtTime(this.environment, id, timestampMs)),
    }));
  }

  async *read(
    topic: string,
    partition: number,
    fromOffset: number,
    toOffset?: number,
  ): AsyncIterable<RecordBatch> {
    this.assertOpen();
    const id = this.catalog.partitionId(topic, partition);
    const end = Math.min(toOffset ?? Infinity, readHead(this.environment, id).high);
    for (let next = fromOffset; next < end;) {
      this.assertOpen();
      const { low, high } = readHead(this.environment, id);
      const from = Math.max(next, low);
      const records = this.reading(() => readRecords(this.environment, id, from, end, READ_BATCH_RECORDS));
      const last = records.at(-1);
      if (last === undefined) return;
      yield { topic, partition, records, highWatermark: high };
      next = last.offset + 1;
    }
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    this.assertOpen();
    return this.subscriptions.open(options);
  }

  async maintain(nowMs: number): Promise<{ deletedRecords: number }> {
    this.assertOpen();
    let deletedRecords = 0;
    for (const topic of this.catalog.all()) {
      deletedRecords += await maintainTopic(this.environment, this.writer, topic, nowMs);
    }
    return { deletedRecords };
  }

  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    await this.subscriptions.closeAll();
    await this.writer.close();
    this.leases.close();
    await this.environment.root.close();
  }

  private assertOpen(): void {
    if (this.closing !== null) {
      throw new NowcastError('LOG_CLOSED', `the log in ${this.environment.dir} is closed`);
    }
  }

  private reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storageError(error, this.environment.dir);
    }
  }
}
