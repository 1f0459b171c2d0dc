import type { DemandEvent } from '../features/input-event.js';
import type { UtcOffsets } from '../features/utc-offsets.js';
import { findCollapsedHour } from './clock-change.js';
import { deviationFrom } from './expectation.js';
import { demandFinding } from './findings.js';
import type { QualitySettings } from './settings.js';
import type { DemandView, Finding } from './verdict.js';

/** What a rule about a second value of an interval needs to know of the first. */
export interface Known {
  /** Accepted value of the interval; NaN when it was quarantined. */
  readonly acceptedMw: number;
  readonly heldMw: number;
  readonly revision: number;
  /** Null when forgotten. */
  readonly source: string | null;
}

/** The same again, or an older revision: counted, and nothing changes. */
export function findDuplicate(event: DemandEvent, known: Known): Finding | null {
  const isSame = event.demandMw === known.acceptedMw || event.demandMw === known.heldMw;
  if (isSame) return demandFinding('duplicate', event, 'the interval has had this value before');
  if (Number.isNaN(known.acceptedMw) || event.revision >= known.revision) return null;
  return demandFinding(
    'duplicate',
    event,
    `revision ${event.revision} of the interval came after revision ${known.revision}`,
  );
}

/**
 * A different value for an interval that has one: the collapsed hour of autumn, a disagreement between sources, or a
 * correction. Of two sources that disagree the value stands that its neighbours bear out better.
 * @param isKnown whether a value came for the interval of an instant
 */
export function findConflict(
  event: DemandEvent,
  known: Known,
  view: DemandView,
  offsets: UtcOffsets,
  stepMs: number,
  settings: QualitySettings,
  isKnown: (validTimeMs: number) => boolean,
): Finding {
  const collapsed = findCollapsedHour(event, offsets, stepMs, isKnown);
  if (collapsed !== null && !settings.off.includes('clock_change')) return collapsed;
  const isOther = known.source !== null && known.source !== event.source;
  if (isOther && !settings.off.includes('disagreement')) {
    const disagreement = findDisagreement(event, known, view, stepMs, settings);
    if (disagreement !== null) return disagreement;
  }
  return demandFinding('revised', event, `${mw(known.acceptedMw)} was corrected to ${mw(event.demandMw)}`);
}

function findDisagreement(
  event: DemandEvent,
  { acceptedMw, source }: Known,
  view: DemandView,
  stepMs: number,
  settings: QualitySettings,
): Finding | null {
  const differenceMw = Math.abs(event.demandMw - acceptedMw);
  if (!(differenceMw > (settings.disagreementPercent / 100) * Math.abs(acceptedMw))) return null;
  const isBetter = misfit(event.demandMw, event, view, stepMs) < misfit(acceptedMw, event, view, stepMs);
  return demandFinding(
    'disagreement',
    event,
    `${event.source} says ${mw(event.demandMw)}, ${source ?? 'another source'} said ${mw(acceptedMw)}; the ` +
      `${isBetter ? 'new' : 'first'} value fits its neighbours better and stands`,
    { action: isBetter ? 'flagged' : 'quarantined' },
  );
}

/** Distance to what the neighbours before and after let expect; 0 without any, so that the first value stands. */
function misfit(demandMw: number, event: DemandEvent, view: DemandView, stepMs: number): number {
  const before = deviationFrom(view, event.validTimeMs, demandMw, stepMs, -1);
  const after = deviationFrom(view, event.validTimeMs, demandMw, stepMs, 1);
  return (before?.deviationMw ?? 0) + (after?.deviationMw ?? 0);
}

function mw(value: number): string {
  return `${value.toFixed(Math.abs(value) < 100 ? 1 : 0)} MW`;
}
