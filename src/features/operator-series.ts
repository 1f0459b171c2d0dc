import { DAY_MS } from '../contracts/time.js';
import type { OperatorEvent } from './input-event.js';

/** A value for a target further ahead of its availability is not kept. */
const AHEAD_MS = 8 * DAY_MS;
/** How long past targets are kept at least: the error of the last day is told from them. */
const BACK_MS = 2 * DAY_MS;

/**
 * One of an operator's forecasts of a zone, by target interval: for each the value that became available last, and when.
 * A value that came when its interval was over is no forecast, and is not taken; so an error that is read from here is
 * one that the operator really made.
 */
export class OperatorSeries {
  readonly stepMs: number;
  /** Where in a step, counted from the epoch, its intervals begin: hours of a time zone may begin at half past. */
  readonly phaseMs: number;
  /** Answer of `read`: megawatts, and the latest availableAt of what it was made of. */
  mw = Number.NaN;
  knownMs = Number.NaN;
  /** Latest availableAt of any value. */
  newestKnownMs = Number.NEGATIVE_INFINITY;

  private readonly capacity: number;
  private readonly values: Float32Array;
  private readonly availableAtMs: Float64Array;
  private newestSlot = -1;

  constructor(
    readonly product: string,
    { stepMs, validTimeMs }: Pick<OperatorEvent, 'stepMs' | 'validTimeMs'>,
  ) {
    this.stepMs = stepMs;
    this.phaseMs = phaseOf(validTimeMs, stepMs);
    this.capacity = Math.ceil((AHEAD_MS + BACK_MS) / stepMs);
    this.values = new Float32Array(this.capacity).fill(Number.NaN);
    this.availableAtMs = new Float64Array(this.capacity);
  }

  /** Whether the value belongs to this series. */
  takes({ product, stepMs, validTimeMs }: OperatorEvent): boolean {
    return (
      product === this.product && stepMs === this.stepMs && phaseOf(validTimeMs, stepMs) === this.phaseMs
    );
  }

  /** @returns false when the value is no forecast, too far ahead, or older than what is known */
  set({ validTimeMs, availableAtMs, demandMw }: OperatorEvent): boolean {
    if (!isForecast(validTimeMs, this.stepMs, availableAtMs)) return false;
    const slot = Math.floor(validTimeMs / this.stepMs);
    if (slot < 0 || slot <= this.newestSlot - this.capacity) return false;
    if (slot > this.newestSlot) this.advance(slot);
    const index = slot % this.capacity;
    // What is read late, or again, must not undo what became known after it.
    if (!Number.isNaN(this.values[index]) && availableAtMs < (this.availableAtMs[index] as number))
      return false;
    this.values[index] = demandMw;
    this.availableAtMs[index] = availableAtMs;
    if (availableAtMs > this.newestKnownMs) this.newestKnownMs = availableAtMs;
    return true;
  }

  /**
   * Forecasts the mean demand of an interval into `mw` and `knownMs`. Intervals of the operator that are longer than it
   * are joined by lines between their middles, shorter ones averaged.
   * @returns false when a value that it takes is not known
   */
  read(startMs: number, lengthMs: number): boolean {
    const parts = lengthMs / this.stepMs;
    if (parts > 1 && Number.isInteger(parts) && phaseOf(startMs, this.stepMs) === this.phaseMs)
      return this.average(Math.floor(startMs / this.stepMs), parts);
    const middleMs = startMs - this.phaseMs + (lengthMs - this.stepMs) / 2;
    const slot = Math.floor(middleMs / this.stepMs);
    return this.interpolate(slot, (middleMs - slot * this.stepMs) / this.stepMs);
  }

  private average(first: number, count: number): boolean {
    let sum = 0;
    let knownMs = Number.NEGATIVE_INFINITY;
    for (let slot = first; slot < first + count; slot++) {
      const index = this.indexOf(slot);
      if (index < 0) return false;
      sum += this.values[index] as number;
      knownMs = Math.max(knownMs, this.availableAtMs[index] as number);
    }
    this.mw = sum / count;
    this.knownMs = knownMs;
    return !Number.isNaN(sum);
  }

  private interpolate(slot: number, share: number): boolean {
    const index = this.indexOf(slot);
    if (index < 0) return false;
    this.mw = this.values[index] as number;
    this.knownMs = this.availableAtMs[index] as number;
    if (share > 0) {
      const next = this.indexOf(slot + 1);
      if (next < 0) return false;
      this.mw += ((this.values[next] as number) - this.mw) * share;
      this.knownMs = Math.max(this.knownMs, this.availableAtMs[next] as number);
    }
    return !Number.isNaN(this.mw);
  }

  /** -1 for a slot that is not kept. */
  private indexOf(slot: number): number {
    const isKept = slot >= 0 && slot <= this.newestSlot && slot > this.newestSlot - this.capacity;
    return isKept ? slot % this.capacity : -1;
  }

  private advance(slot: number): void {
    if (this.newestSlot < 0 || slot - this.newestSlot >= this.capacity) this.values.fill(Number.NaN);
    else
      for (let skipped = this.newestSlot + 1; skipped <= slot; skipped++)
        this.values[skipped % this.capacity] = Number.NaN;
    this.newestSlot = slot;
  }
}

/** Whether a value became available before its interval was over, and not absurdly early. */
export function isForecast(validTimeMs: number, stepMs: number, availableAtMs: number): boolean {
  return availableAtMs < validTimeMs + stepMs && validTimeMs <= availableAtMs + AHEAD_MS;
}

function phaseOf(timeMs: number, stepMs: number): number {
  return timeMs - Math.floor(timeMs / stepMs) * stepMs;
}
