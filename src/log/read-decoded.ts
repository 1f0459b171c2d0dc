import type { TopicName, TopicRecords } from '../contracts/records.js';
import type { EventLog } from './event-log.js';
import type { Decoded, SchemaCodec } from './schema-codec.js';

export interface DecodedRecord<T> {
  readonly key: string;
  readonly decoded: Decoded<T>;
}

/**
 * Reads what a topic holds at this moment, batch by batch, partition by partition in rising offset.
 * @param lastRecords only so many of each partition, by offset; all by default
 */
export async function* readDecoded<T extends TopicName>(
  log: EventLog,
  codec: SchemaCodec,
  topic: T,
  lastRecords = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly DecodedRecord<TopicRecords[T]>[]> {
  for (const { partition, low, high } of await log.watermarks(topic)) {
    for await (const { records } of log.read(topic, partition, Math.max(low, high - lastRecords), high)) {
      await codec.prepare(records.map(({ value }) => value));
      yield records.map(({ key, value }) => ({ key, decoded: codec.decode(topic, value) }));
    }
  }
}
