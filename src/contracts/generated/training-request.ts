/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Asks the trainer for a training.
 */
export interface TrainingRequest {
  /**
   * Unique id.
   */
  id: string;
  /**
   * Zones; empty means all.
   */
  zones: string[];
  kind: 'initial' | 'daily' | 'weekly' | 'demand' | 'drift';
  /**
   * When. ISO 8601 UTC.
   */
  requestedAt: string;
  /**
   * Who: cli, api:<key>, schedule, drift.
   */
  requestedBy: string;
}
