import { BlockCache } from './block-cache.js';
import { normalAt } from './hash-noise.js';

/** What is left of an innovation when it is cut off: far below anything that is published. */
const FORGOTTEN = 1e-5;

/**
 * First-order autoregressive noise with mean 0 and standard deviation 1. Made in blocks, each with its own warm-up over
 * the innovations before it, so a value depends on its index alone and not on where the simulation began.
 */
export class ArNoise {
  private readonly warmup: number;
  private readonly innovation: number;
  private readonly blocks: BlockCache<Float64Array>;

  /**
   * @param persistence correlation of neighbours, 0 .. 1 exclusive
   * @param blockSize values per block
   */
  constructor(
    private readonly seed: number,
    private readonly persistence: number,
    private readonly blockSize: number,
  ) {
    this.warmup = Math.ceil(Math.log(FORGOTTEN) / Math.log(persistence));
    this.innovation = Math.sqrt(1 - persistence * persistence);
    this.blocks = new BlockCache((block) => this.compute(block));
  }

  at(index: number): number {
    const block = Math.floor(index / this.blockSize);
    return this.blocks.get(block)[index - block * this.blockSize] ?? 0;
  }

  /** Linear between the values around a fractional index. */
  between(index: number): number {
    const low = Math.floor(index);
    const share = index - low;
    return share === 0 ? this.at(low) : this.at(low) * (1 - share) + this.at(low + 1) * share;
  }

  private compute(block: number): Float64Array {
    const first = block * this.blockSize;
    const values = new Float64Array(this.blockSize);
    let state = 0;
    for (let index = first - this.warmup; index < first + this.blockSize; index++) {
      state = this.persistence * state + this.innovation * normalAt(this.seed, index);
      if (index >= first) values[index - first] = state;
    }
    return values;
  }
}
