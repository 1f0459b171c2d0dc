import type { KafkaMessage, Message } from 'kafkajs';
import type { AppendRecord, LogRecord } from './event-log.js';
import type { FetchedMessage } from './kafka-internals.js';

/** A record as kafkajs sends it; the value's bytes are shared, not copied. */
export function toMessage(record: AppendRecord, partition: number): Message {
  const { value } = record;
  return {
    key: record.key,
    value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    timestamp: String(record.timestampMs),
    partition,
    ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
  };
}

/** A record as kafkajs fetched it; a missing key is the empty key. */
export function toLogRecord(message: KafkaMessage | FetchedMessage): LogRecord {
  return {
    offset: Number(message.offset),
    key: message.key === null ? '' : message.key.toString('utf8'),
    value: message.value,
    timestampMs: Number(message.timestamp),
    headers: toHeaders(message.headers),
  };
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** Header values as text; of a header given more than once the last one counts. */
function toHeaders(
  headers: FetchedMessage['headers'] | KafkaMessage['headers'],
): Readonly<Record<string, string>> {
  if (headers === undefined) return NO_HEADERS;
  const texts: Record<string, string> = {};
  let any = false;
  for (const name in headers) {
    const given = headers[name];
    const value = Array.isArray(given) ? (given as readonly (Buffer | string)[]).at(-1) : given;
    if (value === undefined) continue;
    texts[name] = value.toString();
    any = true;
  }
  return any ? texts : NO_HEADERS;
}
