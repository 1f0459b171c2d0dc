/** The part of a WebSocket that the client uses; those of browsers, of Node and of `ws` all have it. */
export interface FeedSocketEvent {
  /** Of `message`. */
  readonly data?: unknown;
  /** Of `close`. */
  readonly code?: number;
}

export interface FeedSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** `ws` has it: ends a connection whose peer answers nothing. */
  terminate?(): void;
  addEventListener(type: string, listener: (event: FeedSocketEvent) => void): void;
}

export interface FeedSocketRequest {
  readonly url: string;
  readonly protocols: readonly string[];
  /** Headers of the upgrade; browsers cannot send any. */
  readonly headers: Readonly<Record<string, string>>;
}

export type FeedSocketFactory = (request: FeedSocketRequest) => FeedSocket;

/** A WebSocket class. One that takes headers takes them as `ws` does: in its third argument. */
export type WebSocketClass = new (
  url: string,
  protocols: string[],
  options?: { headers: Record<string, string> },
) => unknown;

/** Sockets of the given class, with headers. */
export function socketsOf(socketClass: WebSocketClass): FeedSocketFactory {
  return ({ url, protocols, headers }) => {
    const named = Object.keys(headers).length > 0;
    const socket = named
      ? new socketClass(url, [...protocols], { headers: { ...headers } })
      : new socketClass(url, [...protocols]);
    return socket as FeedSocket;
  };
}

/**
 * The WebSocket of this platform.
 * @throws TypeError where there is none
 */
export function platformWebSocket(): WebSocketClass {
  const found = (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
  if (found === undefined) {
    throw new TypeError(
      "this platform has no WebSocket; pass one: import { WebSocket } from 'ws' and new NowcastFeed({ url, WebSocket })",
    );
  }
  return found;
}
