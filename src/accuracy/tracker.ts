import type { Accuracy } from '../contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../contracts/time.js';
import { ActualRing, ForecastRing } from './score-ring.js';
import { WindowSums } from './window-sums.js';

const WINDOWS: readonly { readonly name: Accuracy['window']; readonly ms: number }[] = [
  { name: '1h', ms: HOUR_MS },
  { name: '24h', ms: DAY_MS },
  { name: '7d', ms: 7 * DAY_MS },
];
const SCORED_MINUTES = [5, 15, 30, 60, 120, 180, 360, 720, 1440];

/** One nowcast in columns, one entry a horizon, megawatts; NaN where missing. */
export interface IssuedNowcast {
  readonly originMs: number;
  readonly revision: number;
  readonly horizonsMinutes: readonly number[];
  readonly mw: ArrayLike<number>;
  /** Null without bands. */
  readonly p10: ArrayLike<number> | null;
  readonly p90: ArrayLike<number> | null;
  /** What the 24 h ramp baseline said; null when it could say nothing. */
  readonly ramp24hMw: ArrayLike<number> | null;
}

export interface AccuracyTrackerOptions {
  readonly zone: string;
  readonly stepMs: number;
  /** The horizons that are scored; each a multiple of the step. */
  readonly horizonsMinutes: readonly number[];
}

/** The horizons worth scoring out of all that a zone issues: the first step and round ones up to a day. */
export function scoredHorizons(horizonsMinutes: readonly number[]): number[] {
  const first = horizonsMinutes[0];
  return horizonsMinutes.filter((minutes) => minutes === first || SCORED_MINUTES.includes(minutes));
}

interface HorizonScore {
  readonly minutes: number;
  readonly steps: number;
  readonly ring: ForecastRing;
  /** Parallel to WINDOWS. */
  readonly sums: readonly WindowSums[];
}

/**
 * Joins the nowcasts of one zone with the actuals that come later and keeps their rolling scores. Windows end at the
 * newest actual's target. Cost per actual: constant, amortised. Feed it in the order of the stream: a forecast whose
 * actual is already known is not one, and is not scored.
 */
export class AccuracyTracker {
  private readonly horizons: readonly HorizonScore[];
  private readonly actuals: ActualRing;
  private readonly windowSteps: readonly number[];
  private newestSlot = Number.NEGATIVE_INFINITY;
  private slotsSinceRecount = 0;
  private columnsOf: readonly number[] = [];
  private columns: readonly number[] = [];

  constructor(private readonly options: AccuracyTrackerOptions) {
    const { stepMs, horizonsMinutes } = options;
    this.windowSteps = WINDOWS.map((window) => Math.max(1, Math.floor(window.ms / stepMs)));
    const longest = Math.max(0, ...horizonsMinutes);
    const capacity = Math.max(...this.windowSteps) + Math.ceil((longest * MINUTE_MS) / stepMs) + 1;
    this.actuals = new ActualRing(capacity);
    this.horizons = horizonsMinutes.map((minutes) => ({
      minutes,
      steps: (minutes * MINUTE_MS) / stepMs,
      ring: new ForecastRing(capacity),
      sums: WINDOWS.map(() => new WindowSums()),
    }));
  }

  /** Remembers a nowcast; a later revision of the same origin replaces the earlier one where no actual is known yet. */
  issued(nowcast: IssuedNowcast): void {
    const originSlot = this.slotOf(nowcast.originMs);
    const columns = this.columnsFor(nowcast.horizonsMinutes);
    for (let h = 0; h < this.horizons.length; h++) {
      const horizon = this.horizons[h];
      const column = columns[h] ?? -1;
      if (horizon === undefined || column < 0) continue;
      const slot = originSlot + horizon.steps;
      if (!this.isHeld(slot) || !Number.isNaN(this.actuals.at(slot))) continue;
      const index = horizon.ring.claim(slot, nowcast.revision);
      if (index < 0) continue;
      horizon.ring.mw[index] = nowcast.mw[column] ?? Number.NaN;
      horizon.ring.p10[index] = nowcast.p10?.[column] ?? Number.NaN;
      horizon.ring.p90[index] = nowcast.p90?.[column] ?? Number.NaN;
      horizon.ring.rampMw[index] = nowcast.ramp24hMw?.[column] ?? Number.NaN;
    }
  }

