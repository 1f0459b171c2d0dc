import { MINUTE_MS } from '../../contracts/time.js';
import { streamSeed, uniformAt } from './hash-noise.js';

/** In order of precedence: an interval has one fault at most. */
export const FAULT_KINDS = [
  'missing',
  'frozen',
  'spiked',
  'revised',
  'late',
  'out_of_order',
  'duplicate',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultPosition {
  readonly zone: string;
  /** Start of the interval; for frozen, of the first frozen one. */
  readonly validTimeMs: number;
}

export interface FaultSetting {
  /** Probability for each interval, 0 .. 1; for frozen, that a frozen run starts there. */
  readonly rate?: number;
  /** Intervals that have the fault whatever the rate. */
  readonly at?: readonly FaultPosition[];
}

export type FaultPlan = Readonly<Partial<Record<FaultKind, FaultSetting>>>;

/** What was done to one interval: the ground truth that detection is measured against. */
export interface InjectedFault {
  readonly kind: FaultKind;
  readonly zone: string;
  readonly validTimeMs: number;
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
}

const FROZEN_STEPS = 24;
const LATE_MS = 40 * MINUTE_MS;
const REVISED_AFTER_MS = 30 * MINUTE_MS;
const OUT_OF_ORDER_MS = 7 * MINUTE_MS;
const DUPLICATE_AFTER_MS = 20_000;
/** No publication comes later than this after its usual time. */
export const MAX_DELAY_MS = LATE_MS;

/** Decides which fault an interval has and what is published for it. Pure in the seed and the interval. */
export class Faults {
  private readonly rates: readonly number[];
  private readonly stated: readonly ReadonlySet<string>[];

  constructor(
    private readonly seed: number,
    plan: FaultPlan,
    stepMs: number,
  ) {
    this.rates = FAULT_KINDS.map((kind) => plan[kind]?.rate ?? 0);
    this.stated = FAULT_KINDS.map(
      (kind) => new Set((plan[kind]?.at ?? []).map((p) => `${p.zone}|${p.validTimeMs / stepMs}`)),
    );
  }

  /** @param slot steps since the epoch */
  faultAt(zone: string, slot: number): FaultKind | null {
    for (let k = 0; k < FAULT_KINDS.length; k++) {
      const kind = FAULT_KINDS[k] as FaultKind;
      if (kind === 'frozen' ? this.frozenSince(zone, slot) !== null : this.starts(k, zone, slot)) return kind;
    }
    return null;
  }

  /** What is published for an interval, in order of time. @param trueMwAt true demand by slot */
  publications(zone: string, slot: number, trueMwAt: (slot: number) => number): readonly Publication[] {
    const demandMw = trueMwAt(slot);
    const usual: Publication = { demandMw, delayMs: 0, revision: 0 };
    switch (this.faultAt(zone, slot)) {
      case 'missing':
        return [];
      case 'frozen':
        return [{ ...usual, demandMw: trueMwAt((this.frozenSince(zone, slot) ?? slot) - 1) }];
      case 'spiked':
        return [{ ...usual, demandMw: this.distorted(zone, slot, demandMw, 0.15, 0.4) }];
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

  private frozenSince(zone: string, slot: number): number | null {
    const frozen = FAULT_KINDS.indexOf('frozen');
    if ((this.rates[frozen] ?? 0) === 0 && this.stated[frozen]?.size === 0) return null;
    for (let back = FROZEN_STEPS - 1; back >= 0; back--) {
      if (this.starts(frozen, zone, slot - back)) return slot - back;
    }
    return null;
  }

  private starts(kindIndex: number, zone: string, slot: number): boolean {
    const stated = this.stated[kindIndex];
    if (stated !== undefined && stated.size > 0 && stated.has(`${zone}|${slot}`)) return true;
    const rate = this.rates[kindIndex] ?? 0;
    return (
      rate > 0 && uniformAt(streamSeed(this.seed, `${FAULT_KINDS[kindIndex] ?? ''}/${zone}`), slot) < rate
    );
  }

  private distorted(zone: string, slot: number, mw: number, least: number, most: number): number {
    const seed = streamSeed(this.seed, `size/${zone}`);
    const size = least + (most - least) * uniformAt(seed, 2 * slot);
    const sign = uniformAt(seed, 2 * slot + 1) < 0.5 ? -1 : 1;
    return Math.round(mw * (1 + sign * size) * 10) / 10;
  }
}
