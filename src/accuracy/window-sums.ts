import type { Forecast } from './score-ring.js';

const N = 0;
const APE = 1;
const ERROR = 2;
const SQUARE = 3;
const ACTUAL = 4;
const BANDED = 5;
const INSIDE = 6;
const SKILL_N = 7;
const SKILL_ERROR = 8;
const RAMP_ERROR = 9;
const FIELDS = 10;

/** Running sums over the scored forecasts of one horizon inside one window; unboxed, for they change with every actual. */
export class WindowSums {
  private readonly sums = new Float64Array(FIELDS);

  /** Adds (`sign` 1) or takes away (`sign` -1) the score of one forecast against its actual. */
  apply(sign: 1 | -1, forecast: Forecast, actualMw: number): void {
    const { sums } = this;
    const { mw, p10, p90, rampMw } = forecast;
    if (Number.isNaN(mw) || Number.isNaN(actualMw) || actualMw === 0) return;
    const error = mw - actualMw;
    const size = Math.abs(error);
    add(sums, N, sign);
    add(sums, APE, (sign * size) / Math.abs(actualMw));
    add(sums, ERROR, sign * error);
    add(sums, SQUARE, sign * error * error);
    add(sums, ACTUAL, sign * Math.abs(actualMw));
    if (!Number.isNaN(p10) && !Number.isNaN(p90)) {
      add(sums, BANDED, sign);
      if (actualMw >= p10 && actualMw <= p90) add(sums, INSIDE, sign);
    }
    if (Number.isNaN(rampMw)) return;
    add(sums, SKILL_N, sign);
    add(sums, SKILL_ERROR, sign * size);
    add(sums, RAMP_ERROR, sign * Math.abs(rampMw - actualMw));
  }

  get n(): number {
    return this.at(N);
  }

  /** Percent. */
  get mape(): number {
    return (100 * Math.max(0, this.at(APE))) / this.n;
  }

  /** Mean of forecast - actual, megawatts. */
  get bias(): number {
    return this.at(ERROR) / this.n;
  }

  /** Standard deviation of the error, megawatts. */
  get errorSdMw(): number {
    return Math.sqrt(Math.max(0, this.at(SQUARE) / this.n - this.bias * this.bias));
  }

  /** Mean size of the actuals, megawatts. */
  get meanActualMw(): number {
    return this.at(ACTUAL) / this.n;
  }

  /** Scored forecasts that had a band. */
  get banded(): number {
    return this.at(BANDED);
  }

  /** Percent; null without bands. */
  get coverage80(): number | null {
    return this.at(BANDED) === 0 ? null : (100 * this.at(INSIDE)) / this.at(BANDED);
  }

  /** 1 - MAE / MAE of the 24 h ramp on the same targets; null without that baseline or when it made no error. */
  get skill(): number | null {
    // Below a microwatt the sum is rounding left over from forecasts that were taken away.
    return this.at(SKILL_N) === 0 || this.at(RAMP_ERROR) < 1e-6
      ? null
      : 1 - this.at(SKILL_ERROR) / this.at(RAMP_ERROR);
  }

  reset(): void {
    this.sums.fill(0);
  }

  private at(field: number): number {
    return this.sums[field] as number;
  }
}

function add(sums: Float64Array, field: number, value: number): void {
  sums[field] = (sums[field] as number) + value;
}
