import { randomBytes } from 'node:crypto';
import { NowcastError } from '../contracts/errors.js';
import { toIso } from '../contracts/time.js';
import type { EventLog, Subscription } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { checkWebhookUrl } from './address-guard.js';
import { WebhookDispatcher } from './dispatcher.js';
import { testEvent } from './events.js';
import { startIntake } from './intake.js';
import { RETRY_WAITS_MS } from './retry-plan.js';
import { WebhookSender, type AttemptResult } from './sender.js';
import { deliveryId, newSecret } from './signature.js';
import { WebhookStore, type QueueSize } from './webhook-store.js';
import { newDelivery, type Delivery, type Webhook } from './webhook.js';

const DEFAULT_MAX_WEBHOOKS = 100;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_POLL_MS = 5_000;
const FOLLOW_AGAIN_MS = 5_000;
/** Beyond the longest attempt: for writing down what came of it, on a machine that is busy. */
const CLAIM_MARGIN_MS = 10_000;

export interface WebhookServiceOptions {
  /** Directory of its own, for example `<dataDir>/webhooks`. */
  readonly dir: string;
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  readonly timeoutMs?: number;
  readonly retryWaitsMs?: readonly number[];
  readonly pollMs?: number;
  /** How soon it is tried again to follow the log. */
  readonly followAgainMs?: number;
  /** Webhooks that there may be at a time. */
  readonly maxWebhooks?: number;
  /** The wall clock. */
  readonly nowMs?: () => number;
  /** Told of every attempt; what it is given holds the secret. */
  readonly onAttempt?: (webhook: Webhook, delivery: Delivery) => void;
  /** Told what waits, now and then. */
  readonly onQueue?: (size: QueueSize) => void;
  /** Whether this process stands by, since another one of this data directory takes the events in; told of changes. */
  readonly onStandby?: (standingBy: boolean) => void;
  readonly onError?: (error: unknown) => void;
}

export interface WebhookOrder {
  readonly url: string;
  readonly description?: string;
  readonly events?: readonly string[];
  readonly zones?: readonly string[];
}

/** Webhooks of one process: kept in its data directory, fed from the log once `follow` was called. */
export class WebhookService {
  private readonly sender: WebhookSender;
  private readonly dispatcher: WebhookDispatcher;
  private readonly nowMs: () => number;
  private intake: Subscription | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  private closed = false;
  private standingBy = false;

  private constructor(
    private readonly options: WebhookServiceOptions,
    readonly store: WebhookStore,
  ) {
    const { allowPrivate, userAgent, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.nowMs = options.nowMs ?? Date.now;
    this.sender = new WebhookSender({ allowPrivate, userAgent, timeoutMs });
    this.dispatcher = new WebhookDispatcher({
      store,
      sender: this.sender,
      retryWaitsMs: options.retryWaitsMs ?? RETRY_WAITS_MS,
      nowMs: this.nowMs,
      chance: Math.random,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      claimMs: timeoutMs + CLAIM_MARGIN_MS,
      onQueue: options.onQueue ?? (() => undefined),
      onAttempt: options.onAttempt ?? (() => undefined),
      onError: this.onError,
    });
  }

  /** @throws NowcastError STORAGE_FAILED */
  static open(options: WebhookServiceOptions): WebhookService {
    return new WebhookService(options, WebhookStore.open(options.dir));
  }

  /**
   * Begins to follow the log and to send; after a failure of the log it follows again. Where another process follows for the
   * same webhooks and the log lets only one, this one stands by until it has ended, and sends meanwhile what is due.
   */
  async follow(log: EventLog, codec: SchemaCodec): Promise<void> {
    const { store, dispatcher, nowMs } = this;
    dispatcher.wake();
    try {
      this.intake = await startIntake({
        log,
        codec,
        store,
        nowMs,
        onNew: () => {
          dispatcher.wake();
        },
        onError: (error) => {
          this.onError(error);
          this.followAgain(log, codec);
        },
      });
      this.standBy(false);
    } catch (error) {
      if (!(error instanceof NowcastError) || error.code !== 'LOG_LOCKED') throw error;
      this.standBy(true);
      this.followAgain(log, codec);
    }
  }

  private standBy(standingBy: boolean): void {
    if (this.standingBy !== standingBy) this.options.onStandby?.(standingBy);
    this.standingBy = standingBy;
  }

  private followAgain(log: EventLog, codec: SchemaCodec): void {
    const failed = this.intake;
    this.intake = null;
    if (this.closed || this.retryTimer !== null) return;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null;
      const closed = failed?.close() ?? Promise.resolve();
      closed
        .then(() => this.follow(log, codec))
        .catch((error: unknown) => {
          this.onError(error);
          this.followAgain(log, codec);
        });
    }, this.options.followAgainMs ?? FOLLOW_AGAIN_MS);
    this.retryTimer.unref();
  }

  /** @returns the webhook with its secret, which is shown this once @throws NowcastError INPUT_INVALID, LIMIT_REACHED */
  async add(order: WebhookOrder): Promise<Webhook> {
    const url = checkWebhookUrl(order.url, this.options);
    const webhook: Webhook = {
      id: `wh_${randomBytes(9).toString('base64url')}`,
      url: url.href,
      description: order.description ?? '',
      events: [...new Set(order.events ?? ['alert.*', 'model.*', 'training.*'])],
      zones: order.zones === undefined ? null : [...new Set(order.zones)],
      createdAtMs: this.nowMs(),
      secret: newSecret(),
    };
    await this.store.add(webhook, this.options.maxWebhooks ?? DEFAULT_MAX_WEBHOOKS);
    return webhook;
  }

  /** Sends a test event now, once. @throws NowcastError NOT_FOUND */
  async test(id: string): Promise<AttemptResult & { readonly deliveryId: string }> {
    const webhook = this.store.get(id);
    const atMs = this.nowMs();
    const event = testEvent(toIso(atMs), `test ${randomBytes(9).toString('base64url')}`);
    const delivery = newDelivery(webhook, event, deliveryId(id, event.identity), atMs);
    return { deliveryId: delivery.id, ...(await this.sender.send(webhook, delivery, atMs)) };
  }

  /**
   * Sends deliveries again, under the same id: the one named, or all dead ones.
   * @returns how many @throws NowcastError NOT_FOUND
   */
  async replay(id: string, only?: string): Promise<number> {
    this.store.get(id);
    const wanted = this.store
      .deliveriesOf(id, only === undefined ? 'dead' : undefined)
      .filter((delivery) => only === undefined || delivery.id === only);
    if (only !== undefined && wanted.length === 0)
      throw new NowcastError('NOT_FOUND', `webhook ${id} has no delivery ${JSON.stringify(only)}`);
    for (const delivery of wanted)
      await this.store.update({ ...delivery, status: 'pending', attempts: 0, nextAttemptAtMs: this.nowMs() });
    if (this.intake !== null || this.standingBy) this.dispatcher.wake();
    return wanted.length;
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    await this.intake?.close();
    await this.dispatcher.close();
    await this.sender.close();
    await this.store.close();
  }

  private readonly onError = (error: unknown): void => {
    this.options.onError?.(error);
  };
}
