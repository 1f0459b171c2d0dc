import { HOUR_MS } from '../contracts/time.js';
import { DriftDetector, type DriftKind, type DriftLimits } from './drift-detector.js';
import type { AccuracyTracker } from './tracker.js';

const HOUR_AHEAD = 60;
const LONG_FROM_MINUTES = 360;
const LONG_BLOCK_HOURS = 6;
/** A drift is over once this many hours of errors look usual again. */
const QUIET_HOURS = 24;
/** What lasts this long is the new usual: it is learnt anew. */
const GIVE_UP_HOURS = 7 * 24;

export interface Drift {
  readonly kind: DriftKind;
  readonly horizonMinutes: number;
  readonly modelVersion: string;
  /** Mean absolute error of the block that told, relative to the usual one. */
  readonly ratio: number;
}

/** Mean absolute error of a version on its held-out block, relative to the actual; null where it is not known. */
export type HeldOutErrorOf = (modelVersion: string, horizonMinutes: number) => number | null;

interface WatchedHorizon {
  readonly minutes: number;
  detector: DriftDetector;
}

/**
 * Drift of one zone, over a few horizons: the shortest, an hour, the longest. Read once an hour of event time. A swap
 * while no drift is known keeps the evidence (models are replaced daily, and forgetting daily would be blind), but a
 * version whose held-out error is larger than that of those before it may err more, as it said it would; a swap during a
 * drift starts the tests anew, for the new version must prove itself.
 */
export class DriftMonitor {
  private readonly horizons: readonly WatchedHorizon[];
  private drift: Drift | null = null;
  private version = '';
  private quietHours = 0;
  private driftHours = 0;
  private lastHour = Number.NaN;

  constructor(
    private readonly tracker: AccuracyTracker,
    horizonsMinutes: readonly number[],
    private readonly limits: DriftLimits,
    private readonly heldOutErrorOf: HeldOutErrorOf = () => null,
  ) {
    const first = horizonsMinutes[0];
    const last = horizonsMinutes.at(-1);
    this.horizons = horizonsMinutes
      .filter((minutes) => minutes === first || minutes === HOUR_AHEAD || minutes === last)
      .map((minutes) => ({ minutes, detector: new DriftDetector(blockHoursOf(minutes), limits) }));
  }

  /** @param hour of event time that has begun; the hours before it are complete. @returns the drift that is known */
  advance(hour: number): Drift | null {
    const from = Number.isNaN(this.lastHour) ? hour : Math.max(this.lastHour + 1, hour - GIVE_UP_HOURS);
    for (let ended = from; ended <= hour; ended++) this.hourEnded(ended);
    this.lastHour = hour;
    return this.drift;
  }

  private hourEnded(hour: number): void {
    let errors = 0;
    for (const { minutes, detector } of this.horizons) {
      if (hour % detector.blockHours !== 0) continue;
      const block = this.tracker.errorBlock(minutes, (hour - detector.blockHours) * HOUR_MS, hour * HOUR_MS);
      if (block === null) continue;
      errors += 1;
      if (minutes === this.horizons[0]?.minutes) this.noteVersion(block.modelVersion);
      detector.add(block, this.drift === null, this.heldOutErrorOf(block.modelVersion, minutes));
      const kind = detector.found;
      if (this.drift !== null || kind === null) continue;
      const ratio = block.meanAbsError / detector.usualSize;
      this.begin({ kind, horizonMinutes: minutes, modelVersion: block.modelVersion, ratio });
    }
    if (this.drift !== null && errors > 0) this.endIfOver();
  }

  private noteVersion(version: string): void {
    if (version === this.version) return;
    this.version = version;
    if (this.drift === null) return;
    for (const { detector } of this.horizons) detector.restart();
    this.quietHours = this.driftHours = 0;
  }

  private begin(drift: Drift): void {
    this.drift = drift;
    this.quietHours = this.driftHours = 0;
    for (const { detector } of this.horizons) detector.discardRecent();
  }

  private endIfOver(): void {
    this.driftHours += 1;
    this.quietHours = this.horizons.every(({ detector }) => detector.isQuiet) ? this.quietHours + 1 : 0;
    const isUsual = this.driftHours >= GIVE_UP_HOURS;
    if (this.quietHours < QUIET_HOURS && !isUsual) return;
    this.drift = null;
    if (isUsual)
      for (const watched of this.horizons)
        watched.detector = new DriftDetector(blockHoursOf(watched.minutes), this.limits);
    else for (const { detector } of this.horizons) detector.restart();
  }
}

function blockHoursOf(minutes: number): number {
  return minutes >= LONG_FROM_MINUTES ? LONG_BLOCK_HOURS : 1;
}
