const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** Stops asking a source that keeps failing: after five failures a pause, doubled while the next try fails too. */
export class Circuit {
  private failures = 0;
  private openUntilMs = Number.NEGATIVE_INFINITY;

  /** Milliseconds until the source may be asked again; 0 for now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.openUntilMs - nowMs);
  }

  succeeded(): void {
    this.failures = 0;
    this.openUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** @param leaveAloneMs what the source itself asked for */
  failed(nowMs: number, leaveAloneMs = 0): void {
    this.failures++;
    const doublings = this.failures - FAILURES_TO_OPEN;
    const pauseMs =
      doublings < 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(doublings, 10));
    this.openUntilMs = nowMs + Math.max(pauseMs, leaveAloneMs);
  }
}
