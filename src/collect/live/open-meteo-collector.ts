import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { fetchRecentWeather } from '../../sources/open-meteo/fetch-open-meteo.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import { ForecastNews } from './forecast-news.js';
import { PlaceList, type ZonePlaces } from './place-list.js';
import { type Collector, type Publisher, type RoundReport, RoundSum } from './round.js';

export const OPEN_METEO_SOURCE = 'open-meteo';
const FORECAST_DAYS = 3;
/** What is asked for of the past at most. */
const MOST_PAST_DAYS = 31;

export interface WeatherOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly zones: readonly ZonePlaces[];
}

/**
 * Weather of the zones from Open-Meteo: hours that have passed as observed (the service's analysis of them), hours to
 * come as one forecast run. The service does not say when a run was issued, so the hour in which it was first seen
 * stands for it: it was surely known by then.
 */
export class OpenMeteoCollector implements Collector {
  readonly name = OPEN_METEO_SOURCE;
  readonly everyMs = 30 * MINUTE_MS;
  private readonly list: PlaceList;
  private readonly news = new ForecastNews();

  constructor(private readonly options: WeatherOptions) {
    this.list = new PlaceList(options.zones);
  }

  async round(nowMs: number): Promise<RoundReport> {
    const { client, publisher } = this.options;
    const sum = new RoundSum();
    const { rows, problems } = await fetchRecentWeather(
      client,
      this.list.places,
      this.pastDays(nowMs),
      FORECAST_DAYS,
    );
    const past = rows.filter(({ timeMs }) => timeMs <= nowMs);
    const coming = rows.filter(({ timeMs }) => timeMs > nowMs);
    const run = {
      issuedAtMs: Math.floor(nowMs / HOUR_MS) * HOUR_MS,
      availableAtMs: nowMs,
      source: this.name,
    };
    const forecasts = this.news.among(this.list.forecasts(coming, run));
    const records = [...forecasts, ...this.list.observed(past, this.name, () => nowMs)];
    sum.add(await publisher.publish(records), problems);
    this.news.note(forecasts);
    return sum.report();
  }

  /** Enough to reach back over the newest hour that is known of every zone. */
  private pastDays(nowMs: number): number {
    const newest = this.options.zones.map(
      ({ zone }) => this.options.publisher.span('weather.observed', zone)?.lastMs ?? nowMs - DAY_MS,
    );
    const days = Math.ceil((nowMs - Math.min(...newest)) / DAY_MS) + 1;
    return Math.min(MOST_PAST_DAYS, Math.max(1, days));
  }
}
