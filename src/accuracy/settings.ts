import { MINUTE_MS } from '../contracts/time.js';
import type { AlertLimits } from './alert-limits.js';
import type { HeldOutErrorOf } from './drift-monitor.js';

/** What of a zone's scores is kept and published how often. */
export interface AccuracySettings {
  /** Horizons scored over all windows and published each hour; null for the usual ones. */
  readonly horizonsMinutes: readonly number[] | null;
}

/** How the zones of a consumer are scored, and beyond what an alert is raised. */
export interface ScoringRules {
  readonly accuracy: AccuracySettings;
  readonly limitsOf: (zone: string) => AlertLimits;
  /** What is expected of a model version; by default nothing is known. */
  readonly heldOutErrorOf?: HeldOutErrorOf;
}

const USUAL_MINUTES = [5, 15, 30, 60, 120, 180, 360, 720, 1440];
/** From this step on a zone is so small that every horizon can be kept for 7 d. */
const WEEK_OF_ALL_FROM_MS = 30 * MINUTE_MS;

/** Horizons that are watched closely: published each hour, and those that alerts look at. */
export function watchedHorizons(
  horizonsMinutes: readonly number[],
  configured: readonly number[] | null = null,
): number[] {
  if (configured !== null) return horizonsMinutes.filter((minutes) => configured.includes(minutes));
  const first = horizonsMinutes[0];
  return horizonsMinutes.filter((minutes) => minutes === first || USUAL_MINUTES.includes(minutes));
}

/**
 * Horizons that may be scored over 7 d, told from a zone's horizons alone, without its step: those of `weekHorizons`, and
 * more where a zone of a short step has none but long ones.
 */
export function scoredOverWeek(
  horizonsMinutes: readonly number[],
  configured: readonly number[] | null,
): readonly number[] {
  // Each horizon is a multiple of the step, so the step is no longer than what divides them all.
  const longestStepMs = horizonsMinutes.reduce(commonDivisor, 0) * MINUTE_MS;
  return weekHorizons(horizonsMinutes, watchedHorizons(horizonsMinutes, configured), longestStepMs);
}

/** Horizons that are scored over 7 d: all where that takes little memory, otherwise the watched ones. */
export function weekHorizons(
  horizonsMinutes: readonly number[],
  watched: readonly number[],
  stepMs: number,
): readonly number[] {
  return stepMs >= WEEK_OF_ALL_FROM_MS ? horizonsMinutes : watched;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
