import { describe, expect, it } from 'vitest';
import { clockFromHeartbeat, clockFromIssue, feedNowMs, SERVER_CLOCK } from '../../src/web/feed/clock.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = 1_760_000_000_000;

describe('the time of the feed', () => {
  it('is the server’s, not the page’s', () => {
    const clock = clockFromHeartbeat(SERVER_CLOCK, NOW + 90_000, NOW);
    expect(feedNowMs(clock, NOW + 1000)).toBe(NOW + 91_000);
  });

  it('stays the server’s when a snapshot is hours old: then data is late', () => {
    expect(clockFromIssue(SERVER_CLOCK, NOW - 5 * HOUR_MS, false, NOW).apart).toBeNull();
  });

  it('is its own when nowcasts arrive that were issued at another time', () => {
    const replay = clockFromIssue(SERVER_CLOCK, NOW - 400 * DAY_MS, true, NOW);
    expect(feedNowMs(replay, NOW + 2000)).toBe(NOW - 400 * DAY_MS + 2000);
    const next = clockFromIssue(replay, NOW - 400 * DAY_MS + HOUR_MS, true, NOW + 3000);
    expect(feedNowMs(next, NOW + 3000)).toBe(NOW - 400 * DAY_MS + HOUR_MS);
    expect(clockFromIssue(next, NOW - 401 * DAY_MS, true, NOW + 4000)).toBe(next);
  });

  it('comes back to the server’s with the first nowcast issued now', () => {
    const replay = clockFromIssue(SERVER_CLOCK, NOW - 400 * DAY_MS, false, NOW);
    expect(replay.apart).not.toBeNull();
    expect(clockFromIssue(replay, NOW, true, NOW).apart).toBeNull();
  });
});

describe('a server whose time runs fast', () => {
  it('is followed between its heartbeats by what it issues', () => {
    const beat = clockFromHeartbeat(SERVER_CLOCK, NOW + 10 * HOUR_MS, NOW);
    const issued = clockFromIssue(beat, NOW + 10 * HOUR_MS + 300_000, true, NOW + 5000);
    expect(feedNowMs(issued, NOW + 5000)).toBe(NOW + 10 * HOUR_MS + 300_000);
    const old = clockFromIssue(issued, NOW + 10 * HOUR_MS, true, NOW + 5000);
    expect(feedNowMs(old, NOW + 5000)).toBe(NOW + 10 * HOUR_MS + 300_000);
  });
});
