import { describe, expect, it } from 'vitest';
import type { FeedNowcast, FeedServerMessage } from '../../src/contracts/generated/feed-server-message.js';
import {
  closeReason,
  feedStep,
  initialFeedState,
  retryDelayMs,
  SILENCE_LIMIT_MS,
  type FeedEvent,
  type FeedState,
} from '../../src/web/feed/protocol.js';

const subscribed: FeedServerMessage = {
  type: 'subscribed',
  id: 'dashboard',
  epoch: 'e1',
  seq: 7,
  recovered: false,
};
const snapshot: FeedServerMessage = { type: 'snapshot', seq: 7, nowcasts: [] };

function nowcastFrame(seq: number): FeedServerMessage {
  // Only the position matters here; the machine does not look into the nowcast.
  return { type: 'nowcast', seq, nowcast: {} as FeedNowcast };
}

function run(state: FeedState, ...events: FeedEvent[]): FeedState {
  return events.reduce((current, event) => feedStep(current, event).state, state);
}

function message(received: FeedServerMessage, nowMs = 0): FeedEvent {
  return { type: 'message', nowMs, message: received };
}

function sentOnOpen(state: FeedState): unknown {
  const effect = feedStep(state, { type: 'opened', nowMs: 0 }).effects[0];
  return effect?.type === 'send' ? JSON.parse(effect.text) : null;
}

const lost: FeedEvent = { type: 'closed', nowMs: 1000, code: 1006, jitter: 0.5 };
const live = run(initialFeedState(), { type: 'opened', nowMs: 0 }, message(subscribed), message(snapshot));

describe('the feed as the page sees it', () => {
  it('subscribes to all zones, without a position the first time', () => {
    expect(sentOnOpen(initialFeedState())).toEqual({ type: 'subscribe', id: 'dashboard', zones: ['*'] });
  });

  it('is live once the server has confirmed the subscription', () => {
    expect(live).toMatchObject({ phase: 'live', epoch: 'e1', seq: 7, attempt: 0, problem: null });
  });

  it('resumes from the last nowcast it has, not from the position of a heartbeat', () => {
    const heartbeat: FeedServerMessage = {
      type: 'heartbeat',
      seq: 99,
      serverTime: '2025-01-01T00:00:00.000Z',
      zones: {},
    };
    const state = run(live, message(nowcastFrame(9)), message(heartbeat), lost);
    expect(sentOnOpen(state)).toMatchObject({ resume: { epoch: 'e1', seq: 9 } });
  });

  it('keeps its position through a recovered resume, and takes the snapshot otherwise', () => {
    const before = run(live, message(nowcastFrame(9)), lost, { type: 'opened', nowMs: 0 });
    expect(run(before, message({ ...subscribed, seq: 30, recovered: true })).seq).toBe(9);
    const fresh = run(before, message({ ...subscribed, epoch: 'e2', seq: 3 }));
    expect(fresh).toMatchObject({ epoch: 'e2', seq: null });
    expect(run(fresh, message({ ...snapshot, seq: 3 })).seq).toBe(3);
  });

  it('says that it reconnects and tries again when the delay is over', () => {
    const state = run(live, lost);
    expect(state).toMatchObject({ phase: 'reconnecting', attempt: 1, retryAtMs: 1375 });
    expect(state.problem).toContain('lost');
    expect(feedStep(state, { type: 'tick', nowMs: 1374 }).effects).toEqual([]);
    const due = feedStep(state, { type: 'tick', nowMs: 1375 });
    expect(due.effects).toEqual([{ type: 'connect' }]);
    expect(feedStep(due.state, { type: 'tick', nowMs: 9_999_999 }).effects).toEqual([]);
  });

  it('gives up a connection that has gone silent', () => {
    expect(feedStep(live, { type: 'tick', nowMs: SILENCE_LIMIT_MS }).effects).toEqual([]);
    expect(feedStep(live, { type: 'tick', nowMs: SILENCE_LIMIT_MS + 1 }).effects).toEqual([
      { type: 'close' },
    ]);
  });

  it('waits longer after each failure, at most 15 s, and at once that long when access is refused', () => {
    const delays = [0, 1, 2, 3, 4, 5, 20].map((attempt) => retryDelayMs(attempt, 1006, 1));
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(retryDelayMs(3, 1006, 0)).toBe(2000);
    expect(retryDelayMs(0, 4401, 1)).toBe(15_000);
  });

  it('explains every close code of the protocol in its own words', () => {
    const texts = [1012, 4400, 4401, 4403, 4408, 4429, 1006].map(closeReason);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
