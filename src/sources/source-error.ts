import { NowcastError } from '../contracts/errors.js';

/** Why a source gave no usable answer; a label of metrics and of the source's health. */
export type SourceErrorKind =
  /** The source says that it has nothing for what was asked. */
  | 'no_data'
  /** There is no such file or page. */
  | 'not_found'
  /** The source does not accept the question; asking again does not help. */
  | 'invalid_request'
  /** The source is still preparing the answer. */
  | 'not_ready'
  | 'throttled'
  /** The source reports a failure of its own. */
  | 'server_error'
  /** Any other HTTP status. */
  | 'http_status'
  /** It sends us elsewhere, as a login page or a maintenance page does. */
  | 'redirect'
  | 'timeout'
  | 'network'
  | 'too_large'
  /** Something else came than was asked for: HTML, another day, another report. */
  | 'unexpected_content'
  /** The body is cut short or does not parse. */
  | 'damaged'
  /** Not asked at all: too many failures before. */
  | 'circuit_open';

/** Asking the same again later may help. */
const RETRIABLE: ReadonlySet<SourceErrorKind> = new Set([
  'not_ready',
  'throttled',
  'server_error',
  'redirect',
  'timeout',
  'network',
  'unexpected_content',
  'damaged',
  'circuit_open',
]);

export interface SourceErrorOptions {
  readonly cause?: unknown;
  /** The source asked to be left alone for so long. */
  readonly retryAfterMs?: number;
}

/** A source that could not be asked, or whose answer cannot be used. The message names it and says what came. */
export class SourceError extends NowcastError {
  readonly retryAfterMs: number | null;

  constructor(
    readonly kind: SourceErrorKind,
    message: string,
    options: SourceErrorOptions = {},
  ) {
    super('SOURCE_UNAVAILABLE', message, {
      retriable: RETRIABLE.has(kind),
      context: { kind },
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.name = 'SourceError';
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
