import { MINUTE_MS } from '../contracts/time.js';
import type { AlertLimits } from './alert-limits.js';
import type { WindowScore } from './tracker.js';

/** Standard deviations that a finding must be beyond chance. */
const BEYOND_CHANCE = 3;
const DAY_AND_WEEK: readonly string[] = ['24h', '7d'];

/**
 * Independent errors in a window: those of targets closer together than the horizon share what was not known, so one
 * counts for each horizon and step.
 */
export function independentErrors(n: number, horizonMinutes: number, stepMs: number): number {
  const stepMinutes = stepMs / MINUTE_MS;
  return Math.max(1, (n * stepMinutes) / (horizonMinutes + stepMinutes));
}

/**
 * How far the coverage is outside its limits beyond chance, in points; above 0 is lost, null where it cannot be told. Only
 * forecasts with a band count: a first model's few hours say nothing, however many fallbacks came before them.
 */
export function lostCoverage(
  { accuracy, banded }: WindowScore,
  stepMs: number,
  { coverageMinPercent, coverageMaxPercent }: AlertLimits,
): number | null {
  const { window, coverage80, horizonMinutes } = accuracy;
  if (window !== '7d' || coverage80 === null) return null;
  const chance = BEYOND_CHANCE * Math.sqrt((80 * 20) / independentErrors(banded, horizonMinutes, stepMs));
  const low = Math.min(coverageMinPercent, 80 - chance) - coverage80;
  const high = coverage80 - Math.max(coverageMaxPercent, 80 + chance);
  return Math.max(low, high);
}

/** Size of the bias as a share of its limit, above 1 is too much; the limit leaves room for chance. Null: not judged. */
export function biasShare(
  { accuracy, meanActualMw, errorSdMw }: WindowScore,
  stepMs: number,
  { biasPercent }: AlertLimits,
): { readonly share: number; readonly percent: number } | null {
  const { window, bias, n, horizonMinutes } = accuracy;
  if (!DAY_AND_WEEK.includes(window) || !(meanActualMw > 0)) return null;
  const independent = independentErrors(n, horizonMinutes, stepMs);
  if (independent < 5) return null;
  const chanceMw = (BEYOND_CHANCE * errorSdMw) / Math.sqrt(independent);
  const limitMw = Math.max((biasPercent / 100) * meanActualMw, chanceMw);
  return { share: Math.abs(bias) / limitMw, percent: (100 * bias) / meanActualMw };
}
