import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../contracts/time.js';
import { FEATURE_COUNT } from '../../features/feature-names.js';
import type { InputEvent } from '../../features/input-event.js';
import { RowBuffer } from '../../features/row-buffer.js';
import type { ZoneProfile } from '../../features/zone-profile.js';
import { createZoneStream, ingest } from '../../nowcast/step.js';
import { inReplayOrder } from '../replay-order.js';
import { distributionShift, type DistributionShift } from './distribution.js';

export interface Gap {
  readonly from: string;
  readonly minutes: number;
}

/** What the data of a zone is like. Shares in percent. */
export interface DataValidation {
  readonly verdict: 'ok' | 'warning' | 'insufficient';
  /** Sentences with numbers. */
  readonly reasons: readonly string[];
  readonly from: string;
  /** End of the last interval. */
  readonly until: string;
  readonly days: number;
  readonly neededDays: number;
  readonly intervals: { readonly expected: number; readonly present: number; readonly coverage: number };
  readonly gaps: { readonly count: number; readonly longest: readonly Gap[] };
  /** Values that quality did not accept, by rule. */
  readonly quarantined: {
    readonly count: number;
    readonly share: number;
    readonly byRule: Readonly<Record<string, number>>;
  };
  /** Records for an interval that was known already. */
  readonly repeated: number;
  /** From the end of an interval to its first value being known, minutes. */
  readonly latencyMinutes: { readonly p50: number; readonly p95: number };
  /** Share of hours with a measured temperature, and number of forecasts. */
  readonly weather: { readonly coverage: number; readonly forecasts: number };
  /** Values that the operator forecast itself. */
  readonly operatorForecasts: number;
  /** The last 28 days against the 28 before, and against the same days a year earlier; null where there is none. */
  readonly shifts: { readonly month: DistributionShift | null; readonly year: DistributionShift | null };
}

/** Below this share of intervals, or above this share of quarantined values, the data needs a look. */
const LEAST_COVERAGE = 97;
const MOST_QUARANTINED = 1;
/** A Kolmogorov-Smirnov distance between two months above this is more than the season does. */
const LARGE_SHIFT = 0.4;
const LONGEST_GAPS = 10;
/** Two full weekly cycles and the longest lag: less than that and a model knows no week. */
const NEEDED_DAYS = 28;
const WINDOW_MS = 28 * DAY_MS;

/**
 * Looks at everything a zone's model is trained on: how much there is, what is missing, what quality rules held back, and
 * whether the last weeks are like those before. The replay is the stream's own.
 * @param events of one zone; each type in log order
 */
export function validateData(events: readonly InputEvent[], profile: ZoneProfile): DataValidation {
  const seen = replay(events, profile);
  const times = [...seen.values.keys()].sort((a, b) => a - b);
  const firstMs = times[0] ?? Number.NaN;
  const endMs = (times.at(-1) ?? Number.NaN) + profile.stepMs;
  const expected = Number.isNaN(firstMs) ? 0 : Math.round((endMs - firstMs) / profile.stepMs);
  const facts = {
    from: Number.isNaN(firstMs) ? '' : toIso(firstMs),
    until: Number.isNaN(firstMs) ? '' : toIso(endMs),
    days: rounded((expected * profile.stepMs) / DAY_MS),
    neededDays: NEEDED_DAYS,
    intervals: { expected, present: times.length, coverage: percent(times.length, expected) },
    gaps: gapsOf(times, profile.stepMs),
    quarantined: {
      count: seen.quarantined,
      share: percent(seen.quarantined, seen.demand),
      byRule: Object.fromEntries(seen.byRule),
    },
    repeated: seen.repeated,
    latencyMinutes: { p50: quantile(seen.latencies, 0.5), p95: quantile(seen.latencies, 0.95) },
    weather: {
      coverage: percent(seen.weatherHours.size, Math.max(1, Math.round((endMs - firstMs) / HOUR_MS) || 0)),
      forecasts: seen.forecasts,
    },
    operatorForecasts: seen.operator,
    shifts: {
      month: shift(seen.values, endMs, WINDOW_MS),
      year: shift(seen.values, endMs, 52 * 7 * DAY_MS),
    },
  };
  return { ...judge(facts), ...facts };
}

