/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Body of POST /v1/models/rollback.
 */
export interface ModelRollback {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Version to restore; by default the one that served before.
   */
  toVersion?: string;
  /**
   * Why; kept with the model and in the audit.
   */
  reason?: string;
}
