import { DAY_MS, HOUR_MS } from '../contracts/time.js';
import type { SourceClient } from '../sources/http/source-client.js';
import {
  type DateRange,
  fetchArchivedWeather,
  fetchHistoricalForecast,
  fetchPreviousRuns,
} from '../sources/open-meteo/fetch-open-meteo.js';
import type { Parsed } from '../sources/parsed.js';
import type { PlaceWeather } from '../sources/weather-reading.js';
import { type Chunk, dateOf, labelOf, periods } from './chunks.js';
import { PlaceList, type ZonePlaces } from './live/place-list.js';
import type { Publisher } from './live/round.js';

/** A weather service's clients for what has passed. */
export interface WeatherHistory {
  readonly archive: SourceClient;
  readonly historicalForecast: SourceClient;
  readonly previousRuns: SourceClient;
  readonly publisher: Publisher;
  readonly zones: readonly ZonePlaces[];
}

const CHUNK_MS = 31 * DAY_MS;
/** The archive is some days behind; the joined forecasts take over there. */
const ARCHIVE_DELAY_MS = 5 * DAY_MS;
const RUN_EVERY_MS = 6 * HOUR_MS;
/** Hours that a rebuilt run reaches ahead: a day, and what a nowcast's origin may lie behind it. */
const RUN_HOURS = 36;
/** From the start of a model run until it is published, and a margin. */
const RUN_DELAY_MS = 6 * HOUR_MS;

/** Of history an hour counts as known when it is over, as with imported files. */
const atEnd = (timeMs: number): number => timeMs;

/** Requests for the weather of [fromMs, toMs): observed from the archive and its successor, and forecasts as they were known. */
export function weatherChunks(history: WeatherHistory, fromMs: number, toMs: number, nowMs: number): Chunk[] {
  const list = new PlaceList(history.zones);
  const archivedToMs = Math.floor((nowMs - ARCHIVE_DELAY_MS) / DAY_MS) * DAY_MS;
  const archivedMs = Math.max(fromMs, Math.min(toMs, archivedToMs));
  return [
    ...observedChunks(history, list, 'open-meteo-archive', [fromMs, archivedMs]),
    ...observedChunks(history, list, 'open-meteo-historical-forecast', [archivedMs, toMs]),
    ...periods(fromMs, toMs, CHUNK_MS).map(([startMs, endMs]) =>
      forecastChunk(history, list, startMs, endMs),
    ),
  ];
}

function observedChunks(
  { archive, historicalForecast, publisher, zones }: WeatherHistory,
  list: PlaceList,
  source: 'open-meteo-archive' | 'open-meteo-historical-forecast',
  [fromMs, toMs]: readonly [number, number],
): Chunk[] {
  const fetch = (dates: DateRange): Promise<Parsed<PlaceWeather>> =>
    source === 'open-meteo-archive'
      ? fetchArchivedWeather(archive, list.places, dates)
      : fetchHistoricalForecast(historicalForecast, list.places, dates);
  return periods(fromMs, toMs, CHUNK_MS).map(([startMs, endMs]) => ({
    label: `weather ${labelOf(startMs, endMs)}`,
    isHeld: () => holdsAll(publisher, zones, 'weather.observed', startMs, endMs, HOUR_MS),
    fetch: async (sum) => {
      const { rows, problems } = await fetch({ from: dateOf(startMs), to: dateOf(endMs - 1) });
      const inRange = rows.filter(({ timeMs }) => timeMs >= startMs && timeMs < endMs);
      sum.add(await publisher.publish(list.observed(inRange, source, atEnd)), problems);
    },
  }));
}

function forecastChunk(
  { previousRuns, publisher, zones }: WeatherHistory,
  list: PlaceList,
  startMs: number,
  endMs: number,
): Chunk {
  const firstMs = Math.ceil(startMs / RUN_EVERY_MS) * RUN_EVERY_MS;
  return {
    label: `weather forecasts ${labelOf(startMs, endMs)}`,
    isHeld: () => holdsAll(publisher, zones, 'weather.forecast', firstMs, endMs, RUN_EVERY_MS),
    fetch: async (sum) => {
      const dates = { from: dateOf(startMs), to: dateOf(endMs + RUN_HOURS * HOUR_MS) };
      const [day1, day2] = await fetchPreviousRuns(previousRuns, list.places, dates);
      const records = [];
      for (let runMs = firstMs; runMs < endMs; runMs += RUN_EVERY_MS) {
        const run = { issuedAtMs: runMs, availableAtMs: runMs, source: 'open-meteo-previous-runs' };
        records.push(...list.forecasts(knownAt(runMs, day1.rows, day2.rows), run));
      }
      sum.add(await publisher.publish(records), [...day1.problems, ...day2.problems]);
    },
  };
}

/**
 * What was known of the coming hours at an instant: what the run of a day before an hour said, as far as that run had
 * been published by then, and beyond it what the run of two days before said. Never a later run.
 */
export function knownAt(
  runMs: number,
  dayBefore: readonly PlaceWeather[],
  twoDaysBefore: readonly PlaceWeather[],
): PlaceWeather[] {
  const turnMs = runMs + DAY_MS - RUN_DELAY_MS;
  const endMs = runMs + Math.min(RUN_HOURS * HOUR_MS, 2 * DAY_MS - RUN_DELAY_MS);
  return [
    ...dayBefore.filter(({ timeMs }) => timeMs > runMs && timeMs <= turnMs),
    ...twoDaysBefore.filter(({ timeMs }) => timeMs > turnMs && timeMs <= endMs),
  ];
}

function holdsAll(
  publisher: Publisher,
  zones: readonly { readonly zone: string }[],
  topic: 'weather.observed' | 'weather.forecast',
  fromMs: number,
  toMs: number,
  stepMs: number,
): boolean {
  return zones.every(({ zone }) => {
    for (let ms = fromMs; ms < toMs; ms += stepMs) if (!publisher.holds(topic, zone, ms)) return false;
    return true;
  });
}
