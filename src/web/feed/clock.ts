/**
 * The time the feed lives in. Live data runs with the server's clock; a replay or an accelerated simulation runs with
 * its own. They are told apart by what arrives: a nowcast that is issued live carries an as-of time close to the
 * server's time, however late its demand is; one of a replay does not.
 */
const APART_AFTER_MS = 60 * 60_000;
/** A snapshot may be old because its source is silent; older than this it can only be recorded data. */
const RECORDED_AFTER_MS = 7 * 24 * 60 * 60_000;

export interface FeedClock {
  /** Server's time - page's time; 0 until the first heartbeat. */
  readonly serverOffsetMs: number;
  /** Set while the feed's time is not the server's time: the newest as-of time, and when it arrived by the page's clock. */
  readonly apart: { readonly feedMs: number; readonly atMs: number } | null;
}

export const SERVER_CLOCK: FeedClock = { serverOffsetMs: 0, apart: null };

/** Learns the server's time. */
export function clockFromHeartbeat(clock: FeedClock, serverTimeMs: number, nowMs: number): FeedClock {
  return { ...clock, serverOffsetMs: serverTimeMs - nowMs };
}

/**
 * Learns from a nowcast.
 * @param issuedAtMs its as-of time
 * @param live false for one of a snapshot, which may be old for other reasons
 */
export function clockFromIssue(
  clock: FeedClock,
  issuedAtMs: number,
  live: boolean,
  nowMs: number,
): FeedClock {
  const distanceMs = Math.abs(issuedAtMs - (nowMs + clock.serverOffsetMs));
  if (distanceMs <= (live ? APART_AFTER_MS : RECORDED_AFTER_MS))
    return live ? serverClockFrom(clock, issuedAtMs, nowMs) : clock;
  // Zones of a replay take turns; the feed's time is that of the one furthest ahead.
  if (clock.apart !== null && issuedAtMs <= clock.apart.feedMs) return clock;
  return { ...clock, apart: { feedMs: issuedAtMs, atMs: nowMs } };
}

/** Nothing is issued in the future: a server whose time runs fast is further ahead than its last heartbeat told. */
function serverClockFrom(clock: FeedClock, issuedAtMs: number, nowMs: number): FeedClock {
  return { serverOffsetMs: Math.max(clock.serverOffsetMs, issuedAtMs - nowMs), apart: null };
}

/** The feed's time now. */
export function feedNowMs(clock: FeedClock, nowMs: number): number {
  if (clock.apart === null) return nowMs + clock.serverOffsetMs;
  return clock.apart.feedMs + Math.max(0, nowMs - clock.apart.atMs);
}
