import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { DemandEvent } from '../features/input-event.js';
import { demandFinding } from './findings.js';
import type { QualitySettings } from './settings.js';
import type { DemandView, Finding } from './verdict.js';

const SHORTEST_WINDOW_MS = 12 * HOUR_MS;
/** Fewer values than this say little about a distribution, so a longer step gets a longer window. */
const LEAST_SAMPLES = 24;
const SAMPLE_MS = 15 * MINUTE_MS;
/** A zone whose weeks differ much anyway must change by this many times as much. */
const WEEKLY_CHANGES = 2;
const MIN_SHARE = 0.75;
/** Once told, told again only after the distance has fallen below this share of the limit. */
const OVER_SHARE = 0.7;

/**
 * Compares the last hours with the same hours of the past weeks, once an hour: the Kolmogorov-Smirnov distance of the
 * two sets of values, and how far their medians are apart. Flags the beginning of a change, never quarantines: it may
 * be a heat wave as well as a meter that was recalibrated.
 */
export class DistributionWatch {
  private hour = -1;
  private isChanged = false;

  /** Looks once an hour of demand's own time; null most of the time. */
  look(event: DemandEvent, view: DemandView, stepMs: number, settings: QualitySettings): Finding | null {
    const hour = Math.floor(event.validTimeMs / HOUR_MS);
    if (hour <= this.hour) return null;
    this.hour = hour;
    const change = compare(event.validTimeMs, view, stepMs);
    if (change === null) return null;
    const { distance, shiftPercent, usualShiftPercent } = change;
    const leastShift = Math.max(settings.distributionShiftPercent, WEEKLY_CHANGES * usualShiftPercent);
    const isFar = distance >= settings.distributionDistance && Math.abs(shiftPercent) >= leastShift;
    if (this.isChanged) {
      this.isChanged = distance >= settings.distributionDistance * OVER_SHARE;
      return null;
    }
    if (!isFar) return null;
    this.isChanged = true;
    return demandFinding(
      'distribution',
      event,
      `the last ${windowMs(stepMs) / HOUR_MS} hours are ${Math.abs(shiftPercent).toFixed(0)} % ${shiftPercent > 0 ? 'above' : 'below'} the ` +
        `same hours of the past weeks (Kolmogorov-Smirnov distance ${distance.toFixed(2)}): weather, or another measurement?`,
    );
  }
}

interface Change {
  readonly distance: number;
  readonly shiftPercent: number;
  /** By how much the two past weeks differ. */
  readonly usualShiftPercent: number;
}

function windowMs(stepMs: number): number {
  return Math.max(SHORTEST_WINDOW_MS, Math.min(LEAST_SAMPLES * stepMs, DAY_MS));
}

function compare(untilMs: number, view: DemandView, stepMs: number): Change | null {
  const everyMs = Math.max(stepMs, Math.ceil(SAMPLE_MS / stepMs) * stepMs);
  const samples = Math.floor(windowMs(stepMs) / everyMs);
  const weeks: [number[], number[], number[]] = [[], [], []];
  for (let back = 0; back < samples; back++) {
    const atMs = untilMs - back * everyMs - stepMs;
    weeks.forEach((values, ago) => {
      push(values, view.demandAt(atMs - 7 * ago * DAY_MS));
    });
  }
  if (weeks.some((values) => values.length < MIN_SHARE * samples)) return null;
  for (const values of weeks) values.sort((a, b) => a - b);
  const [recent, lastWeek, weekBefore] = weeks;
  const past = [...lastWeek, ...weekBefore].sort((a, b) => a - b);
  const usualMw = Math.abs(median(past));
  return {
    distance: ksDistance(recent, past),
    shiftPercent: (100 * (median(recent) - median(past))) / usualMw,
    usualShiftPercent: (100 * Math.abs(median(lastWeek) - median(weekBefore))) / usualMw,
  };
}

function median(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function push(values: number[], value: number): void {
  if (!Number.isNaN(value)) values.push(value);
}

/** Largest difference of the two empirical distribution functions, 0 .. 1. Both must rise. */
export function ksDistance(a: readonly number[], b: readonly number[]): number {
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && (a[i] as number) <= at) i++;
    while (j < b.length && (b[j] as number) <= at) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}
