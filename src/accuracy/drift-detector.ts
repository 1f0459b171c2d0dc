import type { AlertLimits } from './alert-limits.js';
import { type Deviation, PageHinkley } from './drift-page-hinkley.js';
import { DriftReference } from './drift-reference.js';

/** See `alerts` in schemas/config.json. */
export type DriftLimits = Pick<AlertLimits, 'driftAllowance' | 'driftLimit'>;

export type DriftKind = 'size' | 'level';

/** Errors of one block of time, relative to the actual. */
export interface BlockErrors {
  readonly meanError: number;
  readonly meanAbsError: number;
}

/**
 * Watches the errors of one zone and horizon for two changes for the worse: of their size (the mean absolute error rises,
 * though the mean may stay zero) and of their level (a bias appears or grows; one that goes away, as with the swap to a
 * better model, is none). Values come in blocks of time, so that correlation within a block does not matter and
 * correlation between blocks is measured.
 */
export class DriftDetector {
  private readonly size: Watched;
  private readonly level: Watched;

  /** @param blockHours length of a block */
  constructor(
    readonly blockHours: number,
    private readonly limits: DriftLimits,
  ) {
    const delay = blockHours >= 6 ? 8 : 24;
    const ready = blockHours >= 6 ? 16 : 24;
    this.size = new Watched(delay, ready, limits, sizeDeviation);
    this.level = new Watched(delay, ready, limits, levelDeviation);
  }

  /**
   * @param learn false while a drift is known: its blocks are not usual
   * @param heldOutError mean absolute error, relative to the actual, that the block's model had before it went into
   * service; null where it is not known
   */
  add({ meanError, meanAbsError }: BlockErrors, learn: boolean, heldOutError: number | null = null): void {
    // The root makes the error's size nearly normal, also where a block holds a single value.
    const promised = heldOutError ?? Number.NaN;
    this.size.add(Math.sqrt(meanAbsError), learn, Math.sqrt(promised));
    this.level.add(meanError, learn, promised);
  }

  /** Kind of the drift that is found, or null. */
  get found(): DriftKind | null {
    if (this.size.test.value >= this.limits.driftLimit) return 'size';
    return this.level.test.value >= this.limits.driftLimit ? 'level' : null;
  }

  get isQuiet(): boolean {
    return this.size.isQuiet && this.level.isQuiet;
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

  constructor(
    delayBlocks: number,
    readyBlocks: number,
    private readonly limits: DriftLimits,
    private readonly deviationOf: (value: number, reference: DriftReference, promised: number) => Deviation,
  ) {
    this.test = new PageHinkley(limits.driftLimit);
    this.reference = new DriftReference(delayBlocks, readyBlocks);
  }

  add(value: number, learn: boolean, promised: number): void {
    const { reference, test } = this;
    if (reference.isReady)
      test.add(
        this.deviationOf(value, reference, promised),
        this.limits.driftAllowance + reference.meanMargin,
      );
    // What may be the beginning of a drift is not learnt.
    if (learn && this.isQuiet) reference.add(value, promised);
  }

  get isQuiet(): boolean {
    return this.test.value < this.limits.driftLimit / 2;
  }
}

/** Only a rise counts, above what is usual or what a worse model promised. */
function sizeDeviation(root: number, reference: DriftReference, promised: number): Deviation {
  return { rise: reference.inDeviations(root / reference.allowanceFor(promised) - reference.usual) };
}

/** Counted from the usual bias on either side, whichever side that was on: models that replace each other differ in it. */
function levelDeviation(meanError: number, reference: DriftReference, promised: number): Deviation {
  const level = meanError / reference.allowanceFor(promised);
  const usual = Math.abs(reference.usual);
  return { rise: reference.inDeviations(level - usual), fall: reference.inDeviations(-level - usual) };
}
