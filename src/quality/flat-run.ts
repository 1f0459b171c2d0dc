import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import { demandFinding } from './findings.js';
import type { QualitySettings } from './settings.js';
import type { Finding } from './verdict.js';

const FROZEN_MIN_STEPS = 4;

/** A value that equals this many values before it may belong to a frozen feed. */
export function frozenAfterSteps(stepMs: number, frozenMinutes = HOUR_MS / MINUTE_MS): number {
  return Math.max(FROZEN_MIN_STEPS, Math.ceil((frozenMinutes * MINUTE_MS) / stepMs));
}

/** The run of equal values that the newest published one ends, accepted or not. */
export class FlatRun {
  private valueMw = Number.NaN;
  private lastMs = Number.NEGATIVE_INFINITY;
  private sinceMs = 0;

  /** Start of the first interval of the run. */
  get startMs(): number {
    return this.sinceMs;
  }

  /** @returns steps since the value last changed: 0 for a new one */
  steps(event: DemandEvent, stepMs: number): number {
    return this.continues(event, stepMs) ? Math.round((event.validTimeMs - this.sinceMs) / stepMs) : 0;
  }

  /** Takes a published value; one of an earlier interval changes nothing. */
  take(event: DemandEvent, stepMs: number): void {
    if (event.validTimeMs <= this.lastMs) return;
    if (!this.continues(event, stepMs)) {
      this.valueMw = event.demandMw;
      this.sinceMs = event.validTimeMs;
    }
    this.lastMs = event.validTimeMs;
  }

  private continues(event: DemandEvent, stepMs: number): boolean {
    return event.demandMw === this.valueMw && event.validTimeMs - this.lastMs === stepMs;
  }
}

/**
 * A feed that repeats one value for longer than demand ever stands still: longer than the setting, and than a multiple
 * of the longest run that is usual in this zone, for small zones that publish whole megawatts.
 */
export function findFrozen(
  event: DemandEvent,
  runSteps: number,
  usualRun: number,
  stepMs: number,
  settings: QualitySettings,
): Finding | null {
  const limit = Math.max(
    frozenAfterSteps(stepMs, settings.frozenMinutes),
    Math.ceil(settings.frozenFactor * usualRun),
  );
  if (runSteps < limit) return null;
  const minutes = (runSteps * stepMs) / MINUTE_MS;
  return demandFinding(
    'frozen',
    event,
    `the value has not changed for ${minutes} minutes (allowed: less than ${(limit * stepMs) / MINUTE_MS}); the feed may be frozen`,
  );
}
