import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { type Deviation, deviationFrom, NEIGHBOUR_STEPS } from './expectation.js';
import { demandFinding } from './findings.js';
import { recentRoughness } from './roughness.js';
import { DEFAULT_QUALITY, type QualitySettings } from './settings.js';
import type { DemandView, Finding } from './verdict.js';

const MAX_TOLERANCE = 0.5;
/** A change smaller than this cannot be a spike; spares the search for an expectation. */
const QUIET_SHARE = 0.02;

/**
 * Tolerance as a share of the level for a value that lies the given time away from its neighbour: the setting's for 5
 * minutes, growing with the root of the time.
 */
export function spikeTolerance(gapMs: number, settings: QualitySettings): number {
  return Math.min(MAX_TOLERANCE, (settings.spikePercent / 100) * Math.sqrt(gapMs / (5 * MINUTE_MS)));
}

/** Values of a new level that are held back before it is believed. */
export function heldBeforeNewLevel(stepMs: number, settings: QualitySettings): number {
  return Math.max(1, Math.ceil((settings.newLevelMinutes * MINUTE_MS) / stepMs));
}

/**
 * Judges a value against its accepted neighbours: a jump that neither persistence nor the usual ramp of that time of
 * day explains is a spike, a ramp beyond the zone's limit is one too. A new level is believed once several values
 * held back before agree with it, or once nothing accepted is near any more, so the rule can never lock a zone out.
 */
export function findJump(event: DemandEvent, view: DemandView, profile: ZoneProfile): Finding | null {
  const { stepMs } = profile;
  const settings = profile.quality ?? DEFAULT_QUALITY;
  const previousMw = view.demandAt(event.validTimeMs - stepMs);
  const change = Math.abs(event.demandMw - previousMw);
  if (change <= QUIET_SHARE * previousMw && change <= maxRamp(profile, 1)) return null;
  const before = deviationFrom(view, event.validTimeMs, event.demandMw, stepMs, -1);
  const after = deviationFrom(view, event.validTimeMs, event.demandMw, stepMs, 1);
  const finding =
    rampFinding(event, view, profile) ?? spikeFinding(event, view, { before, after }, stepMs, settings);
  return finding !== null && isNewLevel(event, view, stepMs, settings) ? null : finding;
}

function spikeFinding(
  event: DemandEvent,
  view: DemandView,
  { before, after }: { readonly before: Deviation | null; readonly after: Deviation | null },
  stepMs: number,
  settings: QualitySettings,
): Finding | null {
  const nearest = before ?? after;
  if (nearest === null || isExpected(before, stepMs, settings) || isExpected(after, stepMs, settings))
    return null;
  const allowedMw = Math.max(
    Math.sqrt(nearest.gapSteps) * allowedRoughness(view, event.validTimeMs, stepMs, settings),
    spikeTolerance(nearest.gapSteps * stepMs, settings) * Math.abs(nearest.expectedMw),
  );
  if (nearest.deviationMw <= allowedMw) return null;
  return demandFinding(
    'spike',
    event,
    `${format(event.demandMw)} MW is ${format(nearest.deviationMw)} MW away from the ${format(nearest.expectedMw)} MW ` +
      `that the values around it and the usual ramp let expect (allowed: ${format(allowedMw)} MW)`,
  );
}

function allowedRoughness(
  view: DemandView,
  beforeMs: number,
  stepMs: number,
  settings: QualitySettings,
): number {
  return settings.spikeRoughnessFactor * recentRoughness(view, beforeMs, stepMs);
}

/** True when a value is no further from the expectation of one side than any value may be. */
export function isExpected(deviation: Deviation | null, stepMs: number, settings: QualitySettings): boolean {
  if (deviation === null) return false;
  const { deviationMw, expectedMw, gapSteps } = deviation;
  return deviationMw <= spikeTolerance(gapSteps * stepMs, settings) * Math.abs(expectedMw);
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

/**
 * True when the values held back just before agree with this one, as far as this zone's values ever do: then it is a
 * level, not a spike.
 */
function isNewLevel(
  event: DemandEvent,
  view: DemandView,
  stepMs: number,
  settings: QualitySettings,
): boolean {
  const values = heldBeforeNewLevel(stepMs, settings);
  if (view.heldAt === undefined) return isHeldBackLongEnough(event, view, stepMs, values);
  let laterMw = event.demandMw;
  let roughMw = Number.NaN;
  for (let back = 1; back <= values; back++) {
    const heldMw = view.heldAt(event.validTimeMs - back * stepMs);
    if (Number.isNaN(heldMw)) return false;
    if (Number.isNaN(roughMw)) roughMw = allowedRoughness(view, event.validTimeMs, stepMs, settings);
    const allowedMw = Math.max(roughMw, spikeTolerance(stepMs, settings) * Math.abs(laterMw));
    if (!(Math.abs(heldMw - laterMw) <= allowedMw)) return false;
    laterMw = heldMw;
  }
  return true;
}

/** Without sight of the held values: believed once nothing was accepted for as many steps. */
function isHeldBackLongEnough(event: DemandEvent, view: DemandView, stepMs: number, values: number): boolean {
  for (let back = 1; back <= values; back++) {
    if (!Number.isNaN(view.demandAt(event.validTimeMs - back * stepMs))) return false;
  }
  return true;
}

function format(mw: number): string {
  return mw.toFixed(Math.abs(mw) < 100 ? 1 : 0);
}
