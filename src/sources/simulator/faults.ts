import { HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { zoneClock } from '../../features/zone-clock.js';
import { FAHRENHEIT_HOURS, FAULT_KINDS, type FaultKind, stepsOf } from './fault-kinds.js';
import { streamSeed, uniformAt } from './hash-noise.js';
import { SIMULATED_HOLIDAYS, SIMULATED_TIME_ZONE } from './zones.js';

export { FAULT_KINDS, type FaultKind } from './fault-kinds.js';

export interface FaultPosition {
  readonly zone: string;
  /** Start of the interval; of the first one for a fault that lasts. */
  readonly validTimeMs: number;
}

export interface FaultSetting {
  /** Probability for each interval, 0 .. 1; for a fault that lasts, that it starts there. */
  readonly rate?: number;
  /** Intervals that have the fault whatever the rate. */
  readonly at?: readonly FaultPosition[];
}

export type FaultPlan = Readonly<Partial<Record<FaultKind, FaultSetting>>>;

/** Where a fault is: the ground truth that detection is measured against. */
export interface FaultAt {
  readonly kind: FaultKind;
  readonly zone: string;
  readonly validTimeMs: number;
  /** Start of the interval that was published, where that is another. */
  readonly publishedTimeMs?: number;
  /** Start of the first interval of the same fault. */
  readonly sinceMs: number;
}

/** What was done to the demand of one interval. */
export interface InjectedFault extends FaultAt {
  readonly trueMw: number;
  /** What was published first; null for a missing value. */
  readonly publishedMw: number | null;
}

/** One publication of an interval's value. */
export interface Publication {
  readonly demandMw: number;
  /** After the usual time of publication, milliseconds. */
  readonly delayMs: number;
  readonly revision: number;
  /** Added to the interval's start, milliseconds. */
  readonly shiftMs?: number;
  /** A source other than the simulator's own. */
  readonly source?: string;
}

/** True demand by slot: of the zone itself, and of another of quite another size. */
export interface TrueSeries {
  at(slot: number): number;
  otherAt(slot: number): number;
}

/** The second source where two disagree. */
export const SECOND_SOURCE = 'simulator-second';
const LATE_MS = 40 * MINUTE_MS;
const REVISED_AFTER_MS = 30 * MINUTE_MS;
const OUT_OF_ORDER_MS = 7 * MINUTE_MS;
const DUPLICATE_AFTER_MS = 20_000;
const DISAGREES_AFTER_MS = 60_000;
const FUTURE_MS = 3 * HOUR_MS;
const MISALIGNED_MS = 2 * MINUTE_MS;
const SLIDE_PER_STEP = 0.04;
const DISTRIBUTION_SHARE = 0.45;
const DISTRIBUTION_EDGE_STEPS = 36;
const RANGE_FACTOR = 12;
/** No publication comes later than this after its usual time. */
export const MAX_DELAY_MS = LATE_MS;

interface ActiveFault {
  readonly kind: FaultKind;
  readonly rate: number;
  /** Slots at which it starts, by zone. */
  readonly stated: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Decides which fault an interval has and what is published for it. Pure in the seed and the interval. */
export class Faults {
  private readonly active: readonly ActiveFault[];
  private readonly offsets = zoneClock(SIMULATED_TIME_ZONE, SIMULATED_HOLIDAYS).offsets;

  constructor(
    private readonly seed: number,
    plan: FaultPlan,
    private readonly stepMs: number,
  ) {
    this.active = FAULT_KINDS.flatMap((kind) => {
      const { rate = 0, at = [] } = plan[kind] ?? {};
      if (rate === 0 && at.length === 0) return [];
      const stated = new Map<string, Set<number>>();
      for (const { zone, validTimeMs } of at) {
        const slots = stated.get(zone) ?? new Set();
        stated.set(zone, slots.add(Math.floor(validTimeMs / stepMs)));
      }
      return [{ kind, rate, stated }];
    });
  }

  /** @param slot steps since the epoch */
  faultAt(zone: string, slot: number): FaultKind | null {
    return this.partOf(zone, slot)?.kind ?? null;
  }

  /** The fault that the slot is part of, and its first slot; null for none. */
  partOf(zone: string, slot: number): { readonly kind: FaultKind; readonly sinceSlot: number } | null {
    for (const fault of this.active) {
      const sinceSlot = fault.kind === 'fahrenheit' ? null : this.sinceSlot(fault, zone, slot);
      if (sinceSlot !== null) return { kind: fault.kind, sinceSlot };
    }
    return null;
  }

  /** True when the weather of an hour is stated in degrees Fahrenheit. @param hour hours since the epoch */
  isFahrenheit(zone: string, hour: number): boolean {
    const fault = this.active.find(({ kind }) => kind === 'fahrenheit');
    if (fault === undefined) return false;
    const perHour = HOUR_MS / this.stepMs;
    for (let back = 0; back < FAHRENHEIT_HOURS; back++)
      if (this.starts(fault, zone, (hour - back) * perHour)) return true;
    return false;
  }

  /** What is published for an interval, in order of time. */
  publications(zone: string, slot: number, series: TrueSeries): readonly Publication[] {
    const demandMw = series.at(slot);
    const usual: Publication = { demandMw, delayMs: 0, revision: 0 };
    const part = this.active.length === 0 ? null : this.partOf(zone, slot);
    if (part === null) return [usual];
    const { kind, sinceSlot } = part;
    const value = this.falseValue(kind, zone, slot, sinceSlot, series);
    return value === null ? this.timed(kind, zone, slot, usual) : [{ ...usual, demandMw: value }];
  }

  /** Faults of the value alone; null for the others. */
  private falseValue(
    kind: FaultKind,
    zone: string,
    slot: number,
    since: number,
    series: TrueSeries,
  ): number | null {
    const demandMw = series.at(slot);
    const into = slot - since;
    switch (kind) {
      case 'frozen':
        return series.at(since - 1);
      case 'wrong_resource':
        return series.otherAt(slot);
      case 'kilowatts':
        return Math.round(demandMw * 1000);
      case 'slide':
        return rounded(demandMw * (1 + this.signAt(zone, since) * SLIDE_PER_STEP * (into + 1)));
      case 'distribution':
        return rounded(demandMw * (1 + DISTRIBUTION_SHARE * edge(into, stepsOf(kind))));
      case 'spiked':
        return this.distorted(zone, slot, demandMw, 0.15, 0.4);
      case 'zero':
        return 0;
      case 'out_of_range':
        return rounded(demandMw * RANGE_FACTOR);
      default:
        return null;
    }
  }

  /** Faults of when, for what interval, how often and by whom a value is published. */
  private timed(kind: FaultKind, zone: string, slot: number, usual: Publication): readonly Publication[] {
    const { demandMw } = usual;
    switch (kind) {
      case 'missing':
        return [];
      case 'clock_change':
        return [{ ...usual, ...this.clockShift(slot) }];
      case 'future_dated':
        return [{ ...usual, shiftMs: FUTURE_MS }];
      case 'misaligned':
        return [{ ...usual, shiftMs: MISALIGNED_MS }];
      case 'disagreement':
        return [
          usual,
          {
            ...usual,
            demandMw: this.distorted(zone, slot, demandMw, 0.04, 0.1),
            delayMs: DISAGREES_AFTER_MS,
            revision: 1,
            source: SECOND_SOURCE,
          },
        ];
      case 'revised':
        return [
          { ...usual, demandMw: this.distorted(zone, slot, demandMw, 0.005, 0.02) },
          { demandMw, delayMs: REVISED_AFTER_MS, revision: 1 },
        ];
      case 'late':
        return [{ ...usual, delayMs: LATE_MS }];
      case 'out_of_order':
        return [{ ...usual, delayMs: OUT_OF_ORDER_MS }];
      case 'duplicate':
        return [usual, { ...usual, delayMs: DUPLICATE_AFTER_MS }];
      default:
        return [usual];
    }
  }

  /** First slot of the hour after a clock change that the slot is in, or null. */
  private clockChangeBefore(slot: number): number | null {
    const { offsets, stepMs } = this;
    const startMs = slot * stepMs;
    if (offsets.at(startMs) === offsets.at(startMs - HOUR_MS)) return null;
    return (Math.floor(startMs / HOUR_MS) * HOUR_MS) / stepMs;
  }

  /**
   * The hour after a change through a converter with one offset for the day: the second pass of autumn gets the times of
   * the first, as a correction of it; the hour that spring skips is left blank, its values an hour ahead.
   */
  private clockShift(slot: number): Pick<Publication, 'shiftMs' | 'revision'> {
    const startMs = slot * this.stepMs;
    const shiftMs = this.offsets.at(startMs) - this.offsets.at(startMs - HOUR_MS);
    return { shiftMs, revision: shiftMs < 0 ? 1 : 0 };
  }

  private sinceSlot(fault: ActiveFault, zone: string, slot: number): number | null {
    if (fault.kind === 'clock_change') {
      const first = this.clockChangeBefore(slot);
      return first !== null && this.starts(fault, zone, first) ? first : null;
    }
    for (let back = stepsOf(fault.kind) - 1; back >= 0; back--) {
      if (this.starts(fault, zone, slot - back)) return slot - back;
    }
    return null;
  }

  private starts({ kind, rate, stated }: ActiveFault, zone: string, slot: number): boolean {
    if (stated.get(zone)?.has(slot) === true) return true;
    return rate > 0 && uniformAt(streamSeed(this.seed, `${kind}/${zone}`), slot) < rate;
  }

  private distorted(zone: string, slot: number, mw: number, least: number, most: number): number {
    const size = least + (most - least) * uniformAt(this.sizeSeed(zone), 2 * slot);
    return rounded(mw * (1 + this.signAt(zone, slot) * size));
  }

  private signAt(zone: string, slot: number): 1 | -1 {
    return uniformAt(this.sizeSeed(zone), 2 * slot + 1) < 0.5 ? -1 : 1;
  }

  private sizeSeed(zone: string): number {
    return streamSeed(this.seed, `size/${zone}`);
  }
}

/** Rises over the first steps, falls over the last, 1 between. */
function edge(into: number, steps: number): number {
  return Math.min(1, (into + 1) / DISTRIBUTION_EDGE_STEPS, (steps - into) / DISTRIBUTION_EDGE_STEPS);
}

function rounded(mw: number): number {
  return Math.round(mw * 10) / 10;
}
