/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Recent training runs.
 */
export interface TrainingRunsBody {
  /**
   * Newest start first.
   */
  trainingRuns: ListedTrainingRun[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
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
  status: 'queued' | 'running' | 'succeeded' | 'rejected' | 'failed' | 'skipped';
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
   * Why it failed or was skipped.
   */
  error: string | null;
  /**
   * Ids of the requests that this run answers; several when requests for one zone were put together.
   */
  requestIds?: string[];
  /**
   * Who asked: cli, api:<key>, schedule, drift.
   */
  requestedBy?: string | null;
  /**
   * 1, or more when a trainer ended during an earlier attempt.
   */
  attempt?: number;
  /**
   * Who trains. The record is renewed while it does; without renewal the run counts as interrupted.
   */
  trainer?: {
    /**
     * Unique per start of a trainer.
     */
    id: string;
    /**
     * Name of its machine.
     */
    host: string;
    /**
     * Tells whether process ids can be compared; empty where the system does not say.
     */
    machine: string;
    /**
     * Its process.
     */
    processId: number;
    /**
     * Tells the process from a later one with the same id; empty where unknown.
     */
    processStart: string;
  };
  /**
   * While running.
   */
  progress?: {
    /**
     * Current stage.
     */
    stage: string;
    /**
     * Of the whole training.
     */
    fraction: number;
  };
  /**
   * What the run used.
   */
  resources?: {
    /**
     * CPU time of the training thread; null where the system does not tell it by thread.
     */
    cpuSeconds: number | null;
    /**
     * Largest memory of the whole process seen during this run.
     */
    peakRssBytes: number | null;
    /**
     * Threads that trained at the same time in this process, this one included.
     */
    threads: number;
    /**
     * Heap that the training thread was given.
     */
    heapLimitMb: number;
  };
  /**
   * Report of a weekly training, relative to the trainer's data directory.
   */
  report?: string | null;
}
