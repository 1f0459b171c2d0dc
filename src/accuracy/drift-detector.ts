import { PageHinkley } from './drift-page-hinkley.js';
import { DriftReference } from './drift-reference.js';

/**
 * Chosen by simulation (test/accuracy/drift.test.ts): an alarm in a zone-year of stationary errors is rare,
 * twice the error is noticed within about a day.
 */
const ALLOWANCE = 0.3;
const LIMIT = 12;

export type DriftKind = 'size' | 'level';

/** Errors of one block of time, relative to the actual. */
export interface BlockErrors {
  readonly meanError: number;
  readonly meanAbsError: number;
}

/**
 * Watches the errors of one zone and horizon for two changes: their size (the mean absolute error rises, though the
 * mean may stay zero) and their level (a bias appears). Values come in blocks of time, so that correlation within a
 * block does not matter and correlation between blocks is measured.
 */
export class DriftDetector {
  private readonly size: Watched;
  private readonly level: Watched;

  /** @param blockHours length of a block */
  constructor(readonly blockHours: number) {
    const delay = blockHours >= 6 ? 8 : 24;
    const ready = blockHours >= 6 ? 16 : 24;
    this.size = new Watched(false, delay, ready);
    this.level = new Watched(true, delay, ready);
  }

  /** @param learn false while a drift is known: its blocks are not usual */
  add({ meanError, meanAbsError }: BlockErrors, learn: boolean): void {
    // The root makes the error's size nearly normal, also where a block holds a single value.
    this.size.add(Math.sqrt(meanAbsError), learn);
    this.level.add(meanError, learn);
  }

  /** Kind of the drift that is found, or null. */
  get found(): DriftKind | null {
    if (this.size.test.value >= LIMIT) return 'size';
    return this.level.test.value >= LIMIT ? 'level' : null;
  }

  get isQuiet(): boolean {
    return this.size.test.value < LIMIT / 2 && this.level.test.value < LIMIT / 2;
  }

  /** Usual mean absolute error, relative to the actual. */
  get usualSize(): number {
    return this.size.reference.usual ** 2;
  }

  discardRecent(): void {
    this.size.reference.discardRecent();
    this.level.reference.discardRecent();
  }

  /** Tests anew against the same reference. */
  restart(): void {
    this.size.test.reset();
    this.level.test.reset();
  }
}

class Watched {
  readonly test: PageHinkley;
  readonly reference: DriftReference;

  constructor(isTwoSided: boolean, delayBlocks: number, readyBlocks: number) {
    this.test = new PageHinkley(LIMIT, isTwoSided);
    this.reference = new DriftReference(delayBlocks, readyBlocks);
  }

  add(value: number, learn: boolean): void {
    const { reference, test } = this;
    if (reference.isReady) test.add(reference.standardise(value), ALLOWANCE + reference.meanMargin);
    // What may be the beginning of a drift is not learnt.
    if (learn && test.value < LIMIT / 2) reference.add(value);
  }
}
