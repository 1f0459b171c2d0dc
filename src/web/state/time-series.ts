/** Values by time in rising order; one value a time, a later one replaces it. Appending at the end is the fast path. */
export class TimeSeries<Value = number> {
  readonly timesMs: number[] = [];
  readonly values: Value[] = [];

  get length(): number {
    return this.timesMs.length;
  }

  get lastTimeMs(): number | null {
    return this.timesMs.at(-1) ?? null;
  }

  get lastValue(): Value | null {
    return this.values.at(-1) ?? null;
  }

  /** Inserts or replaces one value. Times and numbers that are not finite are ignored. */
  set(timeMs: number, value: Value): void {
    if (!Number.isFinite(timeMs) || (typeof value === 'number' && !Number.isFinite(value))) return;
    const last = this.timesMs.at(-1);
    if (last === undefined || timeMs > last) {
      this.timesMs.push(timeMs);
      this.values.push(value);
      return;
    }
    const index = this.indexAtOrAfter(timeMs);
    if (this.timesMs[index] === timeMs) {
      this.values[index] = value;
    } else {
      this.timesMs.splice(index, 0, timeMs);
      this.values.splice(index, 0, value);
    }
  }

  /** The value of exactly this time, or null. */
  at(timeMs: number): Value | null {
    const index = this.indexAtOrAfter(timeMs);
    return this.timesMs[index] === timeMs ? (this.values[index] ?? null) : null;
  }

  /** Entries with `fromMs <= time <= untilMs`, rising. */
  *between(fromMs: number, untilMs = Infinity): Generator<readonly [timeMs: number, value: Value]> {
    for (let index = this.indexAtOrAfter(fromMs); index < this.length; index++) {
      const timeMs = this.timesMs[index];
      const value = this.values[index];
      if (timeMs === undefined || value === undefined || timeMs > untilMs) return;
      yield [timeMs, value];
    }
  }

  /** First index whose time is at or after the instant; `length` when there is none. */
  indexAtOrAfter(timeMs: number): number {
    let low = 0;
    let high = this.timesMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.timesMs[middle] ?? Infinity) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The value of the time nearest to the instant, at most `toleranceMs` away. */
  nearest(timeMs: number, toleranceMs: number): { timeMs: number; value: Value } | null {
    const after = this.indexAtOrAfter(timeMs);
    let best: { timeMs: number; value: Value } | null = null;
    for (const index of [after - 1, after]) {
      const t = this.timesMs[index];
      const value = this.values[index];
      if (t === undefined || value === undefined || Math.abs(t - timeMs) > toleranceMs) continue;
      if (best === null || Math.abs(t - timeMs) < Math.abs(best.timeMs - timeMs)) best = { timeMs: t, value };
    }
    return best;
  }

  /** Forgets everything before the instant. */
  dropBefore(timeMs: number): void {
    const index = this.indexAtOrAfter(timeMs);
    if (index === 0) return;
    this.timesMs.splice(0, index);
    this.values.splice(0, index);
  }
}