  /**
   * Scores every nowcast of that target. A different value for the same target corrects the score, NaN withdraws it.
   * @param validTimeMs start of the interval, on the step's grid
   */
  observed(validTimeMs: number, mw: number): void {
    const slot = this.slotOf(validTimeMs);
    if (this.isForgotten(slot)) return;
    const before = this.actuals.at(slot);
    if (Object.is(before, mw) || (Number.isNaN(before) && Number.isNaN(mw))) return;
    if (slot > this.newestSlot) this.advance(slot);
    if (!Number.isNaN(before)) this.score(-1, slot, before);
    this.actuals.set(slot, mw);
    if (!Number.isNaN(mw)) this.score(1, slot, mw);
  }

  /** Scores of all horizons and windows that hold any, leaving out windows that lie wholly before `atMs`. */
  report(atMs: number): Accuracy[] {
    const { zone, stepMs } = this.options;
    const rows: Accuracy[] = [];
    if (this.newestSlot === Number.NEGATIVE_INFINITY) return rows;
    const endMs = this.newestSlot * stepMs;
    for (const { minutes, sums } of this.horizons) {
      WINDOWS.forEach((window, w) => {
        const sum = sums[w];
        if (sum === undefined || sum.n === 0 || atMs - endMs > window.ms + 2 * stepMs) return;
        const { n, mape, bias, coverage80, skill } = sum;
        const at = toIso(endMs);
        rows.push({
          zone,
          horizonMinutes: minutes,
          window: window.name,
          at,
          n,
          mape,
          bias,
          coverage80,
          skill,
        });
      });
    }
    return rows;
  }

  private slotOf(timeMs: number): number {
    return Math.round(timeMs / this.options.stepMs);
  }

  private isForgotten(slot: number): boolean {
    return slot <= this.newestSlot - (this.windowSteps.at(-1) ?? 0);
  }

  /** False for targets so far ahead that their place in the ring is still taken by a scored one. */
  private isHeld(slot: number): boolean {
    if (this.newestSlot === Number.NEGATIVE_INFINITY) return true;
    return (
      !this.isForgotten(slot) &&
      slot <= this.newestSlot - (this.windowSteps.at(-1) ?? 0) + this.actuals.capacity
    );
  }

  /** Position of each scored horizon in a nowcast's columns, remembered for as long as the same array comes. */
  private columnsFor(horizonsMinutes: readonly number[]): readonly number[] {
    if (horizonsMinutes !== this.columnsOf) {
      this.columnsOf = horizonsMinutes;
      this.columns = this.horizons.map((horizon) => horizonsMinutes.indexOf(horizon.minutes));
    }
    return this.columns;
  }

  private score(sign: 1 | -1, slot: number, actualMw: number): void {
    for (const { ring, sums } of this.horizons) {
      const index = ring.indexOf(slot);
      if (index < 0) continue;
      for (let w = 0; w < sums.length; w++) {
        if (slot > this.newestSlot - (this.windowSteps[w] ?? 0)) sums[w]?.apply(sign, ring, index, actualMw);
      }
    }
  }

  /** Moves every window's end to the slot, taking away what falls out at the other end. */
  private advance(slot: number): void {
    const moved = slot - this.newestSlot;
    this.slotsSinceRecount += moved;
    // Taking away what was added leaves rounding behind; a recount once a ring clears it at no cost worth naming.
    if (this.slotsSinceRecount >= this.actuals.capacity) {
      this.newestSlot = slot;
      this.recount();
      return;
    }
    for (let w = 0; w < WINDOWS.length; w++) {
      const steps = this.windowSteps[w] ?? 0;
      const last = Math.min(slot - steps, this.newestSlot);
      for (let out = this.newestSlot - steps + 1; out <= last; out++) this.evict(w, out);
    }
    this.newestSlot = slot;
  }

  private evict(window: number, slot: number): void {
    const actualMw = this.actuals.at(slot);
    if (Number.isNaN(actualMw)) return;
    for (const { ring, sums } of this.horizons) {
      const index = ring.indexOf(slot);
      if (index >= 0) sums[window]?.apply(-1, ring, index, actualMw);
    }
  }

  private recount(): void {
    this.slotsSinceRecount = 0;
    for (const { sums } of this.horizons) for (const sum of sums) sum.reset();
    const longest = this.windowSteps.at(-1) ?? 0;
    for (let slot = this.newestSlot - longest + 1; slot <= this.newestSlot; slot++) {
      const actualMw = this.actuals.at(slot);
      if (!Number.isNaN(actualMw)) this.score(1, slot, actualMw);
    }
  }
}
