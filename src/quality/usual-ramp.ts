import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { DayMemory } from './day-memory.js';
import { demandFinding } from './findings.js';
import type { QualitySettings } from './settings.js';
import type { DemandView, Finding } from './verdict.js';

/** Steps over which a ramp is measured. */
export const WINDOW_STEPS = 3;
/** Above this step one value says as much as a ramp does, and the spike rule judges it. */
const LONGEST_STEP_MS = 15 * MINUTE_MS;
/** A change smaller than this share of the level is none to speak of, in a zone that has hardly moved. */
const LEAST_SHARE = 0.05;
const REFERENCE_DAYS = [1, 7] as const;

/** Where a ramp that is not believed came from. */
export interface RampStart {
  readonly validTimeMs: number;
  readonly demandMw: number;
}

export function rampStart(event: DemandEvent, view: DemandView, stepMs: number): RampStart {
  const validTimeMs = event.validTimeMs - WINDOW_STEPS * stepMs;
  return { validTimeMs, demandMw: view.demandAt(validTimeMs) };
}

/**
 * Change over the rule's window of three steps, less the change of the same minutes the day or the week before where
 * that explains it; megawatts, NaN where unknown or where the rule does not apply.
 */
export function unusualChange(event: DemandEvent, view: DemandView, stepMs: number): number {
  if (stepMs > LONGEST_STEP_MS) return Number.NaN;
  const { validTimeMs, demandMw } = event;
  // Across a hole it would be the change of a longer time.
  for (let back = 1; back < WINDOW_STEPS; back++)
    if (Number.isNaN(view.demandAt(validTimeMs - back * stepMs))) return Number.NaN;
  const fromMs = validTimeMs - WINDOW_STEPS * stepMs;
  const change = demandMw - view.demandAt(fromMs);
  let least = change;
  for (const days of REFERENCE_DAYS) {
    const back = days * DAY_MS;
    const rest = change - (view.demandAt(validTimeMs - back) - view.demandAt(fromMs - back));
    if (Math.abs(rest) < Math.abs(least)) least = rest;
  }
  return least;
}

/** A slide too small at each step for a spike that is yet far steeper than what this zone does. */
export function findUnusualRamp(
  event: DemandEvent,
  changeMw: number,
  usual: DayMemory,
  stepMs: number,
  settings: QualitySettings,
): Finding | null {
  const allowedMw = Math.max(settings.rampFactor * usual.steepestMw, LEAST_SHARE * Math.abs(event.demandMw));
  if (!(Math.abs(changeMw) > allowedMw)) return null;
  const minutes = (WINDOW_STEPS * stepMs) / MINUTE_MS;
  return demandFinding(
    'ramp',
    event,
    `demand changed by ${changeMw.toFixed(1)} MW in ${minutes} minutes beyond what is usual at this time; the most on ` +
      `other days is ${usual.steepestMw.toFixed(1)} MW (allowed: ${allowedMw.toFixed(1)})`,
  );
}
