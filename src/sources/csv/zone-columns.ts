/** Columns of one zone while a file is read: a time, its line, and `width` values a row. Grows by doubling. */
export class ZoneColumns {
  private times: Float64Array = new Float64Array(1024);
  private lines: Uint32Array = new Uint32Array(1024);
  private values: Float64Array[];
  private used = 0;
  private isSorted = true;

  constructor(readonly width: number) {
    this.values = Array.from({ length: width }, () => new Float64Array(1024));
  }

  push(timeMs: number, line: number, row: ArrayLike<number>): void {
    if (this.used === this.times.length) this.grow();
    if (this.used > 0 && timeMs <= (this.times[this.used - 1] ?? 0)) this.isSorted = false;
    this.times[this.used] = timeMs;
    this.lines[this.used] = line;
    for (let v = 0; v < this.width; v++) (this.values[v] as Float64Array)[this.used] = row[v] ?? Number.NaN;
    this.used++;
  }

  /**
   * Rising in time, one row a time: of several the last in the file.
   * @param onDuplicate told the line of each row that replaces an earlier one, and whether it says something else
   */
  finish(onDuplicate: (line: number, differs: boolean) => void): {
    timesMs: Float64Array;
    values: Float64Array[];
  } {
    if (this.isSorted) return this.select(null);
    const order = new Uint32Array(this.used).map((_, i) => i);
    const times = this.times;
    // Ties by position: the order of the file decides which of two rows of one time is the later.
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    let kept = 0;
    for (let i = 0; i < order.length; i++) {
      const row = order[i] ?? 0;
      const previous = kept > 0 ? (order[kept - 1] ?? 0) : -1;
      if (previous >= 0 && times[previous] === times[row]) {
        onDuplicate(this.lines[row] ?? 0, this.differ(previous, row));
        order[kept - 1] = row;
      } else order[kept++] = row;
    }
    return this.select(order.subarray(0, kept));
  }

  /** Every row, in the order of the file. */
  all(): { timesMs: Float64Array; values: Float64Array[] } {
    return this.select(null);
  }

  private select(order: Uint32Array | null): { timesMs: Float64Array; values: Float64Array[] } {
    const pick = (column: Float64Array): Float64Array => {
      if (order === null) return column.slice(0, this.used);
      const picked = new Float64Array(order.length);
      for (let i = 0; i < order.length; i++) picked[i] = column[order[i] ?? 0] ?? Number.NaN;
      return picked;
    };
    return { timesMs: pick(this.times), values: this.values.map(pick) };
  }

  private differ(a: number, b: number): boolean {
    return this.values.some((column) => !Object.is(column[a], column[b]));
  }

  private grow(): void {
    const length = this.times.length * 2;
    const grown = (old: Float64Array): Float64Array => {
      const column = new Float64Array(length);
      column.set(old);
      return column;
    };
    const lines = new Uint32Array(length);
    lines.set(this.lines);
    this.lines = lines;
    this.times = grown(this.times);
    this.values = this.values.map(grown);
  }
}
