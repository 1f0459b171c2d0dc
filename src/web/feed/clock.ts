/**
 * The time the feed lives in. Live data runs with the server's clock; a replay or an accelerated simulation runs with
 * its own. Both are told apart by what the server says the data's age is, never by guessing from the page's clock.
 */
const APART_AFTER_MS = 5 * 60_000;
/** Before the first heartbeat: nowcasts issued this recently are taken as live. */
const LIVE_WITHIN_MS = 30 * 60_000;

export interface FeedClock {
  readonly feedMs: number;
  /** The page's clock when `feedMs` was learnt. */
  readonly learntAtMs: number;
  /** True when the feed's time is not the server's time (replay, accelerated simulation). */
  readonly apart: boolean;
}

/**
 * Learns from a heartbeat.
 * @param demandEndPlusAgeMs end of the newest demand interval + its age as the server sees it; null without demand
 */
export function clockFromHeartbeat(
  clock: FeedClock | null,
  serverTimeMs: number,
  demandEndPlusAgeMs: number | null,
  nowMs: number,
): FeedClock {
  const feedMs = demandEndPlusAgeMs ?? serverTimeMs;
  const apart = Math.abs(feedMs - serverTimeMs) > APART_AFTER_MS;
  if (!apart) return { feedMs: serverTimeMs, learntAtMs: nowMs, apart };
  // An accelerated feed is ahead of the heartbeat's view by what arrived since.
  return {
    feedMs: Math.max(feedMs, clock?.apart === true ? clock.feedMs : feedMs),
    learntAtMs: nowMs,
    apart,
  };
}

/** Learns from a nowcast: its as-of time can only be in the feed's past. */
export function clockFromIssue(clock: FeedClock | null, issuedAtMs: number, nowMs: number): FeedClock {
  if (clock === null) {
    const live = Math.abs(issuedAtMs - nowMs) < LIVE_WITHIN_MS;
    return { feedMs: live ? nowMs : issuedAtMs, learntAtMs: nowMs, apart: !live };
  }
  if (!clock.apart || issuedAtMs <= feedNowMs(clock, nowMs)) return clock;
  return { ...clock, feedMs: issuedAtMs, learntAtMs: nowMs };
}

/** The feed's time now. */
export function feedNowMs(clock: FeedClock, nowMs: number): number {
  return clock.feedMs + Math.max(0, nowMs - clock.learntAtMs);
}
