import { FEATURE_NAMES } from '../../features/feature-names.js';

export interface FeatureGroup {
  readonly name: string;
  /** Columns of a feature row. */
  readonly columns: readonly number[];
}

/** The first pattern that fits decides. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['weather', /temperature|shortwave|forecast_age|cloud|humidity|wind|weather/],
  ['operator forecast', /^operator_/],
  ['same day type', /same_day_type/],
  ['lags and ramps', /^(lag|ramp|second_difference|baseline)_/],
  ['recent demand', /^(latest_mw|difference_\d|rolling_\w+_1h)/],
  ['level of the last days', /^(level|rolling|difference_yesterday)/],
  ['calendar', /minute_of_day|day_of_|holiday|day_type/],
];

/** The features in groups that belong together; each in exactly one. */
export function featureGroups(names: readonly string[] = FEATURE_NAMES): FeatureGroup[] {
  const groups = new Map<string, number[]>();
  names.forEach((name, column) => {
    const group = PATTERNS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
    groups.set(group, [...(groups.get(group) ?? []), column]);
  });
  return [...groups].map(([name, columns]) => ({ name, columns }));
}
