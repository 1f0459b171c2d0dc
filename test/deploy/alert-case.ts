/** What the alerting rules must do, case by case: which series there are, minute by minute, and how many alerts fire. */
export interface AlertCase {
  readonly rule: string;
  readonly what: string;
  /** Series and its values in promtool's notation, one a minute. */
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after the start. */
  readonly at: number;
  readonly fires: number;
}

export function fires(
  rule: string,
  what: string,
  series: AlertCase['series'],
  minutes: number,
  count = 1,
): AlertCase {
  return { rule, what, series, at: minutes, fires: count };
}

export function silent(rule: string, what: string, series: AlertCase['series'], minutes: number): AlertCase {
  return { rule, what, series, at: minutes, fires: 0 };
}

/** Labels of a role's metrics. */
export const at = (job: string): string => `{job="${job}",instance="a"}`;
