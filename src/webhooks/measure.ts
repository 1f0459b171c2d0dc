import type { WebhookMetrics } from '../ops/webhook-metrics.js';
import type { Delivery } from './webhook.js';
import type { QueueSize } from './webhook-store.js';

/** Counts an attempt. @param after the delivery as the attempt left it */
export function measureAttempt(metrics: WebhookMetrics, after: Delivery): void {
  const { status, lastError, lastAttemptAtMs, createdAtMs } = after;
  metrics.webhookAttemptsTotal.inc({ outcome: lastError === null ? 'ok' : 'failed' });
  if (status === 'pending') metrics.webhookRetriesTotal.inc();
  else metrics.webhookDeliveriesTotal.inc({ outcome: status });
  if (status === 'delivered')
    metrics.webhookDeliverySeconds.observe(
      Math.max(0, (lastAttemptAtMs ?? createdAtMs) - createdAtMs) / 1000,
    );
}

/** Shows how much waits, and how much was given up. */
export function measureQueue(metrics: WebhookMetrics, { pending, dead }: QueueSize): void {
  metrics.webhookPending.set(pending);
  metrics.webhookDead.set(dead);
}
