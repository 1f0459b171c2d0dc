/** No single value counts for more than this many standard deviations: one wild hour is no drift. */
const MAX_STEP = 3;
/** Sums stop growing here, so that a drift that ends is seen to end. */
const CAP_SHARE = 1.25;

/** How far a value is from what is usual, in standard deviations. */
export interface Deviation {
  readonly rise: number;
  readonly fall?: number;
}

/**
 * The Page-Hinkley test for a change of the mean (Page 1954; Hinkley 1971), in its cumulative-sum form: sums of what
 * exceeds the allowance, upwards and downwards, never below zero. A change of more than the allowance makes one of them
 * grow without end. Expects values standardised by their long-run standard deviation.
 */
export class PageHinkley {
  private up = 0;
  private down = 0;

  constructor(readonly limit: number) {}

  /**
   * @param rise how far the value is above what is usual, in standard deviations
   * @param fall how far it is below; absent where only a rise counts
   * @param allowance change per step that is no drift, in standard deviations
   */
  add({ rise, fall = Number.NEGATIVE_INFINITY }: Deviation, allowance: number): void {
    this.up = this.next(this.up, rise, allowance);
    this.down = this.next(this.down, fall, allowance);
  }

  /** The larger sum; the test fires at `limit`. */
  get value(): number {
    return Math.max(this.up, this.down);
  }

  reset(): void {
    this.up = this.down = 0;
  }

  private next(sum: number, deviation: number, allowance: number): number {
    const step = Math.max(-MAX_STEP, Math.min(MAX_STEP, deviation));
    return Math.min(this.limit * CAP_SHARE, Math.max(0, sum + step - allowance));
  }
}
