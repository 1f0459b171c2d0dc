import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { WeatherValues } from './input-event.js';

/** How old an observation may be to stand for an instant. */
export const WEATHER_TOLERANCE_MS = 3 * HOUR_MS;

const SLOT_MS = 5 * MINUTE_MS;
const KEPT_MS = 32 * HOUR_MS;
const SLOTS = KEPT_MS / SLOT_MS;
const TOLERANCE_SLOTS = WEATHER_TOLERANCE_MS / SLOT_MS;
const HALF_DAY_SLOTS = (12 * HOUR_MS) / SLOT_MS;

/**
 * Observed weather of one zone at whatever resolution it comes, in slots of 5 minutes. An observation goes into the
 * slot at or after its time, so no lookup ever returns one about a later instant than was asked for.
 */
export class ObservedWeather {
  private readonly temperatures = new Float32Array(SLOTS).fill(Number.NaN);
  private readonly shortwaves = new Float32Array(SLOTS).fill(Number.NaN);
  private newestSlot = -1;
  private newest = Number.NEGATIVE_INFINITY;

  /** Time of the newest observation, -Infinity before the first. */
  get newestMs(): number {
    return this.newest;
  }

  /**
   * Variables that are NaN leave what is known.
   * @returns true when the newest known values changed
   */
  set(validTimeMs: number, values: WeatherValues): boolean {
    const slot = Math.ceil(validTimeMs / SLOT_MS);
    if (slot < 0 || slot <= this.newestSlot - SLOTS) return false;
    if (slot > this.newestSlot) this.advance(slot);
    const index = slot % SLOTS;
    const changed = write(this.temperatures, index, values.temperatureC);
    const changedToo = write(this.shortwaves, index, values.shortwaveWm2);
    const isNewest = validTimeMs >= this.newest;
    if (isNewest && (changed || changedToo)) this.newest = validTimeMs;
    return isNewest && (changed || changedToo);
  }

  /** Temperature as of an instant, degrees Celsius; NaN when none is known within the tolerance before it. */
  temperatureAt(epochMs: number): number {
    return this.asOf(this.temperatures, epochMs);
  }

  /** Global horizontal irradiance as of an instant, watts a square metre; NaN as above. */
  shortwaveAt(epochMs: number): number {
    return this.asOf(this.shortwaves, epochMs);
  }

  /** Mean temperature of the 24 h up to an instant; NaN when less than half a day is known. */
  meanTemperature24h(epochMs: number): number {
    const last = Math.min(Math.floor(epochMs / SLOT_MS), this.newestSlot);
    const first = Math.max(
      Math.floor(epochMs / SLOT_MS) - 2 * HALF_DAY_SLOTS + 1,
      this.newestSlot - SLOTS + 1,
      0,
    );
    let sum = 0;
    let count = 0;
    let earliest = last;
    for (let slot = last; slot >= first; slot--) {
      const value = this.temperatures[slot % SLOTS] as number;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
      earliest = slot;
    }
    return count > 0 && last - earliest >= HALF_DAY_SLOTS - 1 ? sum / count : Number.NaN;
  }

  private asOf(values: Float32Array, epochMs: number): number {
    const asked = Math.floor(epochMs / SLOT_MS);
    const from = Math.min(asked, this.newestSlot);
    const to = Math.max(asked - TOLERANCE_SLOTS, this.newestSlot - SLOTS + 1, 0);
    if (from < to) return Number.NaN;
    let index = from % SLOTS;
    for (let slot = from; slot >= to; slot--) {
      const value = values[index] as number;
      if (!Number.isNaN(value)) return value;
      index = index === 0 ? SLOTS - 1 : index - 1;
    }
    return Number.NaN;
  }

  private advance(slot: number): void {
    const from =
      this.newestSlot < 0 || slot - this.newestSlot >= SLOTS ? slot - SLOTS + 1 : this.newestSlot + 1;
    for (let skipped = Math.max(from, 0); skipped <= slot; skipped++) {
      this.temperatures[skipped % SLOTS] = Number.NaN;
      this.shortwaves[skipped % SLOTS] = Number.NaN;
    }
    this.newestSlot = slot;
  }
}

function write(values: Float32Array, index: number, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  const rounded = Math.fround(value);
  if (values[index] === rounded) return false;
  values[index] = rounded;
  return true;
}
