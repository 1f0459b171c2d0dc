/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * A webhook; its secret is not shown again.
 */
export interface WebhookBody {
  /**
   * Webhook.
   */
  id: string;
  /**
   * Where deliveries are sent.
   */
  url: string;
  /**
   * For people.
   */
  description: string;
  /**
   * What is sent.
   *
   * @minItems 1
   * @maxItems 32
   */
  events: [
    (
      | 'alert.raised'
      | 'alert.resolved'
      | 'model.candidate'
      | 'model.promoted'
      | 'model.rejected'
      | 'model.retired'
      | 'training.running'
      | 'training.succeeded'
      | 'training.rejected'
      | 'training.failed'
      | 'training.skipped'
      | 'alert.*'
      | 'model.*'
      | 'training.*'
    ),
    ...(
      | 'alert.raised'
      | 'alert.resolved'
      | 'model.candidate'
      | 'model.promoted'
      | 'model.rejected'
      | 'model.retired'
      | 'training.running'
      | 'training.succeeded'
      | 'training.rejected'
      | 'training.failed'
      | 'training.skipped'
      | 'alert.*'
      | 'model.*'
      | 'training.*'
    )[],
  ];
  /**
   * Only these zones; null: all, and what is about no zone.
   */
  zones: string[] | null;
  /**
   * When. ISO 8601 UTC.
   */
  createdAt: string;
}
