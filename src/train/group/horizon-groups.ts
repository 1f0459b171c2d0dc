/**
 * Horizons that share their models. 5 minutes and a day have little in common, 3 h and 3 h 15 almost everything: a group
 * ends where the next horizon is more than `WIDEST_RATIO` times its first one.
 */
export interface HorizonGroup {
  /** Position of its first horizon among all. */
  readonly first: number;
  readonly horizonsMinutes: readonly number[];
}

const WIDEST_RATIO = 1.6;

/** @param horizonsMinutes rising */
export function groupHorizons(horizonsMinutes: readonly number[]): HorizonGroup[] {
  const groups: { first: number; horizonsMinutes: number[] }[] = [];
  horizonsMinutes.forEach((minutes, index) => {
    const last = groups.at(-1);
    const start = last?.horizonsMinutes[0] ?? Number.NaN;
    if (last !== undefined && minutes <= start * WIDEST_RATIO) last.horizonsMinutes.push(minutes);
    else groups.push({ first: index, horizonsMinutes: [minutes] });
  });
  return groups;
}

/** Group number of every horizon. */
export function groupOfHorizon(groups: readonly HorizonGroup[]): Uint16Array {
  return Uint16Array.from(groups.flatMap((group, number) => group.horizonsMinutes.map(() => number)));
}
