import { type Forecast, ForecastRing } from './score-ring.js';
import { WindowSums } from './window-sums.js';

/** Reused: the sums copy what they need. */
const scratch: Forecast = { mw: Number.NaN, p10: Number.NaN, p90: Number.NaN, rampMw: Number.NaN };

/** The forecasts of one horizon that may still be scored or corrected, and their sums by window. */
export class HorizonScore {
  readonly ring: ForecastRing;
  readonly sums: readonly WindowSums[];
  /** Steps of the longest window: forecasts of older targets are forgotten. */
  readonly keptSteps: number;

  /**
   * @param steps of the horizon
   * @param windowSteps rising; one sum each
   * @param aheadSteps targets are held up to `steps + aheadSteps` after the newest actual
   */
  constructor(
    readonly minutes: number,
    readonly steps: number,
    private readonly windowSteps: readonly number[],
    private readonly aheadSteps: number,
  ) {
    this.keptSteps = windowSteps.at(-1) ?? 1;
    this.ring = new ForecastRing(this.keptSteps + steps + aheadSteps + 1);
    this.sums = windowSteps.map(() => new WindowSums());
  }

  /** False for targets that are forgotten, or so far ahead that their place is still taken. */
  isHeld(slot: number, newestSlot: number): boolean {
    return slot > newestSlot - this.keptSteps && slot <= newestSlot + this.steps + this.aheadSteps;
  }

  /** Adds or takes away the score of the slot in each window that contains it. */
  score(sign: 1 | -1, slot: number, newestSlot: number, actualMw: number): void {
    if (slot <= newestSlot - this.keptSteps || !this.ring.read(slot, scratch)) return;
    for (let w = 0; w < this.sums.length; w++) {
      if (slot > newestSlot - (this.windowSteps[w] as number)) this.sums[w]?.apply(sign, scratch, actualMw);
    }
  }

  /** Sums over a window that ended at `endSlot`; null unless all of it is still held. */
  sumsUntil(
    endSlot: number,
    window: number,
    newestSlot: number,
    actualOf: (slot: number) => number,
  ): WindowSums | null {
    const steps = this.windowSteps[window];
    if (steps === undefined || endSlot - steps < newestSlot - this.keptSteps) return null;
    const sums = new WindowSums();
    for (let slot = endSlot - steps + 1; slot <= endSlot; slot++)
      if (this.ring.read(slot, scratch)) sums.apply(1, scratch, actualOf(slot));
    return sums;
  }

  /** Moves every window's end, taking away what falls out at the other end and forgetting what left the longest. */
  advance(fromSlot: number, toSlot: number, actualOf: (slot: number) => number): void {
    for (let w = 0; w < this.sums.length; w++) {
      const steps = this.windowSteps[w] as number;
      const last = Math.min(toSlot - steps, fromSlot);
      for (let out = fromSlot - steps + 1; out <= last; out++) {
        const actualMw = actualOf(out);
        if (!Number.isNaN(actualMw) && this.ring.read(out, scratch))
          this.sums[w]?.apply(-1, scratch, actualMw);
      }
    }
    const last = Math.min(toSlot - this.keptSteps, fromSlot + this.steps + this.aheadSteps);
    for (let out = fromSlot - this.keptSteps + 1; out <= last; out++) this.ring.clear(out);
  }
}
