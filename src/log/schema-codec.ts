import type { TopicName, TopicRecords } from '../contracts/records.js';

/** The outcome of decoding one record: the value, or why it is none. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: 'RECORD_UNDECODABLE' | 'SCHEMA_UNKNOWN' | 'RECORD_INVALID';
      readonly message: string;
    };

/**
 * Frames values as Confluent JSON Schema records: byte 0, four bytes of schema id (big endian), UTF-8 JSON.
 * Two drivers: ids from a schema registry, or from a local file. The bytes differ in nothing but the id.
 * Encoding and decoding are synchronous, so that a batch costs no promise per record; ids are fetched in `prepare`.
 */
export interface SchemaCodec {
  /** Registers the topics' schemas (subject `<topic>-value`) and learns their ids. Call once before encode. */
  register(topics: readonly TopicName[]): Promise<void>;
  /** Learns the schema ids that a batch mentions; single-flight. Unknown ids stay unknown: decode reports them. */
  prepare(values: readonly (Uint8Array | null)[]): Promise<void>;
  /** @throws NowcastError RECORD_INVALID naming topic, field and value when it breaks the topic's schema */
  encode<T extends TopicName>(topic: T, value: TopicRecords[T]): Uint8Array;
  /** Never throws. Validates against the topic's schema. */
  decode<T extends TopicName>(topic: T, value: Uint8Array | null): Decoded<TopicRecords[T]>;
}
