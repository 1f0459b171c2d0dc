import { randomUUID } from 'node:crypto';
import { retryWaitMs } from './retry-plan.js';
import type { AttemptResult, WebhookSender } from './sender.js';
import type { QueueSize, WebhookStore } from './webhook-store.js';
import type { Delivery, Webhook } from './webhook.js';

export interface DispatcherOptions {
  readonly store: WebhookStore;
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly retryWaitsMs: readonly number[];
  /** The wall clock: signatures and retries are about real time, whatever time a simulation has. */
  readonly nowMs: () => number;
  readonly chance: () => number;
  /** Another process may have added work. */
  readonly pollMs: number;
  /** Longer than an attempt can take: after it a claim is that of a process that ended. */
  readonly claimMs: number;
  /** What waits for all webhooks; told whenever work is looked for. */
  readonly onQueue: (size: QueueSize) => void;
  readonly onAttempt: (webhook: Webhook, delivery: Delivery) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Sends what is pending: one attempt at a time to each webhook, so that a slow or dead receiver holds up nobody else; also
 * when several processes share the store. All state is in the store: an attempt in whose midst a process ends is made again.
 */
export class WebhookDispatcher {
  private readonly underWay = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private readonly owner = randomUUID();

  constructor(private readonly options: DispatcherOptions) {}

  /** Looks for work now. */
  wake(): void {
    if (this.closed) return;
    if (this.timer !== null) clearTimeout(this.timer);
    let waitMs = this.options.pollMs;
    try {
      waitMs = this.look();
    } catch (error) {
      this.options.onError(error);
    }
    this.timer = setTimeout(() => {
      this.wake();
    }, waitMs);
    this.timer.unref();
  }

  /** Waits for attempts that are under way; begins no others. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await Promise.all(this.underWay.values());
  }

  /** Begins what is due. @returns when to look again, milliseconds from now */
  private look(): number {
    const { store, nowMs, pollMs, onQueue } = this.options;
    let waitMs = pollMs;
    const size = { pending: 0, dead: 0 };
    for (const webhook of store.list()) {
      const { next, pending, dead } = store.queueOf(webhook.id);
      size.pending += pending;
      size.dead += dead;
      if (next === null || this.underWay.has(webhook.id)) continue;
      const now = nowMs();
      const dueMs = Math.max(
        next.nextAttemptAtMs ?? 0,
        store.claimedUntilMs(webhook.id, this.owner, now) ?? 0,
      );
      if (dueMs <= now) this.begin(webhook);
      else waitMs = Math.min(waitMs, dueMs - now);
    }
    onQueue(size);
    return waitMs;
  }

  private begin(webhook: Webhook): void {
    const attempt = this.attempt(webhook)
      .catch((error: unknown) => {
        this.options.onError(error);
        return false;
      })
      .then((attempted) => {
        this.underWay.delete(webhook.id);
        // Otherwise another process is at it, or the store fails: the next look is soon enough.
        if (attempted) this.wake();
      });
    this.underWay.set(webhook.id, attempt);
  }

  /** @returns whether this process made an attempt */
  private async attempt(webhook: Webhook): Promise<boolean> {
    const { store, sender, nowMs, claimMs, onAttempt } = this.options;
    const delivery = await store.claim(webhook.id, this.owner, nowMs(), nowMs() + claimMs);
    if (delivery === null) return false;
    const result = await sender.send(webhook, delivery, nowMs());
    const after = this.after(delivery, result);
    if (await store.settle(after, this.owner)) {
      if (after.status !== 'pending') await store.prune(webhook.id);
      onAttempt(webhook, after);
    }
    return true;
  }

  private after(delivery: Delivery, result: AttemptResult): Delivery {
    const { retryWaitsMs, nowMs, chance } = this.options;
    const attempts = delivery.attempts + 1;
    const atMs = nowMs();
    const waitMs = result.ok ? null : retryWaitMs(retryWaitsMs, attempts, chance(), result.retryAfterMs);
    return {
      ...delivery,
      attempts,
      status: result.ok ? 'delivered' : waitMs === null ? 'dead' : 'pending',
      nextAttemptAtMs: waitMs === null ? null : atMs + waitMs,
      lastAttemptAtMs: atMs,
      lastStatus: result.status,
      lastError: result.error,
    };
  }
}
