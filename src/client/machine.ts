/**
 * The client side of the feed as a pure machine: (state, event) -> (state, effects). The socket and the timers live
 * in feed.ts; nothing here reads a clock, so reconnecting and resuming are tested without either.
 */
import type { SubscribeMessage } from '../contracts/generated/feed-client-message.js';
import type { FeedServerMessage, SubscribedMessage } from '../contracts/generated/feed-server-message.js';
import { closeReason, DEFAULT_RETRY, retryDelayMs, type RetryPolicy } from './retry.js';
import { EVERYTHING, type FeedSelection } from './selection.js';

export const SUBSCRIPTION_ID = 'feed';

export interface FeedPolicy extends RetryPolicy {
  /** The server beats each 10 s; after this much silence the connection counts as dead. */
  readonly silenceLimitMs: number;
  /** The same until the connection is open. */
  readonly connectLimitMs: number;
  /** Close codes after which the client ends instead of trying again. */
  readonly giveUpOn: readonly number[];
}

export const DEFAULT_POLICY: FeedPolicy = {
  ...DEFAULT_RETRY,
  silenceLimitMs: 25_000,
  connectLimitMs: 10_000,
  giveUpOn: [],
};

export type FeedPhase = 'connecting' | 'live' | 'reconnecting' | 'closed';

export interface FeedState {
  readonly phase: FeedPhase;
  readonly selection: FeedSelection;
  /** Where to resume; null until the server has told, and while another selection is on its way. */
  readonly epoch: string | null;
  readonly seq: number | null;
  /** Subscribes sent on this connection that the server has not answered. */
  readonly awaiting: number;
  /** Failed attempts since the last good connection. */
  readonly attempt: number;
  /** When the next attempt is due, epoch ms; null while one is under way. */
  readonly retryAtMs: number | null;
  /** True from the opening of the socket to its end. */
  readonly open: boolean;
  /** Last sign of life of the connection (or its beginning), epoch ms; null while there is none. */
  readonly heardAtMs: number | null;
  /** Why the last connection ended or what the server complained of, in plain words; null while all is well. */
  readonly problem: string | null;
  /** True after the last subscribe brought exactly what was missed. */
  readonly recovered: boolean;
}

export type FeedEvent =
  | { readonly type: 'connecting'; readonly nowMs: number }
  | { readonly type: 'opened'; readonly nowMs: number }
  | { readonly type: 'message'; readonly nowMs: number; readonly message: FeedServerMessage }
  | {
      readonly type: 'closed';
      readonly nowMs: number;
      readonly code: number;
      /** In [0, 1). */
      readonly jitter: number;
      /** In place of what the code means. */
      readonly problem?: string;
    }
  | { readonly type: 'select'; readonly selection: FeedSelection }
  | { readonly type: 'tick'; readonly nowMs: number }
  | { readonly type: 'stop' };

export type FeedEffect =
  | { readonly type: 'connect' }
  | { readonly type: 'send'; readonly text: string }
  /** The peer is dead: let the socket go without waiting for it. */
  | { readonly type: 'drop' }
  /** Nothing will follow. */
  | { readonly type: 'end'; readonly code: number | null };

export interface FeedTransition {
  readonly state: FeedState;
  readonly effects: readonly FeedEffect[];
}

/** State before the first attempt. */
export function initialFeedState(selection: FeedSelection = EVERYTHING): FeedState {
  return {
    phase: 'connecting',
    selection,
    epoch: null,
    seq: null,
    awaiting: 0,
    attempt: 0,
    retryAtMs: null,
    open: false,
    heardAtMs: null,
    problem: null,
    recovered: false,
  };
}

/** One transition of the machine. A closed one stays closed. */
export function feedStep(
  state: FeedState,
  event: FeedEvent,
  policy: FeedPolicy = DEFAULT_POLICY,
): FeedTransition {
  if (state.phase === 'closed') return { state, effects: [] };
  switch (event.type) {
    case 'connecting':
      return only({ ...state, retryAtMs: null, open: false, heardAtMs: event.nowMs });
    case 'opened':
      return {
        state: { ...state, open: true, awaiting: 1, heardAtMs: event.nowMs, retryAtMs: null },
        effects: [{ type: 'send', text: subscribeText(state) }],
      };
    case 'message':
      return only(received(state, event.message, event.nowMs));
    case 'closed':
      return closed(state, event, policy);
    case 'select':
      return selected(state, event.selection);
    case 'tick':
      return ticked(state, event.nowMs, policy);
    case 'stop':
      return {
        state: { ...state, phase: 'closed', retryAtMs: null, heardAtMs: null, open: false },
        effects: [{ type: 'end', code: null }],
      };
  }
}

