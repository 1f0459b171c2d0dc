import { toIso } from '../../contracts/time.js';
import type { WeatherValues } from '../../features/input-event.js';
import type { SourceRecord } from '../../sources/input-record.js';
import type { Place } from '../../sources/open-meteo/fetch-open-meteo.js';
import type { PlaceWeather } from '../../sources/weather-reading.js';
import type { Availability } from './records.js';
import { knownValues, type WeightedPlace, zoneWeather } from './zone-weather.js';

export interface ZonePlaces {
  readonly zone: string;
  readonly points: readonly (Place & { readonly weight: number })[];
}

/** One run of a weather forecast. */
export interface ForecastRun {
  readonly issuedAtMs: number;
  readonly availableAtMs: number;
  readonly source: string;
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
      zoneWeather(rows, places).map(({ timeMs, values }) =>
        observedRecord(zone, timeMs, values, source, availableAt(timeMs)),
      ),
    );
  }

  /** One forecast of each zone that has any value, its points rising in time. */
  forecasts(rows: readonly PlaceWeather[], run: ForecastRun): ZoneForecast[] {
    return this.zones.flatMap(({ zone, places }) => {
      const [first, ...others] = zoneWeather(rows, places).map(({ timeMs, values }) => ({
        validTime: toIso(timeMs),
        ...knownValues(values),
      }));
      return first === undefined ? [] : [forecastRecord(zone, [first, ...others], run)];
    });
  }

  private indexOf({ latitude, longitude }: Place): number {
    const found = this.places.findIndex(
      (place) => place.latitude === latitude && place.longitude === longitude,
    );
    return found >= 0 ? found : this.places.push({ latitude, longitude }) - 1;
  }
}

export type ZoneForecast = Extract<SourceRecord, { topic: 'weather.forecast' }>;

function observedRecord(
  zone: string,
  timeMs: number,
  values: WeatherValues,
  source: string,
  availableAtMs: number,
): SourceRecord {
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
}

function forecastRecord(
  zone: string,
  points: ZoneForecast['value']['points'],
  { issuedAtMs, availableAtMs, source }: ForecastRun,
): ZoneForecast {
  return {
    topic: 'weather.forecast',
    availableAtMs,
    value: {
      zone,
      kind: 'forecast',
      issuedAt: toIso(issuedAtMs),
      availableAt: toIso(availableAtMs),
      source,
      revision: 0,
      points,
    },
  };
}
