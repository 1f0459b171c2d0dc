import { HOUR_MS } from '../contracts/time.js';
import type { ForecastEvent } from './input-event.js';

/** Points further apart than this are not joined by a line. */
const MAX_GAP_MS = 6 * HOUR_MS;

/**
 * The latest weather forecast that a zone has been told. A newer issue replaces it whole; lookups interpolate in time
 * between its points and answer NaN outside them.
 */
export class KnownForecast {
  private times = new Float64Array(0);
  private temperatures = new Float32Array(0);
  private shortwaves = new Float32Array(0);
  private count = 0;
  private cursor = 0;
  private issued = Number.NEGATIVE_INFINITY;

  /** @param reachMs how far beyond its availability a point can still be asked for */
  constructor(private readonly reachMs: number) {}

  /** Issue time of the forecast in use, -Infinity before the first. */
  get issuedAtMs(): number {
    return this.issued;
  }

  /** @returns true when it replaced what was known; false for an older issue or the same one again */
  set(event: ForecastEvent): boolean {
    if (event.issuedAtMs < this.issued) return false;
    const last = event.availableAtMs + this.reachMs;
    const kept = event.validTimesMs.filter((timeMs) => timeMs <= last).length;
    const same = event.issuedAtMs === this.issued && kept === this.count;
    if (kept > this.times.length) this.allocate(kept);
    let changed = !same;
    for (let i = 0; i < kept; i++) {
      const timeMs = event.validTimesMs[i] as number;
      const temperature = Math.fround(event.values[i]?.temperatureC ?? Number.NaN);
      const shortwave = Math.fround(event.values[i]?.shortwaveWm2 ?? Number.NaN);
      changed ||=
        timeMs !== this.times[i] ||
        !Object.is(temperature, this.temperatures[i]) ||
        !Object.is(shortwave, this.shortwaves[i]);
      this.times[i] = timeMs;
      this.temperatures[i] = temperature;
      this.shortwaves[i] = shortwave;
    }
    this.count = kept;
    this.cursor = 0;
    this.issued = event.issuedAtMs;
    return changed;
  }

  /** Degrees Celsius, or NaN. */
  temperatureAt(epochMs: number): number {
    return this.interpolate(this.temperatures, epochMs);
  }

  /** Watts a square metre, or NaN. */
  shortwaveAt(epochMs: number): number {
    return this.interpolate(this.shortwaves, epochMs);
  }

  private interpolate(values: Float32Array, epochMs: number): number {
    if (!this.seek(epochMs)) return Number.NaN;
    const fromMs = this.times[this.cursor] as number;
    const from = values[this.cursor] as number;
    if (epochMs === fromMs) return from;
    const toMs = this.times[this.cursor + 1] as number;
    if (toMs - fromMs > MAX_GAP_MS) return Number.NaN;
    return from + ((values[this.cursor + 1] as number) - from) * ((epochMs - fromMs) / (toMs - fromMs));
  }

  /** Moves the cursor to the last point at or before the instant; targets come in rising time, so mostly a step. */
  private seek(epochMs: number): boolean {
    const last = this.count - 1;
    if (last < 0 || epochMs < (this.times[0] as number) || epochMs > (this.times[last] as number))
      return false;
    if (epochMs < (this.times[this.cursor] as number)) this.cursor = 0;
    while (this.cursor < last && (this.times[this.cursor + 1] as number) <= epochMs) this.cursor++;
    return true;
  }

  private allocate(count: number): void {
    this.times = new Float64Array(count);
    this.temperatures = new Float32Array(count);
    this.shortwaves = new Float32Array(count);
  }
}
