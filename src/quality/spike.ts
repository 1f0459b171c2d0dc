import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { type Deviation, deviationFrom, NEIGHBOUR_STEPS } from './expectation.js';
import { demandFinding } from './findings.js';
import { recentRoughness } from './roughness.js';
import type { DemandView, Finding } from './verdict.js';

/** Share of the level that a 5-minute value may be away from every expectation; grows with the root of the time between. */
const TOLERANCE_AT_5_MINUTES = 0.05;
const MAX_TOLERANCE = 0.5;
/** Values of a new level that are held back before it is believed. */
const CONSISTENT_VALUES = 3;
/** A jump is no spike while it stays below this many times what the zone's own series has lately done. */
const ROUGHNESS_FACTOR = 3;
/** A change smaller than this cannot be a spike; spares the search for an expectation. */
const QUIET_SHARE = 0.02;

/** Tolerance as a share of the level for a value that lies the given time away from its neighbour. */
export function spikeTolerance(gapMs: number): number {
  return Math.min(MAX_TOLERANCE, TOLERANCE_AT_5_MINUTES * Math.sqrt(gapMs / (5 * MINUTE_MS)));
}

/**
 * Judges a value against its accepted neighbours: a jump that neither persistence nor the usual ramp of that time of
 * day explains is a spike, a ramp beyond the zone's limit is one too. A new level is believed once several values
 * held back before agree with it, or once nothing accepted is near any more, so the rule can never lock a zone out.
 */
export function findJump(event: DemandEvent, view: DemandView, profile: ZoneProfile): Finding | null {
  const { stepMs } = profile;
  const previousMw = view.demandAt(event.validTimeMs - stepMs);
  const change = Math.abs(event.demandMw - previousMw);
  if (change <= QUIET_SHARE * previousMw && change <= maxRamp(profile, 1)) return null;
  const before = deviationFrom(view, event.validTimeMs, event.demandMw, stepMs, -1);
  const after = deviationFrom(view, event.validTimeMs, event.demandMw, stepMs, 1);
  const finding = rampFinding(event, view, profile) ?? spikeFinding(event, view, before, after, stepMs);
  return finding !== null && isNewLevel(event, view, stepMs) ? null : finding;
}

function spikeFinding(
  event: DemandEvent,
  view: DemandView,
  before: Deviation | null,
  after: Deviation | null,
  stepMs: number,
): Finding | null {
  const nearest = before ?? after;
  if (nearest === null || isWithin(before, stepMs) || isWithin(after, stepMs)) return null;
  const roughMw =
    ROUGHNESS_FACTOR * Math.sqrt(nearest.gapSteps) * recentRoughness(view, event.validTimeMs, stepMs);
  const allowedMw = Math.max(
    roughMw,
    spikeTolerance(nearest.gapSteps * stepMs) * Math.abs(nearest.expectedMw),
  );
  if (nearest.deviationMw <= allowedMw) return null;
  return demandFinding(
    'spike',
    event,
    `${format(event.demandMw)} MW is ${format(nearest.deviationMw)} MW away from the ${format(nearest.expectedMw)} MW ` +
      `that the values around it and the usual ramp let expect (allowed: ${format(allowedMw)} MW)`,
  );
}

function isWithin(deviation: Deviation | null, stepMs: number): boolean {
  if (deviation === null) return false;
  return (
    deviation.deviationMw <= spikeTolerance(deviation.gapSteps * stepMs) * Math.abs(deviation.expectedMw)
  );
}

function maxRamp(profile: ZoneProfile, gapSteps: number): number {
  return (profile.limits.maxRampMwPerHour * gapSteps * profile.stepMs) / HOUR_MS;
}

function rampFinding(event: DemandEvent, view: DemandView, profile: ZoneProfile): Finding | null {
  if (profile.limits.maxRampMwPerHour === Infinity) return null;
  for (let gap = 1; gap <= NEIGHBOUR_STEPS; gap++) {
    const neighbourMw = view.demandAt(event.validTimeMs - gap * profile.stepMs);
    if (Number.isNaN(neighbourMw)) continue;
    const change = event.demandMw - neighbourMw;
    if (Math.abs(change) <= maxRamp(profile, gap)) return null;
    const perHour = (change * HOUR_MS) / (gap * profile.stepMs);
    return demandFinding(
      'ramp',
      event,
      `${format(event.demandMw)} MW after ${format(neighbourMw)} MW is a ramp of ${format(perHour)} MW an hour; ` +
        `the limit of this zone is ${format(profile.limits.maxRampMwPerHour)}`,
    );
  }
  return null;
}

/** True when the values held back just before agree with this one: then it is a level, not a spike. */
function isNewLevel(event: DemandEvent, view: DemandView, stepMs: number): boolean {
  if (view.heldAt === undefined) return isHeldBackLongEnough(event, view, stepMs);
  let laterMw = event.demandMw;
  for (let back = 1; back <= CONSISTENT_VALUES; back++) {
    const heldMw = view.heldAt(event.validTimeMs - back * stepMs);
    if (!(Math.abs(heldMw - laterMw) <= spikeTolerance(stepMs) * Math.abs(laterMw))) return false;
    laterMw = heldMw;
  }
  return true;
}

/** Without sight of the held values: believed once nothing was accepted for as many steps. */
function isHeldBackLongEnough(event: DemandEvent, view: DemandView, stepMs: number): boolean {
  for (let back = 1; back <= CONSISTENT_VALUES; back++) {
    if (!Number.isNaN(view.demandAt(event.validTimeMs - back * stepMs))) return false;
  }
  return true;
}

function format(mw: number): string {
  return mw.toFixed(Math.abs(mw) < 100 ? 1 : 0);
}
