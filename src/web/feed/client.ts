import type { FeedServerMessage } from '../../contracts/generated/feed-server-message.js';
import { feedStep, initialFeedState, type FeedEffect, type FeedEvent, type FeedState } from './protocol.js';

const TICK_MS = 250;
const ABNORMAL_CLOSE = 1006;

export interface FeedListener {
  onMessage(message: FeedServerMessage): void;
  onState(state: FeedState): void;
}

/** Keeps one feed connection alive for as long as the page is: runs the machine of protocol.ts on a real WebSocket. */
export class FeedClient {
  #state = initialFeedState();
  #socket: WebSocket | null = null;
  readonly #url: string;
  readonly #listener: FeedListener;

  constructor(url: string, listener: FeedListener) {
    this.#url = url;
    this.#listener = listener;
  }

  start(): void {
    setInterval(() => this.#apply({ type: 'tick', nowMs: Date.now() }), TICK_MS);
    window.addEventListener('online', () => this.#retryNow());
    this.#connect();
  }

  #apply(event: FeedEvent): void {
    const { state, effects } = feedStep(this.#state, event);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (changed) this.#listener.onState(this.#state);
  }

  #perform(effect: FeedEffect): void {
    if (effect.type === 'connect') this.#connect();
    else if (effect.type === 'send') this.#socket?.send(effect.text);
    else this.#drop();
  }

  /** A dead peer never answers the close handshake, so the machine is told at once and the socket is let go. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#closed(ABNORMAL_CLOSE);
  }

  #closed(code: number): void {
    this.#apply({ type: 'closed', nowMs: Date.now(), code, jitter: Math.random() });
  }

  #retryNow(): void {
    if (this.#state.retryAtMs !== null) this.#apply({ type: 'tick', nowMs: Number.MAX_SAFE_INTEGER });
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, 'nowcast.v1');
    this.#socket = socket;
    const isCurrent = (): boolean => this.#socket === socket;
    socket.addEventListener('open', () => {
      if (isCurrent()) this.#apply({ type: 'opened', nowMs: Date.now() });
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isCurrent()) this.#receive(event.data);
    });
    socket.addEventListener('close', (event) => {
      if (!isCurrent()) return;
      this.#socket = null;
      this.#closed(event.code);
    });
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    // The server validates what it sends against the schema that this type is generated from.
    const message = JSON.parse(data) as FeedServerMessage;
    this.#apply({ type: 'message', nowMs: Date.now(), message });
    this.#listener.onMessage(message);
  }
}

/** The feed's address beside the page, whatever path the page is served under. */
export function feedUrl(pageUrl: string): string {
  const url = new URL('v1/feed', pageUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
