import type { RoundSum } from './live/round.js';

/** One request's worth of history. */
export interface Chunk {
  readonly label: string;
  /** Everything it can bring is in the log already. */
  isHeld(): boolean;
  /** @throws SourceError; what was published before stays */
  fetch(sum: RoundSum): Promise<void>;
}

/** Splits [fromMs, toMs) into periods of at most a length. */
export function periods(fromMs: number, toMs: number, longestMs: number): [number, number][] {
  const found: [number, number][] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += longestMs)
    found.push([startMs, Math.min(startMs + longestMs, toMs)]);
  return found;
}

/** UTC date, YYYY-MM-DD. */
export function dateOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

export function labelOf(startMs: number, endMs: number): string {
  return `${dateOf(startMs)} .. ${dateOf(endMs - 1)}`;
}
