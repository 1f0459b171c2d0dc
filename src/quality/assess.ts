import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { demandFinding } from './findings.js';
import { findJump } from './spike.js';
import type { DemandView, Finding, Verdict } from './verdict.js';

const CLEAN: Verdict = { accepted: true, findings: [] };
/** Some operators publish real flat runs of up to an hour. */
const FROZEN_AFTER_MS = HOUR_MS;
const FROZEN_MIN_STEPS = 4;

/**
 * Judges one demand value before any feature may use it. Pure: the same event, view and profile give the same verdict.
 * Quarantines what cannot be demand (not finite, not positive, out of the zone's range, dated in the future, off the
 * step's grid) and what its neighbours contradict (ramp, spike); flags a frozen feed; counts late data.
 * @param view accepted demand so far, without this event
 */
export function assessDemand(event: DemandEvent, view: DemandView, profile: ZoneProfile): Verdict {
  const broken = findBroken(event, profile);
  if (broken !== null) return { accepted: false, findings: withLate([broken], event, profile) };
  const jump = findJump(event, view, profile);
  if (jump !== null) return { accepted: false, findings: withLate([jump], event, profile) };
  const frozen = findFrozen(event, view, profile);
  const findings = withLate(frozen === null ? [] : [frozen], event, profile);
  return findings.length === 0 ? CLEAN : { accepted: true, findings };
}

/** Rules that need the event alone. */
function findBroken(event: DemandEvent, profile: ZoneProfile): Finding | null {
  const { demandMw, validTimeMs, availableAtMs } = event;
  const { minMw, maxMw } = profile.limits;
  if (!Number.isFinite(demandMw))
    return demandFinding('not_finite', event, 'the value is not a finite number');
  if (validTimeMs % profile.stepMs !== 0) {
    const step = profile.stepMs / MINUTE_MS;
    return demandFinding(
      'misaligned',
      event,
      `the interval does not start on the zone's grid of ${step} minutes`,
    );
  }
  if (validTimeMs > availableAtMs) {
    const ahead = Math.round((validTimeMs - availableAtMs) / MINUTE_MS);
    return demandFinding(
      'future_dated',
      event,
      `the interval starts ${ahead} minutes after the value became available`,
    );
  }
  // A zone whose own lower limit is negative (net load behind much solar) may be below zero.
  if (demandMw <= 0 && minMw >= 0)
    return demandFinding('non_positive', event, `${demandMw} MW is not above zero`);
  if (demandMw < minMw || demandMw > maxMw) {
    return demandFinding(
      'range',
      event,
      `${demandMw} MW is outside this zone's limits of ${minMw} to ${maxMw} MW`,
    );
  }
  return null;
}

function findFrozen(event: DemandEvent, view: DemandView, profile: ZoneProfile): Finding | null {
  const steps = frozenAfterSteps(profile.stepMs);
  for (let back = 1; back <= steps; back++) {
    if (view.demandAt(event.validTimeMs - back * profile.stepMs) !== event.demandMw) return null;
  }
  const minutes = (steps * profile.stepMs) / MINUTE_MS;
  return demandFinding(
    'frozen',
    event,
    `the value has not changed for more than ${minutes} minutes; the feed may be frozen`,
  );
}

/** A value that equals this many values before it belongs to a frozen feed. */
export function frozenAfterSteps(stepMs: number): number {
  return Math.max(FROZEN_MIN_STEPS, Math.ceil(FROZEN_AFTER_MS / stepMs));
}

function withLate(findings: Finding[], event: DemandEvent, profile: ZoneProfile): Finding[] {
  const lateMs = event.availableAtMs - (event.validTimeMs + profile.stepMs);
  if (lateMs > profile.lateAfterMs) {
    findings.push(
      demandFinding(
        'late',
        event,
        `arrived ${Math.round(lateMs / MINUTE_MS)} minutes after its interval ended`,
      ),
    );
  }
  return findings;
}
