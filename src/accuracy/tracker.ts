import type { Accuracy } from '../contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../contracts/time.js';
import { HorizonScore } from './horizon-score.js';
import { NumberRing } from './score-ring.js';
import type { WindowSums } from './window-sums.js';

const WINDOWS: readonly { readonly name: Accuracy['window']; readonly ms: number }[] = [
  { name: '1h', ms: HOUR_MS },
  { name: '24h', ms: DAY_MS },
  { name: '7d', ms: 7 * DAY_MS },
];
/** Origins may run this far ahead of the newest accepted actual, while quality holds values back. */
const AHEAD_MS = 2 * HOUR_MS;

/** Before the first actual; a small integer, so that all arithmetic with slots stays with integers. */
const NEVER = -(2 ** 30);

/** One nowcast in columns, one entry a horizon, megawatts; NaN where missing. */
export interface IssuedNowcast {
  readonly originMs: number;
  readonly modelVersion: string;
  readonly horizonsMinutes: readonly number[];
  readonly mw: ArrayLike<number>;
  /** Null without bands. */
  readonly p10: ArrayLike<number> | null;
  readonly p90: ArrayLike<number> | null;
  /** What the 24 h ramp baseline said; null when it could say nothing. */
  readonly ramp24hMw: ArrayLike<number> | null;
  /** True where it stands on an older value than the origin's: its band is scored, and teaches the correction nothing. */
  readonly isFromEarlier?: boolean;
}

export interface AccuracyTrackerOptions {
  readonly zone: string;
  readonly stepMs: number;
  /** All horizons that are scored; each a multiple of the step. */
  readonly horizonsMinutes: readonly number[];
  /** Those of them that are scored over 7 d, too; the others over 1 h and 24 h. */
  readonly weekHorizonsMinutes: readonly number[];
}

/** The score of one horizon and window, and what is needed to judge it. */
export interface WindowScore {
  readonly accuracy: Accuracy;
  /** Mean size of the actuals, megawatts. */
  readonly meanActualMw: number;
  /** Standard deviation of the error, megawatts. */
  readonly errorSdMw: number;
  /** How many of the scored forecasts had a band. */
  readonly banded: number;
}

/** Errors of one horizon over some targets, relative to the actual, of the version that issued the last of them. */
export interface ErrorBlock {
  readonly n: number;
  readonly meanError: number;
  readonly meanAbsError: number;
  readonly modelVersion: string;
}

/**
 * Joins every nowcast of one zone with the actuals that come later and keeps their rolling scores. Windows end at the
 * newest actual's target. Cost per actual: constant, amortised. Feed it in the order of the stream: a forecast whose
 * actual is already known is not one, and is not scored. Of several nowcasts of one origin the last one counts that
 * was issued before the actual was known.
 */
export class AccuracyTracker {
  private readonly horizons: readonly HorizonScore[];
  private readonly actuals: NumberRing;
  /** Which version issued an origin, as an index into `versions`. */
  private readonly versionOf: NumberRing;
  private readonly versions: string[] = [];
  private readonly longestSteps: number;
  private newestSlot = NEVER;
  private slotsSinceRecount = 0;
  private columnsOf: readonly number[] = [];
  private columns: readonly number[] = [];

  constructor(private readonly options: AccuracyTrackerOptions) {
    const { stepMs, horizonsMinutes, weekHorizonsMinutes } = options;
    const windowSteps = WINDOWS.map((window) => Math.max(1, Math.floor(window.ms / stepMs)));
    const aheadSteps = Math.ceil(AHEAD_MS / stepMs);
    this.horizons = horizonsMinutes.map((minutes) => {
      const windows = weekHorizonsMinutes.includes(minutes) ? windowSteps : windowSteps.slice(0, -1);
      return new HorizonScore(minutes, (minutes * MINUTE_MS) / stepMs, windows, aheadSteps);
    });
    this.longestSteps = Math.max(1, ...this.horizons.map(({ keptSteps }) => keptSteps));
    const longestHorizon = Math.max(0, ...this.horizons.map(({ steps }) => steps));
    this.actuals = new NumberRing(this.longestSteps);
    this.versionOf = new NumberRing(this.longestSteps + longestHorizon + aheadSteps + 1);
  }

