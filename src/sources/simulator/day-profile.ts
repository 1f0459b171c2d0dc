import type { DayType } from '../../features/calendar-days.js';

/**
 * Activity by hour of the wall clock, relative to the mean of a workday, in the order of DayType (shapes of ordinary mixed demand without
 * solar). All begin and end at the same midnight value, so that days join without a step.
 */
const HOURLY: readonly (readonly number[])[] = [
  [
    // workday
    0.76, 0.69, 0.65, 0.64, 0.67, 0.76, 0.9, 1.02, 1.08, 1.11, 1.13, 1.14, 1.14, 1.14, 1.14, 1.15, 1.18, 1.24,
    1.31, 1.32, 1.27, 1.18, 1.04, 0.89,
  ],
  [
    // Saturday
    0.76, 0.68, 0.63, 0.61, 0.61, 0.64, 0.7, 0.79, 0.88, 0.95, 0.99, 1.0, 1.0, 0.99, 0.98, 0.99, 1.02, 1.09,
    1.18, 1.21, 1.18, 1.11, 1.0, 0.87,
  ],
  [
    // Sunday or public holiday
    0.76, 0.67, 0.61, 0.59, 0.58, 0.6, 0.64, 0.71, 0.81, 0.89, 0.93, 0.95, 0.95, 0.94, 0.93, 0.94, 0.98, 1.07,
    1.17, 1.22, 1.2, 1.11, 0.98, 0.85,
  ],
];

/** Activity at a minute of the local day, smooth between the hours (Catmull-Rom). */
export function activityAt(dayType: DayType, minuteOfDay: number): number {
  const hours = HOURLY[dayType] ?? [];
  const hour = Math.floor(minuteOfDay / 60);
  const x = minuteOfDay / 60 - hour;
  const at = (offset: number): number => hours[(hour + offset + 24) % 24] ?? 1;
  const [a, b, c, d] = [at(-1), at(0), at(1), at(2)];
  return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
}
