import type { DemandEvent } from '../features/input-event.js';
import type { DayMemory } from './day-memory.js';
import { carriedDeviation } from './expectation.js';
import { findFrozen, FlatRun } from './flat-run.js';
import type { QualitySettings } from './settings.js';
import { isExpected } from './spike.js';
import { findUnusualRamp, type RampStart, rampStart, unusualChange, WINDOW_STEPS } from './usual-ramp.js';
import type { DemandView, Finding } from './verdict.js';

/** A return this long after a ramp that was not believed is its recovery; one that is not returned from was real. */
const RECOVERY_STEPS = 12;
/** A run of equal values that ends with a smaller change was a standstill, a larger one is a feed that catches up. */
const STANDSTILL_SHARE = 0.02;

/** A fault that began before it could be told. */
export interface SlowFault {
  readonly finding: Finding;
  /** Values accepted after this are as false as the one that is held back. */
  readonly believedUntilMs: number;
}

/** How the newest value stands to those before it. */
export interface Course {
  /** Change over the window of the ramp rule, megawatts; NaN where unknown. */
  readonly changeMw: number;
  /** Steps since the value last changed. */
  readonly runSteps: number;
}

/**
 * Slides and standstills: too little at each step for the other rules, so that the first values of the fault have been
 * accepted when it is told. What these values taught about the zone's usual days is taken back, and given again when the
 * fault turns out to have been none: days with a fault must not make the next one usual.
 */
export class SlowFaults {
  private readonly flat = new FlatRun();
  private beforeRamp: RampStart | null = null;
  /** Until then changes say nothing of what is usual: they may be those of the ramp or of its recovery. */
  private rampOpenUntilMs = Number.NEGATIVE_INFINITY;
  private frozenMw = Number.NaN;

  /** @param isOff whether a rule does not judge in this zone */
  constructor(
    private readonly stepMs: number,
    private readonly settings: QualitySettings,
    private readonly usual: DayMemory,
    private readonly isOff: (finding: Finding) => boolean,
  ) {}

  /** @param isNewest false for a value of an interval before the newest one, which is in no run */
  course(event: DemandEvent, view: DemandView, isNewest: boolean): Course {
    return {
      changeMw: unusualChange(event, view, this.stepMs),
      runSteps: isNewest ? this.flat.steps(event, this.stepMs) : 0,
    };
  }

  find(event: DemandEvent, view: DemandView, { changeMw, runSteps }: Course): SlowFault | null {
    const { settings, usual, stepMs } = this;
    const ramp = findUnusualRamp(event, changeMw, usual, stepMs, settings);
    if (ramp !== null && !this.isOff(ramp) && !this.recovers(event, view))
      return { finding: ramp, believedUntilMs: this.beginRamp(event, view) };
    const frozen = findFrozen(event, runSteps, usual.usualRun, stepMs, settings);
    if (frozen === null || this.isOff(frozen)) return null;
    usual.runs.takeBack(this.flat.startMs);
    this.frozenMw = event.demandMw;
    return { finding: frozen, believedUntilMs: this.flat.startMs };
  }

  /** True for a return to where demand would be without the ramp that was not believed: the recovery is no spike. */
  recovers(event: DemandEvent, view: DemandView): boolean {
    const { beforeRamp, stepMs, settings } = this;
    if (beforeRamp === null) return false;
    const deviation = carriedDeviation(view, event.validTimeMs, event.demandMw, beforeRamp, stepMs);
    return deviation.gapSteps <= RECOVERY_STEPS && isExpected(deviation, stepMs, settings);
  }

  /** Takes a published value of the newest interval, accepted or not. */
  publish(event: DemandEvent): void {
    this.flat.take(event, this.stepMs);
  }

  /** Learns from an accepted value of the newest interval. */
  accept(event: DemandEvent, view: DemandView, { changeMw, runSteps }: Course): void {
    const { validTimeMs, demandMw } = event;
    const isOpen = validTimeMs <= this.rampOpenUntilMs;
    if (isOpen && this.recovers(event, view)) this.usual.ramps.drop();
    if (!isOpen) this.usual.ramps.giveAgain();
    if (runSteps === 0) this.endRun(demandMw);
    this.usual.accept(validTimeMs, demandMw, isOpen ? Number.NaN : changeMw, runSteps);
  }

  private endRun(demandMw: number): void {
    const { runs } = this.usual;
    if (Math.abs(demandMw - this.frozenMw) <= STANDSTILL_SHARE * Math.abs(this.frozenMw)) runs.giveAgain();
    else runs.drop();
    this.frozenMw = Number.NaN;
  }

  /** A slide may be found at several of its values: what matters is where it began. */
  private beginRamp(event: DemandEvent, view: DemandView): number {
    const since = event.validTimeMs - RECOVERY_STEPS * this.stepMs;
    let start = this.beforeRamp;
    if (start === null || start.validTimeMs < since) {
      start = rampStart(event, view, this.stepMs);
      this.beforeRamp = start;
      this.rampOpenUntilMs = start.validTimeMs + (RECOVERY_STEPS + WINDOW_STEPS) * this.stepMs;
    }
    this.usual.ramps.takeBack(start.validTimeMs);
    return start.validTimeMs;
  }
}
