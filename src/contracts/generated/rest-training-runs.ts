/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Recent training runs.
 */
export interface TrainingRunsBody {
  /**
   * Newest start first.
   */
  trainingRuns: ListedTrainingRun[];
}
/**
 * Progress and outcome of one training of one zone.
 */
export interface ListedTrainingRun {
  /**
   * Unique id.
   */
  id: string;
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  kind: 'initial' | 'daily' | 'weekly' | 'demand' | 'drift';
  status: 'running' | 'succeeded' | 'rejected' | 'failed';
  /**
   * When. ISO 8601 UTC.
   */
  startedAt: string;
  /**
   * When; null while running. ISO 8601 UTC.
   */
  finishedAt: string | null;
  /**
   * Finished stages in order.
   */
  stages: {
    /**
     * Stage.
     */
    name: string;
    /**
     * Wall time.
     */
    durationMs: number;
  }[];
  /**
   * Training rows.
   */
  rows: number;
  /**
   * Peak memory of the process.
   */
  peakRssBytes: number | null;
  /**
   * Published version.
   */
  modelVersion: string | null;
  /**
   * Why it failed.
   */
  error: string | null;
}
