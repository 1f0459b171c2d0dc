import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import { parseOpenMeteo, type PlaceWeather } from './parse-open-meteo.js';

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

/** Reanalysis of past days (dates inclusive, YYYY-MM-DD), some five days behind. @throws SourceError */
export function fetchArchivedWeather(
  client: SourceClient,
  places: readonly Place[],
  fromDate: string,
  toDate: string,
): Promise<Parsed<PlaceWeather>> {
  const range = `start_date=${fromDate}&end_date=${toDate}`;
  return hourly(
    client,
    `/v1/archive?${at(places)}&hourly=${VARIABLES}&${UNITS}&${range}`,
    'Open-Meteo archive',
  );
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
