import type { IntervalRing } from './interval-ring.js';

/** Intervals in a row for which nothing came. */
export interface Gap {
  readonly fromSlot: number;
  readonly intervals: number;
}

/**
 * Finds intervals that stay missing: each is looked at once, some time after its end, so that values which come late
 * or out of order leave no gap. Cost per interval: constant.
 */
export class GapWatch {
  private next = -1;
  private from = -1;

  /** @param graceSteps whole steps after its end before an interval counts as missing */
  constructor(
    private readonly seen: IntervalRing,
    private readonly graceSteps: number,
  ) {}

  /** Intervals missing up to now in a gap that has not ended, 0 for none. */
  get open(): number {
    return this.from < 0 ? 0 : this.next - this.from;
  }

  /**
   * Looks at every interval that is due. A gap is told once it has ended.
   * @param nowSlot interval that contains the as-of time
   */
  advance(nowSlot: number): Gap[] {
    const gaps: Gap[] = [];
    const { seen } = this;
    if (seen.newestSlot < 0) return gaps;
    if (this.next < 0) this.next = seen.newestSlot;
    const last = nowSlot - 1 - this.graceSteps;
    // Nothing older than the ring is known to have come: skip to where it begins.
    const begins = Math.min(last, seen.newestSlot - seen.capacity);
    if (begins > this.next) {
      if (this.from < 0) this.from = this.next;
      this.next = begins;
    }
    for (; this.next <= last && this.next <= seen.newestSlot; this.next++) {
      if (!seen.has(this.next)) {
        if (this.from < 0) this.from = this.next;
      } else if (this.from >= 0) {
        gaps.push({ fromSlot: this.from, intervals: this.next - this.from });
        this.from = -1;
      }
    }
    return gaps;
  }
}
