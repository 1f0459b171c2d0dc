import { MINUTE_MS } from '../contracts/time.js';
import { type BandCorrection, ConformalBands } from './conformal.js';

/** A nowcast as issued, in columns of the tracker's horizons, megawatts. */
export interface IssuedBands {
  readonly originMs: number;
  readonly mw: ArrayLike<number>;
  readonly p10: ArrayLike<number>;
  readonly p90: ArrayLike<number>;
}

/**
 * Joins the bands that were issued for each target with what came, and keeps the online correction of one zone. Holds the
 * open targets of every horizon: 16 bytes each. Feed it in the order of the stream.
 */
export class BandTracker {
  readonly bands: ConformalBands;
  private readonly steps: Int32Array;
  /** Where the ring of each horizon begins. */
  private readonly starts: Int32Array;
  private readonly slots: Int32Array;
  /** Forecast, P10 and P90 of each place. */
  private readonly values: Float32Array;

  constructor(
    private readonly stepMs: number,
    horizonsMinutes: readonly number[],
  ) {
    this.bands = new ConformalBands(horizonsMinutes.length);
    this.steps = Int32Array.from(horizonsMinutes, (minutes) => Math.round((minutes * MINUTE_MS) / stepMs));
    let places = 0;
    this.starts = this.steps.map((steps) => {
      places += steps + 1;
      return places - steps - 1;
    });
    this.slots = new Int32Array(places).fill(-1);
    this.values = new Float32Array(3 * places).fill(Number.NaN);
  }

  /** What to add to the model's own quantiles now. @param begin where the correction starts when nothing is known yet */
  correction(begin: () => BandCorrection): BandCorrection {
    if (this.bands.isNew) this.bands.begin(begin());
    return this.bands;
  }

  /** Remembers the bands of a nowcast until their actuals come; a later one of the same origin replaces them. */
  issued({ originMs, mw, p10, p90 }: IssuedBands): void {
    const origin = Math.round(originMs / this.stepMs);
    this.steps.forEach((steps, h) => {
      const place = this.placeOf(h, origin + steps);
      this.slots[place] = origin + steps;
      this.values[3 * place] = mw[h] ?? Number.NaN;
      this.values[3 * place + 1] = p10[h] ?? Number.NaN;
      this.values[3 * place + 2] = p90[h] ?? Number.NaN;
    });
  }

  /** Learns from an actual. @param targetMs start of its interval */
  observed(targetMs: number, actualMw: number): void {
    const slot = Math.round(targetMs / this.stepMs);
    for (let h = 0; h < this.steps.length; h += 1) {
      const place = this.placeOf(h, slot);
      if (this.slots[place] !== slot) continue;
      const [mw = Number.NaN, p10 = Number.NaN, p90 = Number.NaN] = this.values.subarray(
        3 * place,
        3 * place + 3,
      );
      this.bands.observe(h, targetMs, actualMw, mw, p10, p90);
    }
  }

  private placeOf(h: number, slot: number): number {
    return (this.starts[h] ?? 0) + (slot % ((this.steps[h] ?? 0) + 1));
  }
}
