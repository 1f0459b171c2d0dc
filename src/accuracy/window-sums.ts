import type { ForecastRing } from './score-ring.js';

/** Running sums over the scored forecasts of one horizon inside one window. */
export class WindowSums {
  n = 0;
  private apeSum = 0;
  private errorSum = 0;
  private banded = 0;
  private inside = 0;
  private skillN = 0;
  private skillErrorSum = 0;
  private rampErrorSum = 0;

  /** Adds (`sign` 1) or takes away (`sign` -1) the score of one forecast against its actual. */
  apply(sign: 1 | -1, ring: ForecastRing, index: number, actualMw: number): void {
    const mw = ring.mw[index] ?? Number.NaN;
    if (Number.isNaN(mw) || Number.isNaN(actualMw) || actualMw === 0) return;
    const error = mw - actualMw;
    this.n += sign;
    this.apeSum += (sign * Math.abs(error)) / Math.abs(actualMw);
    this.errorSum += sign * error;
    const p10 = ring.p10[index] ?? Number.NaN;
    const p90 = ring.p90[index] ?? Number.NaN;
    if (!Number.isNaN(p10) && !Number.isNaN(p90)) {
      this.banded += sign;
      if (actualMw >= p10 && actualMw <= p90) this.inside += sign;
    }
    const rampMw = ring.rampMw[index] ?? Number.NaN;
    if (Number.isNaN(rampMw)) return;
    this.skillN += sign;
    this.skillErrorSum += sign * Math.abs(error);
    this.rampErrorSum += sign * Math.abs(rampMw - actualMw);
  }

  /** Percent. */
  get mape(): number {
    return (100 * Math.max(0, this.apeSum)) / this.n;
  }

  /** Mean of forecast - actual, megawatts. */
  get bias(): number {
    return this.errorSum / this.n;
  }

  /** Percent; null without bands. */
  get coverage80(): number | null {
    return this.banded === 0 ? null : (100 * this.inside) / this.banded;
  }

  /** 1 - MAE / MAE of the 24 h ramp on the same targets; null without that baseline or when it made no error. */
  get skill(): number | null {
    // Below a microwatt the sum is rounding left over from forecasts that were taken away.
    return this.skillN === 0 || this.rampErrorSum < 1e-6 ? null : 1 - this.skillErrorSum / this.rampErrorSum;
  }

  reset(): void {
    this.n = this.banded = this.inside = this.skillN = 0;
    this.apeSum = this.errorSum = this.skillErrorSum = this.rampErrorSum = 0;
  }
}
