import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import type { ZoneProfile } from '../../src/features/zone-profile.js';
import type { BacktestOrigin } from '../../src/train/backtest-rows.js';

export const FIRST_MS = Date.parse('2024-03-01T00:00:00Z');
export const DAYS = 24;
export const PROFILE: ZoneProfile = {
  zone: 'Z',
  stepMs: HOUR_MS,
  timeZone: 'America/Los_Angeles',
  holidays: 'US-CA',
  horizonsMinutes: [60, 180, 1500],
  limits: { minMw: 0, maxMw: 1e6, maxRampMwPerHour: Infinity },
  lateAfterMs: HOUR_MS,
};
export const TEST_FROM_MS = FIRST_MS + 9 * DAY_MS;

export interface Case {
  readonly actuals: ReadonlyMap<number, number>;
  readonly origins: readonly BacktestOrigin[];
  readonly operator: readonly { timeMs: number; issuedAtMs: number; mw: number }[];
}

export interface NaiveRow {
  readonly mw: number;
  readonly actual: number;
  readonly p10: number;
  readonly p90: number;
  readonly rawP10: number;
  readonly rawP90: number;
  readonly rawMw: number;
  readonly persistence: number;
  readonly ramp24h: number;
  readonly ramp7d: number;
  readonly operator: number | undefined;
  readonly hour: number;
  readonly weekday: string;
  readonly month: number;
}

/** All over again with arrays of objects, Intl for the calendar, and no shortcut. */
export function naiveRows({ actuals, origins, operator }: Case, h: number): NaiveRow[] {
  const minutes = PROFILE.horizonsMinutes[h]!;
  const rows: NaiveRow[] = [];
  for (const { originMs, mw, p10Mw, p90Mw, mwRaw, p10RawMw, p90RawMw } of origins) {
    const targetMs = originMs + minutes * MINUTE_MS;
    const at = (timeMs: number) => actuals.get(timeMs) ?? Number.NaN;
    const ramp = (days: number, otherwise: number) =>
      minutes > days * 1440
        ? otherwise
        : at(originMs) + at(targetMs - days * DAY_MS) - at(originMs - days * DAY_MS);
    const ramp24h = ramp(1, at(originMs));
    const ramp7d = ramp(7, ramp24h);
    if (targetMs < TEST_FROM_MS || Number.isNaN(at(targetMs)) || Number.isNaN(ramp24h)) continue;
    const known = operator
      .filter((one) => one.timeMs === targetMs && one.issuedAtMs <= originMs)
      .sort((a, b) => a.issuedAtMs - b.issuedAtMs);
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: PROFILE.timeZone,
      hourCycle: 'h23',
      hour: '2-digit',
      weekday: 'short',
      month: 'numeric',
    }).formatToParts(targetMs);
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
    rows.push({
      mw: mw[h]!,
      actual: at(targetMs),
      p10: p10Mw?.[h] ?? Number.NaN,
      p90: p90Mw?.[h] ?? Number.NaN,
      rawMw: mwRaw?.[h] ?? mw[h]!,
      rawP10: p10RawMw?.[h] ?? Number.NaN,
      rawP90: p90RawMw?.[h] ?? Number.NaN,
      persistence: at(originMs),
      ramp24h,
      ramp7d: Number.isNaN(ramp7d) ? ramp24h : ramp7d,
      operator: known.at(-1)?.mw,
      hour: Number(part('hour')),
      weekday: part('weekday'),
      month: Number(part('month')),
    });
  }
  return rows;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
export const maeOf = (rows: readonly NaiveRow[], of: (row: NaiveRow) => number) =>
  mean(rows.map((row) => Math.abs(of(row) - row.actual)));
export const mapeOf = (rows: readonly NaiveRow[], of: (row: NaiveRow) => number) =>
  mean(
    rows.filter(({ actual }) => actual > 0).map((row) => (100 * Math.abs(of(row) - row.actual)) / row.actual),
  );
