import type { ScoredRow } from './scored-row.js';

/** Bins of the histogram of probability integral transforms, each 1 / PIT_BINS wide. */
export const PIT_BINS = 20;
/** Standard normal quantile of 0.9. */
const Z90 = 1.2815515655446004;

export interface QuantileReliability {
  /** Nominal. */
  readonly probability: number;
  /** Share of actuals at or below the forecast quantile; the nominal probability is perfect. */
  readonly observed: number;
  /** Of the band before its online correction; only where the walk supplies one. */
  readonly observedRaw?: number;
}

export interface Calibration {
  /** Rows that have a band. */
  readonly n: number;
  /** p10, the central forecast taken as the median, p90. */
  readonly quantiles: readonly QuantileReliability[];
  /**
   * Rows a bin of the probability integral transform, under the two-piece normal distribution through p10, forecast and
   * p90. Flat is calibrated, a hump is too wide a band, a bowl too narrow, a slope a bias.
   */
  readonly pit: readonly number[];
}

/** Running counts of how often actuals fall below the forecast quantiles. */
export class CalibrationCounts {
  private n = 0;
  private readonly below = [0, 0, 0];
  private rawRows = 0;
  private readonly belowRaw = [0, 0, 0];
  private readonly pit = new Array<number>(PIT_BINS).fill(0);

  add({ actualMw, mw, p10Mw, p90Mw, mwRaw, p10RawMw, p90RawMw }: ScoredRow): void {
    if (Number.isNaN(p10Mw) || Number.isNaN(p90Mw)) return;
    this.n += 1;
    count(this.below, actualMw, [p10Mw, mw, p90Mw]);
    const bin = Math.min(PIT_BINS - 1, Math.floor(PIT_BINS * pitOf(actualMw, p10Mw, mw, p90Mw)));
    this.pit[bin] = (this.pit[bin] ?? 0) + 1;
    if (Number.isNaN(p10RawMw) || Number.isNaN(p90RawMw)) return;
    this.rawRows += 1;
    count(this.belowRaw, actualMw, [p10RawMw, mwRaw, p90RawMw]);
  }

  summary(): Calibration {
    const share = (counts: readonly number[], i: number, of: number): number =>
      (counts[i] ?? 0) / Math.max(1, of);
    const quantiles = [0.1, 0.5, 0.9].map((probability, i) => ({
      probability,
      observed: share(this.below, i, this.n),
      ...(this.rawRows === 0 ? {} : { observedRaw: share(this.belowRaw, i, this.rawRows) }),
    }));
    return { n: this.n, quantiles, pit: [...this.pit] };
  }
}

function count(below: number[], actualMw: number, quantiles: readonly number[]): void {
  quantiles.forEach((quantile, i) => {
    if (actualMw <= quantile) below[i] = (below[i] ?? 0) + 1;
  });
}

/** Where the actual lies in the forecast distribution, 0 .. 1. A side of no width puts all beyond it at its end. */
export function pitOf(actualMw: number, p10Mw: number, mw: number, p90Mw: number): number {
  const distance = actualMw - mw;
  if (distance === 0) return 0.5;
  const width = distance > 0 ? p90Mw - mw : mw - p10Mw;
  if (!(width > 0)) return distance > 0 ? 1 : 0;
  return normalCdf((Z90 * distance) / width);
}

/** Standard normal distribution function; Abramowitz & Stegun 26.2.17, absolute error below 7.5e-8. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z > 0 ? 1 - tail : tail;
}
