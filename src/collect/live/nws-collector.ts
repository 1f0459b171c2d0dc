import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { fetchNwsHourly } from '../../sources/nws/fetch-nws.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import type { PlaceWeather, TimedWeather } from '../../sources/weather-reading.js';
import { ForecastNews } from './forecast-news.js';
import { NwsPlace } from './nws-place.js';
import { PlaceList, type ZonePlaces } from './place-list.js';
import { type Collector, type Publisher, type RoundReport, RoundSum } from './round.js';

export const NWS_SOURCE = 'nws';

export interface NwsOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly zones: readonly ZonePlaces[];
  /** True: only zones whose weather from the first source is overdue are fetched. */
  readonly standby: boolean;
}

type WeatherTopic = 'weather.observed' | 'weather.forecast';

/** The first source brings an hour within the hour, and a run every six. */
const OBSERVED_OVERDUE_MS = 2.5 * HOUR_MS;
const FORECAST_OVERDUE_MS = 12 * HOUR_MS;
/** What the first source has to answer after a start. */
const FIRST_SOURCE_MS = 15 * MINUTE_MS;
/** How far ahead of its issue a run is taken. */
const FORECAST_MS = 3 * DAY_MS;
const LONGEST_LOOK_BACK_MS = 7 * DAY_MS;
/** While it stands by, one place is asked for as often as this, so that its state is known before it is needed. */
const PROBE_MS = 6 * HOUR_MS;

/**
 * Weather of the zones from the National Weather Service (United States only): reports of the nearest stations as
 * observed, the hourly forecast with the service's own issue time. As a stand-by it steps in zone by zone while the
 * first source is silent, so that the two never take turns within a series.
 */
export class NwsCollector implements Collector {
  readonly name = NWS_SOURCE;
  readonly everyMs = 30 * MINUTE_MS;
  private readonly places = new Map<string, NwsPlace>();
  private readonly news = new ForecastNews();
  private startedAtMs: number | null = null;
  private askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: NwsOptions) {}

  async round(nowMs: number): Promise<RoundReport> {
    const sum = new RoundSum();
    const zones = this.options.zones.filter(({ zone }) => this.isNeeded(zone, nowMs));
    if (zones.length > 0) await this.collect(zones, nowMs, sum);
    else if (nowMs - this.askedAtMs >= PROBE_MS) await this.probe(nowMs);
    else return sum.report();
    this.askedAtMs = nowMs;
    return sum.report();
  }

  private async collect(zones: readonly ZonePlaces[], nowMs: number, sum: RoundSum): Promise<void> {
    const list = new PlaceList(zones);
    const observed: PlaceWeather[] = [];
    const forecast: PlaceWeather[] = [];
    let issuedAtMs = Number.NEGATIVE_INFINITY;
    for (const [index, place] of list.places.entries()) {
      const known = this.placeOf(place);
      const point = await known.point(nowMs);
      if (point === null) continue;
      const run = await fetchNwsHourly(this.options.client, point);
      const past = await known.observed(this.observedFrom(zones, nowMs));
      issuedAtMs = Math.max(issuedAtMs, Math.min(run.issuedAtMs, nowMs));
      forecast.push(...at(index, run.rows, nowMs, run.issuedAtMs + FORECAST_MS));
      observed.push(...at(index, past.rows, Number.NEGATIVE_INFINITY, nowMs));
      sum.add({ published: 0, revised: 0, unchanged: 0 }, [...run.problems, ...past.problems]);
    }
    const source = this.name;
    if (issuedAtMs === Number.NEGATIVE_INFINITY) return;
    const forecasts = this.news.among(list.forecasts(forecast, { issuedAtMs, availableAtMs: nowMs, source }));
    const records = [...forecasts, ...list.observed(observed, source, () => nowMs)];
    sum.add(await this.options.publisher.publish(records), []);
    this.news.note(forecasts);
  }

  /** As a stand-by: whether the first source is silent about the zone. */
  private isNeeded(zone: string, nowMs: number): boolean {
    if (!this.options.standby) return true;
    this.startedAtMs ??= nowMs;
    return (
      this.isSilent('weather.observed', zone, nowMs, OBSERVED_OVERDUE_MS) ||
      this.isSilent('weather.forecast', zone, nowMs, FORECAST_OVERDUE_MS)
    );
  }

  private isSilent(topic: WeatherTopic, zone: string, nowMs: number, overdueMs: number): boolean {
    const newestMs = this.options.publisher.newestNotFrom(topic, zone, this.name);
    // After a start the first source is given time to answer.
    const graceMs = (this.startedAtMs ?? nowMs) + FIRST_SOURCE_MS - overdueMs;
    return nowMs - Math.max(newestMs, graceMs) > overdueMs;
  }

  /** From the newest hour that is known of every zone, within a week. */
  private observedFrom(zones: readonly ZonePlaces[], nowMs: number): number {
    const newest = zones.map(({ zone }) => {
      return this.options.publisher.span('weather.observed', zone)?.lastMs ?? nowMs - DAY_MS;
    });
    return Math.max(Math.min(...newest, nowMs - 3 * HOUR_MS), nowMs - LONGEST_LOOK_BACK_MS);
  }

  private async probe(nowMs: number): Promise<void> {
    const [first] = new PlaceList(this.options.zones).places;
    if (first === undefined) return;
    const point = await this.placeOf(first).point(nowMs);
    if (point !== null) await fetchNwsHourly(this.options.client, point);
  }

  private placeOf(place: { latitude: number; longitude: number }): NwsPlace {
    const key = `${place.latitude},${place.longitude}`;
    const known = this.places.get(key) ?? new NwsPlace(this.options.client, place);
    this.places.set(key, known);
    return known;
  }
}

function at(place: number, rows: readonly TimedWeather[], afterMs: number, untilMs: number): PlaceWeather[] {
  return rows
    .filter(({ timeMs }) => timeMs > afterMs && timeMs <= untilMs)
    .map(({ timeMs, values }) => ({ place, timeMs, values }));
}
