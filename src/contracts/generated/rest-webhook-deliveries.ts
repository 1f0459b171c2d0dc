/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Deliveries of a webhook.
 */
export interface WebhookDeliveriesBody {
  /**
   * Newest first.
   */
  deliveries: WebhookDelivery[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
/**
 * One event on its way.
 */
export interface WebhookDelivery {
  /**
   * The webhook-id header of every attempt.
   */
  id: string;
  /**
   * Event type.
   */
  type: string;
  status: 'pending' | 'delivered' | 'dead';
  /**
   * Attempts so far.
   */
  attempts: number;
  /**
   * When the event was taken up.
   */
  createdAt: string;
  /**
   * When the next attempt is due.
   */
  nextAttemptAt: string | null;
  /**
   * When the last attempt ended.
   */
  lastAttemptAt: string | null;
  /**
   * HTTP status of the last attempt, where there was an answer.
   */
  lastStatus: number | null;
  /**
   * Why the last attempt failed.
   */
  lastError: string | null;
  /**
   * What is sent: type, timestamp, data.
   */
  event: {
    [k: string]: unknown | undefined;
  };
}
