/**
 * The conversation with one client as a state machine: messages and ticks in, actions out. Every instant is an
 * argument; sockets, the log and the view are the server's.
 */
import type { SubscribeMessage } from '../contracts/generated/feed-client-message.js';
import { horizonView, type HorizonView } from './horizon-view.js';
import { MessageCredit } from './message-credit.js';
import { CLOSE_CODES, type ClientMessageParser, type CloseCode, type FeedErrorCode } from './protocol.js';
import { WaitingRoom } from './waiting-room.js';

export interface SessionLimits {
  /** A connection without a subscription is closed after this long. */
  readonly subscribeDeadlineMs: number;
  readonly heartbeatMs: number;
  /** A connection that answered nothing (not even a ping) for this long is dead. */
  readonly deadAfterMs: number;
  readonly maxMessageBytes: number;
  readonly messagesPerSecond: number;
  /** Messages that may come at once. */
  readonly messageBurst: number;
  readonly maxSubscriptions: number;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  subscribeDeadlineMs: 10_000,
  heartbeatMs: 10_000,
  deadAfterMs: 35_000,
  maxMessageBytes: 1024 * 1024,
  messagesPerSecond: 20,
  messageBurst: 60,
  maxSubscriptions: 32,
};

export interface FeedSubscription {
  readonly id: string;
  /** Null for all zones, also those that appear later. */
  readonly zones: ReadonlySet<string> | null;
  readonly view: HorizonView;
}

export interface ResumePoint {
  readonly epoch: string;
  readonly seq: number;
}

export type SessionAction =
  | {
      readonly type: 'subscribe';
      readonly subscription: FeedSubscription;
      readonly resume: ResumePoint | null;
    }
  | { readonly type: 'unsubscribe'; readonly id: string }
  | { readonly type: 'pong'; readonly id: string | null }
  | {
      readonly type: 'error';
      readonly code: FeedErrorCode;
      readonly message: string;
      readonly id: string | null;
    }
  /** Find out whether the token lets the client in, and tell `answer`. */
  | { readonly type: 'authenticate'; readonly token: string }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'close'; readonly code: CloseCode; readonly reason: string }
  | { readonly type: 'terminate' };

/** Why a client is not let in. */
export interface Refusal {
  readonly reason: string;
  /** False when it has shown no token yet and may do so. */
  readonly final: boolean;
  /** The token could not be checked now. */
  readonly tryLater: boolean;
}

/** What exists to subscribe to. */
export interface FeedCatalog {
  hasZone(zone: string): boolean;
  /** Horizons of the given zones, or of all for null; empty when none is known yet. */
  horizonsOf(zones: ReadonlySet<string> | null): ReadonlySet<number>;
}

const NAMES_SHOWN = 10;

export class FeedSession {
  private readonly ids = new Set<string>();
  private unsubscribedSinceMs: number;
  private heartbeatAtMs: number;
  private heardAtMs: number;
  private ended = false;
  private readonly credit: MessageCredit;
  private readonly room: WaitingRoom;

  constructor(
    private readonly parser: ClientMessageParser,
    private readonly catalog: FeedCatalog,
    private readonly limits: SessionLimits,
    nowMs: number,
  ) {
    this.unsubscribedSinceMs = nowMs;
    this.heardAtMs = nowMs;
    this.heartbeatAtMs = nowMs + limits.heartbeatMs;
    this.credit = new MessageCredit(limits.messagesPerSecond, limits.messageBurst, nowMs);
    this.room = new WaitingRoom(limits.maxMessageBytes * 2);
  }

  /** Any sign of life that is not a message. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
  }

  /** Whether the client is let in is being found out: what it says is held until `answer`. Until then everybody is in. */
  ask(nowMs: number): void {
    this.room.ask(nowMs);
  }

  /**
   * Whether the client is let in.
   * @param refusal null when it is; `final` when a token was shown, so that no other one is waited for
   */
  answer(refusal: Refusal | null, nowMs: number): SessionAction[] {
    if (this.ended) return [];
    this.room.answer(refusal === null);
    if (refusal?.tryLater === true) return this.end(CLOSE_CODES.tryLater, refusal.reason);
    if (refusal?.final === true) return this.end(CLOSE_CODES.unauthorised, refusal.reason);
    const actions: SessionAction[] = [];
    for (let frame = this.room.next(); frame !== null; frame = this.room.next()) {
      actions.push(...this.handle(frame.text, frame.bytes, nowMs));
    }
    return actions;
  }

  /** The connection is being closed: nothing it says counts any more. */
  stop(): void {
    this.ended = true;
  }

  /** @param text null for a binary frame */
  receive(text: string | null, bytes: number, nowMs: number): SessionAction[] {
    if (this.ended) return [];
    this.heardAtMs = nowMs;
    if (!this.credit.take(nowMs)) {
      const rate = `${this.limits.messagesPerSecond} messages a second`;
      return this.end(CLOSE_CODES.tooManyMessages, `too many messages: at most ${rate}`);
    }
    if (!this.room.asking) return this.handle(text, bytes, nowMs);
    if (this.room.hold({ text, bytes })) return [];
    return this.end(CLOSE_CODES.tooManyMessages, 'too much was sent before the token was checked');
  }

