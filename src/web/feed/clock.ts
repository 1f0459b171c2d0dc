/**
 * The time the feed lives in. Live data runs with the server's clock; a replay or an accelerated simulation runs with
 * its own. They are told apart by what arrives: a nowcast that is issued live carries an as-of time close to the
 * server's time, however late its demand is; one of a replay does not.
 */
const APART_AFTER_MS = 60 * 60_000;
/** A snapshot may be old because its source is silent; older than this it can only be recorded data. */
const RECORDED_AFTER_MS = 7 * 24 * 60 * 60_000;

/** Heartbeats nearer to each other say little about how fast the server's time runs. */
const LEAST_BETWEEN_BEATS_MS = 2000;
/** Slower or faster by no more than this is the network's doing. */
const USUAL_RATE = { from: 0.5, to: 2 };
/** Faster is no running clock but a jump, for example over the history that a simulation begins with. */
const FASTEST_RATE = 1000;

export interface FeedClock {
  /** The server's time at an instant of the page's clock; null until the first heartbeat. */
  readonly server: Reading | null;
  /** The last heartbeat. */
  readonly beat: Reading | null;
  /** The server's seconds in one of the page's: 1, but for a simulation that runs fast. */
  readonly rate: number;
  /** Set while the feed's time is not the server's time: the newest as-of time, and when it arrived by the page's clock. */
  readonly apart: Reading | null;
}

/** What a clock elsewhere showed, and when that was by the page's clock; both epoch ms. */
interface Reading {
  readonly feedMs: number;
  readonly atMs: number;
}

export const SERVER_CLOCK: FeedClock = { server: null, beat: null, rate: 1, apart: null };

/** Learns the server's time, and from two heartbeats how fast it runs. */
export function clockFromHeartbeat(clock: FeedClock, serverTimeMs: number, nowMs: number): FeedClock {
  const beat = { feedMs: serverTimeMs, atMs: nowMs };
  return { ...clock, server: beat, beat, rate: rateBetween(clock.beat, beat) ?? clock.rate };
}

/** Null where they say nothing. */
function rateBetween(before: Reading | null, beat: Reading): number | null {
  if (before === null || beat.atMs - before.atMs < LEAST_BETWEEN_BEATS_MS) return null;
  const rate = (beat.feedMs - before.feedMs) / (beat.atMs - before.atMs);
  const runs = rate > 0 && rate <= FASTEST_RATE;
  return !runs || (rate >= USUAL_RATE.from && rate <= USUAL_RATE.to) ? 1 : rate;
}

/** The server's time now, as far as it is known. */
function serverNowMs({ server, rate }: FeedClock, nowMs: number): number {
  return server === null ? nowMs : server.feedMs + rate * (nowMs - server.atMs);
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
  const distanceMs = Math.abs(issuedAtMs - serverNowMs(clock, nowMs));
  if (distanceMs <= (live ? APART_AFTER_MS : RECORDED_AFTER_MS))
    return live ? serverClockFrom(clock, issuedAtMs, nowMs) : clock;
  // Zones of a replay take turns; the feed's time is that of the one furthest ahead.
  if (clock.apart !== null && issuedAtMs <= clock.apart.feedMs) return clock;
  return { ...clock, apart: { feedMs: issuedAtMs, atMs: nowMs } };
}

/** Nothing is issued in the future: a server whose time runs fast is further ahead than its last heartbeat told. */
function serverClockFrom(clock: FeedClock, issuedAtMs: number, nowMs: number): FeedClock {
  const feedMs = Math.max(serverNowMs(clock, nowMs), issuedAtMs);
  return { ...clock, server: { feedMs, atMs: nowMs }, apart: null };
}

/** The feed's time now. */
export function feedNowMs(clock: FeedClock, nowMs: number): number {
  if (clock.apart === null) return serverNowMs(clock, nowMs);
  return clock.apart.feedMs + Math.max(0, nowMs - clock.apart.atMs);
}
