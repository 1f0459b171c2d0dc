/** Errors are counted in bins of this many percent of the actual. */
const BIN_PERCENT = 0.05;
const REACH_PERCENT = 50;
const BINS = (2 * REACH_PERCENT) / BIN_PERCENT;

export interface ResidualBin {
  /** Middle of the bin, percent of the actual. */
  readonly percent: number;
  /** Share of the rows for each percent of width. */
  readonly density: number;
}

/** Histogram of (forecast - actual) / actual in percent; beyond 50 % everything counts as 50 %. */
export class ResidualHistogram {
  private readonly counts = new Float64Array(BINS);
  private n = 0;

  add(actualMw: number, mw: number): void {
    if (!(actualMw > 0) || Number.isNaN(mw)) return;
    const percent = (100 * (mw - actualMw)) / actualMw;
    const bin = Math.floor((percent + REACH_PERCENT) / BIN_PERCENT);
    const at = Math.max(0, Math.min(BINS - 1, bin));
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.n += 1;
  }

  /** Upper end of the bin in which the share of smaller errors reaches the probability, percent; NaN without rows. */
  quantile(probability: number): number {
    if (this.n === 0) return Number.NaN;
    let below = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      below += this.counts[bin] ?? 0;
      if (below >= probability * this.n) return (bin + 1) * BIN_PERCENT - REACH_PERCENT;
    }
    return REACH_PERCENT;
  }

  /** The density between -reach and +reach in so many bins. */
  density(reachPercent: number, bins: number): ResidualBin[] {
    const width = (2 * reachPercent) / bins;
    const sums = new Array<number>(bins).fill(0);
    this.counts.forEach((count, bin) => {
      const middle = (bin + 0.5) * BIN_PERCENT - REACH_PERCENT;
      const at = Math.floor((middle + reachPercent) / width);
      if (at >= 0 && at < bins) sums[at] = (sums[at] ?? 0) + count;
    });
    return sums.map((count, at) => ({
      percent: (at + 0.5) * width - reachPercent,
      density: count / Math.max(1, this.n) / width,
    }));
  }
}