  private handle(text: string | null, bytes: number, nowMs: number): SessionAction[] {
    if (this.ended) return [];
    if (bytes > this.limits.maxMessageBytes) {
      return this.refuse(
        `a message may have at most ${this.limits.maxMessageBytes} bytes; this has ${bytes}`,
        null,
      );
    }
    if (text === null) return this.refuse('binary frames are not understood; send JSON in text frames', null);
    const parsed = this.parser.parse(text);
    if (!parsed.ok) return this.refuse(parsed.message, parsed.id);
    const { type } = parsed.message;
    if (!this.room.inside && (type === 'subscribe' || type === 'unsubscribe'))
      return this.end(CLOSE_CODES.unauthorised, `${type} before auth; send {"type":"auth","token":…} first`);
    switch (parsed.message.type) {
      case 'subscribe':
        return this.subscribe(parsed.message);
      case 'unsubscribe':
        return this.unsubscribe(parsed.message.id, nowMs);
      case 'ping':
        return [{ type: 'pong', id: parsed.message.id ?? null }];
      case 'auth':
        this.room.ask(nowMs);
        return [{ type: 'authenticate', token: parsed.message.token }];
    }
  }

  /** Call at least every second. */
  tick(nowMs: number): SessionAction[] {
    if (this.ended) return [];
    if (nowMs - this.heardAtMs > this.limits.deadAfterMs) {
      this.ended = true;
      return [{ type: 'terminate' }];
    }
    if (this.room.overdue(this.limits.subscribeDeadlineMs, nowMs)) {
      return this.end(CLOSE_CODES.unauthorised, `no accepted token within ${this.deadlineSeconds} s`);
    }
    if (this.ids.size === 0) {
      if (nowMs - this.unsubscribedSinceMs < this.limits.subscribeDeadlineMs) return [];
      return this.end(CLOSE_CODES.tooSlow, `no subscribe within ${this.deadlineSeconds} s`);
    }
    if (nowMs < this.heartbeatAtMs) return [];
    this.heartbeatAtMs = nowMs + this.limits.heartbeatMs;
    return [{ type: 'heartbeat' }];
  }

  private subscribe(message: SubscribeMessage): SessionAction[] {
    const { id } = message;
    if (!this.ids.has(id) && this.ids.size >= this.limits.maxSubscriptions) {
      const text = `a connection may hold ${this.limits.maxSubscriptions} subscriptions; unsubscribe one first`;
      return [{ type: 'error', code: 'TOO_MANY_SUBSCRIPTIONS', message: text, id }];
    }
    const all = message.zones.includes('*');
    const named = message.zones.filter((zone) => zone !== '*');
    const unknown = named.filter((zone) => !this.catalog.hasZone(zone));
    const known = new Set(named.filter((zone) => this.catalog.hasZone(zone)));
    const actions: SessionAction[] = [];
    if (unknown.length > 0) actions.push(unknownZones(unknown, id));
    if (!all && known.size === 0) return actions;
    const zones = all ? null : known;
    if (message.horizonsMinutes !== undefined)
      actions.push(...this.checkHorizons(message.horizonsMinutes, zones, id));
    this.ids.add(id);
    const subscription = { id, zones, view: horizonView(message.horizonsMinutes) };
    return [{ type: 'subscribe', subscription, resume: message.resume ?? null }, ...actions];
  }

  private checkHorizons(
    wanted: readonly number[],
    zones: ReadonlySet<string> | null,
    id: string,
  ): SessionAction[] {
    const offered = this.catalog.horizonsOf(zones);
    const missing = wanted.filter((horizon) => !offered.has(horizon));
    if (offered.size === 0 || missing.length === 0) return [];
    const listed = [...offered].sort((a, b) => a - b);
    const message = `no subscribed zone has horizon ${shortList(missing)} min; offered: ${listed.join(', ')}`;
    return [{ type: 'error', code: 'HORIZON_UNKNOWN', message, id }];
  }

  private unsubscribe(id: string, nowMs: number): SessionAction[] {
    if (!this.ids.delete(id)) {
      const message = `there is no subscription ${JSON.stringify(id)} on this connection`;
      return [{ type: 'error', code: 'SUBSCRIPTION_UNKNOWN', message, id }];
    }
    if (this.ids.size === 0) this.unsubscribedSinceMs = nowMs;
    return [{ type: 'unsubscribe', id }];
  }

  private refuse(message: string, id: string | null): SessionAction[] {
    return [
      { type: 'error', code: 'BAD_MESSAGE', message, id },
      ...this.end(CLOSE_CODES.badMessage, `bad message: ${message}`),
    ];
  }

  private end(code: CloseCode, reason: string): SessionAction[] {
    this.ended = true;
    return [{ type: 'close', code, reason }];
  }

  private get deadlineSeconds(): number {
    return this.limits.subscribeDeadlineMs / 1000;
  }
}

function unknownZones(unknown: readonly string[], id: string): SessionAction {
  const names = shortList(unknown.map((zone) => JSON.stringify(zone)));
  const message = `unknown zone ${names}; GET /v1/zones lists the zones, "*" means all`;
  return { type: 'error', code: 'ZONE_UNKNOWN', message, id };
}

function shortList(items: readonly (string | number)[]): string {
  const shown = items.slice(0, NAMES_SHOWN).join(', ');
  return items.length > NAMES_SHOWN ? `${shown} and ${items.length - NAMES_SHOWN} more` : shown;
}
