import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import type { Place } from '../open-meteo/fetch-open-meteo.js';
import { SourceError } from '../source-error.js';
import type { TimedWeather } from '../weather-reading.js';
import {
  type NwsForecast,
  type NwsPoint,
  parseNwsHourly,
  parseNwsObservations,
  parseNwsPoint,
  parseNwsStations,
} from './parse-nws.js';

/** Observations of a station in one answer: two days at five minutes. */
const MOST_OBSERVATIONS = 500;

/** The service's grid point of a place. @throws SourceError, not_found outside the United States */
export function fetchNwsPoint(client: SourceClient, { latitude, longitude }: Place): Promise<NwsPoint> {
  const at = `${latitude.toFixed(4)},${longitude.toFixed(4)}`;
  return ask(client, `/points/${at}`, `NWS point ${at}`, parseNwsPoint);
}

/** Stations near a grid point, the nearest first. @throws SourceError */
export function fetchNwsStations(client: SourceClient, point: NwsPoint): Promise<string[]> {
  return ask(client, point.stationsPath, `NWS stations of ${point.stationsPath}`, parseNwsStations);
}

/** The newest hourly forecast of a grid point. @throws SourceError */
export function fetchNwsHourly(client: SourceClient, point: NwsPoint): Promise<NwsForecast> {
  return ask(client, point.hourlyPath, `NWS forecast of ${point.hourlyPath}`, parseNwsHourly);
}

/** What a station observed since an instant, rising in time. @throws SourceError */
export function fetchNwsObservations(
  client: SourceClient,
  station: string,
  fromMs: number,
): Promise<Parsed<TimedWeather>> {
  const start = new Date(fromMs).toISOString().replace('.000Z', 'Z');
  const path = `/stations/${station}/observations?start=${start}&limit=${MOST_OBSERVATIONS}`;
  return ask(client, path, `NWS observations of ${station}`, parseNwsObservations);
}

async function ask<T>(
  client: SourceClient,
  path: string,
  what: string,
  parse: (text: string, what: string) => T,
): Promise<T> {
  const answer = await client.ask({
    path,
    what,
    read: ({ body }) => parse(body.toString('utf8'), what),
  });
  // Never asked for conditionally, so a 304 would be a mistake of the service.
  if (answer === NOT_MODIFIED) throw new SourceError('no_data', `${what}: not modified`);
  return answer;
}
