import type { WebhookEvent } from './events.js';

/** A subscription: where events are sent, which of them, and what they are signed with. */
export interface Webhook {
  readonly id: string;
  /** http(s) address. */
  readonly url: string;
  /** For people. */
  readonly description: string;
  /** Event types, or families such as `alert.*`. */
  readonly events: readonly string[];
  /** Only these zones; null: all, and what is about no zone. */
  readonly zones: readonly string[] | null;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  /** `whsec_` and base64. Shown once, where it is created; never logged. */
  readonly secret: string;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** One event on its way to one webhook. */
export interface Delivery {
  /** The webhook-id header: the same for every attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly webhookId: string;
  readonly type: string;
  /** The body as it is signed and sent. */
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly createdAtMs: number;
  /** When the next attempt is due; null when there is none. */
  readonly nextAttemptAtMs: number | null;
  readonly lastAttemptAtMs: number | null;
  /** HTTP status of the last attempt, where there was an answer. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed. */
  readonly lastError: string | null;
}

/** Whether a webhook wants an event. */
export function wants({ events, zones }: Webhook, event: WebhookEvent): boolean {
  const family = `${event.type.split('.', 1)[0] ?? ''}.*`;
  if (!events.includes(event.type) && !events.includes(family)) return false;
  return zones === null || event.zones.some((zone) => zones.includes(zone));
}

export function newDelivery(webhook: Webhook, event: WebhookEvent, id: string, nowMs: number): Delivery {
  return {
    id,
    webhookId: webhook.id,
    type: event.type,
    body: event.body,
    status: 'pending',
    attempts: 0,
    createdAtMs: nowMs,
    nextAttemptAtMs: nowMs,
    lastAttemptAtMs: null,
    lastStatus: null,
    lastError: null,
  };
}
