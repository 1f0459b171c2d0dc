const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Waits after the first, second, ... failed attempt; after the last one the delivery is dead. Some 27 hours in all. */
export const RETRY_WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  8 * HOUR_MS,
  10 * HOUR_MS,
];

/**
 * How long to wait after an attempt that failed, or null when it was the last one.
 * @param attempts made so far, from 1
 * @param chance from 0 to 1: waits are spread over 80 to 120 %, so that receivers that come back are not stormed
 * @param askedMs what the receiver asked for (Retry-After); waited at least, up to the longest of the waits
 */
export function retryWaitMs(
  waitsMs: readonly number[],
  attempts: number,
  chance: number,
  askedMs: number | null,
): number | null {
  const planned = waitsMs[attempts - 1];
  if (planned === undefined) return null;
  const spread = planned * (0.8 + 0.4 * chance);
  return Math.round(Math.max(spread, Math.min(askedMs ?? 0, Math.max(...waitsMs))));
}
