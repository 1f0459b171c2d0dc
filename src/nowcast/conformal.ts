import { DAY_MS, HOUR_MS } from '../contracts/time.js';

/** Share of actuals that should lie below P10, and above P90. */
const OUTSIDE = 0.1;
/** How far a day of nothing but misses moves an edge, in mean absolute errors of its horizon. */
export const GAIN_PER_DAY = 1;
/** How much of a shortfall of the last weeks is made up for, and how many days those are. */
const MAKE_UP = 1;
const MAKE_UP_DAYS = 28;
/** What is aimed at stays between these, whatever there is to make up for. */
const LEAST_OUTSIDE = 0.01;
const MOST_OUTSIDE = 0.3;
/** Until so many days have been learnt from, a share of misses says little. */
const FEW_DAYS = 2;
/** Days over which the mean absolute error is taken. */
const ERROR_DAYS = 14;
/** The longest time that one actual may stand for; after a gap nothing is known of what was missed. */
const LONGEST_STEP_MS = 3 * HOUR_MS;

/** Megawatts to add to a model's own P10 and P90, one a horizon. */
export interface BandCorrection {
  readonly p10Mw: ArrayLike<number>;
  readonly p90Mw: ArrayLike<number>;
}

/**
 * Online conformal correction of the bands of one zone: each edge of each horizon moves out when an actual falls outside
 * and in, nine times as slowly, when it does not, so that over time one in ten lies beyond each edge whatever the model
 * says (adaptive conformal inference, Gibbs & Candès 2021, in the form of an asymmetric quantile tracker, Angelopoulos
 * et al. 2023). Steps are in proportion to the time between actuals and to the recent mean absolute error, so they
 * depend neither on the zone's step nor on its size. Knows only what it is told: call `observe` when an actual has become
 * known, with the band that was issued for it. The whole state is seven numbers a horizon.
 */
export class ConformalBands {
  readonly p10Mw: Float64Array;
  readonly p90Mw: Float64Array;
  private readonly errorMw: Float64Array;
  private readonly lastTargetMs: Float64Array;
  /** Days that have been learnt from. */
  private readonly days: Float64Array;
  /** Shares of the last weeks' actuals below P10 and above P90. */
  private readonly below: Float64Array;
  private readonly above: Float64Array;

  constructor(private readonly horizons: number) {
    this.p10Mw = new Float64Array(horizons);
    this.p90Mw = new Float64Array(horizons);
    this.errorMw = new Float64Array(horizons).fill(Number.NaN);
    this.lastTargetMs = new Float64Array(horizons).fill(Number.NaN);
    this.days = new Float64Array(horizons);
    this.below = new Float64Array(horizons).fill(OUTSIDE);
    this.above = new Float64Array(horizons).fill(OUTSIDE);
  }

  /** Whether anything has been scored or taken over yet. */
  get isNew(): boolean {
    return this.errorMw.every((error) => Number.isNaN(error));
  }

  /** Takes the correction that a model comes with: where the tracking begins. */
  begin(correction: BandCorrection): void {
    this.p10Mw.set(Array.from(correction.p10Mw).slice(0, this.horizons));
    this.p90Mw.set(Array.from(correction.p90Mw).slice(0, this.horizons));
  }

  /**
   * Learns from one actual. Targets of a horizon come in rising order; one that is not newer than the last is not learnt
   * from again.
   * @param mw the forecast that was issued for the target; @param p10 and @param p90 its band as issued
   */
  observe(horizon: number, targetMs: number, actualMw: number, mw: number, p10: number, p90: number): void {
    if (!Number.isFinite(actualMw) || !Number.isFinite(p10) || !Number.isFinite(p90)) return;
    const last = this.lastTargetMs[horizon] ?? Number.NaN;
    if (targetMs <= last) return;
    const elapsedMs = Number.isNaN(last) ? 0 : Math.min(targetMs - last, LONGEST_STEP_MS);
    const days = elapsedMs / DAY_MS;
    this.lastTargetMs[horizon] = targetMs;
    const error = Math.abs(actualMw - mw);
    const known = this.errorMw[horizon] ?? Number.NaN;
    const learnt = (this.days[horizon] ?? 0) + days;
    this.days[horizon] = learnt;
    // A plain mean at first, a moving one once there is enough.
    const share = days === 0 ? 0 : days / Math.min(learnt, ERROR_DAYS);
    const mean = Number.isNaN(known) ? error : known + (error - known) * share;
    this.errorMw[horizon] = mean;
    const step = GAIN_PER_DAY * days * mean;
    const isBelow = actualMw < p10;
    const isAbove = actualMw > p90;
    const low = this.aim(this.below, horizon, isBelow, days, learnt);
    const high = this.aim(this.above, horizon, isAbove, days, learnt);
    this.p10Mw[horizon] = (this.p10Mw[horizon] ?? 0) + step * (isBelow ? low - 1 : low);
    this.p90Mw[horizon] = (this.p90Mw[horizon] ?? 0) + step * (isAbove ? 1 - high : -high);
  }

  /**
   * Share to aim at beyond an edge: one in ten, less where more than that lay beyond it in the last weeks (the integral
   * term of Angelopoulos et al. 2023), so that errors that grow faster than the edge moves are made up for.
   */
  private aim(shares: Float64Array, horizon: number, missed: boolean, days: number, learnt: number): number {
    const before = shares[horizon] ?? OUTSIDE;
    const weight = days === 0 ? 0 : days / Math.min(learnt, MAKE_UP_DAYS);
    const share = before + ((missed ? 1 : 0) - before) * weight;
    shares[horizon] = share;
    const trust = MAKE_UP * Math.min(1, learnt / FEW_DAYS);
    return Math.min(MOST_OUTSIDE, Math.max(LEAST_OUTSIDE, OUTSIDE + trust * (OUTSIDE - share)));
  }

  private get parts(): readonly Float64Array[] {
    return [this.p10Mw, this.p90Mw, this.errorMw, this.lastTargetMs, this.days, this.below, this.above];
  }

  /** The state, to go on from after a restart: exact. */
  save(): Float64Array {
    const state = new Float64Array(this.parts.length * this.horizons);
    this.parts.forEach((part, i) => {
      state.set(part, i * this.horizons);
    });
    return state;
  }

  /** @returns false, and nothing is changed, when the state is of another number of horizons */
  load(state: Float64Array): boolean {
    if (state.length !== this.parts.length * this.horizons) return false;
    this.parts.forEach((part, i) => {
      part.set(state.subarray(i * this.horizons, (i + 1) * this.horizons));
    });
    return true;
  }
}

/** Applies a correction to one band; it never crosses the forecast. */
export function correctedBand(
  mw: number,
  rawP10: number,
  rawP90: number,
  correction: BandCorrection,
  horizon: number,
): { readonly p10: number; readonly p90: number } {
  return {
    p10: Math.min(mw, rawP10 + (correction.p10Mw[horizon] ?? 0)),
    p90: Math.max(mw, rawP90 + (correction.p90Mw[horizon] ?? 0)),
  };
}