/** When `tick` has something to do next, epoch ms; null when nothing is due. */
export function nextDueMs(state: FeedState, policy: FeedPolicy = DEFAULT_POLICY): number | null {
  if (state.phase === 'closed') return null;
  if (state.retryAtMs !== null) return state.retryAtMs;
  return state.heardAtMs === null ? null : deadAtMs(state, state.heardAtMs, policy);
}

function only(state: FeedState): FeedTransition {
  return { state, effects: [] };
}

function subscribeText({ selection, epoch, seq }: FeedState): string {
  const { zones, horizonsMinutes } = selection;
  return JSON.stringify({
    type: 'subscribe',
    id: SUBSCRIPTION_ID,
    // A selection is checked to name something when it is made.
    zones: zones as SubscribeMessage['zones'],
    ...(horizonsMinutes === undefined
      ? {}
      : { horizonsMinutes: horizonsMinutes as NonNullable<SubscribeMessage['horizonsMinutes']> }),
    ...(epoch === null || seq === null ? {} : { resume: { epoch, seq } }),
  } satisfies SubscribeMessage);
}

/**
 * The position to resume from rises with what was delivered, and with heartbeats and pongs: they follow everything up
 * to their seq. Other messages may overtake nowcasts that wait for a slow client. A new epoch starts over.
 */
function received(state: FeedState, message: FeedServerMessage, nowMs: number): FeedState {
  const next = { ...state, heardAtMs: nowMs };
  switch (message.type) {
    case 'subscribed':
      return subscribed(next, message);
    case 'snapshot':
      return state.epoch === null ? next : { ...next, seq: message.seq };
    case 'nowcast':
      return advanced(next, message.complete ?? message.seq);
    case 'heartbeat':
    case 'pong':
      return advanced(next, message.seq);
    case 'error':
      return { ...next, problem: message.message };
    case 'demand':
    case 'accuracy':
    case 'model':
      return next;
  }
}

function advanced(state: FeedState, seq: number): FeedState {
  // Without a position there is none to move: a snapshot or an answer to another selection comes first.
  return state.seq === null ? state : { ...state, seq: Math.max(state.seq, seq) };
}

function subscribed(state: FeedState, message: SubscribedMessage): FeedState {
  const { epoch, recovered } = message;
  const awaiting = Math.max(0, state.awaiting - 1);
  const live: FeedState = { ...state, phase: 'live', attempt: 0, problem: null, recovered, awaiting };
  // The answer to a selection that another one has replaced meanwhile tells nothing about a position of the new one.
  if (awaiting > 0) return live;
  return { ...live, epoch, seq: recovered && epoch === state.epoch ? state.seq : null };
}

function closed(
  state: FeedState,
  event: Extract<FeedEvent, { type: 'closed' }>,
  policy: FeedPolicy,
): FeedTransition {
  const { code, nowMs, jitter } = event;
  const ended = {
    ...state,
    open: false,
    awaiting: 0,
    heardAtMs: null,
    problem: event.problem ?? closeReason(code),
  };
  if (policy.giveUpOn.includes(code)) {
    return { state: { ...ended, phase: 'closed', retryAtMs: null }, effects: [{ type: 'end', code }] };
  }
  return only({
    ...ended,
    phase: 'reconnecting',
    attempt: state.attempt + 1,
    retryAtMs: nowMs + retryDelayMs(state.attempt, code, jitter, policy),
  });
}

/** Another selection starts with a snapshot: what was missed of it cannot be told from a position of the old one. */
function selected(state: FeedState, selection: FeedSelection): FeedTransition {
  const next: FeedState = {
    ...state,
    selection,
    epoch: null,
    seq: null,
    awaiting: state.open ? state.awaiting + 1 : 0,
  };
  return { state: next, effects: state.open ? [{ type: 'send', text: subscribeText(next) }] : [] };
}

function ticked(state: FeedState, nowMs: number, policy: FeedPolicy): FeedTransition {
  if (state.retryAtMs !== null) {
    if (nowMs < state.retryAtMs) return only(state);
    return { state: { ...state, retryAtMs: null }, effects: [{ type: 'connect' }] };
  }
  if (state.heardAtMs === null || nowMs <= deadAtMs(state, state.heardAtMs, policy)) return only(state);
  return { state: { ...state, heardAtMs: null }, effects: [{ type: 'drop' }] };
}

function deadAtMs(state: FeedState, heardAtMs: number, policy: FeedPolicy): number {
  return heardAtMs + (state.open ? policy.silenceLimitMs : policy.connectLimitMs);
}
