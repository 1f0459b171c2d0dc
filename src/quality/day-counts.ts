import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { ZoneClock } from '../features/zone-clock.js';
import type { Finding } from './verdict.js';

/** Data quality of one zone over one day of its own wall clock. */
export interface DayQuality {
  /** Days since 1970-01-01 of the local date. */
  readonly day: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly expectedIntervals: number;
  /** Intervals for which a value came, accepted or not. */
  readonly presentIntervals: number;
  readonly values: number;
  readonly quarantinedValues: number;
  readonly gaps: number;
  readonly longestGapMinutes: number;
  readonly byRule: ReadonlyMap<string, number>;
}

interface OpenDay {
  present: number;
  values: number;
  quarantined: number;
  gaps: number;
  longestGapMinutes: number;
  readonly byRule: Map<string, number>;
}

/** Days that may be open at once: today, yesterday until it is closed, and one to spare. */
const MAX_OPEN_DAYS = 3;
/** After a longer silence only the last days get a summary. */
const MAX_DAYS_AT_ONCE = 31;

/** Counts of a zone's data quality by local day. A day is closed some time after it ended, so that late gaps are in it. */
export class DayCounts {
  private readonly open = new Map<number, OpenDay>();
  private firstMs = Number.NaN;
  private next = Number.NaN;

  constructor(
    private readonly clock: ZoneClock,
    private readonly stepMs: number,
    private readonly graceMs: number,
  ) {}

  /** @param isFirst the first value of its interval */
  value(validTimeMs: number, asOfMs: number, isFirst: boolean, isQuarantined: boolean): void {
    if (Number.isNaN(this.firstMs)) this.firstMs = Math.min(validTimeMs, asOfMs);
    const day = this.dayOf(validTimeMs, asOfMs);
    day.values += 1;
    if (isFirst) day.present += 1;
    if (isQuarantined) day.quarantined += 1;
  }

  finding({ rule, validTimeMs, action, intervals = 0 }: Finding, asOfMs: number): void {
    const day = this.dayOf(validTimeMs, asOfMs);
    day.byRule.set(rule, (day.byRule.get(rule) ?? 0) + 1);
    if (action !== 'flagged' || intervals === 0) return;
    day.gaps += 1;
    day.longestGapMinutes = Math.max(day.longestGapMinutes, (intervals * this.stepMs) / MINUTE_MS);
  }

  /** Days that are over, oldest first, each told once. */
  close(asOfMs: number): DayQuality[] {
    const closed: DayQuality[] = [];
    if (Number.isNaN(this.firstMs)) return closed;
    if (Number.isNaN(this.next)) this.next = this.clock.localDay(this.firstMs);
    const last = this.clock.localDay(asOfMs - this.graceMs) - 1;
    this.next = Math.max(this.next, last - MAX_DAYS_AT_ONCE + 1);
    for (; this.next <= last; this.next++) {
      closed.push(this.summary(this.next));
      this.open.delete(this.next);
    }
    return closed;
  }

  private summary(day: number): DayQuality {
    const { present, values, quarantined, gaps, longestGapMinutes, byRule } =
      this.open.get(day) ?? emptyDay();
    const untilMs = this.clock.startOfDay(day + 1);
    // Nothing is expected of the time before the zone's first value.
    const fromMs = Math.min(untilMs, Math.max(this.clock.startOfDay(day), this.firstMs));
    return {
      day,
      fromMs,
      untilMs,
      expectedIntervals: Math.round((untilMs - fromMs) / this.stepMs),
      presentIntervals: present,
      values,
      quarantinedValues: quarantined,
      gaps,
      longestGapMinutes,
      byRule,
    };
  }

  /** A value of a day that is closed, or of one that has not begun, counts where it came. */
  private dayOf(validTimeMs: number, asOfMs: number): OpenDay {
    const latest = this.clock.localDay(asOfMs);
    const oldest = Number.isNaN(this.next) ? latest - 1 : this.next;
    const day = Math.max(Math.min(this.clock.localDay(validTimeMs), latest), oldest);
    let found = this.open.get(day);
    if (found === undefined) {
      found = emptyDay();
      this.open.set(day, found);
      if (this.open.size > MAX_OPEN_DAYS) this.open.delete(Math.min(...this.open.keys()));
    }
    return found;
  }
}

function emptyDay(): OpenDay {
  return { present: 0, values: 0, quarantined: 0, gaps: 0, longestGapMinutes: 0, byRule: new Map() };
}

const HOURS = 24;

/** Data quality of one zone over the last 24 hours of event time. */
export interface RecentQuality {
  readonly values: number;
  /** Of the values, percent; 0 without any. */
  readonly quarantinedPercent: number;
  readonly longestGapMinutes: number;
}

/** Counts of the last 24 hours, hour by hour. */
export class HourCounts {
  private readonly hours = Array.from({ length: HOURS }, () => ({
    hour: -1,
    values: 0,
    quarantined: 0,
    gap: 0,
  }));

  value(asOfMs: number, isQuarantined: boolean): void {
    const at = this.at(asOfMs);
    at.values += 1;
    if (isQuarantined) at.quarantined += 1;
  }

  gap(asOfMs: number, minutes: number): void {
    const at = this.at(asOfMs);
    at.gap = Math.max(at.gap, minutes);
  }

  recent(asOfMs: number): RecentQuality {
    const since = Math.floor(asOfMs / HOUR_MS) - HOURS;
    let values = 0;
    let quarantined = 0;
    let longestGapMinutes = 0;
    for (const one of this.hours) {
      if (one.hour <= since) continue;
      values += one.values;
      quarantined += one.quarantined;
      longestGapMinutes = Math.max(longestGapMinutes, one.gap);
    }
    return {
      values,
      quarantinedPercent: values === 0 ? 0 : (100 * quarantined) / values,
      longestGapMinutes,
    };
  }

  private at(asOfMs: number) {
    const hour = Math.floor(asOfMs / HOUR_MS);
    // Times before 1970 are as good as any.
    const index = ((hour % HOURS) + HOURS) % HOURS;
    const at = this.hours[index] ?? { hour, values: 0, quarantined: 0, gap: 0 };
    if (at.hour !== hour) Object.assign(at, { hour, values: 0, quarantined: 0, gap: 0 });
    return at;
  }
}
