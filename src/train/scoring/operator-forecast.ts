/** The operator's own forecasts of one zone, as columns in any order. */
export interface OperatorColumns {
  /** Target interval starts, epoch milliseconds. */
  readonly timesMs: ArrayLike<number>;
  readonly mw: ArrayLike<number>;
  /** When each was issued, epoch milliseconds; null when the file does not say. */
  readonly issuedAtMs: ArrayLike<number> | null;
}

/**
 * What the operator had said of a target by an origin. With issue times strictly as of the origin: the latest forecast
 * issued at or before it. Without them the one forecast of a target is used at every origin, and the comparison must
 * say that the operator may have known more.
 */
export class OperatorForecast {
  readonly issueTimeKnown: boolean;
  private readonly timesMs: Float64Array;
  private readonly issuedAtMs: Float64Array;
  private readonly mw: Float64Array;

  constructor({ timesMs, mw, issuedAtMs }: OperatorColumns) {
    this.issueTimeKnown = issuedAtMs !== null;
    const issued = (row: number): number => (issuedAtMs === null ? 0 : (issuedAtMs[row] ?? Number.NaN));
    const time = (row: number): number => timesMs[row] ?? Number.NaN;
    // Ties by position: of two rows for the same target and issue time the later in the file counts.
    const order = Uint32Array.from({ length: timesMs.length }, (_, row) => row).sort(
      (a, b) => time(a) - time(b) || issued(a) - issued(b) || a - b,
    );
    this.timesMs = Float64Array.from(order, time);
    this.issuedAtMs = Float64Array.from(order, issued);
    this.mw = Float64Array.from(order, (row) => mw[row] ?? Number.NaN);
  }

  /** MW, or NaN where nothing had been issued for the target by then. */
  at(targetMs: number, originMs: number): number {
    const knownBy = this.issueTimeKnown ? originMs : Number.POSITIVE_INFINITY;
    let low = 0;
    let high = this.timesMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const time = this.timesMs[middle] ?? Number.NaN;
      const isAfter = time > targetMs || (time === targetMs && (this.issuedAtMs[middle] ?? 0) > knownBy);
      if (isAfter) high = middle;
      else low = middle + 1;
    }
    return this.timesMs[low - 1] === targetMs ? (this.mw[low - 1] ?? Number.NaN) : Number.NaN;
  }
}
