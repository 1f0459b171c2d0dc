import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { addDays, type WallClock } from '../../sources/wall-clock.js';

const STEP_MS = 5 * MINUTE_MS;
/** How far back holes are looked for. */
const LOOK_BACK_DAYS = 31;
/** A day's file is read again some hours after its end: values are corrected and come late. */
const SETTLED_AFTER_MS = 6 * HOUR_MS;
/** A hole that the source does not fill is asked for less and less often. */
const RETRY_AFTER_MS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS];

interface DayState {
  tries: number;
  nextTryMs: number;
  /** Read after it had settled. */
  settled: boolean;
}

/** Decides which past days' files are due: those with holes, and the last one once more when it has settled. */
export class OutlookDays {
  private readonly days = new Map<string, DayState>();

  constructor(private readonly clock: WallClock) {}

  /**
   * @param holds whether the value of an interval start is known
   * @param firstMs earliest interval that is known, or null for an empty store; nothing before it is asked for
   * @returns dates, the earliest first
   */
  due(nowMs: number, firstMs: number | null, holds: (startMs: number) => boolean): string[] {
    const today = this.clock.dateOf(nowMs);
    const earliest = firstMs === null ? addDays(today, -1) : this.clock.dateOf(firstMs + STEP_MS);
    const dates: string[] = [];
    for (let back = LOOK_BACK_DAYS; back >= 1; back--) {
      const date = addDays(today, -back);
      if (date >= earliest && this.isDue(date, nowMs, holds, back === 1)) dates.push(date);
    }
    this.forgetBefore(addDays(today, -LOOK_BACK_DAYS));
    return dates;
  }

  /** The file of a day was read, or is not there. */
  read(date: string, nowMs: number): void {
    const state = this.days.get(date) ?? { tries: 0, nextTryMs: 0, settled: false };
    const waitMs = RETRY_AFTER_MS[Math.min(state.tries, RETRY_AFTER_MS.length - 1)] ?? DAY_MS;
    this.days.set(date, {
      tries: state.tries + 1,
      nextTryMs: nowMs + waitMs,
      settled: nowMs >= this.clock.startOf(addDays(date, 1)) + SETTLED_AFTER_MS,
    });
  }

  private isDue(
    date: string,
    nowMs: number,
    holds: (startMs: number) => boolean,
    isYesterday: boolean,
  ): boolean {
    const state = this.days.get(date);
    if (state !== undefined && nowMs < state.nextTryMs) return false;
    const endMs = this.clock.startOf(addDays(date, 1));
    if (isYesterday && state?.settled !== true && nowMs >= endMs + SETTLED_AFTER_MS) return true;
    // Labels are interval ends, so a day's file reaches to the interval that ends with the day.
    for (let startMs = this.clock.startOf(date) - STEP_MS; startMs < endMs; startMs += STEP_MS)
      if (!holds(startMs)) return true;
    return false;
  }

  private forgetBefore(date: string): void {
    for (const known of this.days.keys()) if (known < date) this.days.delete(known);
  }
}
