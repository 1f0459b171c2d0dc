/** When to try again, and what to tell a person meanwhile. */

export interface RetryPolicy {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { firstRetryMs: 500, longestRetryMs: 15_000 };

/** Waiting a little does not help when access or a message is refused, so these are retried at the slowest pace. */
const REFUSED_CODES: readonly number[] = [4400, 4401, 4403];
const MAX_DOUBLINGS = 20;

/**
 * Delay before an attempt: doubles from the first to the longest, half of it jittered.
 * @param attempt failed attempts so far
 * @param code close code of the last one
 * @param jitter in [0, 1): spreads the clients of a restarted server
 */
export function retryDelayMs(
  attempt: number,
  code: number,
  jitter: number,
  policy: RetryPolicy = DEFAULT_RETRY,
): number {
  const { firstRetryMs, longestRetryMs } = policy;
  const full = REFUSED_CODES.includes(code)
    ? longestRetryMs
    : Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempt, MAX_DOUBLINGS));
  return Math.round(full / 2 + (full / 2) * jitter);
}

/** What a close code means to a person. */
export function closeReason(code: number): string {
  switch (code) {
    case 1012:
      return 'the server is restarting';
    case 1013:
      return 'the server has as many clients as it can serve';
    case 4400:
      return 'the server refused a message of this client; its version may be another one';
    case 4401:
      return 'not authorised';
    case 4403:
      return 'this page may not open the feed';
    case 4408:
      return 'this client could not keep up with the feed';
    case 4429:
      return 'too many messages were sent';
    default:
      return 'the connection to the server was lost';
  }
}
