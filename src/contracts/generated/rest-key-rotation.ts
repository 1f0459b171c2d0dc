/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * How to put a new key in the place of one.
 */
export interface ApiKeyRotation {
  /**
   * How long the old key stays valid beside the new one. Default 0.
   */
  graceSeconds?: number;
  /**
   * End of the new key, ISO 8601; null for never; absent: as long a life as the old one.
   */
  expiresAt?: string | null;
}
