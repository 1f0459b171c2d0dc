/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Deliveries that are sent again.
 */
export interface WebhookReplayBody {
  /**
   * How many.
   */
  replayed: number;
}
