import type { FeedNowcast, FeedServerMessage } from '../contracts/generated/feed-server-message.js';
import { Connection } from './connection.js';
import { FeedError } from './feed-error.js';
import { gapOf } from './gaps.js';
import { LatestNowcasts } from './latest.js';
import { Listeners, type FeedEvents, type ReceivedNowcast } from './listeners.js';
import {
  DEFAULT_POLICY,
  feedStep,
  initialFeedState,
  nextDueMs,
  type FeedEffect,
  type FeedEvent,
  type FeedPolicy,
  type FeedState,
} from './machine.js';
import { MessageQueue } from './message-queue.js';
import { Once } from './once.js';
import { closeReason } from './retry.js';
import { checkedSelection, EVERYTHING, type FeedSelection } from './selection.js';
import { platformWebSocket, socketsOf, type FeedSocketFactory, type WebSocketClass } from './socket.js';

export type TokenSource = string | (() => string | Promise<string>);

export interface FeedOptions extends Partial<FeedSelection>, Partial<FeedPolicy> {
  /** Address of the feed, for example wss://nowcast.example.org/v1/feed. */
  readonly url: string;
  /** Asked again before each connection when it is a function. */
  readonly token?: TokenSource;
  /**
   * How the token travels: in the Authorization header of the upgrade, or in an `auth` message. Default: the header
   * when `WebSocket` or `createSocket` is given (as in Node), else the message, as browsers cannot set headers.
   */
  readonly tokenIn?: 'header' | 'message';
  /** WebSocket class to use in place of the platform's, for example that of `ws`. */
  readonly WebSocket?: WebSocketClass;
  /** Makes the sockets, in place of a class. */
  readonly createSocket?: FeedSocketFactory;
  /** Messages kept for a `for await` loop that is busy. Default 10,000. */
  readonly maxQueued?: number;
  /** Clock, epoch ms. */
  readonly nowMs?: () => number;
  /** In [0, 1): spreads reconnects. */
  readonly random?: () => number;
}

const ABNORMAL_CLOSE = 1006;
const DEFAULT_MAX_QUEUED = 10_000;

/**
 * A client of the nowcast feed that keeps itself connected: it reconnects with backoff and resumes where it was, so that
 * every nowcast comes once, those of a zone in order, or `gap` says what did not.
 *
 *     const feed = new NowcastFeed({ url: 'ws://localhost:8080/v1/feed', zones: ['CA ISO-TAC'] });
 *     for await (const { nowcast } of feed.nowcasts()) console.log(nowcast.zone, nowcast.steps[0].mw);
 */
export class NowcastFeed implements AsyncIterable<FeedServerMessage> {
  readonly #options: FeedOptions;
  readonly #policy: FeedPolicy;
  readonly #createSocket: FeedSocketFactory;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #listeners = new Listeners();
  readonly #latest = new LatestNowcasts();
  readonly #once = new Once();
  readonly #queues = new Set<MessageQueue<FeedServerMessage>>();
  #state: FeedState;
  #connection: Connection | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #timerAtMs = Infinity;
  #started = false;

