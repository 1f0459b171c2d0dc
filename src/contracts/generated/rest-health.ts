/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The process is alive.
 */
export interface HealthBody {
  status: 'alive';
  /**
   * Since the start of the process, milliseconds.
   */
  uptimeMs: number;
}
