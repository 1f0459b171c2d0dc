import { DAY_MS } from '../contracts/time.js';
import type { BlockForecast, HeldOutBlock } from './held-out-block.js';

/** Longest horizons of the groups that are compared separately; everything beyond is the last group. */
const GROUP_ENDS_MINUTES = [60, 360, Number.POSITIVE_INFINITY];

/** Mean absolute percentage errors of one group of horizons, one a day, in order. */
export interface GroupScore {
  readonly fromMinutes: number;
  readonly untilMinutes: number;
  readonly challenger: readonly number[];
  readonly baseline: readonly number[];
  /** On the rows that the champion forecasts as well; days without such a row are left out of both. */
  readonly paired: { readonly challenger: readonly number[]; readonly champion: readonly number[] };
  /** Mean of forecast - actual against mean of |forecast - actual|, percent, -100 .. 100. */
  readonly biasSharePercent: number;
  /** Percent; null without bands. */
  readonly coverage80: number | null;
}

/** Rows whose actual is above 0: the others have no percentage error. */
export function scoredRows({ rows, actualMw }: HeldOutBlock): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) => (actualMw[row] ?? 0) > 0);
}

/** Groups of the block's horizons that have any: up to an hour, up to six, beyond. */
export function horizonGroups(horizonsMinutes: readonly number[]): (readonly number[])[] {
  return GROUP_ENDS_MINUTES.map((end, i) => {
    const above = GROUP_ENDS_MINUTES[i - 1] ?? 0;
    return horizonsMinutes.filter((minutes) => minutes > above && minutes <= end);
  }).filter((group) => group.length > 0);
}

/**
 * Days of the block, counted from its first origin so that they are whole ones; what is left at the end joins the last
 * day unless it is at least half a day.
 */
export function dayOfRow({ originMs, rows }: HeldOutBlock): (row: number) => number {
  const firstMs = originMs[0] ?? 0;
  const lastMs = originMs[rows - 1] ?? firstMs;
  const days = Math.max(1, Math.round((lastMs - firstMs) / DAY_MS));
  return (row) => Math.min(days - 1, Math.floor(((originMs[row] ?? firstMs) - firstMs) / DAY_MS));
}

/** Scores of a group of horizons, by day. @param champion null when there is none to compare with */
export function scoreGroup(
  block: HeldOutBlock,
  group: readonly number[],
  challenger: BlockForecast,
  champion: BlockForecast | null,
): GroupScore {
  const dayOf = dayOfRow(block);
  const rows = scoredRows(block).filter((row) => group.includes(horizonOf(block, row)));
  const paired = rows.filter((row) => Number.isFinite(champion?.mw[row]));
  const daily = (some: readonly number[], mw: Float64Array): number[] => dailyMape(block, some, dayOf, mw);
  return {
    fromMinutes: group[0] ?? 0,
    untilMinutes: group.at(-1) ?? 0,
    challenger: daily(rows, challenger.mw),
    baseline: daily(rows, block.baselineMw),
    paired: {
      challenger: daily(paired, challenger.mw),
      champion: champion === null ? [] : daily(paired, champion.mw),
    },
    biasSharePercent: biasShare(block, rows, challenger),
    coverage80: coverage(block, rows, challenger),
  };
}

export function horizonOf(block: HeldOutBlock, row: number): number {
  return block.horizonsMinutes[block.horizonIndex[row] ?? 0] ?? 0;
}

/** |forecast - actual| / actual, percent. */
export function percentError({ actualMw }: HeldOutBlock, row: number, mw: Float64Array): number {
  const actual = actualMw[row] ?? Number.NaN;
  return (100 * Math.abs((mw[row] ?? Number.NaN) - actual)) / actual;
}

function dailyMape(
  block: HeldOutBlock,
  rows: readonly number[],
  dayOf: (row: number) => number,
  mw: Float64Array,
): number[] {
  const days: { sum: number; rows: number }[] = [];
  for (const row of rows) {
    const day = (days[dayOf(row)] ??= { sum: 0, rows: 0 });
    day.sum += percentError(block, row, mw);
    day.rows += 1;
  }
  // Days without a row leave holes in the array, which flatMap skips.
  return days.flatMap(({ sum, rows: count }) => [sum / count]);
}

function biasShare({ actualMw }: HeldOutBlock, rows: readonly number[], { mw }: BlockForecast): number {
  let sum = 0;
  let absolute = 0;
  for (const row of rows) {
    const error = (mw[row] ?? Number.NaN) - (actualMw[row] ?? Number.NaN);
    sum += error;
    absolute += Math.abs(error);
  }
  return absolute === 0 ? 0 : (100 * sum) / absolute;
}

function coverage(
  { actualMw }: HeldOutBlock,
  rows: readonly number[],
  { p10, p90 }: BlockForecast,
): number | null {
  const banded = rows.filter((row) => Number.isFinite(p10[row]) && Number.isFinite(p90[row]));
  if (banded.length === 0) return null;
  const inside = banded.filter((row) => {
    const actual = actualMw[row] ?? Number.NaN;
    return actual >= (p10[row] ?? Number.NaN) && actual <= (p90[row] ?? Number.NaN);
  });
  return (100 * inside.length) / banded.length;
}
