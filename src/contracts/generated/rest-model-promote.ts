/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Body of POST /v1/models/{version}/promote.
 */
export interface ModelPromotion {
  /**
   * The version must be of this zone.
   */
  zone?: string;
  /**
   * Why; kept with the model and in the audit.
   */
  reason?: string;
}
