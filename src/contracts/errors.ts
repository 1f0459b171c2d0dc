/** Stable codes of every error this product reports. Users, tests and dead letters rely on them. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'USAGE'
  | 'INPUT_INVALID'
  | 'INPUT_EMPTY'
  | 'RECORD_UNDECODABLE'
  | 'RECORD_INVALID'
  | 'SCHEMA_UNKNOWN'
  | 'SCHEMA_INCOMPATIBLE'
  | 'TOPIC_UNKNOWN'
  | 'TOPIC_MISMATCH'
  | 'LOG_UNAVAILABLE'
  | 'LOG_CLOSED'
  | 'LOG_LOCKED'
  | 'STORAGE_FULL'
  | 'STORAGE_FAILED'
  | 'HISTORY_UNAVAILABLE'
  | 'MODEL_REFUSED'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_MISMATCH'
  | 'TRAINING_FAILED'
  | 'TRAINING_DATA_SHORT'
  | 'TRAINING_TIMEOUT'
  | 'TRAINING_INTERRUPTED'
  | 'SOURCE_UNAVAILABLE'
  | 'ZONE_UNKNOWN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'LIMIT_REACHED'
  | 'UNAUTHORISED'
  | 'FORBIDDEN'
  | 'AUTH_UNAVAILABLE'
  | 'AUDIT_UNAVAILABLE'
  | 'TOO_MANY_REQUESTS'
  | 'PORT_IN_USE'
  | 'INTERNAL';

export interface NowcastErrorOptions {
  /** True when the same call may succeed later without anybody changing anything. */
  retriable?: boolean;
  cause?: unknown;
  /** What it was about: topic, zone, file, line. Never a secret. */
  context?: Readonly<Record<string, string | number | boolean>>;
}

/** The one error class of the product: a code to act on, a sentence to read, and the context of both. */
export class NowcastError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly context: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: NowcastErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NowcastError';
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.context = options.context ?? {};
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
