/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What came of a test event.
 */
export interface WebhookTestBody {
  /**
   * The webhook-id header.
   */
  deliveryId: string;
  /**
   * Answered with 2xx.
   */
  ok: boolean;
  /**
   * HTTP status; null without an answer.
   */
  status: number | null;
  /**
   * Why it failed.
   */
  error: string | null;
}
