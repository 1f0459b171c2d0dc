import { ErrorScale, type Lesson } from './error-scale.js';
import { QuantileEdge } from './quantile-edge.js';

/** Share of actuals that should lie below P10, and above P90. */
const OUTSIDE = 0.1;

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
  private readonly scale: ErrorScale;
  private readonly low: QuantileEdge;
  private readonly high: QuantileEdge;

  constructor(private readonly horizons: number) {
    this.scale = new ErrorScale(horizons);
    this.low = new QuantileEdge(horizons, { side: 'low', outside: OUTSIDE, gain: 1 });
    this.high = new QuantileEdge(horizons, { side: 'high', outside: OUTSIDE, gain: 1 });
    this.p10Mw = this.low.correctionMw;
    this.p90Mw = this.high.correctionMw;
  }

  /** Whether anything has been scored or taken over yet. */
  get isNew(): boolean {
    return this.scale.isNew;
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
   * @returns what the actual weighs, for further edges of the same horizon (valid until the next call); null when nothing was learnt
   */
  observe(
    horizon: number,
    targetMs: number,
    actualMw: number,
    mw: number,
    p10: number,
    p90: number,
  ): Lesson | null {
    if (!Number.isFinite(actualMw) || !Number.isFinite(p10) || !Number.isFinite(p90)) return null;
    const lesson = this.scale.take(horizon, targetMs, Math.abs(actualMw - mw));
    if (lesson === null) return null;
    this.low.learn(horizon, actualMw < p10, lesson);
    this.high.learn(horizon, actualMw > p90, lesson);
    return lesson;
  }

  private get parts(): readonly Float64Array[] {
    const { errorMw, lastTargetMs, days } = this.scale;
    return [this.p10Mw, this.p90Mw, errorMw, lastTargetMs, days, this.low.shares, this.high.shares];
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