function replay(events: readonly InputEvent[], profile: ZoneProfile) {
  const stream = createZoneStream(profile);
  const buffer = new RowBuffer(FEATURE_COUNT, 1);
  const seen = {
    demand: 0,
    quarantined: 0,
    repeated: 0,
    forecasts: 0,
    operator: 0,
    byRule: new Map<string, number>(),
    /** Accepted demand by interval; a correction overwrites. */
    values: new Map<number, number>(),
    latencies: [] as number[],
    weatherHours: new Set<number>(),
  };
  for (const event of inReplayOrder(events, Number.POSITIVE_INFINITY)) {
    const { findings } = ingest(stream, event, null, buffer, false);
    if (event.type === 'forecast') seen.forecasts += 1;
    else if (event.type === 'weather') {
      if (Number.isFinite(event.values.temperatureC))
        seen.weatherHours.add(Math.floor(event.validTimeMs / HOUR_MS));
    } else if (event.type === 'operator') {
      seen.operator += 1;
    } else {
      seen.demand += 1;
      for (const { rule } of findings) seen.byRule.set(rule, (seen.byRule.get(rule) ?? 0) + 1);
      if (findings.some(({ action }) => action === 'quarantined')) seen.quarantined += 1;
      else if (seen.values.has(event.validTimeMs)) seen.repeated += 1;
      else seen.latencies.push((event.availableAtMs - event.validTimeMs - profile.stepMs) / MINUTE_MS);
      const known = stream.state.demandAt(event.validTimeMs);
      if (!Number.isNaN(known)) seen.values.set(event.validTimeMs, known);
    }
  }
  return seen;
}

function gapsOf(times: readonly number[], stepMs: number): DataValidation['gaps'] {
  const gaps: Gap[] = [];
  times.forEach((time, i) => {
    const before = times[i - 1];
    if (before === undefined || time - before <= stepMs) return;
    gaps.push({ from: toIso(before + stepMs), minutes: (time - before - stepMs) / MINUTE_MS });
  });
  const longest = [...gaps].sort((a, b) => b.minutes - a.minutes).slice(0, LONGEST_GAPS);
  return { count: gaps.length, longest };
}

/** The last window against the one that lies `earlierMs` before it. */
function shift(
  values: ReadonlyMap<number, number>,
  endMs: number,
  earlierMs: number,
): DistributionShift | null {
  const within = (fromMs: number, toMs: number): number[] =>
    [...values].flatMap(([time, value]) => (time >= fromMs && time < toMs ? [value] : []));
  const recent = within(endMs - WINDOW_MS, endMs);
  const earlier = within(endMs - WINDOW_MS - earlierMs, endMs - earlierMs);
  return distributionShift(recent, earlier);
}

function judge(
  facts: Omit<DataValidation, 'verdict' | 'reasons'>,
): Pick<DataValidation, 'verdict' | 'reasons'> {
  const { days, neededDays, intervals, gaps, quarantined, weather, shifts } = facts;
  const reasons: string[] = [];
  if (intervals.coverage < LEAST_COVERAGE) {
    reasons.push(
      `${intervals.coverage} % of the intervals have a value, ${LEAST_COVERAGE} % are expected; ${gaps.count} gaps`,
    );
  }
  if (quarantined.share > MOST_QUARANTINED)
    reasons.push(`${quarantined.share} % of the values were quarantined, more than ${MOST_QUARANTINED} %`);
  if (weather.coverage > 0 && weather.coverage < LEAST_COVERAGE)
    reasons.push(`${weather.coverage} % of the hours have a temperature`);
  for (const [name, one] of [
    ['the 28 days before', shifts.month],
    ['the same days a year earlier', shifts.year],
  ] as const) {
    if (one === null || one.ksDistance <= LARGE_SHIFT) continue;
    reasons.push(
      `demand of the last 28 days is unlike ${name}: mean ${one.meanChange} %, distance ${one.ksDistance}`,
    );
  }
  if (days < neededDays) {
    return {
      verdict: 'insufficient',
      reasons: [`${days} days of demand, ${neededDays} are needed to know a week`, ...reasons],
    };
  }
  return { verdict: reasons.length === 0 ? 'ok' : 'warning', reasons };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded(Math.min(100, (100 * part) / whole));
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
