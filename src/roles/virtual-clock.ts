/** Time that can stand still, jump or run faster than the wall clock: that of a simulation or a replay. */
export class VirtualClock {
  private baseMs: number;
  private wallMs: number;
  private speed = 0;

  /** Stands still at `startMs` until told otherwise. */
  constructor(
    startMs: number,
    private readonly wall: () => number = Date.now,
  ) {
    this.baseMs = startMs;
    this.wallMs = wall();
  }

  readonly now = (): number => this.baseMs + Math.floor((this.wall() - this.wallMs) * this.speed);

  /** Stands still at an instant; never goes back. */
  advanceTo(epochMs: number): void {
    this.run(Math.max(this.now(), epochMs), 0);
  }

  /** Runs on from an instant. @param speed simulated seconds per second */
  run(fromMs: number, speed: number): void {
    this.baseMs = fromMs;
    this.wallMs = this.wall();
    this.speed = speed;
  }
}