  /** Remembers a nowcast; a later one of the same origin replaces the earlier where no actual is known yet. */
  issued(nowcast: IssuedNowcast): void {
    const { newestSlot } = this;
    const originSlot = this.slotOf(nowcast.originMs);
    if (newestSlot === NEVER) return;
    const columns = this.columnsFor(nowcast.horizonsMinutes);
    for (let h = 0; h < this.horizons.length; h++) {
      const horizon = this.horizons[h] as HorizonScore;
      const column = columns[h] as number;
      const slot = originSlot + horizon.steps;
      if (column < 0 || !horizon.isHeld(slot, newestSlot) || !Number.isNaN(this.actualAt(slot))) continue;
      horizon.ring.set(
        slot,
        nowcast.mw[column] ?? Number.NaN,
        nowcast.p10?.[column] ?? Number.NaN,
        nowcast.p90?.[column] ?? Number.NaN,
        nowcast.ramp24hMw?.[column] ?? Number.NaN,
      );
    }
    this.versionOf.set(originSlot, this.indexOfVersion(nowcast.modelVersion));
  }

  /**
   * Scores every nowcast of that target. A different value for the same target corrects the score, NaN withdraws it.
   * @param validTimeMs start of the interval, on the step's grid
   * @returns true when it changed windows that ended at or after it before the call: a revision, or a late value
   */
  observed(validTimeMs: number, mw: number): boolean {
    const slot = this.slotOf(validTimeMs);
    if (slot <= this.newestSlot - this.longestSteps) return false;
    const before = this.actualAt(slot);
    if (Math.fround(mw) === before || (Number.isNaN(before) && Number.isNaN(mw))) return false;
    const isNewest = slot > this.newestSlot;
    if (isNewest) this.advance(slot);
    // What is added must be what is taken away later: the value as it is kept.
    if (!Number.isNaN(before)) this.score(-1, slot, before);
    this.actuals.set(slot, mw);
    if (!Number.isNaN(mw)) this.score(1, slot, this.actuals.at(slot));
    return !isNewest;
  }

  /** Start of the newest actual's interval; NaN before the first. */
  get newestMs(): number {
    return this.newestSlot === NEVER ? Number.NaN : this.newestSlot * this.options.stepMs;
  }

  /** Scores of a window that ended earlier, from what is known now; none of horizons that are not held so long. */
  scoresUntil(endMs: number, name: Accuracy['window'], horizonsMinutes: readonly number[]): Accuracy[] {
    const window = WINDOWS.findIndex((one) => one.name === name);
    return this.horizons.flatMap((horizon) => {
      if (!horizonsMinutes.includes(horizon.minutes)) return [];
      const sum = horizon.sumsUntil(this.slotOf(endMs), window, this.newestSlot, (slot) =>
        this.actualAt(slot),
      );
      if (sum === null || sum.n === 0) return [];
      return [scoreOf(sum, this.options.zone, horizon.minutes, name, toIso(endMs)).accuracy];
    });
  }

  /**
   * Scores of all windows that hold any, leaving out windows that lie wholly before `atMs`.
   * @param horizonsMinutes only of these horizons
   */
  report(atMs: number, horizonsMinutes: readonly number[] = this.options.horizonsMinutes): WindowScore[] {
    const rows: WindowScore[] = [];
    if (this.newestSlot === NEVER) return rows;
    const { zone, stepMs } = this.options;
    const endMs = this.newestSlot * stepMs;
    const at = toIso(endMs);
    for (const { minutes, sums } of this.horizons) {
      if (!horizonsMinutes.includes(minutes)) continue;
      sums.forEach((sum, w) => {
        const window = WINDOWS[w];
        if (window === undefined || sum.n === 0 || atMs - endMs > window.ms + 2 * stepMs) return;
        rows.push(scoreOf(sum, zone, minutes, window.name, at));
      });
    }
    return rows;
  }

