/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What a promotion or a rollback did.
 */
export interface ModelSwapBody {
  /**
   * The version that serves now.
   */
  version: string;
  /**
   * Zones that it serves.
   */
  zones: string[];
  /**
   * What served before, by zone; null where nothing did.
   */
  replaced: {
    [k: string]: (string | null) | undefined;
  };
  /**
   * Version that was withdrawn, or null.
   */
  retired: string | null;
  /**
   * False when the version served already and nothing was done.
   */
  changed: boolean;
}
