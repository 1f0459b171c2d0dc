import { MINUTE_MS } from '../../contracts/time.js';
import type { Problems } from '../parsed.js';
import { addDays, type WallClock, wallMsOf } from '../wall-clock.js';
import type { OutlookLabel } from './parse-table.js';

const STEP_MS = 5 * MINUTE_MS;
const LAST_MINUTE = 24 * 60 - 5;

/** Where a label stands: the instant at which its interval ends, or why that cannot be said. */
export type LabelTime = { readonly endMs: number } | { readonly refused: string | null };

/**
 * Gives each label of a day file its instant. Labels are the wall clock's; the last 00:00, after 23:55, belongs to
 * the next day. The hour that spring skips does not exist. The hour that autumn repeats is published once: a label in
 * it stands for the instant that had passed when the file was read, and where both had passed nothing says which one
 * it is, so it is left out. Where the hour is there twice, the first is the earlier.
 * @param date of the day file, YYYY-MM-DD
 * @param asOfMs when it was read
 */
export function parseLabelTimes(
  labels: readonly (OutlookLabel | null)[],
  date: string,
  clock: WallClock,
  asOfMs: number,
  problems: Problems,
): LabelTime[] {
  const walls = labels.map((label, i) =>
    label === null ? Number.NaN : wallOf(label, labels[i - 1] ?? null, i, date),
  );
  const positions = new Map<number, number[]>();
  walls.forEach((wallMs, i) => {
    if (!Number.isNaN(wallMs)) positions.set(wallMs, [...(positions.get(wallMs) ?? []), i]);
  });
  return walls.map((wallMs, i) => {
    if (Number.isNaN(wallMs)) {
      if (labels[i] !== null)
        problems.add(labels[i]?.text ?? '', 'a midnight that is neither the first nor the last');
      return { refused: null };
    }
    return place(clock.instantsOf(wallMs), positions.get(wallMs) ?? [], i, asOfMs);
  });
}

function place(
  instants: readonly number[],
  positions: readonly number[],
  position: number,
  asOfMs: number,
): LabelTime {
  const [first, second] = instants;
  if (first === undefined) return { refused: 'the clock skips this time of day' };
  if (second === undefined)
    return positions.length > 1 ? { refused: 'the label is there twice' } : { endMs: first };
  if (positions.length === 2) return { endMs: position === positions[0] ? first : second };
  if (positions.length === 1 && asOfMs < second) return { endMs: first };
  return { refused: 'the clock shows this time twice, and nothing says which one is meant' };
}

/** Wall-clock reading of a label as if it were UTC; NaN for a midnight in the middle of the file. */
function wallOf(label: OutlookLabel, before: OutlookLabel | null, position: number, date: string): number {
  const minuteMs = label.minuteOfDay * MINUTE_MS;
  if (label.date !== null) return wallMsOf(label.date) + minuteMs;
  if (label.minuteOfDay !== 0) return wallMsOf(date) + minuteMs;
  if (before?.minuteOfDay === LAST_MINUTE) return wallMsOf(addDays(date, 1));
  return position === 0 ? wallMsOf(date) : Number.NaN;
}

/** Start of the 5-minute interval that ends at an instant. */
export function intervalStart(endMs: number): number {
  return endMs - STEP_MS;
}
