import type { DemandEvent } from '../../src/features/input-event.js';
import { defaultHorizonsMinutes, type ZoneProfile } from '../../src/features/zone-profile.js';
import type { Verdict } from '../../src/quality/verdict.js';
import { type RevisedView, ZoneQuality } from '../../src/quality/zone-quality.js';

export const STEP_MS = 300_000;

/** A view over a plain map, with or without sight of the held values. */
export class MapView implements RevisedView {
  readonly accepted = new Map<number, number>();
  readonly held = new Map<number, number>();
  heldAt?: (validTimeMs: number) => number;
  private readonly revisions = new Map<number, number>();
  private quality: ZoneQuality | null = null;
  private latest: { validTimeMs: number; demandMw: number } | null = null;

  constructor(withHeld: boolean) {
    if (withHeld) this.heldAt = (validTimeMs) => this.held.get(validTimeMs) ?? Number.NaN;
  }

  demandAt(validTimeMs: number): number {
    return this.accepted.get(validTimeMs) ?? Number.NaN;
  }

  demandRevisionAt(validTimeMs: number): number {
    return this.revisions.get(validTimeMs) ?? -1;
  }

  latestDemand(): { validTimeMs: number; demandMw: number } | null {
    return this.latest;
  }

  /** Judges the event and keeps its value where the verdict says; the first call's profile is the zone's. */
  feed(event: DemandEvent, profile: ZoneProfile): Verdict {
    this.quality ??= new ZoneQuality(profile);
    const verdict = this.quality.assess(event, this);
    const { validTimeMs, demandMw } = event;
    if (verdict.accepted) this.revisions.set(validTimeMs, event.revision);
    (verdict.accepted ? this.accepted : this.held).set(validTimeMs, demandMw);
    if (verdict.accepted && (this.latest === null || this.latest.validTimeMs < validTimeMs)) {
      this.latest = { validTimeMs, demandMw };
    }
    return verdict;
  }
}

export function profileOf(overrides: Partial<ZoneProfile> = {}): ZoneProfile {
  const stepMs = overrides.stepMs ?? STEP_MS;
  return {
    zone: 'Z',
    stepMs,
    timeZone: 'America/Los_Angeles',
    holidays: 'US-CA',
    horizonsMinutes: defaultHorizonsMinutes(stepMs / 60_000),
    limits: { minMw: 0, maxMw: 60_000, maxRampMwPerHour: Infinity },
    lateAfterMs: 15 * 60_000,
    ...overrides,
  };
}

export function demandEvent(
  validTimeMs: number,
  demandMw: number,
  overrides: Partial<DemandEvent> = {},
): DemandEvent {
  return {
    type: 'demand',
    zone: 'Z',
    validTimeMs,
    availableAtMs: validTimeMs + STEP_MS,
    demandMw,
    revision: 0,
    source: 'test',
    ...overrides,
  };
}