  /** @throws TypeError for an empty selection, or where there is no WebSocket and none is given */
  constructor(options: FeedOptions) {
    const { zones = EVERYTHING.zones, horizonsMinutes } = options;
    this.#options = options;
    this.#policy = {
      silenceLimitMs: options.silenceLimitMs ?? DEFAULT_POLICY.silenceLimitMs,
      connectLimitMs: options.connectLimitMs ?? DEFAULT_POLICY.connectLimitMs,
      firstRetryMs: options.firstRetryMs ?? DEFAULT_POLICY.firstRetryMs,
      longestRetryMs: options.longestRetryMs ?? DEFAULT_POLICY.longestRetryMs,
      giveUpOn: options.giveUpOn ?? DEFAULT_POLICY.giveUpOn,
    };
    this.#createSocket = options.createSocket ?? socketsOf(options.WebSocket ?? platformWebSocket());
    this.#nowMs = options.nowMs ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#state = initialFeedState(
      checkedSelection(horizonsMinutes === undefined ? { zones } : { zones, horizonsMinutes }),
    );
  }

  /** Phase, position, selection and the last problem. */
  get state(): FeedState {
    return this.#state;
  }

  /** The latest nowcast of each zone that has come so far. */
  get latest(): ReadonlyMap<string, FeedNowcast> {
    return this.#latest.zones;
  }

  /** Connects. Does nothing when it was started before. */
  start(): this {
    if (this.#started) return this;
    this.#started = true;
    if (this.#state.phase !== 'closed') this.#connect();
    return this;
  }

  /**
   * Calls the handler for each event from now on.
   * @returns a function that removes the handler
   */
  on<K extends keyof FeedEvents>(event: K, handler: (value: FeedEvents[K]) => void): () => void {
    return this.#listeners.on(event, handler);
  }

  /**
   * Takes another selection; a snapshot of it follows.
   * @throws TypeError when it selects nothing
   */
  select(selection: FeedSelection): void {
    this.#apply({ type: 'select', selection: checkedSelection(selection) });
  }

  /** Tries at once when it waits for the next attempt, for example when the network is back. */
  retryNow(): void {
    if (this.#state.retryAtMs !== null) this.#apply({ type: 'tick', nowMs: this.#state.retryAtMs });
  }

  /** Ends the connection and all loops. Resolves when the socket is closed; a silent peer is not waited for. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#apply({ type: 'stop' });
    await connection?.closed;
  }

  /** Every message from now on. Starts the client; ends when it is closed, throws FeedError when it gave up. */
  [Symbol.asyncIterator](): AsyncIterableIterator<FeedServerMessage> {
    const { maxQueued = DEFAULT_MAX_QUEUED } = this.#options;
    const queue = new MessageQueue<FeedServerMessage>(maxQueued, (done) => this.#queues.delete(done));
    if (this.#state.phase === 'closed') queue.end();
    else this.#queues.add(queue);
    this.start();
    return queue;
  }

  /** Every nowcast from now on, those of snapshots too. Starts and ends as the loop over messages does. */
  async *nowcasts(): AsyncGenerator<ReceivedNowcast, void, undefined> {
    for await (const message of this) yield* nowcastsOf(message);
  }

  #apply(event: FeedEvent): void {
    const { state, effects } = feedStep(this.#state, event, this.#policy);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#schedule();
    if (changed) this.#listeners.emit('state', this.#state);
  }

  #perform(effect: FeedEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#connect();
        break;
      case 'send':
        this.#connection?.send(effect.text);
        break;
      case 'drop':
        this.#connection?.drop();
        this.#connection = null;
        this.#closed(ABNORMAL_CLOSE);
        break;
      case 'end':
        this.#end(effect.code);
        break;
    }
  }

  #connect(): void {
    const { url, token, tokenIn, WebSocket, createSocket } = this.#options;
    const injected = WebSocket !== undefined || createSocket !== undefined;
    this.#apply({ type: 'connecting', nowMs: this.#nowMs() });
    const connection: Connection = new Connection({
      url,
      token,
      tokenIn: tokenIn ?? (injected ? 'header' : 'message'),
      createSocket: this.#createSocket,
      onOpen: () => this.#apply({ type: 'opened', nowMs: this.#nowMs() }),
      onMessage: (message) => this.#receive(message),
      onError: (error) => this.#listeners.emit('error', error),
      onClose: (code, problem) => {
        if (this.#connection !== connection) return;
        this.#connection = null;
        this.#closed(code, problem);
      },
    });
    this.#connection = connection;
    connection.open();
  }

  #closed(code: number, problem?: string): void {
    const jitter = this.#random();
    this.#apply({
      type: 'closed',
      nowMs: this.#nowMs(),
      code,
      jitter,
      ...(problem === undefined ? {} : { problem }),
    });
  }

  #receive(message: FeedServerMessage): void {
    const gap = gapOf(this.#state, message);
    const first = this.#once.take(message);
    this.#apply({ type: 'message', nowMs: this.#nowMs(), message });
    if (!first) return;
    if (gap !== null) this.#listeners.emit('gap', gap);
    this.#latest.receive(message);
    for (const queue of this.#queues) queue.push(message);
    this.#listeners.emit('message', message);
    for (const one of nowcastsOf(message)) this.#listeners.emit('nowcast', one);
  }

  /** One timer at a time, set anew only when it would ring too late: a message costs no timer. */
  #schedule(): void {
    const dueMs = nextDueMs(this.#state, this.#policy);
    if (this.#timer !== null && dueMs !== null && dueMs >= this.#timerAtMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (dueMs === null) return;
    this.#timerAtMs = dueMs;
    const ring = (): void => {
      this.#timer = null;
      this.#apply({ type: 'tick', nowMs: this.#nowMs() });
    };
    // One more millisecond: a limit is passed, not reached.
    this.#timer = setTimeout(ring, Math.max(0, dueMs - this.#nowMs()) + 1);
  }

  #end(code: number | null): void {
    this.#connection?.close();
    this.#connection = null;
    const error =
      code === null
        ? null
        : new FeedError('GAVE_UP', `the feed is closed: ${closeReason(code)} (${code})`, code);
    for (const queue of [...this.#queues]) {
      if (error === null) queue.end();
      else queue.fail(error);
    }
    this.#queues.clear();
  }
}

function nowcastsOf(message: FeedServerMessage): ReceivedNowcast[] {
  if (message.type === 'nowcast') return [{ seq: message.seq, nowcast: message.nowcast, snapshot: false }];
  if (message.type !== 'snapshot') return [];
  return message.nowcasts.map((nowcast) => ({ seq: message.seq, nowcast, snapshot: true }));
}
