/** Groups in which people think of the features, by the beginning of a feature's name; the first that fits counts. */
const GROUPS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  {
    name: 'weather at the target',
    pattern: /^(target_(temperature|shortwave|cloud|humidity|wind)|forecast_)/,
  },
  { name: 'weather now', pattern: /^(temperature|shortwave|cloud|humidity|wind)/ },
  { name: 'calendar', pattern: /^(minute|hour|day_(of|before|after|type)|holiday|month)/ },
  { name: 'same time on earlier days', pattern: /^(lag_|ramp_|baseline_|level_same_day|days_same_day)/ },
  { name: 'earlier days at the origin', pattern: /^(level_|second_difference)/ },
  { name: 'recent demand', pattern: /^(latest_|difference_|rolling_)/ },
  { name: 'operator forecast', pattern: /^operator_/ },
  { name: 'horizon', pattern: /^horizon/ },
];

/** The group of a feature, `other` for a name that no group knows. */
export function featureGroup(feature: string): string {
  return GROUPS.find(({ pattern }) => pattern.test(feature))?.name ?? 'other';
}
