import type { NowcastStep } from '../contracts/records.js';
import type { BandCorrection } from './conformal.js';
import type { Lesson } from './error-scale.js';
import { normalDensity, normalQuantile } from './normal.js';
import { QuantileEdge } from './quantile-edge.js';

export type StepQuantile = NonNullable<NowcastStep['quantiles']>[number];

/** One step of a nowcast, megawatts: the model's own band and the band as corrected. */
export interface StepBand {
  readonly mw: number;
  readonly rawP10: number;
  readonly rawP90: number;
  readonly p10: number;
  readonly p90: number;
}

/** Where forecast, P10 and P90 stand in what is remembered of a step; the further quantiles follow in their order. */
export const MW = 0;
export const P10 = 1;
export const P90 = 2;
export const FIRST_QUANTILE = 3;

/** An edge that its neighbour has held for so long follows it and goes no further. */
const LONGEST_HOLD_DAYS = 2;
const BAND = 0.1;
const PARTS = 3;

interface Edge {
  readonly q: number;
  /** Position among the quantiles. */
  readonly at: number;
  /** Its distance from the median by that of P10 or P90, were errors normal. */
  readonly ratio: number;
  /** Between P10 and P90. */
  readonly isInside: boolean;
  readonly tracked: QuantileEdge;
  /** Days on end that a neighbour has held it, one a horizon. */
  readonly heldDays: Float64Array;
  /** Whether it knows where to begin. */
  isBegun: boolean;
}

/** The edges below the forecast, or those above it. */
interface Side {
  readonly side: 'low' | 'high';
  /** From the forecast outwards. */
  readonly edges: readonly Edge[];
  readonly farther: (a: number, b: number) => number;
  readonly nearer: (a: number, b: number) => number;
}

/**
 * Quantiles of a zone beside P10, P50 and P90. Each stands where a normal distribution through the model's own P10 (or
 * P90) has it, plus a correction of its own, tracked by the rule of P10 and P90 towards its own share. It begins at the
 * correction of P10 or P90 in the same ratio. Steps are in inverse proportion to the normal density at the quantile, so
 * that each edge remembers as long as P10 does: otherwise far ones would take months to come in. Quantiles of a step
 * never cross: each is held between its neighbours, outwards from the forecast; forecast, P10 and P90 stay as they are.
 */
export class ExtraQuantiles {
  private readonly edges: readonly Edge[];
  private readonly sides: readonly Side[];

  /** @param quantiles ascending, without 0.1, 0.5 and 0.9 */
  constructor(
    private readonly horizons: number,
    readonly quantiles: readonly number[],
  ) {
    this.edges = quantiles.map((q, at) => edgeOf(horizons, q, at));
    const low = this.edges.filter(({ q }) => q < 0.5).reverse();
    const high = this.edges.filter(({ q }) => q > 0.5);
    this.sides = [
      { side: 'low', edges: low, farther: Math.min, nearer: Math.max },
      { side: 'high', edges: high, farther: Math.max, nearer: Math.min },
    ];
  }

  /**
   * Lets edges that have not begun begin.
   * @param bands the correction of P10 and P90 as it stands
   * @param anew true while nothing has been scored: all begin again with the bands
   */
  begin(bands: BandCorrection, anew: boolean): void {
    for (const { side, edges } of this.sides) {
      const from = side === 'low' ? bands.p10Mw : bands.p90Mw;
      for (const edge of edges) {
        if (edge.isBegun && !anew) continue;
        edge.isBegun = true;
        for (let h = 0; h < this.horizons; h++)
          edge.tracked.correctionMw[h] = edge.ratio * (from[h] ?? Number.NaN);
      }
    }
  }

  /** The quantiles of one step, ascending, megawatts. */
  at(horizon: number, { mw, rawP10, rawP90, p10, p90 }: StepBand): StepQuantile[] {
    const values = new Array<StepQuantile>(this.edges.length);
    for (const { side, edges, farther, nearer } of this.sides) {
      const raw = side === 'low' ? rawP10 : rawP90;
      const band = side === 'low' ? p10 : p90;
      let inner = mw;
      for (const { q, at, ratio, isInside, tracked } of edges) {
        const free = mw + ratio * (raw - mw) + (tracked.correctionMw[horizon] ?? Number.NaN);
        inner = isInside ? nearer(band, farther(inner, free)) : farther(farther(inner, band), free);
        values[at] = { q, mw: inner };
      }
    }
    return values;
  }

