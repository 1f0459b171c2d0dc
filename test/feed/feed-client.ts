import { WebSocket, type ClientOptions } from 'ws';
import type { FeedServerMessage } from '../../src/contracts/generated/feed-server-message.js';

type MessageOf<T extends FeedServerMessage['type']> = Extract<FeedServerMessage, { type: T }>;

/** A plain client of the feed that keeps what it gets. */
export class FeedClient {
  readonly messages: FeedServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as FeedServerMessage);
      for (const check of this.waiting) check();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        for (const check of this.waiting) check();
      });
    });
    socket.on('error', () => undefined);
  }

  static async connect(
    url: string,
    options: ClientOptions = {},
    otherProtocols: readonly string[] = [],
  ): Promise<FeedClient> {
    const client = new FeedClient(new WebSocket(url, ['nowcast.v1', ...otherProtocols], options));
    await new Promise((resolve, reject) => {
      client.socket.once('open', resolve);
      client.socket.once('error', reject);
    });
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Everything of one type so far. */
  all<T extends FeedServerMessage['type']>(type: T): MessageOf<T>[] {
    return this.messages.filter((message): message is MessageOf<T> => message.type === type);
  }

  /** Resolves when the condition holds; rejects when the connection closes first. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (condition()) done(resolve);
        else if (this.socket.readyState === WebSocket.CLOSED) done(() => reject(new Error('closed before')));
      };
      const done = (settle: () => void): void => {
        this.waiting.delete(check);
        settle();
      };
      this.waiting.add(check);
      check();
    });
  }

  /** The first message of the type, now or later. */
  async first<T extends FeedServerMessage['type']>(type: T): Promise<MessageOf<T>> {
    await this.until(() => this.all(type).length > 0);
    const [message] = this.all(type);
    if (message === undefined) throw new Error(`no ${type}`);
    return message;
  }

  /** Waits until everything the server sent before now has come. */
  async settle(id: string): Promise<void> {
    this.send({ type: 'ping', id });
    await this.until(() => this.all('pong').some((pong) => pong.id === id));
  }

  close(): void {
    this.socket.close();
  }
}
