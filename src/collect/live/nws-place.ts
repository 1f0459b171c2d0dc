import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { fetchNwsObservations, fetchNwsPoint, fetchNwsStations } from '../../sources/nws/fetch-nws.js';
import type { NwsPoint } from '../../sources/nws/parse-nws.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import type { Place } from '../../sources/open-meteo/fetch-open-meteo.js';
import type { Parsed } from '../../sources/parsed.js';
import { SourceError } from '../../sources/source-error.js';
import type { TimedWeather } from '../../sources/weather-reading.js';

/** Grid points and stations change rarely; a place that the service does not cover may be covered one day. */
const KEEP_MS = 7 * DAY_MS;
const MOST_STATIONS = 3;
/** Stations report some minutes before the hour that the report is for. */
const AROUND_HOUR_MS = 15 * MINUTE_MS;

/** One place as the National Weather Service knows it: its grid point, and the stations near it. */
export class NwsPlace {
  private known: { readonly point: NwsPoint; readonly stations: readonly string[] } | null = null;
  private knownUntilMs = Number.NEGATIVE_INFINITY;
  private station = 0;

  constructor(
    private readonly client: SourceClient,
    private readonly place: Place,
  ) {}

  /** The grid point; null where the service has none. @throws SourceError */
  async point(nowMs: number): Promise<NwsPoint | null> {
    if (nowMs >= this.knownUntilMs) {
      this.known = await this.look();
      this.knownUntilMs = nowMs + KEEP_MS;
    }
    return this.known?.point ?? null;
  }

  /** Hourly weather since an instant; of a station that is silent the next one is asked. @throws SourceError */
  async observed(fromMs: number): Promise<Parsed<TimedWeather>> {
    const stations = this.known?.stations.slice(0, MOST_STATIONS) ?? [];
    for (let tried = 0; tried < stations.length; tried++) {
      const name = stations[this.station % stations.length] ?? '';
      const { rows, problems } = await this.ask(name, fromMs - AROUND_HOUR_MS);
      if (rows.length > 0) return { rows: onTheHour(rows), problems };
      this.station++;
    }
    return { rows: [], problems: [] };
  }

  private async ask(station: string, fromMs: number): Promise<Parsed<TimedWeather>> {
    try {
      return await fetchNwsObservations(this.client, station, fromMs);
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'not_found') return { rows: [], problems: [] };
      throw error;
    }
  }

  private async look() {
    try {
      const point = await fetchNwsPoint(this.client, this.place);
      return { point, stations: await fetchNwsStations(this.client, point) };
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'not_found') return null;
      throw error;
    }
  }
}

/** Stations report at minutes of their own; the report nearest to an hour, by a quarter at most, stands for it. */
export function onTheHour(rows: readonly TimedWeather[]): TimedWeather[] {
  const nearest = new Map<number, TimedWeather>();
  for (const row of rows) {
    const hourMs = Math.round(row.timeMs / HOUR_MS) * HOUR_MS;
    const distanceMs = Math.abs(row.timeMs - hourMs);
    const before = nearest.get(hourMs);
    if (distanceMs > AROUND_HOUR_MS) continue;
    if (before === undefined || distanceMs < Math.abs(before.timeMs - hourMs)) nearest.set(hourMs, row);
  }
  return [...nearest].map(([timeMs, { values }]) => ({ timeMs, values })).sort((a, b) => a.timeMs - b.timeMs);
}