  /**
   * Errors of the targets in (`afterMs`, `throughMs`] that a model issued; null without any. Baselines do not count.
   * Only those of the version of the latest such target.
   */
  errorBlock(horizonMinutes: number, afterMs: number, throughMs: number): ErrorBlock | null {
    const horizon = this.horizons.find(({ minutes }) => minutes === horizonMinutes);
    if (horizon === undefined) return null;
    const first = Math.max(this.slotOf(afterMs), this.newestSlot - horizon.keptSteps) + 1;
    let version = -1;
    let n = 0;
    let sum = 0;
    let absSum = 0;
    for (let slot = Math.min(this.slotOf(throughMs), this.newestSlot); slot >= first; slot--) {
      const actualMw = this.actualAt(slot);
      const error = (horizon.ring.mwAt(slot) - actualMw) / Math.abs(actualMw);
      if (!Number.isFinite(error)) continue;
      const issuedBy = this.versionOf.at(slot - horizon.steps);
      if (Number.isNaN(issuedBy) || this.isBaseline(issuedBy)) continue;
      if (version < 0) version = issuedBy;
      if (issuedBy !== version) break;
      n += 1;
      sum += error;
      absSum += Math.abs(error);
    }
    const modelVersion = this.versions[version];
    return modelVersion === undefined
      ? null
      : { n, meanError: sum / n, meanAbsError: absSum / n, modelVersion };
  }

  private slotOf(timeMs: number): number {
    return Math.round(timeMs / this.options.stepMs) | 0;
  }

  /** NaN where unknown or forgotten. */
  private actualAt(slot: number): number {
    return slot > this.newestSlot || slot <= this.newestSlot - this.longestSteps
      ? Number.NaN
      : this.actuals.at(slot);
  }

  /** Position of each scored horizon in a nowcast's columns, remembered for as long as the same array comes. */
  private columnsFor(horizonsMinutes: readonly number[]): readonly number[] {
    if (horizonsMinutes !== this.columnsOf) {
      this.columnsOf = horizonsMinutes;
      this.columns = this.horizons.map((horizon) => horizonsMinutes.indexOf(horizon.minutes));
    }
    return this.columns;
  }

  private indexOfVersion(version: string): number {
    // The newest is the likeliest.
    const known = this.versions.lastIndexOf(version);
    return known >= 0 ? known : this.versions.push(version) - 1;
  }

  private isBaseline(version: number): boolean {
    return (this.versions[version] ?? '').startsWith('baseline:');
  }

  private score(sign: 1 | -1, slot: number, actualMw: number): void {
    for (const horizon of this.horizons) horizon.score(sign, slot, this.newestSlot, actualMw);
  }

  private advance(slot: number): void {
    const { newestSlot } = this;
    if (newestSlot !== NEVER) {
      const actualOf = (at: number): number => this.actualAt(at);
      for (const horizon of this.horizons) horizon.advance(newestSlot, slot, actualOf);
      const skipped = Math.max(newestSlot + 1, slot - this.longestSteps + 1);
      for (let fresh = skipped; fresh <= slot; fresh++) this.actuals.set(fresh, Number.NaN);
      this.slotsSinceRecount += slot - newestSlot;
    }
    this.newestSlot = slot;
    // Taking away what was added leaves rounding behind; a recount once a ring clears it at no cost worth naming.
    if (this.slotsSinceRecount >= this.longestSteps) this.recount();
  }

  private recount(): void {
    this.slotsSinceRecount = 0;
    for (const { sums } of this.horizons) for (const sum of sums) sum.reset();
    for (let slot = this.newestSlot - this.longestSteps + 1; slot <= this.newestSlot; slot++) {
      const actualMw = this.actualAt(slot);
      if (!Number.isNaN(actualMw)) this.score(1, slot, actualMw);
    }
  }
}

function scoreOf(
  sum: WindowSums,
  zone: string,
  horizonMinutes: number,
  window: Accuracy['window'],
  at: string,
): WindowScore {
  const { n, mape, bias, coverage80, skill, meanActualMw, errorSdMw, banded } = sum;
  return {
    accuracy: { zone, horizonMinutes, window, at, n, mape, bias, coverage80, skill },
    meanActualMw,
    errorSdMw,
    banded,
  };
}
