import { fromHalf, toHalf } from './half-float.js';

/** One forecast, megawatts; NaN where missing. */
export interface Forecast {
  mw: number;
  p10: number;
  p90: number;
  /** What the 24 h ramp baseline said. */
  rampMw: number;
}

/** Band and baseline are kept as differences from the forecast. */
const DIFFERENCES = 3;

/**
 * Forecasts of one horizon by target slot. A slot is the target's step number since the epoch. The ring forgets nothing
 * by itself: its owner clears a slot before the one `capacity` later may be set.
 * Ten bytes a forecast: single precision (a kilowatt in 10 GW), its band and its baseline as half-precision
 * differences (to 0.05 % of the difference).
 */
export class ForecastRing {
  private readonly mw: Float32Array;
  private readonly differences: Uint16Array;

  constructor(readonly capacity: number) {
    this.mw = new Float32Array(capacity).fill(Number.NaN);
    this.differences = new Uint16Array(DIFFERENCES * capacity);
  }

  /** @returns false when there is none; otherwise `into` holds it */
  read(slot: number, into: Forecast): boolean {
    const index = ringIndex(slot, this.capacity);
    const mw = this.mw[index] as number;
    if (Number.isNaN(mw)) return false;
    const at = DIFFERENCES * index;
    into.mw = mw;
    into.p10 = mw + fromHalf(this.differences[at] as number);
    into.p90 = mw + fromHalf(this.differences[at + 1] as number);
    into.rampMw = mw + fromHalf(this.differences[at + 2] as number);
    return true;
  }

  /** NaN when there is none. */
  mwAt(slot: number): number {
    return this.mw[ringIndex(slot, this.capacity)] as number;
  }

  set(slot: number, mw: number, p10: number, p90: number, rampMw: number): void {
    const index = ringIndex(slot, this.capacity);
    this.mw[index] = mw;
    const kept = this.mw[index];
    const at = DIFFERENCES * index;
    // Rounded as what is read back after a restart is.
    this.differences[at] = toHalf(Math.fround(p10) - kept);
    this.differences[at + 1] = toHalf(Math.fround(p90) - kept);
    this.differences[at + 2] = toHalf(rampMw - kept);
  }

  clear(slot: number): void {
    this.mw[ringIndex(slot, this.capacity)] = Number.NaN;
  }
}

/** One number a slot, NaN where unknown; cleared by its owner as `ForecastRing` is. */
export class NumberRing {
  private readonly values: Float32Array;

  constructor(readonly capacity: number) {
    this.values = new Float32Array(capacity).fill(Number.NaN);
  }

  at(slot: number): number {
    return this.values[ringIndex(slot, this.capacity)] as number;
  }

  set(slot: number, value: number): void {
    this.values[ringIndex(slot, this.capacity)] = value;
  }
}

function ringIndex(slot: number, capacity: number): number {
  // As integers: the remainder of doubles is a library call, twenty times slower.
  const index = (slot | 0) % (capacity | 0);
  return index < 0 ? index + capacity : index;
}
