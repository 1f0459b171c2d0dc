import type { AuthMessage } from '../contracts/generated/feed-client-message.js';
import type { FeedServerMessage } from '../contracts/generated/feed-server-message.js';
import { FeedError } from './feed-error.js';
import { parseFrame } from './parse.js';
import type { FeedSocket, FeedSocketFactory } from './socket.js';

const SUBPROTOCOL = 'nowcast.v1';
const NORMAL_CLOSE = 1000;
const ABNORMAL_CLOSE = 1006;
/** How long a server may take to answer the close handshake. */
const CLOSE_GRACE_MS = 1_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string | (() => string | Promise<string>) | undefined;
  readonly tokenIn: 'header' | 'message';
  readonly createSocket: FeedSocketFactory;
  readonly onOpen: () => void;
  readonly onMessage: (message: FeedServerMessage) => void;
  readonly onError: (error: FeedError) => void;
  /** Called once, unless the connection was closed or dropped from this side. */
  readonly onClose: (code: number, problem?: string) => void;
}

/** One attempt: a token, a socket, and its end. */
export class Connection {
  /** Resolves when the socket is closed or let go. */
  readonly closed: Promise<void>;
  private settle: () => void = () => undefined;
  private socket: FeedSocket | null = null;
  private over = false;

  constructor(private readonly options: ConnectionOptions) {
    this.closed = new Promise((resolve) => (this.settle = resolve));
  }

  open(): void {
    const { token } = this.options;
    if (typeof token !== 'function') {
      this.connect(token ?? null);
      return;
    }
    Promise.resolve()
      .then(token)
      .then(
        (given) => {
          if (!this.over) this.connect(given);
        },
        (cause: unknown) => {
          const error = new FeedError('TOKEN_FAILED', 'the token could not be had', null, { cause });
          this.fail(ABNORMAL_CLOSE, error);
        },
      );
  }

  send(text: string): void {
    this.socket?.send(text);
  }

  /** The close handshake; a server that does not answer it is not waited for. */
  close(): void {
    this.over = true;
    const { socket } = this;
    if (socket === null) {
      this.settle();
      return;
    }
    const timer = setTimeout(() => this.drop(), CLOSE_GRACE_MS);
    void this.closed.then(() => clearTimeout(timer));
    socket.close(NORMAL_CLOSE, 'done');
  }

  /** Lets the socket go: its peer is dead and would not answer a close handshake. */
  drop(): void {
    this.over = true;
    if (this.socket?.terminate === undefined) this.socket?.close();
    else this.socket.terminate();
    this.settle();
  }

  private connect(token: string | null): void {
    const { url, tokenIn, createSocket } = this.options;
    const headers: Record<string, string> =
      token !== null && tokenIn === 'header' ? { authorization: `Bearer ${token}` } : {};
    let socket: FeedSocket;
    try {
      socket = createSocket({ url, protocols: [SUBPROTOCOL], headers });
    } catch (cause) {
      // An address or header that the platform refuses is as good as a server that does not answer.
      this.fail(ABNORMAL_CLOSE, cause instanceof Error ? cause : new Error(String(cause)));
      return;
    }
    this.socket = socket;
    this.listen(socket, tokenIn === 'message' ? token : null);
  }

  private listen(socket: FeedSocket, token: string | null): void {
    const { onOpen, onMessage, onError } = this.options;
    socket.addEventListener('open', () => {
      if (this.over) return;
      if (token !== null) socket.send(JSON.stringify({ type: 'auth', token } satisfies AuthMessage));
      onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.over) return;
      const parsed = parseFrame(data);
      if (parsed.kind === 'message') onMessage(parsed.message);
      else if (parsed.kind === 'malformed') onError(new FeedError('MALFORMED_FRAME', parsed.reason));
    });
    // `ws` throws an error that nobody listens to; the close that follows says all there is.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code }) => {
      this.ended(code ?? ABNORMAL_CLOSE);
    });
  }

  private fail(code: number, error: Error): void {
    if (this.over) return;
    if (error instanceof FeedError) this.options.onError(error);
    // Told later: the caller is still setting this connection up.
    queueMicrotask(() => this.ended(code, error.message));
  }

  private ended(code: number, problem?: string): void {
    this.settle();
    if (this.over) return;
    this.over = true;
    this.options.onClose(code, problem);
  }
}
