import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import { SourceError } from '../source-error.js';
import type { PlaceWeather } from '../weather-reading.js';
import { parseOpenMeteo } from './parse-open-meteo.js';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

const VARIABLES = 'temperature_2m,relative_humidity_2m,wind_speed_10m,cloud_cover,shortwave_radiation';
const UNITS = 'timezone=GMT&wind_speed_unit=ms&temperature_unit=celsius';

/** The last days and the coming ones, hourly. @throws SourceError */
export function fetchRecentWeather(
  client: SourceClient,
  places: readonly Place[],
  pastDays: number,
  forecastDays: number,
): Promise<Parsed<PlaceWeather>> {
  const range = `past_days=${pastDays}&forecast_days=${forecastDays}`;
  return hourly(
    client,
    `/v1/forecast?${at(places)}&hourly=${VARIABLES}&${UNITS}&${range}`,
    'Open-Meteo forecast',
  );
}

/** Dates of a request, YYYY-MM-DD, both included. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** Reanalysis of past days, some five days behind. @throws SourceError */
export function fetchArchivedWeather(
  client: SourceClient,
  places: readonly Place[],
  dates: DateRange,
): Promise<Parsed<PlaceWeather>> {
  const query = `${at(places)}&hourly=${VARIABLES}&${UNITS}&${range(dates)}`;
  return hourly(client, `/v1/archive?${query}`, 'Open-Meteo archive');
}

/** The first hours of each past forecast run, joined: past days without the archive's delay. @throws SourceError */
export function fetchHistoricalForecast(
  client: SourceClient,
  places: readonly Place[],
  dates: DateRange,
): Promise<Parsed<PlaceWeather>> {
  const query = `${at(places)}&hourly=${VARIABLES}&${UNITS}&${range(dates)}`;
  return hourly(client, `/v1/forecast?${query}`, 'Open-Meteo historical forecast');
}

/** What the runs of one and of two days before said of each hour. */
export type PreviousRuns = readonly [dayBefore: Parsed<PlaceWeather>, twoDaysBefore: Parsed<PlaceWeather>];

/** Forecasts of past days as they were known one and two days before (since 2024). @throws SourceError */
export async function fetchPreviousRuns(
  client: SourceClient,
  places: readonly Place[],
  dates: DateRange,
): Promise<PreviousRuns> {
  const what = 'Open-Meteo previous runs';
  const names = [1, 2].flatMap((day) => VARIABLES.split(',').map((name) => `${name}_previous_day${day}`));
  const answer = await client.ask({
    path: `/v1/forecast?${at(places)}&hourly=${names.join(',')}&${UNITS}&${range(dates)}`,
    what,
    read: ({ body }): PreviousRuns => {
      const text = body.toString('utf8');
      const day = (suffix: string) => parseOpenMeteo(text, 'hourly', what, suffix);
      return [day('_previous_day1'), day('_previous_day2')];
    },
  });
  if (answer === NOT_MODIFIED) throw new SourceError('no_data', `${what}: not modified`);
  return answer;
}

function range({ from, to }: DateRange): string {
  return `start_date=${from}&end_date=${to}`;
}

function at(places: readonly Place[]): string {
  const list = (pick: (place: Place) => number): string =>
    places.map((place) => pick(place).toFixed(4)).join(',');
  return `latitude=${list(({ latitude }) => latitude)}&longitude=${list(({ longitude }) => longitude)}`;
}

async function hourly(client: SourceClient, path: string, what: string): Promise<Parsed<PlaceWeather>> {
  const answer = await client.ask({
    path,
    what,
    read: ({ body }) => parseOpenMeteo(body.toString('utf8'), 'hourly', what),
  });
  return answer === NOT_MODIFIED ? { rows: [], problems: [] } : answer;
}
