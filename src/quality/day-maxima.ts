import { DAY_MS } from '../contracts/time.js';

interface Rise {
  readonly timeMs: number;
  readonly before: number;
  readonly after: number;
}

/** Rises that are remembered: enough for the hours for which a fault may go untold. */
const REMEMBERED_RISES = 64;

/** The largest of something on each of the last days (UTC). What was learnt lately can be taken back. */
export class DayMaxima {
  private readonly values: Float64Array;
  private readonly days: Int32Array;
  /** Latest rises of a day's maximum, in order of time. */
  private rises: Rise[] = [];
  private takenBack: Rise[] = [];

  constructor(private readonly slots: number) {
    this.values = new Float64Array(slots);
    this.days = new Int32Array(slots).fill(-1);
  }

  /** Of a day; 0 where nothing is known of it. */
  of(day: number): number {
    return this.days[day % this.slots] === day ? (this.values[day % this.slots] as number) : 0;
  }

  /** @param value NaN changes nothing */
  take(timeMs: number, value: number): void {
    const day = Math.floor(timeMs / DAY_MS);
    const before = this.of(day);
    if (!(value > before)) return;
    this.set(day, value);
    this.rises.push({ timeMs, before, after: value });
    if (this.rises.length > REMEMBERED_RISES) this.rises.shift();
  }

  /** Forgets what was learnt after a time. */
  takeBack(afterMs: number): void {
    for (
      let last = this.rises.at(-1);
      last !== undefined && last.timeMs > afterMs;
      last = this.rises.at(-1)
    ) {
      this.rises.pop();
      if (!this.isKept(last)) continue;
      this.set(Math.floor(last.timeMs / DAY_MS), last.before);
      this.takenBack.push(last);
    }
  }

  /** Learns after all what was taken back. */
  giveAgain(): void {
    if (this.takenBack.length === 0) return;
    for (const rise of this.takenBack) {
      const day = Math.floor(rise.timeMs / DAY_MS);
      if (this.isKept(rise)) this.set(day, Math.max(this.of(day), rise.after));
    }
    this.takenBack = [];
  }

  /** What was taken back was false. */
  drop(): void {
    if (this.takenBack.length > 0) this.takenBack = [];
  }

  /** False once another day has taken the place of its day. */
  private isKept({ timeMs }: Rise): boolean {
    const day = Math.floor(timeMs / DAY_MS);
    return this.days[day % this.slots] === day;
  }

  private set(day: number, value: number): void {
    this.days[day % this.slots] = day;
    this.values[day % this.slots] = value;
  }
}
