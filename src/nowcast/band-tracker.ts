import { MINUTE_MS } from '../contracts/time.js';
import { type BandCorrection, ConformalBands } from './conformal.js';
import { type Adjustment, ErrorMemory } from './error-memory.js';
import { ExtraQuantiles, FIRST_QUANTILE, MW, P10, P90 } from './extra-quantiles.js';
import type { QuantileColumn } from './quantile-columns.js';

/** A nowcast as issued, in columns of the tracker's horizons, megawatts. */
export interface IssuedBands {
  readonly originMs: number;
  readonly mw: ArrayLike<number>;
  readonly p10: ArrayLike<number>;
  readonly p90: ArrayLike<number>;
  readonly quantiles?: readonly QuantileColumn[];
  /** What `correction` gave for it; null or absent: it was not moved. */
  readonly adjustment?: Adjustment | null;
}

/** The correction in force, and the further quantiles where there are any. */
export interface StandingCorrection extends BandCorrection {
  readonly extra?: ExtraQuantiles | null;
  /** By how much to move the forecast and all its quantiles. */
  readonly adjustment?: Adjustment;
}

/** See the `save` of ConformalBands, ExtraQuantiles and ErrorMemory; null where there is none. */
export interface SavedBands {
  readonly bands: Float64Array;
  readonly quantiles: Float64Array | null;
  readonly errors: Float32Array | null;
}

/** What is remembered of a target after its quantiles. */
const SHIFT = 0;
const RECENT = 1;
const OF_HOUR = 2;
const REMEMBERED = 3;

/**
 * Joins what was issued for each target with what came, and keeps the online corrections of one zone: of its bands, and of
 * the forecast itself by its recent errors. Holds the open targets of every horizon: 28 bytes each, and 4 for each
 * further quantile. Feed it in the order of the stream.
 */
export class BandTracker {
  readonly bands: ConformalBands;
  private readonly extra: ExtraQuantiles | null;
  private readonly memory: ErrorMemory;
  private readonly steps: Int32Array;
  /** Where the ring of each horizon begins. */
  private readonly starts: Int32Array;
  private readonly slots: Int32Array;
  /** Forecast, P10, P90, the further quantiles and the adjustment of each place. */
  private readonly values: Float32Array;
  private readonly width: number;
  /** Position of the adjustment in a place. */
  private readonly adjusted: number;

  /** @param quantiles further ones, ascending, without 0.1, 0.5 and 0.9 */
  constructor(
    private readonly stepMs: number,
    horizonsMinutes: readonly number[],
    quantiles: readonly number[] = [],
  ) {
    const horizons = horizonsMinutes.length;
    this.bands = new ConformalBands(horizons);
    this.extra = quantiles.length === 0 ? null : new ExtraQuantiles(horizons, quantiles);
    this.memory = new ErrorMemory(horizonsMinutes);
    this.steps = Int32Array.from(horizonsMinutes, (minutes) => Math.round((minutes * MINUTE_MS) / stepMs));
    let places = 0;
    this.starts = this.steps.map((steps) => {
      places += steps + 1;
      return places - steps - 1;
    });
    this.slots = new Int32Array(places).fill(-1);
    this.adjusted = FIRST_QUANTILE + quantiles.length;
    this.width = this.adjusted + REMEMBERED;
    this.values = new Float32Array(this.width * places).fill(Number.NaN);
  }

  /**
   * What to add to the model's own forecast and quantiles now; valid until the next call.
   * @param begin where the correction of the bands starts when nothing is known yet
   */
  correction(begin: () => BandCorrection, originMs: number): StandingCorrection {
    const { isNew, p10Mw, p90Mw } = this.bands;
    if (isNew) this.bands.begin(begin());
    this.extra?.begin(this.bands, isNew);
    const targetOf = (h: number): number => originMs + (this.steps[h] ?? 0) * this.stepMs;
    return { p10Mw, p90Mw, extra: this.extra, adjustment: this.memory.look(targetOf) };
  }

  /** Remembers the bands of a nowcast until their actuals come; a later one of the same origin replaces them. */
  issued({ originMs, mw, p10, p90, quantiles, adjustment }: IssuedBands): void {
    const origin = Math.round(originMs / this.stepMs);
    const further = this.extra?.quantiles.map((q) => quantiles?.find((column) => column.q === q)?.mw);
    this.steps.forEach((steps, h) => {
      const place = this.placeOf(h, origin + steps);
      this.slots[place] = origin + steps;
      const first = this.width * place;
      this.values[first + MW] = mw[h] ?? Number.NaN;
      this.values[first + P10] = p10[h] ?? Number.NaN;
      this.values[first + P90] = p90[h] ?? Number.NaN;
      further?.forEach((column, i) => {
        this.values[first + FIRST_QUANTILE + i] = column?.[h] ?? Number.NaN;
      });
      const adjusted = first + this.adjusted;
      this.values[adjusted + SHIFT] = adjustment?.shiftMw[h] ?? 0;
      this.values[adjusted + RECENT] = adjustment?.recent[h] ?? Number.NaN;
      this.values[adjusted + OF_HOUR] = adjustment?.ofHour[h] ?? Number.NaN;
    });
  }

  /** Learns from an actual. @param targetMs start of its interval */
  observed(targetMs: number, actualMw: number): void {
    const slot = Math.round(targetMs / this.stepMs);
    for (let h = 0; h < this.steps.length; h += 1) {
      const place = this.placeOf(h, slot);
      if (this.slots[place] !== slot) continue;
      const issued = this.values.subarray(this.width * place, this.width * (place + 1));
      const [mw = Number.NaN, p10 = Number.NaN, p90 = Number.NaN] = issued;
      const lesson = this.bands.observe(h, targetMs, actualMw, mw, p10, p90);
      if (lesson === null) continue;
      this.extra?.observe(h, actualMw, issued, lesson);
      const [shift = 0, recent = Number.NaN, ofHour = Number.NaN] = issued.subarray(this.adjusted);
      this.memory.learn(h, targetMs, actualMw - (mw - shift), recent, ofHour, lesson);
    }
  }

  /** The state, to go on from after a restart. */
  save(): SavedBands {
    return {
      bands: this.bands.save(),
      quantiles: this.extra?.save() ?? null,
      errors: this.memory.save(),
    };
  }

  /** Takes over a state; what is of other horizons or other quantiles is left where it is. */
  load({ bands, quantiles, errors }: SavedBands): void {
    const isTaken = this.bands.load(bands);
    if (isTaken && quantiles !== null) this.extra?.load(quantiles);
    if (isTaken && errors !== null) this.memory.load(errors);
  }

  private placeOf(h: number, slot: number): number {
    return (this.starts[h] ?? 0) + (slot % ((this.steps[h] ?? 0) + 1));
  }
}
