import { fromHalf, toHalf } from '../accuracy/half-float.js';
import { HOUR_MS } from '../contracts/time.js';
import type { Lesson } from './error-scale.js';

/** Days over which the mean absolute error is taken. */
const SCALE_DAYS = 14;
/** Time over which the latest errors are averaged. */
const RECENT_HOURS = 1;
/** What is left, a day later, of the mean error of an hour of the day. */
const LEFT_AFTER_A_DAY = 0.7;
/** Days of evidence that the weights are held to nothing by, at horizons that are short; twice that at six hours. */
const HOLD_DAYS = 20;
const HOLD_DOUBLES_MINUTES = 360;
/** Days over which evidence is forgotten. */
const EVIDENCE_DAYS = 90;
/** In mean absolute errors: no error counts for more, and no forecast is moved further. */
const LARGEST_ERROR = 4;
const LARGEST_SHIFT = 3;

const HOURS = 24;
/** Numbers a horizon before those of the hours: mean absolute error, mean of the latest errors, the evidence. */
const SCALE = 0;
const RECENT = 1;
const RECENT_SQUARE = 2;
const PRODUCT = 3;
const HOUR_SQUARE = 4;
const RECENT_GAIN = 5;
const HOUR_GAIN = 6;
const FIRST_HOUR = 7;
const WIDTH = FIRST_HOUR + HOURS;

/** By what a nowcast was moved, and why; one value a horizon, each as exact as a record's header keeps it. */
export interface Adjustment {
  /** Added to what the model says, megawatts. */
  readonly shiftMw: Float32Array;
  /** Mean of the errors of the last hour, in mean absolute errors. */
  readonly recent: Float32Array;
  /** Mean error of the last days at the target's hour of the day, in mean absolute errors. */
  readonly ofHour: Float32Array;
}

export function emptyAdjustment(horizons: number): Adjustment {
  const column = (): Float32Array => new Float32Array(horizons).fill(Number.NaN);
  return { shiftMw: column(), recent: column(), ofHour: column() };
}

/**
 * What the errors of the last hours and days say about the next one, for each horizon of a zone: a share of the mean error
 * of the last hour plus a share of that of the target's hour of the day. Both shares begin at nothing and are learnt from
 * what they would have gained (recursive ridge regression), so a model without habits is left alone. Knows only errors of
 * targets that have come. State is in single precision: what is saved is what is used.
 */
export class ErrorMemory {
  private readonly state: Float32Array;
  private readonly holds: Float64Array;
  /** Reused: valid until the next call of `look`. */
  private readonly adjustment: Adjustment;

  constructor(horizonsMinutes: readonly number[]) {
    const horizons = horizonsMinutes.length;
    this.state = new Float32Array(WIDTH * horizons);
    this.holds = Float64Array.from(
      horizonsMinutes,
      (minutes) => HOLD_DAYS * (1 + minutes / HOLD_DOUBLES_MINUTES),
    );
    this.adjustment = emptyAdjustment(horizons);
  }

  /**
   * @param targetMs start of the target interval of a horizon
   * @returns valid until the next call
   */
  look(targetMs: (horizon: number) => number): Adjustment {
    const { state, adjustment } = this;
    for (let h = 0; h < this.holds.length; h += 1) {
      const at = h * WIDTH;
      const scale = state[at + SCALE] ?? 0;
      const recent = inErrors(state[at + RECENT] ?? 0, scale);
      const ofHour = inErrors(state[at + FIRST_HOUR + hourOf(targetMs(h))] ?? 0, scale);
      const shift = this.weighted(h, recent, ofHour);
      adjustment.recent[h] = recent;
      adjustment.ofHour[h] = ofHour;
      adjustment.shiftMw[h] = shift === 0 ? 0 : fromHalf(toHalf(scale * shift));
    }
    return adjustment;
  }

  /**
   * Learns from the error of what the model itself said. Targets of a horizon come in rising order.
   * @param errorMw actual - forecast before it was moved
   * @param recent and @param ofHour as `look` gave them for that forecast; NaN teaches nothing about their shares
   * @param lesson what the actual weighs
   */
  learn(
    horizon: number,
    targetMs: number,
    errorMw: number,
    recent: number,
    ofHour: number,
    lesson: Lesson,
  ): void {
    const { state } = this;
    const at = horizon * WIDTH;
    const { days, learnt } = lesson;
    const scale = state[at + SCALE] ?? 0;
    if (scale > 0 && !Number.isNaN(recent) && !Number.isNaN(ofHour))
      this.weigh(at, limited(errorMw / scale, LARGEST_ERROR), recent, ofHour, days);
    const hours = days * HOURS;
    // A plain mean at first, a moving one once there is enough.
    move(state, at + SCALE, Math.abs(errorMw), days === 0 ? 0 : days / Math.min(learnt, SCALE_DAYS));
    move(state, at + RECENT, errorMw, 1 - Math.exp(-hours / RECENT_HOURS));
    move(state, at + FIRST_HOUR + hourOf(targetMs), errorMw, 1 - LEFT_AFTER_A_DAY ** hours);
  }

  /** The state, to go on from after a restart: exact. */
  save(): Float32Array {
    return this.state.slice();
  }

  /** @returns false, and nothing is changed, when the state is of another number of horizons */
  load(state: Float32Array): boolean {
    if (state.length !== this.state.length) return false;
    this.state.set(state);
    return true;
  }

  private weigh(at: number, error: number, recent: number, ofHour: number, days: number): void {
    const { state } = this;
    const kept = Math.exp(-days / EVIDENCE_DAYS);
    const add = (place: number, value: number): void => {
      state[at + place] = kept * (state[at + place] ?? 0) + days * value;
    };
    add(RECENT_SQUARE, recent * recent);
    add(PRODUCT, recent * ofHour);
    add(HOUR_SQUARE, ofHour * ofHour);
    add(RECENT_GAIN, recent * error);
    add(HOUR_GAIN, ofHour * error);
  }

  /** The shift that the evidence of a horizon speaks for, in mean absolute errors. */
  private weighted(horizon: number, recent: number, ofHour: number): number {
    const { state } = this;
    const at = horizon * WIDTH;
    const hold = this.holds[horizon] ?? 0;
    const a = (state[at + RECENT_SQUARE] ?? 0) + hold;
    const b = state[at + PRODUCT] ?? 0;
    const d = (state[at + HOUR_SQUARE] ?? 0) + hold;
    const u = state[at + RECENT_GAIN] ?? 0;
    const v = state[at + HOUR_GAIN] ?? 0;
    const shift = ((d * u - b * v) * recent + (a * v - b * u) * ofHour) / (a * d - b * b);
    return Number.isFinite(shift) ? limited(shift, LARGEST_SHIFT) : 0;
  }
}

function hourOf(targetMs: number): number {
  return Math.floor(targetMs / HOUR_MS) % HOURS;
}

function limited(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

/** An error in mean absolute errors, as a header keeps it; nothing where no scale is known. */
function inErrors(errorMw: number, scaleMw: number): number {
  return scaleMw > 0 ? fromHalf(toHalf(limited(errorMw / scaleMw, LARGEST_ERROR))) : 0;
}

function move(state: Float32Array, place: number, towards: number, share: number): void {
  const value = state[place] ?? 0;
  state[place] = value + (towards - value) * share;
}
