/**
 * A growable block of feature rows in one Float32Array, so that a batch of nowcasts costs one inference and no
 * object per row. Reused between batches: `reset` keeps the memory.
 */
export class RowBuffer {
  private block: Float32Array;
  private used = 0;

  constructor(
    readonly width: number,
    initialRows = 64,
  ) {
    this.block = new Float32Array(initialRows * width);
  }

  get rows(): number {
    return this.used;
  }

  /** The backing array; valid until the next `reserve`. */
  get data(): Float32Array {
    return this.block;
  }

  /** Makes room for rows and returns the index of the first of them. Their content is undefined. */
  reserve(rows: number): number {
    const first = this.used;
    this.used += rows;
    if (this.used * this.width > this.block.length) {
      const grown = new Float32Array(Math.max(this.used * this.width, this.block.length * 2));
      grown.set(this.block);
      this.block = grown;
    }
    return first;
  }

  /** The reserved rows as one view, without a copy. */
  view(): Float32Array {
    return this.block.subarray(0, this.used * this.width);
  }

  reset(): void {
    this.used = 0;
  }
}
