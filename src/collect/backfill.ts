import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import { fetchOutlookDay } from '../sources/caiso-outlook/fetch-outlook.js';
import { MAX_REQUEST_MS } from '../sources/caiso-oasis/fetch-oasis.js';
import type { SourceClient } from '../sources/http/source-client.js';
import { fetchArchivedWeather } from '../sources/open-meteo/fetch-open-meteo.js';
import type { SourceProblem } from '../sources/parsed.js';
import { SourceError } from '../sources/source-error.js';
import { addDays } from '../sources/wall-clock.js';
import type { LoadCollector } from './live/load-collector.js';
import type { OutlookCollector } from './live/outlook-collector.js';
import { type Publisher, type RoundReport, RoundSum } from './live/round.js';
import { PlaceList, type ZonePlaces } from './live/weather-collector.js';

/** One request's worth of history. */
export interface Chunk {
  readonly label: string;
  /** Everything it can bring is in the log already. */
  isHeld(): boolean;
  /** @throws SourceError; what was published before stays */
  fetch(sum: RoundSum): Promise<void>;
}

/** Of history a value counts as known when its interval ended, as with imported files. */
const atEnd = (endMs: number): number => endMs;
const ARCHIVE_DAYS = 31;

/** A file a day. Days without a file are passed over. */
export function outlookChunks(
  collector: OutlookCollector,
  client: SourceClient,
  publisher: Publisher,
  zone: string,
  fromMs: number,
  toMs: number,
): Chunk[] {
  const { clock } = collector;
  const chunks: Chunk[] = [];
  const last = clock.dateOf(toMs - 1);
  for (let date = clock.dateOf(fromMs); date <= last; date = addDays(date, 1)) {
    const day = date;
    chunks.push({
      label: day,
      isHeld: () =>
        holdsAll(
          publisher,
          zone,
          clock.startOf(day) - 5 * MINUTE_MS,
          clock.startOf(addDays(day, 1)),
          5 * MINUTE_MS,
        ),
      fetch: async (sum) => {
        const { rows, problems } = await fetchOutlookDay(client, day, clock);
        const inRange = rows.filter(
          ({ startMs, kind }) => startMs >= fromMs - 5 * MINUTE_MS && startMs < toMs && kind === 'actual',
        );
        sum.add(await collector.publish(inRange, 0, atEnd), problems);
      },
    });
  }
  return chunks;
}

/** Periods of at most 31 days. */
export function loadChunks(
  collector: LoadCollector,
  publisher: Publisher,
  zones: Iterable<string>,
  fromMs: number,
  toMs: number,
): Chunk[] {
  const all = [...zones];
  return periods(fromMs, toMs, MAX_REQUEST_MS).map(([startMs, endMs]) => ({
    label: labelOf(startMs, endMs),
    isHeld: () => all.every((zone) => holdsAll(publisher, zone, startMs, endMs, HOUR_MS)),
    fetch: (sum) => collector.fetch(startMs, endMs, 0, atEnd, sum),
  }));
}

/** Weather of the past, from the archive, which is some days behind. */
export function weatherChunks(
  client: SourceClient,
  publisher: Publisher,
  zones: readonly ZonePlaces[],
  fromMs: number,
  toMs: number,
): Chunk[] {
  const list = new PlaceList(zones);
  return periods(fromMs, toMs, ARCHIVE_DAYS * DAY_MS).map(([startMs, endMs]) => ({
    label: `weather ${labelOf(startMs, endMs)}`,
    isHeld: () =>
      zones.every(({ zone }) => {
        for (let ms = startMs; ms < endMs; ms += HOUR_MS)
          if (!publisher.holds('weather.observed', zone, ms)) return false;
        return true;
      }),
    fetch: async (sum) => {
      const { rows, problems } = await fetchArchivedWeather(
        client,
        list.places,
        dateOf(startMs),
        dateOf(endMs - 1),
      );
      const inRange = rows.filter(({ timeMs }) => timeMs >= startMs && timeMs < endMs);
      sum.add(await publisher.publish(list.observed(inRange, 'open-meteo-archive', atEnd)), problems);
    },
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

function holdsAll(publisher: Publisher, zone: string, fromMs: number, toMs: number, stepMs: number): boolean {
  for (let ms = fromMs; ms < toMs; ms += stepMs)
    if (!publisher.holds('demand.observed', zone, ms)) return false;
  return true;
}

function periods(fromMs: number, toMs: number, longestMs: number): [number, number][] {
  const found: [number, number][] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += longestMs)
    found.push([startMs, Math.min(startMs + longestMs, toMs)]);
  return found;
}

function dateOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

function labelOf(startMs: number, endMs: number): string {
  return `${dateOf(startMs)} .. ${dateOf(endMs - 1)}`;
}
