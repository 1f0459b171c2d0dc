import { describe, expect, it } from 'vitest';
import type {
  FeedDemand,
  FeedNowcast,
  FeedServerMessage,
} from '../../src/contracts/generated/feed-server-message.js';
import {
  DEFAULT_POLICY,
  feedStep,
  initialFeedState,
  nextDueMs,
  type FeedEvent,
  type FeedState,
} from '../../src/client/machine.js';
import { closeReason, retryDelayMs } from '../../src/client/retry.js';

const SILENCE_LIMIT_MS = DEFAULT_POLICY.silenceLimitMs;
const subscribed: FeedServerMessage = {
  type: 'subscribed',
  id: 'feed',
  epoch: 'e1',
  seq: 7,
  recovered: false,
};
const snapshot: FeedServerMessage = { type: 'snapshot', seq: 7, nowcasts: [] };

function nowcastFrame(seq: number): FeedServerMessage {
  // Only the position matters here; the machine does not look into the nowcast.
  return { type: 'nowcast', seq, nowcast: {} as FeedNowcast };
}

function heartbeatAt(seq: number): FeedServerMessage {
  return { type: 'heartbeat', seq, serverTime: '2025-01-01T00:00:00.000Z', zones: {} };
}

function demandAt(seq: number): FeedServerMessage {
  return { type: 'demand', seq, demand: {} as FeedDemand };
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

describe('the machine of the client', () => {
  it('subscribes to all zones, without a position the first time', () => {
    expect(sentOnOpen(initialFeedState())).toEqual({ type: 'subscribe', id: 'feed', zones: ['*'] });
  });

  it('is live once the server has confirmed the subscription', () => {
    expect(live).toMatchObject({ phase: 'live', epoch: 'e1', seq: 7, attempt: 0, problem: null });
  });

  it('resumes from the last nowcast it has, or from a heartbeat after it, never from what may overtake', () => {
    const state = run(live, message(nowcastFrame(9)), message(demandAt(50)), lost);
    expect(sentOnOpen(state)).toMatchObject({ resume: { epoch: 'e1', seq: 9 } });
    const later = run(live, message(nowcastFrame(9)), message(heartbeatAt(12)), lost);
    expect(sentOnOpen(later)).toMatchObject({ resume: { epoch: 'e1', seq: 12 } });
  });

  it('never resumes a new selection from a position of the old one', () => {
    const opened: FeedEvent = { type: 'opened', nowMs: 0 };
    const selected = feedStep(live, { type: 'select', selection: { zones: ['B'], horizonsMinutes: [5] } });
    expect(selected.effects).toEqual([
      { type: 'send', text: '{"type":"subscribe","id":"feed","zones":["B"],"horizonsMinutes":[5]}' },
    ]);
    const unanswered = run(selected.state, message(nowcastFrame(8)), lost);
    expect(sentOnOpen(unanswered)).not.toHaveProperty('resume');
    const answered = run(selected.state, message(subscribed), message(snapshot), lost, opened);
    expect(answered).toMatchObject({ epoch: 'e1', seq: 7 });
    // Two selections in a row: the first answer is of the first.
    const twice = run(selected.state, { type: 'select', selection: { zones: ['A'] } });
    const first = run(twice, message(subscribed), message(snapshot), message(nowcastFrame(9)));
    expect(first).toMatchObject({ epoch: null, seq: null });
    expect(run(first, message(subscribed), message(snapshot))).toMatchObject({ epoch: 'e1', seq: 7 });
  });

  it('gives up on the codes it is told to, and stays closed', () => {
    const policy = { ...DEFAULT_POLICY, giveUpOn: [4401] };
    const refused: FeedEvent = { type: 'closed', nowMs: 0, code: 4401, jitter: 0 };
    const { state, effects } = feedStep(live, refused, policy);
    expect(effects).toEqual([{ type: 'end', code: 4401 }]);
    expect(state).toMatchObject({ phase: 'closed', problem: 'not authorised' });
    expect(feedStep(state, { type: 'tick', nowMs: 1e9 }, policy)).toEqual({ state, effects: [] });
    expect(run(live, refused).phase).toBe('reconnecting');
    expect(feedStep(live, { type: 'stop' }).effects).toEqual([{ type: 'end', code: null }]);
  });

  it('knows when it is due', () => {
    expect(nextDueMs(initialFeedState())).toBeNull();
    const connecting = run(initialFeedState(), { type: 'connecting', nowMs: 100 });
    expect(nextDueMs(connecting)).toBe(100 + DEFAULT_POLICY.connectLimitMs);
    expect(nextDueMs(run(connecting, { type: 'opened', nowMs: 200 }))).toBe(200 + SILENCE_LIMIT_MS);
    expect(nextDueMs(run(live, lost))).toBe(1375);
    expect(nextDueMs(run(live, { type: 'stop' }))).toBeNull();
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
    expect(feedStep(live, { type: 'tick', nowMs: SILENCE_LIMIT_MS + 1 }).effects).toEqual([{ type: 'drop' }]);
  });

  it('waits longer after each failure, at most 15 s, and at once that long when access is refused', () => {
    const delays = [0, 1, 2, 3, 4, 5, 20].map((attempt) => retryDelayMs(attempt, 1006, 1));
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(retryDelayMs(3, 1006, 0)).toBe(2000);
    expect(retryDelayMs(0, 4401, 1)).toBe(15_000);
  });

  it('explains every close code of the protocol in its own words', () => {
    const texts = [1012, 1013, 4400, 4401, 4403, 4408, 4429, 1006].map(closeReason);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
