import { NowcastError } from '../../src/contracts/errors.js';
import type { TopicName, TopicRecords } from '../../src/contracts/records.js';
import type {
  AppendRecord,
  AppendResult,
  EventLog,
  LogRecord,
  RecordBatch,
} from '../../src/log/event-log.js';
import type { Decoded, SchemaCodec } from '../../src/log/schema-codec.js';

/** One partition a topic, in memory: enough of the port for a publisher. */
export class MemoryLog implements EventLog {
  readonly kind = 'embedded' as const;
  readonly topics = new Map<string, LogRecord[]>();
  /** Appends that still succeed; after them the log fails. */
  appendsLeft = Infinity;
  appends = 0;

  records(topic: string): LogRecord[] {
    let records = this.topics.get(topic);
    if (records === undefined) this.topics.set(topic, (records = []));
    return records;
  }

  append(topic: string, records: readonly AppendRecord[]): Promise<AppendResult[]> {
    if (this.appendsLeft-- <= 0)
      return Promise.reject(new NowcastError('LOG_UNAVAILABLE', 'no log', { retriable: true }));
    this.appends++;
    const log = this.records(topic);
    const firstOffset = log.length;
    for (const { key, value, timestampMs, headers = {} } of records) {
      log.push({ offset: log.length, key, value, timestampMs, headers });
    }
    return Promise.resolve([{ topic, partition: 0, firstOffset, lastOffset: log.length - 1 }]);
  }

  offsetsAt(topic: string, timestampMs: number) {
    const log = this.records(topic);
    const first = log.findIndex((record) => record.timestampMs >= timestampMs);
    return Promise.resolve([{ topic, partition: 0, offset: first < 0 ? log.length : first }]);
  }

  async *read(topic: string, partition: number, fromOffset: number): AsyncIterable<RecordBatch> {
    const log = this.records(topic);
    for (let from = fromOffset; from < log.length; from += 500) {
      yield await Promise.resolve({
        topic,
        partition,
        records: log.slice(from, from + 500),
        highWatermark: log.length,
      });
    }
  }

  epoch = () => Promise.resolve('memory');
  ensureTopics = () => Promise.resolve();
  watermarks = (topic: string) =>
    Promise.resolve([{ topic, partition: 0, low: 0, high: this.records(topic).length }]);
  subscribe = () => Promise.reject(new Error('not in memory'));
  maintain = () => Promise.resolve({ deletedRecords: 0 });
  close = () => Promise.resolve();
}

/** JSON without framing or validation. */
export class JsonCodec implements SchemaCodec {
  register = () => Promise.resolve();
  prepare = () => Promise.resolve();

  encode<T extends TopicName>(_topic: T, value: TopicRecords[T]): Uint8Array {
    return Buffer.from(JSON.stringify(value));
  }

  decode<T extends TopicName>(_topic: T, value: Uint8Array | null): Decoded<TopicRecords[T]> {
    try {
      return { ok: true, value: JSON.parse(Buffer.from(value ?? []).toString()) as TopicRecords[T] };
    } catch {
      return { ok: false, code: 'RECORD_UNDECODABLE', message: 'not JSON' };
    }
  }
}

/** The decoded records of a topic, in the order of the log. */
export function decoded<T extends TopicName>(log: MemoryLog, topic: T): TopicRecords[T][] {
  return log
    .records(topic)
    .map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as TopicRecords[T]);
}
