import { NowcastError } from '../contracts/errors.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';

/** Blocks in rising time. Every instant is the start of an interval; `untilMs` is an availableAt. */
export interface TimeBlocks {
  readonly firstMs: number;
  readonly validationFromMs: number;
  readonly heldOutFromMs: number;
  /** Nothing that became available later is used. */
  readonly untilMs: number;
}

export const TRAIN = 0;
export const VALIDATION = 1;
export const HELD_OUT = 2;
/** Its origin and target lie in different blocks: in neither, so that no block knows another's actuals. */
export const BETWEEN = 3;

const LATER_SHARE = 0.15;
const LONGEST_BLOCK_MS = 28 * DAY_MS;
/** Least train block of a zone that is trained on its own rows alone. */
export const SHORTEST_TRAIN_MS = 3 * DAY_MS;
/** The same of a zone that other zones lend rows to. Measured: see docs/training.md. */
export const SHORTEST_POOLED_TRAIN_MS = DAY_MS;
/** A day of ramps is needed before the first usable origin. */
export const WARM_UP_MS = 25 * HOUR_MS;

/**
 * Cuts the time that the events cover into train | validation | held-out.
 * @param events of one zone, only those that count
 * @param shortestTrainMs least train block
 * @throws NowcastError TRAINING_DATA_SHORT saying how much there is and how much is needed
 */
export function cutTime(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  shortestTrainMs = SHORTEST_TRAIN_MS,
): TimeBlocks {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    untilMs = Math.max(untilMs, event.availableAtMs);
    if (event.type !== 'demand') continue;
    first = Math.min(first, event.validTimeMs);
    // A value dated in the future is quarantined later; it must not stretch the time line.
    last = Math.max(last, Math.min(event.validTimeMs, event.availableAtMs));
  }
  const longestMs = (profile.horizonsMinutes.at(-1) ?? 0) * MINUTE_MS;
  const shortestBlockMs = longestMs + DAY_MS;
  const neededMs = WARM_UP_MS + shortestTrainMs + longestMs + 2 * shortestBlockMs;
  const coveredMs = last - first + profile.stepMs;
  if (!(coveredMs >= neededMs)) throw tooShort(profile.zone, first, last, coveredMs, neededMs);
  const firstMs = first + WARM_UP_MS;
  const laterMs = Math.min(LONGEST_BLOCK_MS, Math.max(shortestBlockMs, LATER_SHARE * (last - firstMs)));
  const onGrid = (ms: number) => Math.floor(ms / profile.stepMs) * profile.stepMs;
  const heldOutFromMs = onGrid(last - laterMs);
  return { firstMs, validationFromMs: onGrid(heldOutFromMs - laterMs), heldOutFromMs, untilMs };
}

/** The block that a row belongs to, by its origin and its target. */
export function blockOf(originMs: number, targetMs: number, blocks: TimeBlocks): number {
  if (targetMs < blocks.validationFromMs) return TRAIN;
  if (originMs >= blocks.heldOutFromMs) return HELD_OUT;
  if (originMs >= blocks.validationFromMs && targetMs < blocks.heldOutFromMs) return VALIDATION;
  return BETWEEN;
}

function tooShort(
  zone: string,
  first: number,
  last: number,
  coveredMs: number,
  neededMs: number,
): NowcastError {
  const days = (ms: number) => (ms / DAY_MS).toFixed(1);
  const have = Number.isFinite(coveredMs)
    ? `${days(coveredMs)} days of demand (${toIso(first)} to ${toIso(last)})`
    : 'no demand';
  return new NowcastError(
    'TRAINING_DATA_SHORT',
    `zone ${zone} has ${have}; training needs at least ${days(neededMs)} days: import more history or wait`,
    { context: { zone, neededDays: Number(days(neededMs)) } },
  );
}
