import { MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { DayMemory } from './day-memory.js';
import { demandFinding } from './findings.js';
import type { QualitySettings } from './settings.js';
import type { DemandView, Finding } from './verdict.js';

const WINDOW_STEPS = 3;
/** Above this step one value says as much as a ramp does, and the spike rule judges it. */
const LONGEST_STEP_MS = 15 * MINUTE_MS;
/** A change smaller than this share of the level is none to speak of, in a zone that has hardly moved. */
const LEAST_SHARE = 0.05;

/** Change over the rule's window of three steps, megawatts; NaN where unknown or where the rule does not apply. */
export function windowChange(event: DemandEvent, view: DemandView, stepMs: number): number {
  if (stepMs > LONGEST_STEP_MS) return Number.NaN;
  return event.demandMw - view.demandAt(event.validTimeMs - WINDOW_STEPS * stepMs);
}

/** A slide too small at each step for a spike that is yet far steeper than any of the last days. */
export function findUnusualRamp(
  event: DemandEvent,
  changeMw: number,
  usual: DayMemory,
  stepMs: number,
  settings: QualitySettings,
): Finding | null {
  const size = Math.abs(changeMw);
  const allowedMw = Math.max(settings.rampFactor * usual.steepestMw, LEAST_SHARE * Math.abs(event.demandMw));
  if (!(size > allowedMw)) return null;
  const minutes = (WINDOW_STEPS * stepMs) / MINUTE_MS;
  return demandFinding(
    'ramp',
    event,
    `demand changed by ${changeMw.toFixed(1)} MW in ${minutes} minutes; the steepest of the last days is ${usual.steepestMw.toFixed(1)} MW (allowed: ${allowedMw.toFixed(1)})`,
  );
}
