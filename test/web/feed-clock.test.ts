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

  it('is known to run fast from two heartbeats on, and then runs on between them', () => {
    const first = clockFromHeartbeat(SERVER_CLOCK, NOW, NOW);
    const second = clockFromHeartbeat(first, NOW + 600_000, NOW + 10_000);
    expect(feedNowMs(second, NOW + 12_000)).toBe(NOW + 720_000);
    const issued = clockFromIssue(second, NOW + 600_000, true, NOW + 12_000);
    expect(feedNowMs(issued, NOW + 13_000)).toBe(NOW + 780_000);
  });

  it('is the usual time again when heartbeats say so, and never runs by the jitter of the network', () => {
    const fast = clockFromHeartbeat(clockFromHeartbeat(SERVER_CLOCK, NOW, NOW), NOW + 600_000, NOW + 10_000);
    const usual = clockFromHeartbeat(fast, NOW + 611_000, NOW + 20_000);
    expect(feedNowMs(usual, NOW + 21_000)).toBe(NOW + 612_000);
    const jumped = clockFromHeartbeat(usual, NOW + 60 * DAY_MS, NOW + 30_000);
    expect(feedNowMs(jumped, NOW + 31_000)).toBe(NOW + 60 * DAY_MS + 1000);
    const near = clockFromHeartbeat(usual, NOW + 611_500, NOW + 20_010);
    expect(feedNowMs(near, NOW + 20_020)).toBe(NOW + 611_510);
  });
});
