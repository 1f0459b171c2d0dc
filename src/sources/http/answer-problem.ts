import { SourceError, type SourceErrorKind } from '../source-error.js';

/** Longest that a source's Retry-After is believed. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
const EXCERPT_CHARS = 160;

/** Seconds or an HTTP date, as milliseconds from now; null when it says nothing usable. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) || waitMs < 0 ? null : Math.min(waitMs, LONGEST_RETRY_AFTER_MS);
}

export interface RefusedAnswer {
  readonly what: string;
  readonly status: number;
  readonly body: string;
  readonly location?: string;
  readonly retryAfterMs: number | null;
}

/** The error for a status that is neither 200 nor 304. */
export function problemOfStatus({ what, status, body, location, retryAfterMs }: RefusedAnswer): SourceError {
  const kind = kindOf(status);
  const excerpt = body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, EXCERPT_CHARS);
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  const where = location === undefined ? '' : ` to ${hostOf(location)}`;
  return new SourceError(kind, `${what} answered HTTP ${status}${where}${said}`, {
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

function kindOf(status: number): SourceErrorKind {
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'throttled';
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 400 || status === 422) return 'invalid_request';
  return status >= 500 || status === 408 || status === 425 ? 'server_error' : 'http_status';
}

/** Only the host: an address may carry a session. */
function hostOf(location: string): string {
  return URL.canParse(location, 'http://the-same-host')
    ? new URL(location, 'http://the-same-host').host
    : 'elsewhere';
}

/** The error for an exception of the HTTP client. */
export function problemOfException(error: unknown, what: string): SourceError {
  if (error instanceof SourceError) return error;
  const { code, name, cause } = error as { code?: string; name?: string; cause?: { code?: string } };
  const reason = code ?? cause?.code ?? name ?? 'unknown';
  const isTimeout = /TIMEOUT|TimeoutError/i.test(`${reason} ${name ?? ''}`);
  return isTimeout
    ? new SourceError('timeout', `${what} did not answer in time`, { cause: error })
    : new SourceError('network', `${what} cannot be reached (${reason})`, { cause: error });
}