export const skillOf = (own: number, other: number) => (other > 0 ? 1 - own / other : null);

export function pinballOf(rows: readonly NaiveRow[], p10: keyof NaiveRow, p90: keyof NaiveRow): number {
  const loss = (actual: number, quantile: number, p: number) =>
    Math.max(p * (actual - quantile), (p - 1) * (actual - quantile));
  const banded = rows.filter((row) => !Number.isNaN(row[p10]));
  return mean(
    banded.map(
      (row) => (loss(row.actual, row[p10] as number, 0.1) + loss(row.actual, row[p90] as number, 0.9)) / 2,
    ),
  );
}

export function coverageOf(rows: readonly NaiveRow[], p10: keyof NaiveRow, p90: keyof NaiveRow): number {
  return (
    100 *
    mean(rows.map((row) => Number(row.actual >= (row[p10] as number) && row.actual <= (row[p90] as number))))
  );
}

export function naiveSummary(rows: readonly NaiveRow[]): Record<string, unknown> {
  const mae = maeOf(rows, ({ mw }) => mw);
  const raw = rows.filter(({ rawP10 }) => !Number.isNaN(rawP10));
  const known = rows.filter(({ operator }) => operator !== undefined);
  const operatorMae = maeOf(known, ({ operator }) => operator!);
  const operatorSkill = skillOf(
    maeOf(known, ({ mw }) => mw),
    operatorMae,
  );
  return {
    n: rows.length,
    mape: mapeOf(rows, ({ mw }) => mw),
    rmse: Math.sqrt(mean(rows.map(({ mw, actual }) => (mw - actual) ** 2))),
    bias: mean(rows.map(({ mw, actual }) => mw - actual)),
    pinball: pinballOf(rows, 'p10', 'p90'),
    coverage80: coverageOf(rows, 'p10', 'p90'),
    mae,
    baselines: {
      persistence: mapeOf(rows, (row) => row.persistence),
      ramp24h: mapeOf(rows, (row) => row.ramp24h),
      ramp7d: mapeOf(rows, (row) => row.ramp7d),
    },
    skill: {
      persistence: skillOf(
        mae,
        maeOf(rows, (row) => row.persistence),
      ),
      ramp24h: skillOf(
        mae,
        maeOf(rows, (row) => row.ramp24h),
      ),
      ramp7d: skillOf(
        mae,
        maeOf(rows, (row) => row.ramp7d),
      ),
      ...(known.length === 0 ? {} : { operator: operatorSkill }),
    },
    ...(raw.length === 0
      ? {}
      : {
          mapeRaw: mapeOf(raw, ({ rawMw }) => rawMw),
          pinballRaw: pinballOf(raw, 'rawP10', 'rawP90'),
          coverage80Raw: coverageOf(raw, 'rawP10', 'rawP90'),
        }),
    ...(known.length === 0
      ? {}
      : {
          operator: {
            n: known.length,
            mape: mapeOf(known, ({ operator }) => operator!),
            mae: operatorMae,
            rmse: Math.sqrt(mean(known.map(({ operator, actual }) => (operator! - actual) ** 2))),
            bias: mean(known.map(({ operator, actual }) => operator! - actual)),
            modelMape: mapeOf(known, ({ mw }) => mw),
            modelMae: maeOf(known, ({ mw }) => mw),
            skill: operatorSkill,
          },
        }),
  };
}

export const seasonOf = (month: number) =>
  ['DJF', 'DJF', 'MAM', 'MAM', 'MAM', 'JJA', 'JJA', 'JJA', 'SON', 'SON', 'SON', 'DJF'][month - 1]!;
/** March has no public holiday in California but the last day (Cesar Chavez Day), which the series does not reach. */
export const dayTypeOf = (weekday: string) =>
  weekday === 'Sat' ? 'saturday' : weekday === 'Sun' ? 'sunday-or-holiday' : 'workday';
