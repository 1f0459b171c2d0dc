import type { Accuracy } from '../contracts/records.js';
import { HOUR_MS } from '../contracts/time.js';
import { type Drift, DriftMonitor } from './drift-monitor.js';
import { PublishedScores } from './published-scores.js';
import { type ScoringRules, watchedHorizons, weekHorizons } from './settings.js';
import { AccuracyTracker, type IssuedNowcast, type WindowScore } from './tracker.js';

/** Hours of event time after which the horizons that are not watched are published, too. */
const REST_EVERY_HOURS = 6;

export interface ScoredZone {
  readonly zone: string;
  readonly stepMs: number;
  readonly horizonsMinutes: readonly number[];
}

/** What an hour of event time brought for one zone. */
export interface HourOfScores {
  readonly scores: readonly WindowScore[];
  /** Those of them that alerts look at. */
  readonly watched: readonly WindowScore[];
  /** Scores of 1 h and 24 h windows of before that revised or late actuals have changed: as published, corrected. */
  readonly corrected: readonly Accuracy[];
  /** The drift that is known, or null. */
  readonly drift: Drift | null;
}

/** The accuracy of one zone in the stream: nowcasts in, actuals in, scores out once an hour of event time. */
export class ZoneAccuracy {
  private readonly tracker: AccuracyTracker;
  private readonly horizonsMinutes: readonly number[];
  private readonly watched: readonly number[];
  private readonly drift: DriftMonitor;
  private readonly published = new PublishedScores();
  private reportedHour = Number.NEGATIVE_INFINITY;

  constructor({ zone, stepMs, horizonsMinutes }: ScoredZone, rules: ScoringRules) {
    this.horizonsMinutes = horizonsMinutes;
    this.watched = watchedHorizons(horizonsMinutes, rules.accuracy.horizonsMinutes);
    this.tracker = new AccuracyTracker({
      zone,
      stepMs,
      horizonsMinutes,
      weekHorizonsMinutes: weekHorizons(horizonsMinutes, this.watched, stepMs),
    });
    this.drift = new DriftMonitor(this.tracker, horizonsMinutes, rules.limitsOf(zone), rules.heldOutErrorOf);
  }

  issued(nowcast: IssuedNowcast): void {
    this.tracker.issued(nowcast);
  }

  /**
   * Scores an actual.
   * @param asOfMs when it was known
   * @returns the scores when it is the first of its hour of event time, else null
   */
  observed(validTimeMs: number, demandMw: number, asOfMs: number): HourOfScores | null {
    if (this.tracker.observed(validTimeMs, demandMw)) this.published.corrected(validTimeMs);
    const hour = Math.floor(validTimeMs / HOUR_MS);
    if (hour <= this.reportedHour) return null;
    const isRestDue = Math.floor(hour / REST_EVERY_HOURS) > Math.floor(this.reportedHour / REST_EVERY_HOURS);
    this.reportedHour = hour;
    const scores = this.tracker.report(asOfMs, isRestDue ? undefined : this.watched);
    const watched = scores.filter(({ accuracy }) => this.watched.includes(accuracy.horizonMinutes));
    const corrected = this.correctedScores();
    this.published.published(this.tracker.newestMs, isRestDue);
    return { scores, watched, corrected, drift: this.drift.advance(hour) };
  }

  private correctedScores(): Accuracy[] {
    return this.published
      .takeOutdated()
      .flatMap(({ endMs, window, ofAllHorizons }) =>
        this.tracker.scoresUntil(endMs, window, ofAllHorizons ? this.horizonsMinutes : this.watched),
      );
  }
}
