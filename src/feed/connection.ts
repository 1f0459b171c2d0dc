import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { FeedCaller } from './admission.js';
import type { FeedFrame } from './frame.js';
import type { HorizonView } from './horizon-view.js';
import { Outbox, type OutboxLimits } from './outbox.js';
import type { CloseCode } from './protocol.js';
import { wants } from './resume.js';
import type { FeedSession, FeedSubscription } from './session.js';

/** A close reason is at most 123 bytes of UTF-8 on the wire. */
const MAX_REASON_BYTES = 123;

/** One client: its socket, its conversation, its outbox and its subscriptions. */
export class FeedConnection {
  readonly outbox: Outbox;
  /** Live subscriptions. One that still waits for its missed nowcasts is in `resuming` instead. */
  readonly live = new Map<string, FeedSubscription>();
  readonly resuming = new Map<string, { readonly subscription: FeedSubscription; readonly seq: number }>();
  private readonly drained = (): void => {
    this.flush();
  };
  /** False once what let the client in no longer does. */
  stillValid: () => boolean = () => true;
  private corked = false;

  constructor(
    readonly socket: WebSocket,
    private readonly stream: Duplex,
    readonly caller: FeedCaller,
    readonly session: FeedSession,
    limits: OutboxLimits,
    private readonly onSent: (messages: number) => void,
  ) {
    const sink = {
      bufferedBytes: () => socket.bufferedAmount,
      send: (message: Buffer) => {
        if (socket.readyState === socket.OPEN) socket.send(message, { binary: false });
      },
    };
    this.outbox = new Outbox(sink, limits);
    stream.on('drain', this.drained);
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Replies and snapshots: sent whatever the state of the client. */
  sendNow(message: string | Buffer): void {
    this.outbox.sendNow(typeof message === 'string' ? Buffer.from(message) : message);
    this.onSent(1);
  }

  offerNowcast(frame: FeedFrame, nowMs: number): void {
    for (const view of this.viewsOf(frame.zone)) {
      const message = frame.messageOf(view);
      if (message === null) continue;
      const key = `nowcast/${view.key}/${frame.zone}`;
      this.offer({ key, seq: frame.seq, rank: frame.originMs, message }, nowMs);
    }
  }

  /** Anything but a nowcast; the newest of a key replaces one that still waits. */
  offerOther(key: string, rank: number, message: Buffer, nowMs: number): void {
    this.offer({ key, seq: null, rank, message }, nowMs);
  }

  /** The position this client may resume from without missing anything. */
  completeSeq(headSeq: number): number {
    let seq = this.outbox.completeSeq(headSeq);
    for (const one of this.resuming.values()) seq = Math.min(seq, one.seq);
    return seq;
  }

  /** Sends what waits as far as the socket takes it, or all of it. */
  flush(all = false): void {
    const sent = this.outbox.flush(all);
    if (sent > 0) this.onSent(sent);
  }

  /** Collects everything sent until `uncork` into one write. */
  cork(): void {
    if (this.corked) return;
    this.corked = true;
    this.outbox.beginBatch();
    this.stream.cork();
  }

  uncork(): void {
    if (!this.corked) return;
    this.corked = false;
    this.stream.uncork();
    this.outbox.endBatch();
  }

  /** Resolves when the socket has taken all there is, or when it closes. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.stream.off('drain', done);
        this.stream.off('close', done);
        resolve();
      };
      this.stream.once('drain', done);
      this.stream.once('close', done);
    });
  }

  close(code: CloseCode, reason: string): void {
    this.stream.off('drain', this.drained);
    this.socket.close(code, shortened(reason));
  }

  private offer(item: Parameters<Outbox['offer']>[0], nowMs: number): void {
    if (this.outbox.offer(item, nowMs)) this.onSent(1);
  }

  /** Zones of all live subscriptions; null for all. */
  zones(): ReadonlySet<string> | null {
    const zones = new Set<string>();
    for (const subscription of this.live.values()) {
      if (subscription.zones === null) return null;
      for (const zone of subscription.zones) zones.add(zone);
    }
    return zones;
  }

  wantsHorizon(zone: string, horizonMinutes: number): boolean {
    return this.viewsOf(zone).some(({ horizonsMinutes }) => horizonsMinutes?.has(horizonMinutes) ?? true);
  }

  /** The distinct horizon views of the live subscriptions that want the zone. */
  private viewsOf(zone: string): HorizonView[] {
    const views: HorizonView[] = [];
    for (const subscription of this.live.values()) {
      if (!wants(subscription, zone)) continue;
      if (!views.some((view) => view.key === subscription.view.key)) views.push(subscription.view);
    }
    return views;
  }
}

function shortened(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > MAX_REASON_BYTES) text = text.slice(0, -1);
  return text;
}
