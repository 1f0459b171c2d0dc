/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Subscribes an address to events.
 */
export interface WebhookOrder {
  /**
   * https address that deliveries are posted to.
   */
  url: string;
  /**
   * For people.
   */
  description?: string;
  /**
   * What to send; all by default.
   *
   * @minItems 1
   * @maxItems 32
   */
  events?: [
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
   * Only what is about these zones.
   *
   * @minItems 1
   * @maxItems 1000
   */
  zones?: [string, ...string[]];
}
