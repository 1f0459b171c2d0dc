import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../contracts/time.js';
import { fetchRecentWeather, type Place } from '../../sources/open-meteo/fetch-open-meteo.js';
import type { PlaceWeather } from '../../sources/open-meteo/parse-open-meteo.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import type { SourceRecord } from '../../sources/input-record.js';
import { type Availability, type Collector, type Publisher, type RoundReport, RoundSum } from './round.js';
import { knownValues, type WeightedPlace, zoneWeather } from './zone-weather.js';

export const OPEN_METEO_SOURCE = 'open-meteo';
const FORECAST_DAYS = 3;
/** What the service gives of the past. */
const MOST_PAST_DAYS = 31;

export interface ZonePlaces {
  readonly zone: string;
  readonly points: readonly (Place & { readonly weight: number })[];
}

export interface WeatherOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly zones: readonly ZonePlaces[];
}

/** Distinct places of all zones, and where each zone's points are among them. */
export class PlaceList {
  readonly places: Place[] = [];
  readonly zones: { readonly zone: string; readonly places: readonly WeightedPlace[] }[];

  constructor(zones: readonly ZonePlaces[]) {
    this.zones = zones.map(({ zone, points }) => ({
      zone,
      places: points.map((point) => ({ place: this.indexOf(point), weight: point.weight })),
    }));
  }

  /** Observed weather of each zone, from values of past hours. */
  observed(rows: readonly PlaceWeather[], source: string, availableAt: Availability): SourceRecord[] {
    return this.zones.flatMap(({ zone, places }) =>
      zoneWeather(rows, places).map(({ timeMs, values }): SourceRecord => {
        const availableAtMs = availableAt(timeMs);
        return {
          topic: 'weather.observed',
          availableAtMs,
          value: {
            zone,
            kind: 'observed',
            validTime: toIso(timeMs),
            availableAt: toIso(availableAtMs),
            source,
            revision: 0,
            ...knownValues(values),
          },
        };
      }),
    );
  }

  private indexOf({ latitude, longitude }: Place): number {
    const found = this.places.findIndex(
      (place) => place.latitude === latitude && place.longitude === longitude,
    );
    return found >= 0 ? found : this.places.push({ latitude, longitude }) - 1;
  }
}

/**
 * Weather of the zones from Open-Meteo: hours that have passed as observed (the service's analysis of them), hours to
 * come as one forecast run. The service does not say when a run was issued, so the hour in which it was first seen
 * stands for it: it was surely known by then.
 */
export class WeatherCollector implements Collector {
  readonly name = OPEN_METEO_SOURCE;
  readonly everyMs = 30 * MINUTE_MS;
  private readonly list: PlaceList;
  /** The last path published, by zone: a run that says the same is no new run. */
  private readonly published = new Map<string, string>();

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
    const forecasts = this.forecasts(coming, nowMs);
    const records = [
      ...forecasts.map(({ record }) => record),
      ...this.list.observed(past, this.name, () => nowMs),
    ];
    sum.add(await publisher.publish(records), problems);
    for (const { zone, path } of forecasts) this.published.set(zone, path);
    return sum.report();
  }

  private forecasts(rows: readonly PlaceWeather[], nowMs: number) {
    return this.list.zones.flatMap(({ zone, places }) => {
      const points = zoneWeather(rows, places).map(({ timeMs, values }) => ({
        validTime: toIso(timeMs),
        ...knownValues(values),
      }));
      const [first, ...others] = points;
      if (first === undefined) return [];
      const path = JSON.stringify(points);
      // The passing of an hour takes a point from the front; that is no news.
      if (this.published.get(zone)?.endsWith(path.slice(1)) === true) return [];
      const issuedAt = toIso(Math.floor(nowMs / HOUR_MS) * HOUR_MS);
      const record: SourceRecord = {
        topic: 'weather.forecast',
        availableAtMs: nowMs,
        value: {
          zone,
          kind: 'forecast',
          issuedAt,
          availableAt: toIso(nowMs),
          source: this.name,
          revision: 0,
          points: [first, ...others],
        },
      };
      return [{ zone, path, record }];
    });
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
