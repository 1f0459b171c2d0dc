/** Blocks that count; older ones fade. */
const MEMORY_BLOCKS = 336;
const MAX_CORRELATION = 0.9;
/** With few blocks both the mean and the deviation are uncertain; each shrinks with the root of their number. */
const DEVIATION_MARGIN = 1.5;
const MEAN_MARGIN = 1.5;

/**
 * What is usual of a series: mean, deviation and correlation from block to block, learnt from its own past. Blocks are
 * learnt with a delay, so that a change can be noticed before it is taken for usual.
 */
export class DriftReference {
  private readonly waiting: number[] = [];
  private n = 0;
  private mean = 0;
  private variance = 0;
  private covariance = 0;
  private previous = 0;

  constructor(
    private readonly delayBlocks: number,
    private readonly readyBlocks: number,
  ) {}

  get isReady(): boolean {
    return this.n >= this.readyBlocks;
  }

  get usual(): number {
    return this.mean;
  }

  add(value: number): void {
    this.waiting.push(value);
    if (this.waiting.length <= this.delayBlocks) return;
    const learnt = this.waiting.shift();
    if (learnt !== undefined) this.learn(learnt);
  }

  /** Forgets what is not learnt yet: it belongs to a drift. */
  discardRecent(): void {
    this.waiting.length = 0;
  }

  /** In long-run standard deviations from the usual: the deviation of a sum of correlated blocks. */
  standardise(value: number): number {
    const correlation = this.variance > 0 ? this.covariance / this.variance : 0;
    const rho = Math.max(0, Math.min(MAX_CORRELATION, correlation));
    const longRun = Math.sqrt((this.variance * (1 + rho)) / (1 - rho));
    const deviation = longRun * (1 + DEVIATION_MARGIN / Math.sqrt(this.n));
    return deviation > 0 ? (value - this.mean) / deviation : 0;
  }

  /** What the allowance of a test must have on top because the mean is an estimate. */
  get meanMargin(): number {
    return MEAN_MARGIN / Math.sqrt(this.n);
  }

  private learn(value: number): void {
    this.n = Math.min(this.n + 1, MEMORY_BLOCKS);
    const weight = 1 / this.n;
    const difference = value - this.mean;
    this.mean += weight * difference;
    const rest = value - this.mean;
    this.variance = (1 - weight) * this.variance + weight * difference * rest;
    if (this.n > 1) this.covariance = (1 - weight) * this.covariance + weight * rest * this.previous;
    this.previous = rest;
  }
}
