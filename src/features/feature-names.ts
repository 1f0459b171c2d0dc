import { createHash } from 'node:crypto';

/** Days that lags, ramps and levels look back. */
export const LAG_DAYS = [1, 2, 3, 7, 14] as const;
/** Recent differences, in steps before the origin. */
export const DIFFERENCE_STEPS = [1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 72] as const;
/** Steps over which the ramp now is compared with the ramp of earlier days. */
export const SECOND_DIFFERENCE_STEPS = [3, 6, 12] as const;

const lagNames = (prefix: string): string[] => LAG_DAYS.map((days) => `${prefix}_${String(days)}d`);
const rolling = (hours: string): string[] =>
  ['mean', 'min', 'max', 'std'].map((kind) => `rolling_${kind}_${hours}`);

/** Features of the origin alone: the same in every row of a nowcast. Units: MW, degrees Celsius, W/m2, minutes. */
export const ORIGIN_FEATURES: readonly string[] = [
  'latest_mw',
  ...DIFFERENCE_STEPS.map((steps) => `difference_${String(steps)}`),
  ...lagNames('level'),
  ...LAG_DAYS.flatMap((days) =>
    SECOND_DIFFERENCE_STEPS.map((steps) => `second_difference_${String(days)}d_${String(steps)}`),
  ),
  ...rolling('1h'),
  ...rolling('24h'),
  'difference_yesterday_mean',
  'temperature',
  'temperature_change_3h',
  'temperature_change_24h',
  'temperature_mean_24h',
  'shortwave',
  'forecast_age_minutes',
];

/** Features of one target. */
export const TARGET_FEATURES: readonly string[] = [
  'horizon_minutes',
  ...lagNames('lag_wall'),
  ...lagNames('ramp_wall'),
  ...lagNames('lag_utc'),
  ...lagNames('ramp_utc'),
  'ramp_same_day_type',
  'level_same_day_type',
  'days_same_day_type',
  'ramp_mean',
  'baseline_ramp',
  'minute_of_day',
  'minute_of_day_sin',
  'minute_of_day_cos',
  'minute_of_day_utc',
  'day_of_week',
  'day_of_year',
  'holiday',
  'day_before_holiday',
  'day_after_holiday',
  'day_type',
  'target_temperature',
  'target_temperature_change',
  'target_temperature_change_day',
  'target_shortwave',
  'target_shortwave_change_day',
  'operator_ramp',
  'operator_ramp_difference',
  'operator_error',
  'operator_error_mean_24h',
  'operator_level_difference',
  'operator_age_minutes',
];

/** The columns of a feature row, in order. */
export const FEATURE_NAMES: readonly string[] = [...ORIGIN_FEATURES, ...TARGET_FEATURES];
export const FEATURE_COUNT = FEATURE_NAMES.length;
/** Identity of the row layout: sha256 over the names, one a line, hexadecimal. A model made for another is refused. */
export const FEATURE_HASH = createHash('sha256').update(FEATURE_NAMES.join('\n')).digest('hex');

/** @returns the column of a feature, or -1 */
export function featureIndex(name: string): number {
  return FEATURE_NAMES.indexOf(name);
}
