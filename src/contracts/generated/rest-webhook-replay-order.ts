/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Sends deliveries again.
 */
export interface WebhookReplayOrder {
  /**
   * This one, whatever its state; all dead ones when left out.
   */
  deliveryId?: string;
}
