import { floorToStep, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import { type ZoneClock, zoneClock } from '../features/zone-clock.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { findBroken, lateFinding } from './value-rules.js';
import { isClockGap } from './clock-change.js';
import { DayCounts, type DayQuality, HourCounts, type RecentQuality } from './day-counts.js';
import { DayMemory } from './day-memory.js';
import { DistributionWatch } from './distribution-watch.js';
import { deviationFrom } from './expectation.js';
import { demandFinding } from './findings.js';
import { GapWatch } from './gap-watch.js';
import { IntervalRing } from './interval-ring.js';
import { findUnit, findWrongResource, isForeignLevel } from './level.js';
import { findConflict, findDuplicate, type Known } from './repeat.js';
import { DEFAULT_QUALITY, type QualitySettings } from './settings.js';
import { SlowFaults } from './slow-faults.js';
import { findJump, isExpected } from './spike.js';
import type { DemandView, Finding, Verdict } from './verdict.js';

/** What the rules see of a zone: accepted demand and its revisions. */
export interface RevisedView extends DemandView {
  demandRevisionAt(validTimeMs: number): number;
}

/** What is due about a zone's data quality once an hour of event time. */
export interface QualityReport {
  readonly recent: RecentQuality;
  /** Local days that are over. */
  readonly days: readonly DayQuality[];
}

/** What is wrong is the value: its interval did not stay without one. */
const BAD_VALUES = ['not_finite', 'non_positive'];
const CLEAN: Verdict = { accepted: true, findings: [] };

/**
 * All rules about the demand of one zone, and what they remember: which intervals came, what is usual, the run of equal
 * values. Bounded, constant cost a value, no clock: the same events give the same verdicts, and the events of the last
 * weeks rebuild the same memory.
 */
export class ZoneQuality {
  private readonly settings: QualitySettings;
  private readonly clock: ZoneClock;
  private readonly seen: IntervalRing;
  private readonly gaps: GapWatch;
  private readonly usual = new DayMemory();
  private readonly distribution = new DistributionWatch();
  private readonly slow: SlowFaults;
  private readonly days: DayCounts;
  private readonly hours = new HourCounts();
  private reportedHour = Number.NaN;

  /** @throws NowcastError CONFIG_INVALID for a time zone or holiday region that is not known */
  constructor(private readonly profile: ZoneProfile) {
    this.settings = profile.quality ?? DEFAULT_QUALITY;
    this.clock = zoneClock(profile.timeZone, profile.holidays);
    this.seen = new IntervalRing(profile.stepMs);
    const graceMs = this.settings.gapMinutes * MINUTE_MS;
    this.gaps = new GapWatch(this.seen, Math.max(1, Math.ceil(graceMs / profile.stepMs)));
    this.slow = new SlowFaults(profile.stepMs, this.settings, this.usual, (finding) => this.isOff(finding));
    this.days = new DayCounts(this.clock, profile.stepMs, graceMs + 3 * profile.stepMs);
  }

  /**
   * Judges one value before any feature may use it, and remembers it.
   * @param view accepted demand so far, without this event
   */
  assess(event: DemandEvent, view: RevisedView): Verdict {
    const seenBefore = this.seen.has(Math.floor(event.validTimeMs / this.profile.stepMs));
    const verdict = this.judge(event, view);
    const isFirst = !seenBefore && this.seen.has(Math.floor(event.validTimeMs / this.profile.stepMs));
    this.count(event, verdict, isFirst);
    return verdict;
  }

  /** Once an hour of event time what is due, otherwise null. @param asOfMs never falls */
  due(asOfMs: number): QualityReport | null {
    const hour = Math.floor(asOfMs / HOUR_MS);
    if (hour === this.reportedHour) return null;
    this.reportedHour = hour;
    return { recent: this.hours.recent(asOfMs), days: this.days.close(asOfMs) };
  }

  private count(event: DemandEvent, { accepted, findings }: Verdict, isFirst: boolean): void {
    const { validTimeMs, availableAtMs } = event;
    this.days.value(validTimeMs, availableAtMs, isFirst, !accepted);
    this.hours.value(availableAtMs, !accepted);
    for (const finding of findings) {
      this.days.finding(finding, availableAtMs);
      if (finding.intervals !== undefined)
        this.hours.gap(availableAtMs, (finding.intervals * this.profile.stepMs) / MINUTE_MS);
    }
  }

  private judge(event: DemandEvent, view: RevisedView): Verdict {
    const { stepMs } = this.profile;
    const gaps = this.findGaps(event);
    const broken = findBroken(event, this.profile, this.clock.offsets);
    const slot = Math.floor(floorToStep(event.validTimeMs, stepMs) / stepMs);
    if (broken !== null && !this.isOff(broken)) {
      if (BAD_VALUES.includes(broken.rule) && !this.seen.has(slot)) this.seen.mark(slot, event.source);
      return refused([broken, ...gaps]);
    }
    const isRepeat = this.seen.has(slot) || !Number.isNaN(view.demandAt(event.validTimeMs));
    const verdict = isRepeat ? this.judgeRepeat(event, view, slot) : this.judgeNew(event, view, slot);
    if (verdict.accepted || !this.seen.has(slot)) this.seen.mark(slot, event.source);
    if (gaps.length === 0) return verdict;
    return { ...verdict, findings: [...verdict.findings, ...gaps] };
  }

  private judgeNew(event: DemandEvent, view: RevisedView, slot: number): Verdict {
    const isNewest = slot > this.seen.newestSlot;
    const course = this.slow.course(event, view, isNewest);
    const fault = this.findFault(event, view);
    const slow = fault === null ? this.slow.find(event, view, course) : null;
    if (isNewest) this.slow.publish(event);
    const notes = this.findArrival(event, slot);
    if (fault !== null) return refused([fault, ...notes]);
    if (slow !== null) return refused([slow.finding, ...notes], slow.believedUntilMs);
    if (isNewest) {
      this.slow.accept(event, view, course);
      const change = this.distribution.look(event, view, this.profile.stepMs, this.settings);
      if (change !== null && !this.isOff(change)) notes.push(change);
    }
    return notes.length === 0 ? CLEAN : { accepted: true, findings: notes };
  }

  /** A value for an interval that had one, accepted or not. */
  private judgeRepeat(event: DemandEvent, view: RevisedView, slot: number): Verdict {
    const { validTimeMs } = event;
    const known: Known = {
      acceptedMw: view.demandAt(validTimeMs),
      heldMw: view.heldAt?.(validTimeMs) ?? Number.NaN,
      revision: view.demandRevisionAt(validTimeMs),
      source: this.seen.sourceOf(slot),
    };
    const duplicate = findDuplicate(event, known);
    if (duplicate !== null && !Number.isNaN(known.acceptedMw)) return this.noted([duplicate]);
    const isCorrection = !Number.isNaN(known.acceptedMw);
    const conflict = isCorrection ? this.findConflict(event, known, view) : duplicate;
    if (conflict?.action === 'quarantined') return refused([conflict]);
    const fault = this.findFault(event, view);
    if (fault === null) return this.noted(conflict === null ? [] : [conflict]);
    return refused(conflict === null ? [fault] : [fault, conflict]);
  }

  private findConflict(event: DemandEvent, known: Known, view: RevisedView): Finding {
    const { stepMs } = this.profile;
    return findConflict(event, known, view, this.clock.offsets, stepMs, this.settings, (ms) =>
      this.seen.has(Math.floor(ms / stepMs)),
    );
  }

  /** What is wrong with the size of a value, or null: its unit, its range, its series, a jump. */
  private findFault(event: DemandEvent, view: RevisedView): Finding | null {
    const { settings, profile, usual } = this;
    const unit = findUnit(event, view, usual, settings);
    if (unit !== null && !this.isOff(unit)) return unit;
    const isForeign = isForeignLevel(event.demandMw, usual, settings);
    if (isForeign && this.lasts(event, view)) {
      const foreign = this.findForeign(event, view);
      if (foreign !== null) return foreign;
    }
    const range = findRange(event, profile);
    if (range !== null && !this.isOff(range)) return range;
    const jump = findJump(event, view, profile);
    if (jump !== null && !this.isOff(jump) && !this.slow.recovers(event, view)) return jump;
    return isForeign ? this.findForeign(event, view) : null;
  }

  private findForeign(event: DemandEvent, view: DemandView): Finding | null {
    if (this.follows(event, view)) return null;
    const foreign = findWrongResource(event, view, this.usual, this.settings);
    return foreign === null || this.isOff(foreign) ? null : foreign;
  }

  /** True when the value before was held back at such a level too: one alone is a spike, however high. */
  private lasts(event: DemandEvent, view: DemandView): boolean {
    const before = view.heldAt?.(event.validTimeMs - this.profile.stepMs) ?? Number.NaN;
    return isForeignLevel(before, this.usual, this.settings);
  }

  /** True when an accepted neighbour lets one expect the value, so it came there by and by. */
  private follows(event: DemandEvent, view: DemandView): boolean {
    const { stepMs } = this.profile;
    const before = deviationFrom(view, event.validTimeMs, event.demandMw, stepMs, -1);
    return isExpected(before, stepMs, this.settings);
  }

  private findArrival(event: DemandEvent, slot: number): Finding[] {
    const late = lateFinding(event, this.profile);
    if (late !== null) return this.isOff(late) ? [] : [late];
    const { newestSlot, capacity } = this.seen;
    const isForgotten = slot <= newestSlot - capacity;
    if (slot > newestSlot || isForgotten || this.settings.off.includes('out_of_order')) return [];
    return [demandFinding('out_of_order', event, 'came after the value of a later interval')];
  }

  private findGaps(event: DemandEvent): Finding[] {
    const { stepMs } = this.profile;
    return this.gaps
      .advance(Math.floor(event.availableAtMs / stepMs))
      .map(({ fromSlot, intervals }) => {
        const fromMs = fromSlot * stepMs;
        const isClock = isClockGap(this.clock.offsets, fromMs, intervals * stepMs);
        const minutes = (intervals * stepMs) / MINUTE_MS;
        const what = isClock ? ', just the hour that the clock changed' : '';
        return demandFinding(
          isClock ? 'clock_change' : 'gap',
          event,
          `nothing came for ${minutes} minutes of intervals${what}`,
          { action: 'flagged', validTimeMs: fromMs, value: null, intervals },
        );
      })
      .filter((gap) => !this.isOff(gap));
  }

  private noted(findings: readonly Finding[]): Verdict {
    const kept = findings.filter((finding) => !this.isOff(finding));
    return kept.length === 0 ? CLEAN : { accepted: true, findings: kept };
  }

  private isOff({ rule }: Finding): boolean {
    return this.settings.off.length > 0 && this.settings.off.includes(rule);
  }
}

function refused(findings: Finding[], believedUntilMs?: number): Verdict {
  return believedUntilMs === undefined
    ? { accepted: false, findings }
    : { accepted: false, findings, believedUntilMs };
}

/** Outside the limits that the configuration states for the zone. */
function findRange(event: DemandEvent, { limits }: ZoneProfile): Finding | null {
  const { minMw, maxMw } = limits;
  if (event.demandMw >= minMw && event.demandMw <= maxMw) return null;
  return demandFinding(
    'range',
    event,
    `${event.demandMw} MW is outside this zone's limits of ${minMw} to ${maxMw} MW`,
  );
}
