import { NowcastError } from '../contracts/errors.js';
import { DAY_MS } from '../contracts/time.js';

/** The longest lag (14 days), the ramp before it, a clock change and a day of slack for values that come late. */
export const HISTORY_DAYS = 17;

/**
 * Demand of one zone by time: slot number = floor(time / step). Time-based, never row-based: a missing interval is NaN
 * in its own slot. Holds HISTORY_DAYS before the newest slot; writing a later slot forgets what falls out.
 */
export class DemandRing {
  readonly slotsPerDay: number;
  readonly capacity: number;
  readonly values: Float64Array;
  private readonly revisions: Uint8Array;
  private newest = -1;
  private first = -1;

  /** @throws NowcastError CONFIG_INVALID when the step does not divide a day into whole steps */
  constructor(readonly stepMs: number) {
    if (!(stepMs > 0) || DAY_MS % stepMs !== 0) {
      throw new NowcastError(
        'CONFIG_INVALID',
        `a step of ${String(stepMs / 60_000)} minutes does not divide a day into whole steps`,
      );
    }
    this.slotsPerDay = DAY_MS / stepMs;
    this.capacity = HISTORY_DAYS * this.slotsPerDay;
    this.values = new Float64Array(this.capacity).fill(Number.NaN);
    this.revisions = new Uint8Array(this.capacity);
  }

  slotOf(timeMs: number): number {
    return Math.floor(timeMs / this.stepMs);
  }

  /** Latest slot ever written, -1 before the first. */
  get newestSlot(): number {
    return this.newest;
  }

  /** Earliest slot written that is still kept, -1 before the first. */
  get firstSlot(): number {
    return this.newest < 0 ? -1 : Math.max(this.first, this.newest - this.capacity + 1);
  }

  /** NaN where unknown, forgotten or never told. */
  at(slot: number): number {
    return this.holds(slot) ? (this.values[slot % this.capacity] as number) : Number.NaN;
  }

  /** Revision of the value in a slot; -1 where there is none. */
  revisionAt(slot: number): number {
    return Number.isNaN(this.at(slot)) ? -1 : (this.revisions[slot % this.capacity] as number);
  }

  /** @returns false when the slot is older than what is kept, and nothing was stored */
  set(slot: number, value: number, revision: number): boolean {
    if (slot < 0 || slot <= this.newest - this.capacity) return false;
    if (slot > this.newest) this.advance(slot);
    if (slot < this.first) this.first = slot;
    const index = slot % this.capacity;
    this.values[index] = value;
    this.revisions[index] = Math.min(revision, 255);
    return true;
  }

  private holds(slot: number): boolean {
    return slot >= 0 && slot <= this.newest && slot > this.newest - this.capacity;
  }

  private advance(slot: number): void {
    if (this.newest < 0 || slot - this.newest >= this.capacity) {
      this.values.fill(Number.NaN);
      this.first = slot;
    } else {
      for (let skipped = this.newest + 1; skipped < slot; skipped++)
        this.values[skipped % this.capacity] = Number.NaN;
    }
    this.newest = slot;
  }
}
