import type { Lesson } from './error-scale.js';

/** How much of a shortfall of the last weeks is made up for, and how many days those are. */
const MAKE_UP = 1;
const MAKE_UP_DAYS = 28;
/** What is aimed at stays above this part of the share, whatever there is to make up for. */
const LEAST_PART = 10;
/** Until so many days have been learnt from, a share of misses says little. */
const FEW_DAYS = 2;

/** How an edge is tracked. */
export interface EdgeRule {
  readonly side: 'low' | 'high';
  /** Share of actuals that should lie beyond the edge. */
  readonly outside: number;
  /** Step of this edge by that of P10 and P90. */
  readonly gain: number;
}

/**
 * One edge of the bands of all horizons: moves out when an actual falls beyond it and in, so much more slowly, when it
 * does not, that over time the share aimed at lies beyond it (an asymmetric quantile tracker, Angelopoulos et al. 2023).
 */
export class QuantileEdge {
  /** To add to the model's own edge, megawatts, one a horizon. */
  readonly correctionMw: Float64Array;
  /** Shares of the last weeks' actuals beyond the edge, one a horizon. */
  readonly shares: Float64Array;
  private readonly outside: number;
  /** Gain, with the sign of the way out. */
  private readonly outward: number;

  constructor(horizons: number, rule: EdgeRule) {
    this.correctionMw = new Float64Array(horizons);
    this.shares = new Float64Array(horizons).fill(rule.outside);
    this.outside = rule.outside;
    this.outward = rule.side === 'low' ? -rule.gain : rule.gain;
  }

  /** Learns whether an actual lay beyond the edge as issued. */
  learn(horizon: number, isBeyond: boolean, lesson: Lesson): void {
    this.move(horizon, isBeyond, lesson, this.aim(horizon, isBeyond, lesson));
  }

  /** Moves by the plain rule: for what was missed while something else held the edge there is nothing to make up. */
  nudge(horizon: number, isBeyond: boolean, lesson: Lesson): void {
    this.move(horizon, isBeyond, lesson, this.outside);
  }

  private move(horizon: number, isBeyond: boolean, { stepMw }: Lesson, aim: number): void {
    const by = this.outward * stepMw * (isBeyond ? 1 - aim : -aim);
    this.correctionMw[horizon] = (this.correctionMw[horizon] ?? 0) + by;
  }

  /**
   * Share to aim at beyond the edge: less where more than that lay beyond it in the last weeks and more where less did
   * (the integral term of Angelopoulos et al. 2023), so that errors that grow faster than the edge moves are made up for.
   */
  private aim(horizon: number, isBeyond: boolean, { days, learnt }: Lesson): number {
    const { outside } = this;
    const before = this.shares[horizon] ?? outside;
    const weight = days === 0 ? 0 : days / Math.min(learnt, MAKE_UP_DAYS);
    const share = before + ((isBeyond ? 1 : 0) - before) * weight;
    this.shares[horizon] = share;
    const trust = MAKE_UP * Math.min(1, learnt / FEW_DAYS);
    // At most twice the share: nothing less than none can lie beyond.
    return Math.max(outside / LEAST_PART, outside + trust * (outside - share));
  }
}
