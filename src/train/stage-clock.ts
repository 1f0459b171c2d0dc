import { performance } from 'node:perf_hooks';
import type { TrainingRun } from '../contracts/records.js';

/** Wall time of one stage after another. */
export class StageClock<Stage extends string = string> {
  readonly stages: TrainingRun['stages'] = [];
  private current: Stage | null = null;
  private since = performance.now();

  /** Ends the running stage and begins the next; null begins none. */
  enter(stage: Stage | null): void {
    if (stage === this.current) return;
    const now = performance.now();
    if (this.current !== null)
      this.stages.push({ name: this.current, durationMs: Math.round(now - this.since) });
    this.current = stage;
    this.since = now;
  }
}
