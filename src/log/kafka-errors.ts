import { messageOf, NowcastError, type ErrorCode } from '../contracts/errors.js';

/** Kafka's own names of errors that are the record's or the topic's fault, and ours for them. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'TOPIC_UNKNOWN',
  INVALID_TOPIC_EXCEPTION: 'TOPIC_UNKNOWN',
  KAFKA_STORAGE_ERROR: 'STORAGE_FAILED',
  MESSAGE_TOO_LARGE: 'RECORD_INVALID',
  RECORD_LIST_TOO_LARGE: 'RECORD_INVALID',
  INVALID_TIMESTAMP: 'RECORD_INVALID',
  INVALID_RECORD: 'RECORD_INVALID',
};

const HINTS: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: 'raise max.message.bytes of the topic, or send less in one record',
  RECORD_LIST_TOO_LARGE: 'raise max.message.bytes of the topic, or send less in one record',
  INVALID_TIMESTAMP: "the record's time is outside what the topic accepts (message.timestamp.*.max.ms)",
  KAFKA_STORAGE_ERROR: "the broker's disk failed or is full: see the broker's log",
};

/**
 * What went wrong in kafkajs, in the product's terms. Everything that is not known to be the caller's fault counts as
 * LOG_UNAVAILABLE and retriable: at-least-once delivery makes trying again safe.
 */
export function toLogError(
  error: unknown,
  what: string,
  context: Readonly<Record<string, string | number>> = {},
): NowcastError {
  if (error instanceof NowcastError) return error;
  const type = typeOf(error);
  const code = CODES[type] ?? 'LOG_UNAVAILABLE';
  const hint = HINTS[type];
  const message = `${what}: ${messageOf(error)}${hint === undefined ? '' : ` (${hint})`}`;
  return new NowcastError(code, message, { retriable: code === 'LOG_UNAVAILABLE', cause: error, context });
}

/** Kafka's name of a protocol error (`REBALANCE_IN_PROGRESS`), also when kafkajs wrapped it; empty when there is none. */
export function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  return typeof type === 'string' ? type : typeOf(cause);
}

/** True when the broker asked does not, or does not yet, lead the partition. */
export function lacksLeader(error: unknown): boolean {
  return ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(typeOf(error));
}

/** True for the errors that only mean: join the group again. */
export function isRebalancing(error: unknown): boolean {
  return [
    'REBALANCE_IN_PROGRESS',
    'NOT_COORDINATOR_FOR_GROUP',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
  ].includes(typeOf(error));
}