  /**
   * Learns from one actual.
   * @param issued the step as issued: forecast, P10, P90, then the quantiles; NaN where there was none
   * @param lesson what the actual weighs, see `ConformalBands.observe`
   */
  observe(horizon: number, actualMw: number, issued: Float32Array, lesson: Lesson): void {
    for (const { side, edges, farther } of this.sides) {
      const band = issued[side === 'low' ? P10 : P90] ?? Number.NaN;
      let inner = issued[MW] ?? Number.NaN;
      for (const edge of edges) {
        const value = issued[FIRST_QUANTILE + edge.at] ?? Number.NaN;
        if (!edge.isBegun || Number.isNaN(value)) continue;
        const isHeldOut = value === (edge.isInside ? inner : farther(inner, band));
        const isHeldIn = edge.isInside && value === band;
        const held = isHeldOut ? 'out' : isHeldIn ? 'in' : null;
        learn(edge, horizon, side === 'low' ? actualMw < value : actualMw > value, held, lesson);
        inner = value;
      }
    }
  }

  /** The state of all that have begun, to go on from after a restart: exact. Their number, the quantiles, their columns. */
  save(): Float64Array {
    const begun = this.edges.filter(({ isBegun }) => isBegun);
    const state = new Float64Array(1 + begun.length * (1 + PARTS * this.horizons));
    state[0] = begun.length;
    begun.forEach((edge, i) => {
      state[1 + i] = edge.q;
      partsOf(edge).forEach((part, p) => {
        state.set(part, 1 + begun.length + (PARTS * i + p) * this.horizons);
      });
    });
    return state;
  }

  /** Takes over the quantiles that are still asked for. @returns false when the state is of another number of horizons */
  load(state: Float64Array): boolean {
    const count = state[0] ?? 0;
    if (state.length !== 1 + count * (1 + PARTS * this.horizons)) return false;
    const saved = state.subarray(1, 1 + count);
    for (const edge of this.edges) {
      const i = saved.indexOf(edge.q);
      if (i < 0) continue;
      edge.isBegun = true;
      partsOf(edge).forEach((part, p) => {
        const from = 1 + count + (PARTS * i + p) * this.horizons;
        part.set(state.subarray(from, from + this.horizons));
      });
    }
    return true;
  }
}

function edgeOf(horizons: number, q: number, at: number): Edge {
  const z = normalQuantile(q);
  const band = normalQuantile(BAND);
  const side = q < 0.5 ? 'low' : 'high';
  const outside = q < 0.5 ? q : 1 - q;
  const gain = normalDensity(band) / normalDensity(z);
  return {
    q,
    at,
    ratio: Math.abs(z / band),
    isInside: outside > BAND,
    tracked: new QuantileEdge(horizons, { side, outside, gain }),
    heldDays: new Float64Array(horizons),
    isBegun: false,
  };
}

/**
 * An edge that is held by a neighbour and would go further beyond it is stopped after a while, or it would take as long
 * to come back once it is free. Being held for a moment is mere noise: stopping it then would miss the share aimed at.
 * @param held 'out' where a neighbour kept it from coming nearer to the forecast, 'in' where P10 or P90 kept it inside
 */
function learn(
  { tracked, heldDays }: Edge,
  horizon: number,
  isBeyond: boolean,
  held: 'out' | 'in' | null,
  lesson: Lesson,
): void {
  const days = held === null ? 0 : (heldDays[horizon] ?? 0) + lesson.days;
  heldDays[horizon] = days;
  if (days <= LONGEST_HOLD_DAYS) tracked.learn(horizon, isBeyond, lesson);
  else if (isBeyond === (held === 'out')) tracked.nudge(horizon, isBeyond, lesson);
}

function partsOf({ tracked, heldDays }: Edge): readonly Float64Array[] {
  return [tracked.correctionMw, tracked.shares, heldDays];
}
