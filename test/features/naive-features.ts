import { naiveOperator } from './naive-operator.js';

/**
 * A second, deliberately plain implementation of the feature row, by name and straight from its definition: maps,
 * arrays and Intl, no ring, no slots, no shared code but the names. What the fast one is tested against.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface World {
  readonly stepMs: number;
  readonly timeZone: string;
  /** Local date YYYY-MM-DD. */
  readonly holidays: ReadonlySet<string>;
  readonly demand: ReadonlyMap<number, number>;
  /** Rising. */
  readonly weather: readonly {
    readonly t: number;
    readonly temperature: number;
    readonly shortwave: number;
  }[];
  readonly forecast: {
    readonly issued: number;
    readonly points: readonly {
      readonly t: number;
      readonly temperature: number;
      readonly shortwave: number;
    }[];
  } | null;
  /** In the order in which they became available. */
  readonly operator: readonly {
    readonly product: string;
    readonly stepMs: number;
    readonly t: number;
    readonly known: number;
    readonly mw: number;
  }[];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local date, time and day of week, as the wall clock shows them. */
export function localParts(t: number, timeZone: string): { date: string; minute: number } {
  let format = formats.get(timeZone);
  if (!format) {
    const two = '2-digit' as const;
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(t).map(({ type, value }) => [type, value]));
  const date = `${String(parts.year)}-${String(parts.month)}-${String(parts.day)}`;
  return { date, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

const shiftDate = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The instant whose wall clock shows the same time on the date `days` earlier; an hour later when the clock skipped it. */
export function wallLag(t: number, days: number, timeZone: string): number {
  const same = strictWallLag(t, days, timeZone, 0);
  return Number.isNaN(same) ? strictWallLag(t, days, timeZone, 60) : same;
}

/** NaN when the wall clock skipped it. */
export function strictWallLag(t: number, days: number, timeZone: string, laterMinutes: number): number {
  const now = localParts(t, timeZone);
  const date = shiftDate(now.date, -days);
  const matches: number[] = [];
  for (let quarter = -8; quarter <= 8; quarter++) {
    const candidate = t - days * DAY + quarter * 15 * MINUTE;
    const then = localParts(candidate, timeZone);
    if (then.date === date && then.minute === now.minute + laterMinutes) matches.push(candidate);
  }
  return matches.includes(t - days * DAY) ? t - days * DAY : (matches[0] ?? Number.NaN);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function statistics(
  values: readonly number[],
  expected: number,
): { mean: number; min: number; max: number; std: number } {
  if (values.length * 2 < expected)
    return { mean: Number.NaN, min: Number.NaN, max: Number.NaN, std: Number.NaN };
  const m = mean(values);
  const std = Math.sqrt(mean(values.map((value) => (value - m) ** 2)));
  return { mean: m, min: Math.min(...values), max: Math.max(...values), std };
}

export function naiveRow(
  world: World,
  origin: number,
  asOf: number,
  horizonMinutes: number,
): Record<string, number> {
  const { stepMs, timeZone } = world;
  const y = (t: number): number =>
    t > origin ? Number.NaN : (world.demand.get(Math.floor(t / stepMs) * stepMs) ?? Number.NaN);
  const range = (from: number, to: number): number[] => {
    const values: number[] = [];
    for (let t = from; t <= to; t += stepMs) if (!Number.isNaN(y(t))) values.push(y(t));
    return values;
  };
  const dayType = (date: string): number => {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return world.holidays.has(date) || weekday === 0 ? 2 : weekday === 6 ? 1 : 0;
  };
  const row: Record<string, number> = {};
  const target = origin + horizonMinutes * MINUTE;
  const latest = y(origin);
  row.latest_mw = latest;
  for (const k of [1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 72])
    row[`difference_${String(k)}`] = latest - y(origin - k * stepMs);
  for (const d of [1, 2, 3, 7, 14]) {
    const name = `${String(d)}d`;
    const then = wallLag(origin, d, timeZone);
    row[`level_${name}`] = latest - y(then);
    for (const k of [3, 6, 12]) {
      row[`second_difference_${name}_${String(k)}`] =
        latest - y(origin - k * stepMs) - (y(then) - y(then - k * stepMs));
    }
    const lag = wallLag(target, d, timeZone);
    row[`lag_wall_${name}`] = y(lag);
    row[`ramp_wall_${name}`] = y(lag) - y(then);
    row[`lag_utc_${name}`] = y(target - d * DAY);
    row[`ramp_utc_${name}`] = y(target - d * DAY) - y(origin - d * DAY);
  }
  for (const hours of [1, 24]) {
    const steps = Math.max(1, Math.floor((hours * HOUR) / stepMs));
    const s = statistics(range(origin - (steps - 1) * stepMs, origin), steps);
    row[`rolling_mean_${String(hours)}h`] = latest - s.mean;
    row[`rolling_min_${String(hours)}h`] = latest - s.min;
    row[`rolling_max_${String(hours)}h`] = latest - s.max;
    row[`rolling_std_${String(hours)}h`] = s.std;
  }
  const yesterday = shiftDate(localParts(origin, timeZone).date, -1);
  const ofYesterday: number[] = [];
  let expected = 0;
  for (let t = origin - 3 * DAY; t <= origin; t += stepMs) {
    if (localParts(t, timeZone).date !== yesterday) continue;
    expected++;
    if (!Number.isNaN(y(t))) ofYesterday.push(y(t));
  }
  row.difference_yesterday_mean = latest - statistics(ofYesterday, expected).mean;
  const ofTarget = targetPart(world, row, origin, target, y, dayType);
  return {
    ...row,
    ...ofTarget,
    ...naiveOperator(world, origin, target, asOf, y, ofTarget),
    ...weatherPart(world, target, asOf),
    horizon_minutes: horizonMinutes,
  };
}

function targetPart(
  world: World,
  row: Record<string, number>,
  origin: number,
  target: number,
  y: (t: number) => number,
  dayType: (date: string) => number,
): Record<string, number> {
  const { date, minute } = localParts(target, world.timeZone);
  const ramps: number[] = [];
  const levels: number[] = [];
  for (let d = 1; d <= 14 && ramps.length < 6; d++) {
    if (dayType(shiftDate(date, -d)) !== dayType(date)) continue;
    const lag = y(wallLag(target, d, world.timeZone));
    const ramp = lag - y(wallLag(origin, d, world.timeZone));
    if (Number.isNaN(ramp)) continue;
    ramps.push(ramp);
    levels.push(lag);
  }
  const some = [row.ramp_wall_1d, row.ramp_wall_7d, row.ramp_wall_14d].filter(
    (v): v is number => v !== undefined && !Number.isNaN(v),
  );
  const best = [mean(ramps), row.ramp_wall_1d ?? Number.NaN, row.ramp_wall_7d ?? Number.NaN].find(
    (v) => !Number.isNaN(v),
  );
  const angle = (2 * Math.PI * minute) / 1440;
  const utc = new Date(target);
  return {
    ramp_same_day_type: mean(ramps),
    level_same_day_type: mean(levels),
    days_same_day_type: ramps.length,
    ramp_mean: mean(some),
    baseline_ramp: best ?? 0,
    minute_of_day: minute,
    minute_of_day_sin: Math.sin(angle),
    minute_of_day_cos: Math.cos(angle),
    minute_of_day_utc: utc.getUTCHours() * 60 + utc.getUTCMinutes(),
    day_of_week: (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7,
    day_of_year:
      (Date.parse(`${date}T00:00:00Z`) - Date.parse(`${date.slice(0, 4)}-01-01T00:00:00Z`)) / DAY + 1,
    holiday: world.holidays.has(date) ? 1 : 0,
    day_before_holiday: world.holidays.has(shiftDate(date, 1)) ? 1 : 0,
    day_after_holiday: world.holidays.has(shiftDate(date, -1)) ? 1 : 0,
    day_type: dayType(date),
  };
}

function weatherPart(world: World, target: number, asOf: number): Record<string, number> {
  const observed = (name: 'temperature' | 'shortwave', t: number): number => {
    if (t > asOf) return Number.NaN;
    const found = world.weather
      .filter((w) => w.t <= t && w.t >= t - 3 * HOUR && !Number.isNaN(w[name]))
      .at(-1);
    return found === undefined ? Number.NaN : found[name];
  };
  const predicted = (name: 'temperature' | 'shortwave', t: number): number => {
    const points = world.forecast?.points ?? [];
    const exact = points.find((p) => p.t === t);
    if (exact) return exact[name];
    const before = points.filter((p) => p.t < t).at(-1);
    const after = points.find((p) => p.t > t);
    if (!before || !after || after.t - before.t > 6 * HOUR) return Number.NaN;
    return before[name] + ((after[name] - before[name]) * (t - before.t)) / (after.t - before.t);
  };
  const day = world.weather.filter((w) => w.t > asOf - DAY && w.t <= asOf && !Number.isNaN(w.temperature));
  const spanned =
    day.length > 0 && Math.floor(asOf / 300_000) * 300_000 - (day[0]?.t ?? 0) >= 12 * HOUR - 300_000;
  const yesterday = wallLag(target, 1, world.timeZone);
  const temperature = observed('temperature', asOf);
  return {
    temperature,
    temperature_change_3h: temperature - observed('temperature', asOf - 3 * HOUR),
    temperature_change_24h: temperature - observed('temperature', asOf - DAY),
    temperature_mean_24h: spanned ? mean(day.map((w) => w.temperature)) : Number.NaN,
    shortwave: observed('shortwave', asOf),
    forecast_age_minutes: world.forecast ? (asOf - world.forecast.issued) / MINUTE : Number.NaN,
    target_temperature: predicted('temperature', target),
    target_temperature_change: predicted('temperature', target) - temperature,
    target_temperature_change_day: predicted('temperature', target) - observed('temperature', yesterday),
    target_shortwave: predicted('shortwave', target),
    target_shortwave_change_day: predicted('shortwave', target) - observed('shortwave', yesterday),
  };
}
