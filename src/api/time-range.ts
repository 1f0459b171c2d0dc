import { NowcastError } from '../contracts/errors.js';
import { DAY_MS, parseIso, toIso } from '../contracts/time.js';

const DEFAULT_RANGE_MS = DAY_MS;
/** Points that one answer may hold. */
export const MAX_RANGE_POINTS = 50_000;
/** What a "+" of an offset becomes when it was not percent-encoded in the address. */
const SPACE_OFFSET = / (\d{2}:?\d{2})$/;

export interface RangeQuery {
  readonly from?: string;
  readonly to?: string;
  /** Steps of one page, from the start on. */
  readonly limit?: number;
}

export interface ResolvedRange {
  /** Inclusive, epoch milliseconds. */
  readonly fromMs: number;
  /** Exclusive, epoch milliseconds. */
  readonly toMs: number;
  /** What is left for the next pages; null on the last one. */
  readonly rest: { readonly fromMs: number; readonly toMs: number } | null;
}

/**
 * Reads a time parameter.
 * @throws NowcastError INPUT_INVALID naming the parameter and showing a right one
 */
export function timeParameter(name: string, text: string): number {
  try {
    return parseIso(text.replace(SPACE_OFFSET, '+$1'));
  } catch {
    throw new NowcastError(
      'INPUT_INVALID',
      `${name} must be an ISO 8601 time with an offset or Z, for example ${name}=2024-07-01T00:00:00Z; got ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}

/**
 * The range to answer: by default the last 24 h up to the newest data known, so that a replay of old data has
 * something to show.
 * @param stepMs step of the zone
 * @param latestMs start of the newest interval known, or null without any
 * @param maxSteps steps that one answer may hold
 * @throws NowcastError INPUT_INVALID when a time is wrong, the range is empty, or it holds too many points
 */
export function resolveRange(
  query: RangeQuery,
  stepMs: number,
  latestMs: number | null,
  nowMs: number,
  maxSteps = MAX_RANGE_POINTS,
): ResolvedRange {
  const endMs = latestMs === null ? nowMs : latestMs + stepMs;
  const givenFromMs = query.from === undefined ? null : timeParameter('from', query.from);
  const givenToMs = query.to === undefined ? null : timeParameter('to', query.to);
  const toMs =
    givenToMs ?? (givenFromMs !== null && givenFromMs >= endMs ? givenFromMs + DEFAULT_RANGE_MS : endMs);
  const fromMs = givenFromMs ?? toMs - DEFAULT_RANGE_MS;
  if (fromMs >= toMs) {
    throw new NowcastError(
      'INPUT_INVALID',
      `from must be before to; from is ${toIso(fromMs)}, to is ${toIso(toMs)}`,
    );
  }
  if (query.limit !== undefined) return pageOfRange(fromMs, toMs, query.limit * stepMs);
  const points = Math.ceil((toMs - fromMs) / stepMs);
  if (points > maxSteps) {
    const days = Math.floor((maxSteps * stepMs) / DAY_MS);
    throw new NowcastError(
      'INPUT_INVALID',
      `the range holds up to ${points} points and one answer at most ${maxSteps}: ask for at most ${days} days at a time, or page with limit`,
    );
  }
  return { fromMs, toMs, rest: null };
}

function pageOfRange(fromMs: number, toMs: number, pageMs: number): ResolvedRange {
  const endMs = fromMs + pageMs;
  if (endMs >= toMs) return { fromMs, toMs, rest: null };
  return { fromMs, toMs: endMs, rest: { fromMs: endMs, toMs } };
}
