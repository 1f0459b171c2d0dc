import { retryWaitMs } from './retry-plan.js';
import type { AttemptResult, WebhookSender } from './sender.js';
import type { WebhookStore } from './webhook-store.js';
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
  readonly onAttempt: (webhook: Webhook, delivery: Delivery) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Sends what is pending: one attempt at a time to each webhook, so that a slow or dead receiver holds up nobody else.
 * All state is in the store; a process that ends in mid-attempt makes the attempt again.
 */
export class WebhookDispatcher {
  private readonly underWay = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(private readonly options: DispatcherOptions) {}

  /** Looks for work now. */
  wake(): void {
    if (this.closed) return;
    if (this.timer !== null) clearTimeout(this.timer);
    const { store, nowMs, pollMs, onError } = this.options;
    let waitMs = pollMs;
    try {
      for (const webhook of store.list()) {
        if (this.underWay.has(webhook.id)) continue;
        const next = store.nextDue(webhook.id);
        if (next === null) continue;
        const dueInMs = (next.nextAttemptAtMs ?? 0) - nowMs();
        if (dueInMs <= 0) this.begin(webhook, next);
        else waitMs = Math.min(waitMs, dueInMs);
      }
    } catch (error) {
      onError(error);
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

  private begin(webhook: Webhook, delivery: Delivery): void {
    const attempt = this.attempt(webhook, delivery)
      .catch(this.options.onError)
      .finally(() => {
        this.underWay.delete(webhook.id);
        this.wake();
      });
    this.underWay.set(webhook.id, attempt);
  }

  private async attempt(webhook: Webhook, delivery: Delivery): Promise<void> {
    const { store, sender, nowMs, onAttempt } = this.options;
    const result = await sender.send(webhook, delivery, nowMs());
    const after = this.after(delivery, result);
    await store.update(after);
    if (after.status !== 'pending') await store.prune(webhook.id);
    onAttempt(webhook, after);
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
