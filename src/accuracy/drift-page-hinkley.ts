/** No single value counts for more than this many standard deviations: one wild hour is no drift. */
const MAX_STEP = 3;
/** Sums stop growing here, so that a drift that ends is seen to end. */
const CAP_SHARE = 1.25;

/**
 * The Page-Hinkley test for a change of the mean (Page 1954; Hinkley 1971), in its cumulative-sum form: sums of what
 * exceeds the allowance, upwards and downwards, never below zero. A change of more than the allowance makes one of them
 * grow without end. Expects values standardised by their long-run standard deviation.
 */
export class PageHinkley {
  private up = 0;
  private down = 0;

  /** @param isTwoSided false: only a rise counts */
  constructor(
    readonly limit: number,
    private readonly isTwoSided: boolean,
  ) {}

  /** @param allowance change per step that is no drift, in standard deviations */
  add(standardised: number, allowance: number): void {
    const step = Math.max(-MAX_STEP, Math.min(MAX_STEP, standardised));
    const cap = this.limit * CAP_SHARE;
    this.up = Math.min(cap, Math.max(0, this.up + step - allowance));
    if (this.isTwoSided) this.down = Math.min(cap, Math.max(0, this.down - step - allowance));
  }

  /** The larger sum; the test fires at `limit`. */
  get value(): number {
    return Math.max(this.up, this.down);
  }

  reset(): void {
    this.up = this.down = 0;
  }
}
