import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How events get to the addresses that asked for them. Test events are not counted. */
export interface WebhookMetrics {
  /** Attempts; outcome is ok or failed. */
  readonly webhookAttemptsTotal: Counter<'outcome'>;
  /** Deliveries that have ended; outcome is delivered or dead. */
  readonly webhookDeliveriesTotal: Counter<'outcome'>;
  /** Failed attempts that are followed by another one. */
  readonly webhookRetriesTotal: Counter;
  /** Deliveries that wait for an attempt. */
  readonly webhookPending: Gauge;
  /** Dead deliveries that are kept, to be looked at or replayed. */
  readonly webhookDead: Gauge;
  /** From taking an event in to its receiver having taken it, failed attempts included, seconds. */
  readonly webhookDeliverySeconds: Histogram;
}

/** From a receiver next door to one that came back after a day. */
const DELIVERY_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600, 3600, 21_600, 86_400];

export function webhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry];
  const metrics = {
    webhookAttemptsTotal: new Counter({
      name: 'nowcast_webhook_attempts_total',
      help: 'Attempts to deliver an event to a webhook, by outcome (ok, failed).',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhookDeliveriesTotal: new Counter({
      name: 'nowcast_webhook_deliveries_total',
      help: 'Webhook deliveries that have ended, by outcome (delivered, dead).',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhookRetriesTotal: new Counter({
      name: 'nowcast_webhook_retries_total',
      help: 'Failed attempts to deliver that are followed by another one.',
      registers,
    }),
    webhookPending: new Gauge({
      name: 'nowcast_webhook_pending',
      help: 'Webhook deliveries that wait for an attempt.',
      registers,
    }),
    webhookDead: new Gauge({
      name: 'nowcast_webhook_dead',
      help: 'Dead webhook deliveries that are kept.',
      registers,
    }),
    webhookDeliverySeconds: new Histogram({
      name: 'nowcast_webhook_delivery_seconds',
      help: 'From taking an event in to its receiver having taken it, failed attempts included.',
      buckets: DELIVERY_BUCKETS,
      registers,
    }),
  };
  // A counter that starts at its first event hides that event from `increase()`.
  for (const outcome of ['ok', 'failed']) metrics.webhookAttemptsTotal.inc({ outcome }, 0);
  for (const outcome of ['delivered', 'dead']) metrics.webhookDeliveriesTotal.inc({ outcome }, 0);
  return metrics;
}
