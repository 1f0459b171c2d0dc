/**
 * The client side of the feed as a pure machine: (state, event) -> (state, effects). The socket and the timers live
 * in client.ts; nothing here reads a clock, so reconnecting and resuming are tested without either.
 */
import type { FeedServerMessage } from '../../contracts/generated/feed-server-message.js';

export const SUBSCRIPTION_ID = 'dashboard';
/** The server beats each 10 s; after this much silence the connection counts as dead. */
export const SILENCE_LIMIT_MS = 25_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** Waiting a little does not help when access is refused, so these are retried at the slowest pace. */
const REFUSED_CODES: readonly number[] = [4401, 4403];

export type FeedPhase = 'connecting' | 'live' | 'reconnecting';

export interface FeedState {
  readonly phase: FeedPhase;
  /** Where to resume; null until the server has told. */
  readonly epoch: string | null;
  readonly seq: number | null;
  /** Failed attempts since the last good connection. */
  readonly attempt: number;
  /** When the next attempt is due; null while one is under way. */
  readonly retryAtMs: number | null;
  readonly lastMessageMs: number | null;
  /** Why the last connection ended, in plain words; null while all is well. */
  readonly problem: string | null;
  /** True after the last subscribe brought exactly what was missed. */
  readonly recovered: boolean;
}

export type FeedEvent =
  | { readonly type: 'opened'; readonly nowMs: number }
  | { readonly type: 'message'; readonly nowMs: number; readonly message: FeedServerMessage }
  /** `jitter` in [0, 1): spreads the clients of a restarted server. */
  | { readonly type: 'closed'; readonly nowMs: number; readonly code: number; readonly jitter: number }
  | { readonly type: 'tick'; readonly nowMs: number };

export type FeedEffect =
  | { readonly type: 'connect' }
  | { readonly type: 'send'; readonly text: string }
  | { readonly type: 'close' };

export interface FeedTransition {
  readonly state: FeedState;
  readonly effects: readonly FeedEffect[];
}

/** State before the first attempt. */
export function initialFeedState(): FeedState {
  return {
    phase: 'connecting',
    epoch: null,
    seq: null,
    attempt: 0,
    retryAtMs: null,
    lastMessageMs: null,
    problem: null,
    recovered: false,
  };
}

/** Delay before an attempt: doubles from 0.5 s to 15 s, half of it jittered. */
export function retryDelayMs(attempt: number, code: number, jitter: number): number {
  const full = REFUSED_CODES.includes(code)
    ? LONGEST_RETRY_MS
    : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * jitter);
}

/** What a close code means to a person. */
export function closeReason(code: number): string {
  switch (code) {
    case 1012:
      return 'the server is restarting';
    case 4400:
      return 'the server refused a message of this page; reload the page';
    case 4401:
      return 'not authorised';
    case 4403:
      return 'this page may not open the feed';
    case 4408:
      return 'this page could not keep up with the feed';
    case 4429:
      return 'too many messages were sent';
    default:
      return 'the connection to the server was lost';
  }
}

function subscribeText(state: FeedState): string {
  const resume = state.epoch !== null && state.seq !== null ? { epoch: state.epoch, seq: state.seq } : null;
  return JSON.stringify({
    type: 'subscribe',
    id: SUBSCRIPTION_ID,
    zones: ['*'],
    ...(resume === null ? {} : { resume }),
  });
}

/**
 * The position to resume from rises only with what was delivered: a heartbeat tells the server's position, which may be
 * ahead of this page's. A new epoch starts over.
 */
function received(state: FeedState, message: FeedServerMessage, nowMs: number): FeedState {
  const next = { ...state, lastMessageMs: nowMs };
  switch (message.type) {
    case 'subscribed':
      return {
        ...next,
        phase: 'live',
        attempt: 0,
        problem: null,
        retryAtMs: null,
        recovered: message.recovered,
        epoch: message.epoch,
        seq: message.epoch === state.epoch && message.recovered ? state.seq : null,
      };
    case 'snapshot':
      return { ...next, seq: message.seq };
    case 'nowcast':
      return { ...next, seq: Math.max(state.seq ?? -1, message.seq) };
    case 'error':
      return { ...next, problem: message.message };
    default:
      return next;
  }
}

/** One transition of the machine. */
export function feedStep(state: FeedState, event: FeedEvent): FeedTransition {
  switch (event.type) {
    case 'opened':
      return {
        state: { ...state, lastMessageMs: event.nowMs, retryAtMs: null },
        effects: [{ type: 'send', text: subscribeText(state) }],
      };
    case 'message':
      return { state: received(state, event.message, event.nowMs), effects: [] };
    case 'closed':
      return {
        state: {
          ...state,
          phase: 'reconnecting',
          attempt: state.attempt + 1,
          retryAtMs: event.nowMs + retryDelayMs(state.attempt, event.code, event.jitter),
          lastMessageMs: null,
          problem: closeReason(event.code),
        },
        effects: [],
      };
    case 'tick':
      return ticked(state, event.nowMs);
  }
}

function ticked(state: FeedState, nowMs: number): FeedTransition {
  if (state.retryAtMs !== null && nowMs >= state.retryAtMs) {
    return { state: { ...state, retryAtMs: null }, effects: [{ type: 'connect' }] };
  }
  if (state.lastMessageMs !== null && nowMs - state.lastMessageMs > SILENCE_LIMIT_MS) {
    return { state: { ...state, lastMessageMs: null }, effects: [{ type: 'close' }] };
  }
  return { state, effects: [] };
}
