import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import { MAX_REQUEST_MS } from '../sources/caiso-oasis/fetch-oasis.js';
import type { SourceProblem } from '../sources/parsed.js';
import { SourceError } from '../sources/source-error.js';
import { addDays } from '../sources/wall-clock.js';
import { type Chunk, labelOf, periods } from './chunks.js';
import type { OasisCollector } from './live/oasis-collector.js';
import type { OutlookCollector } from './live/outlook-collector.js';
import { type Publisher, type RoundReport, RoundSum } from './live/round.js';

/** Of history a value counts as known when its interval ended, as with imported files. */
const atEnd = (endMs: number): number => endMs;
const OUTLOOK_STEP_MS = 5 * MINUTE_MS;

/** A file a day. Days without a file are passed over. Forecasts are left out: nothing says when they were known. */
export function outlookChunks(collector: OutlookCollector, fromMs: number, toMs: number): Chunk[] {
  const { clock } = collector;
  const chunks: Chunk[] = [];
  const last = clock.dateOf(toMs - 1);
  for (let date = clock.dateOf(fromMs); date <= last; date = addDays(date, 1)) {
    const day = date;
    const startMs = Math.max(clock.startOf(day), fromMs) - OUTLOOK_STEP_MS;
    const endMs = Math.min(clock.startOf(addDays(day, 1)), toMs);
    chunks.push({
      label: day,
      isHeld: () => {
        for (let ms = startMs; ms < endMs; ms += OUTLOOK_STEP_MS) if (!collector.holds(ms)) return false;
        return true;
      },
      fetch: (sum) =>
        collector.fetchDay(
          day,
          atEnd,
          sum,
          ({ startMs, kind }) => startMs >= fromMs - OUTLOOK_STEP_MS && startMs < toMs && kind === 'actual',
        ),
    });
  }
  return chunks;
}

/** Measured load in periods of at most 31 days. */
export function loadChunks<Row extends { readonly startMs: number }>(
  collector: OasisCollector<Row>,
  publisher: Publisher,
  zones: Iterable<string>,
  fromMs: number,
  toMs: number,
): Chunk[] {
  const all = [...zones];
  const holds = (zone: string, startMs: number, endMs: number): boolean => {
    for (let ms = startMs; ms < endMs; ms += HOUR_MS)
      if (!publisher.holds('demand.observed', zone, ms)) return false;
    return true;
  };
  return periods(fromMs, toMs, MAX_REQUEST_MS).map(([startMs, endMs]) => ({
    label: labelOf(startMs, endMs),
    isHeld: () => all.every((zone) => holds(zone, startMs, endMs)),
    fetch: (sum) => collector.fetch(startMs, endMs, atEnd, sum),
  }));
}

export interface BackfillReport extends RoundReport {
  readonly chunks: number;
  /** Of which everything was in the log before. */
  readonly skipped: number;
  /** For which the source has nothing. */
  readonly empty: number;
  /** False when the signal stopped it. */
  readonly complete: boolean;
}

/**
 * Fetches chunks in order. What the log already holds is not asked for, so a backfill that was cut off is simply run
 * again.
 * @throws SourceError when a source fails for good; what was fetched before is in the log
 */
export async function backfill(
  chunks: readonly Chunk[],
  signal: AbortSignal,
  onProgress: (done: number, total: number, label: string) => void,
): Promise<BackfillReport> {
  const sum = new RoundSum();
  const empties: SourceProblem[] = [];
  let skipped = 0;
  for (const [i, chunk] of chunks.entries()) {
    if (signal.aborted) return result(sum, chunks.length, skipped, empties, false);
    if (chunk.isHeld()) skipped++;
    else {
      try {
        await chunk.fetch(sum);
      } catch (error) {
        if (!(error instanceof SourceError) || (error.kind !== 'not_found' && error.kind !== 'no_data'))
          throw error;
        empties.push({ where: chunk.label, reason: error.message });
      }
    }
    onProgress(i + 1, chunks.length, chunk.label);
  }
  return result(sum, chunks.length, skipped, empties, true);
}

function result(
  sum: RoundSum,
  chunks: number,
  skipped: number,
  empties: readonly SourceProblem[],
  complete: boolean,
): BackfillReport {
  const report = sum.report();
  return {
    ...report,
    problems: [...report.problems, ...empties],
    chunks,
    skipped,
    empty: empties.length,
    complete,
  };
}
