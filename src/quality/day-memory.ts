import { DAY_MS } from '../contracts/time.js';
import { DayMaxima } from './day-maxima.js';

/**
 * Days that "usual" looks back on. With the days before that a restart reads again, each of them is judged with a
 * memory of its own, so a restored zone remembers what one that never stopped does.
 */
export const USUAL_DAYS = 10;
const MIN_DAYS = 2;
/** Of the days' steepest changes this one counts as usual: days with a fault do not decide. */
const STEEP_QUANTILE = 0.5;
const SLOTS = USUAL_DAYS + 1;

interface Day {
  day: number;
  lowestMw: number;
  highestMw: number;
}

/** What is usual for a zone, from the accepted values of the last days: their extremes, day by day (UTC). */
export class DayMemory {
  /** Largest change over the window of the ramp rule, megawatts. */
  readonly ramps = new DayMaxima(SLOTS);
  /** Longest run of one value, steps. */
  readonly runs = new DayMaxima(SLOTS);
  private readonly days: Day[] = Array.from({ length: SLOTS }, () => emptyDay(-1));
  private current = -1;
  /** Extremes of the days before the current one; recomputed once a day. */
  private past: { known: number; lowestMw: number; highestMw: number; steepestMw: number; run: number } =
    NOTHING;

  /** Lowest value of the last days, NaN when too few are known. */
  get lowestMw(): number {
    return this.past.known < MIN_DAYS ? Number.NaN : Math.min(this.past.lowestMw, this.today().lowestMw);
  }

  get highestMw(): number {
    return this.past.known < MIN_DAYS ? Number.NaN : Math.max(this.past.highestMw, this.today().highestMw);
  }

  /** Median over the days of their steepest change over the window, megawatts; NaN when too few are known. */
  get steepestMw(): number {
    return this.past.known < MIN_DAYS ? Number.NaN : this.past.steepestMw;
  }

  /** Median over the days of their longest run of one value, steps; 0 when too few are known. */
  get usualRun(): number {
    return this.past.known < MIN_DAYS ? 0 : this.past.run;
  }

  /**
   * Takes an accepted value of the newest interval; those of days before the newest one are passed over.
   * @param changeMw its change over the window, NaN where unknown
   * @param runSteps how many values in a row it now stands for
   */
  accept(validTimeMs: number, demandMw: number, changeMw: number, runSteps: number): void {
    const day = Math.floor(validTimeMs / DAY_MS);
    if (day < this.current) return;
    if (day > this.current) this.begin(day);
    const today = this.today();
    if (demandMw < today.lowestMw) today.lowestMw = demandMw;
    if (demandMw > today.highestMw) today.highestMw = demandMw;
    this.ramps.take(validTimeMs, Math.abs(changeMw));
    this.runs.take(validTimeMs, runSteps);
  }

  private today(): Day {
    return this.days[Math.max(0, this.current) % SLOTS] as Day;
  }

  private begin(day: number): void {
    this.current = day;
    this.days[day % SLOTS] = emptyDay(day);
    const known = this.days.filter((one) => one.day >= day - USUAL_DAYS && one.day < day && one.day >= 0);
    const runs = known.map((one) => this.runs.of(one.day)).sort((a, b) => a - b);
    const steepest = known.map((one) => this.ramps.of(one.day)).sort((a, b) => a - b);
    this.past = {
      known: known.length,
      lowestMw: Math.min(...known.map(({ lowestMw }) => lowestMw)),
      highestMw: Math.max(...known.map(({ highestMw }) => highestMw)),
      steepestMw: steepest[Math.floor(STEEP_QUANTILE * steepest.length)] ?? Number.NaN,
      run: runs[runs.length >> 1] ?? 0,
    };
  }
}

const NOTHING = { known: 0, lowestMw: Number.NaN, highestMw: Number.NaN, steepestMw: Number.NaN, run: 0 };

function emptyDay(day: number): Day {
  return { day, lowestMw: Infinity, highestMw: -Infinity };
}
