import { NowcastFeed, type FeedOptions } from '../../src/client/index.js';
import type { FeedSocketEvent, FeedSocketRequest } from '../../src/client/socket.js';
import type { FeedServerMessage } from '../../src/contracts/generated/feed-server-message.js';
import { makeNowcast } from '../feed/records.js';

/** A socket whose other end is the test. */
export class FakeSocket {
  readonly sent: unknown[] = [];
  closedWith: number | null = null;
  terminated = false;
  private readonly listeners = new Map<string, ((event: FeedSocketEvent) => void)[]>();

  constructor(readonly request: FeedSocketRequest) {}

  addEventListener(type: string, listener: (event: FeedSocketEvent) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1005): void {
    this.closedWith = code;
  }

  terminate(): void {
    this.terminated = true;
  }

  fire(type: string, event: FeedSocketEvent = {}): void {
    for (const listener of this.listeners.get(type) ?? []) listener(event);
  }

  /** The server says this. */
  say(...messages: FeedServerMessage[]): void {
    for (const message of messages) this.fire('message', { data: JSON.stringify(message) });
  }

  /** The server accepts, and answers the subscribe with a snapshot. */
  accept(seq: number, epoch = 'e1'): void {
    this.fire('open');
    this.say(
      { type: 'subscribed', id: 'feed', epoch, seq, recovered: false },
      { type: 'snapshot', id: 'feed', seq, nowcasts: [] },
    );
  }
}

/** A client on fake sockets. */
export class Rig {
  readonly sockets: FakeSocket[] = [];
  readonly feed: NowcastFeed;

  constructor(options: Partial<FeedOptions> = {}) {
    this.feed = new NowcastFeed({
      url: 'ws://feed.test/v1/feed',
      createSocket: (request) => {
        const socket = new FakeSocket(request);
        this.sockets.push(socket);
        return socket;
      },
      random: () => 0,
      ...options,
    });
  }

  /** The socket of the current attempt. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was made');
    return socket;
  }
}

export function nowcastFrame(seq: number, zone = 'A', conflated?: number): FeedServerMessage {
  const nowcast = makeNowcast({ zone, originMs: Date.UTC(2024, 6, 1) + seq * 300_000 });
  return { type: 'nowcast', seq, nowcast, ...(conflated === undefined ? {} : { conflated }) };
}
