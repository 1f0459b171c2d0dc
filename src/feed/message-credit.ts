/** A token bucket: a burst at once, then a steady rate. */
export class MessageCredit {
  private credit: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private atMs: number,
  ) {
    this.credit = burst;
  }

  /** @returns false when there is no credit left for a message now */
  take(nowMs: number): boolean {
    const earned = (Math.max(0, nowMs - this.atMs) / 1000) * this.perSecond;
    this.credit = Math.min(this.burst, this.credit + earned);
    this.atMs = nowMs;
    if (this.credit < 1) return false;
    this.credit -= 1;
    return true;
  }
}
