import { NowcastError } from '../contracts/errors.js';
import { DAY_MS, toIso } from '../contracts/time.js';

/** Longer than any recorded demand; an unbounded range would ask the history for empty years. */
const MAX_RANGE_MS = 40 * 366 * DAY_MS;
/** Nowcasts reach a day ahead, weather forecasts further. */
const AHEAD_MS = 16 * DAY_MS;

/**
 * @param toMs null: all that there is, forecasts of the coming days included
 * @throws NowcastError INPUT_INVALID when the range is empty or absurdly long
 */
export function exportRange(
  fromMs: number,
  toMs: number | null,
  nowMs: number,
): { fromMs: number; toMs: number } {
  const endMs = toMs ?? Math.max(nowMs, fromMs) + AHEAD_MS;
  if (fromMs >= endMs)
    throw new NowcastError(
      'INPUT_INVALID',
      `from must be before to; from is ${toIso(fromMs)}, to is ${toIso(endMs)}`,
    );
  if (endMs - fromMs > MAX_RANGE_MS)
    throw new NowcastError('INPUT_INVALID', 'an export may span at most 40 years; choose a later from');
  return { fromMs, toMs: endMs };
}
