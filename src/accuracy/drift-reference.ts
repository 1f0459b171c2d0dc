/** Blocks that count; older ones fade. */
const MEMORY_BLOCKS = 336;
const MAX_CORRELATION = 0.9;
/** With few blocks both the mean and the deviation are uncertain; each shrinks with the root of their number. */
const DEVIATION_MARGIN = 1.5;
const MEAN_MARGIN = 1.5;

/** A block's value, and what the model that issued it had promised of it. */
interface Learnt {
  readonly value: number;
  readonly promised: number;
}

/**
 * What is usual of a series: mean, deviation and correlation from block to block, learnt from its own past. Blocks are
 * learnt with a delay, so that a change can be noticed before it is taken for usual.
 */
export class DriftReference {
  private readonly waiting: Learnt[] = [];
  private n = 0;
  private mean = 0;
  private variance = 0;
  private covariance = 0;
  private previous = 0;
  private promised = Number.NaN;

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

  /** @param promised what the model had promised of the value, NaN where it is not known */
  add(value: number, promised = Number.NaN): void {
    this.waiting.push({ value, promised });
    if (this.waiting.length <= this.delayBlocks) return;
    const learnt = this.waiting.shift();
    if (learnt !== undefined) this.learn(learnt);
  }

  /** Forgets what is not learnt yet: it belongs to a drift. */
  discardRecent(): void {
    this.waiting.length = 0;
  }

  /**
   * How many times what was promised of the blocks that were learnt a model promises; 1 where it is not known. A model
   * that promised less is still measured by what is usual.
   */
  allowanceFor(promised: number): number {
    const ratio = promised / this.promised;
    return Number.isFinite(ratio) ? Math.max(1, ratio) : 1;
  }

  /** A difference in long-run standard deviations: the deviation of a sum of correlated blocks. */
  inDeviations(difference: number): number {
    const correlation = this.variance > 0 ? this.covariance / this.variance : 0;
    const rho = Math.max(0, Math.min(MAX_CORRELATION, correlation));
    const longRun = Math.sqrt((this.variance * (1 + rho)) / (1 - rho));
    const deviation = longRun * (1 + DEVIATION_MARGIN / Math.sqrt(this.n));
    return deviation > 0 ? difference / deviation : 0;
  }

  /** What the allowance of a test must have on top because the mean is an estimate. */
  get meanMargin(): number {
    return MEAN_MARGIN / Math.sqrt(this.n);
  }

  private learn({ value, promised }: Learnt): void {
    this.n = Math.min(this.n + 1, MEMORY_BLOCKS);
    const weight = 1 / this.n;
    const difference = value - this.mean;
    this.mean += weight * difference;
    const rest = value - this.mean;
    this.variance = (1 - weight) * this.variance + weight * difference * rest;
    if (this.n > 1) this.covariance = (1 - weight) * this.covariance + weight * rest * this.previous;
    this.previous = rest;
    if (Number.isNaN(this.promised)) this.promised = promised;
    else if (!Number.isNaN(promised)) this.promised += weight * (promised - this.promised);
  }
}
