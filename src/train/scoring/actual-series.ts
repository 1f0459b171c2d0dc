const CHUNK_SLOTS = 4096;

/** Accepted demand by interval: eight bytes a value, whatever order the values come in. */
export class ActualSeries {
  private readonly chunks = new Map<number, Float64Array>();

  constructor(private readonly stepMs: number) {}

  /** A later value for the same interval overwrites. */
  set(timeMs: number, mw: number): void {
    const slot = Math.floor(timeMs / this.stepMs);
    const number = Math.floor(slot / CHUNK_SLOTS);
    let chunk = this.chunks.get(number);
    if (chunk === undefined) {
      chunk = new Float64Array(CHUNK_SLOTS).fill(Number.NaN);
      this.chunks.set(number, chunk);
    }
    chunk[slot - number * CHUNK_SLOTS] = mw;
  }

  /** MW of the interval that contains the instant; NaN where unknown. */
  at(timeMs: number): number {
    const slot = Math.floor(timeMs / this.stepMs);
    const number = Math.floor(slot / CHUNK_SLOTS);
    return this.chunks.get(number)?.[slot - number * CHUNK_SLOTS] ?? Number.NaN;
  }
}
