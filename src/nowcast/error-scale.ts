import { DAY_MS, HOUR_MS } from '../contracts/time.js';

/** How far a day of nothing but misses moves an edge, in mean absolute errors of its horizon. */
const GAIN_PER_DAY = 1;
/** Days over which the mean absolute error is taken. */
const ERROR_DAYS = 14;
/** The longest time that one actual may stand for; after a gap nothing is known of what was missed. */
const LONGEST_STEP_MS = 3 * HOUR_MS;

/** What one actual weighs for the edges of its horizon. */
export interface Lesson {
  /** Time that the actual stands for, days. */
  readonly days: number;
  /** Days that have been learnt from, this one included. */
  readonly learnt: number;
  /** How far a miss moves an edge that is never missed otherwise, megawatts. */
  readonly stepMw: number;
}

/** Per horizon, how much has been learnt and how large errors are: what makes steps depend on neither a zone's step nor its size. */
export class ErrorScale {
  readonly errorMw: Float64Array;
  readonly lastTargetMs: Float64Array;
  /** Days that have been learnt from. */
  readonly days: Float64Array;
  /** Reused: valid until the next call of `take`. */
  private readonly lesson = { days: 0, learnt: 0, stepMw: 0 };

  constructor(horizons: number) {
    this.errorMw = new Float64Array(horizons).fill(Number.NaN);
    this.lastTargetMs = new Float64Array(horizons).fill(Number.NaN);
    this.days = new Float64Array(horizons);
  }

  /** Whether nothing has been taken yet. */
  get isNew(): boolean {
    return this.errorMw.every((error) => Number.isNaN(error));
  }

  /**
   * @param absoluteErrorMw of the forecast
   * @returns null, and nothing is changed, when the target is not newer than the last
   */
  take(horizon: number, targetMs: number, absoluteErrorMw: number): Lesson | null {
    const last = this.lastTargetMs[horizon] ?? Number.NaN;
    if (targetMs <= last) return null;
    const elapsedMs = Number.isNaN(last) ? 0 : Math.min(targetMs - last, LONGEST_STEP_MS);
    const days = elapsedMs / DAY_MS;
    this.lastTargetMs[horizon] = targetMs;
    const known = this.errorMw[horizon] ?? Number.NaN;
    const learnt = (this.days[horizon] ?? 0) + days;
    this.days[horizon] = learnt;
    // A plain mean at first, a moving one once there is enough.
    const share = days === 0 ? 0 : days / Math.min(learnt, ERROR_DAYS);
    const mean = Number.isNaN(known) ? absoluteErrorMw : known + (absoluteErrorMw - known) * share;
    this.errorMw[horizon] = mean;
    this.lesson.days = days;
    this.lesson.learnt = learnt;
    this.lesson.stepMw = GAIN_PER_DAY * days * mean;
    return this.lesson;
  }
}
