/** Accuracy of one horizon. Percent or megawatts, as the names of INTERFACES say. */
export interface ErrorSummary {
  readonly n: number;
  /** Percent; rows whose actual is not above zero are left out of it. */
  readonly mape: number;
  /** MW. */
  readonly rmse: number;
  /** Mean of forecast - actual, MW. */
  readonly bias: number;
  /** Mean of the pinball losses of p10 and p90 over the rows that have a band, MW. */
  readonly pinball: number;
  /** Share of actuals inside p10 .. p90, percent; a row without a band is not covered. */
  readonly coverage80: number;
}

/** Running sums behind an ErrorSummary. */
export class ErrorSums {
  private rows = 0;
  private percentRows = 0;
  private percent = 0;
  private absolute = 0;
  private squares = 0;
  private errors = 0;
  private bandRows = 0;
  private losses = 0;
  private inside = 0;

  get n(): number {
    return this.rows;
  }

  /** Mean absolute error, MW; 0 without a row. */
  get mae(): number {
    return this.absolute / Math.max(1, this.rows);
  }

  /** @param p10Mw NaN, as p90Mw, where there is no band */
  add(actualMw: number, mw: number, p10Mw: number, p90Mw: number): void {
    this.rows += 1;
    const error = mw - actualMw;
    this.errors += error;
    this.squares += error * error;
    this.absolute += Math.abs(error);
    if (actualMw > 0) {
      this.percentRows += 1;
      this.percent += Math.abs(error) / actualMw;
    }
    const loss = (pinball(actualMw, p10Mw, 0.1) + pinball(actualMw, p90Mw, 0.9)) / 2;
    if (Number.isNaN(loss)) return;
    this.bandRows += 1;
    this.losses += loss;
    if (actualMw >= p10Mw && actualMw <= p90Mw) this.inside += 1;
  }

  /** Adds the rows of another sum. */
  merge(other: ErrorSums): void {
    this.rows += other.rows;
    this.percentRows += other.percentRows;
    this.percent += other.percent;
    this.absolute += other.absolute;
    this.squares += other.squares;
    this.errors += other.errors;
    this.bandRows += other.bandRows;
    this.losses += other.losses;
    this.inside += other.inside;
  }

  /** Zeros when there was no row; look at `n`. */
  summary(): ErrorSummary {
    const rows = Math.max(1, this.rows);
    return {
      n: this.rows,
      mape: (100 * this.percent) / Math.max(1, this.percentRows),
      rmse: Math.sqrt(this.squares / rows),
      bias: this.errors / rows,
      pinball: this.losses / Math.max(1, this.bandRows),
      coverage80: (100 * this.inside) / rows,
    };
  }
}

/** Pinball (quantile) loss of one forecast quantile. */
export function pinball(actual: number, forecast: number, probability: number): number {
  const above = actual - forecast;
  return above >= 0 ? probability * above : (probability - 1) * above;
}
