import { MINUTE_MS } from '../../contracts/time.js';
import type { WeatherValues } from '../../features/input-event.js';

/** A row that was skipped, or (conflict) that replaced an earlier one of the same zone and time. */
export interface RowProblem {
  readonly file: string;
  /** Counted from 1; the header is line 1. */
  readonly line: number;
  readonly reason: string;
}

export type OnProblem = (problem: RowProblem) => void;

/** Demand of one zone, parallel columns in rising time, one entry a time. */
export interface ZoneDemand {
  readonly zone: string;
  /** Interval starts, epoch milliseconds. */
  readonly timesMs: Float64Array;
  readonly demandMw: Float64Array;
}

/** Weather of one zone, parallel columns in rising time; NaN where a value is missing. */
export interface ZoneWeather {
  readonly zone: string;
  readonly timesMs: Float64Array;
  readonly values: Readonly<Record<keyof WeatherValues, Float64Array>>;
}

export interface ReadCounts {
  /** Rows that are in the series. */
  readonly rows: number;
  /** Rows that were reported and skipped. */
  readonly skipped: number;
  /** Rows of a zone and time that came before; the last in the file is the one that is kept. */
  readonly duplicates: number;
}

export interface DemandSeries extends ReadCounts {
  readonly zones: readonly ZoneDemand[];
}

export interface WeatherSeries extends ReadCounts {
  readonly zones: readonly ZoneWeather[];
}

const MAX_STEP_MINUTES = 1440;

/**
 * Step of a series: the most common positive difference of its times, in whole minutes; the smaller one in a tie.
 * @param timesMs rising
 * @returns null when no two times are a whole number of minutes up to a day apart
 */
export function inferStepMinutes(timesMs: ArrayLike<number>): number | null {
  const counts = new Map<number, number>();
  for (let i = 1; i < timesMs.length; i++) {
    const minutes = ((timesMs[i] ?? 0) - (timesMs[i - 1] ?? 0)) / MINUTE_MS;
    if (minutes > 0 && minutes <= MAX_STEP_MINUTES && Number.isInteger(minutes)) {
      counts.set(minutes, (counts.get(minutes) ?? 0) + 1);
    }
  }
  let best: number | null = null;
  for (const [minutes, count] of counts) {
    const bestCount = best === null ? 0 : (counts.get(best) ?? 0);
    if (count > bestCount || (count === bestCount && best !== null && minutes < best)) best = minutes;
  }
  return best;
}
