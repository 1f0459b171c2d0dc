import type { WeatherValues } from '../../features/input-event.js';
import type { PlaceWeather } from '../../sources/weather-reading.js';
import { isKnown, NO_WEATHER, rounded, type WeatherVariable } from '../../sources/weather-units.js';

/** A place of a request that stands for a share of a zone's people. */
export interface WeightedPlace {
  readonly place: number;
  readonly weight: number;
}

/** Places with at least this share of the weight must have a value, or the zone has none: no default stands in. */
const NEEDED_SHARE = 0.6;
const VARIABLES = Object.keys(NO_WEATHER) as WeatherVariable[];

/**
 * The weather of a zone: the weighted mean over its places, by time and variable, in rising time. Of a variable that
 * some places lack it is the mean of the others, as long as they stand for enough of the zone.
 */
export function zoneWeather(
  rows: readonly PlaceWeather[],
  places: readonly WeightedPlace[],
): { timeMs: number; values: WeatherValues }[] {
  const weights = new Map<number, number>();
  for (const { place, weight } of places) weights.set(place, (weights.get(place) ?? 0) + weight);
  const total = places.reduce((sum, { weight }) => sum + weight, 0);
  const byTime = new Map<number, PlaceWeather[]>();
  for (const row of rows) {
    if (!weights.has(row.place)) continue;
    const known = byTime.get(row.timeMs);
    if (known === undefined) byTime.set(row.timeMs, [row]);
    else known.push(row);
  }
  return [...byTime]
    .map(([timeMs, known]) => ({ timeMs, values: weightedMean(known, weights, total) }))
    .filter(({ values }) => isKnown(values))
    .sort((a, b) => a.timeMs - b.timeMs);
}

function weightedMean(
  rows: readonly PlaceWeather[],
  weights: ReadonlyMap<number, number>,
  total: number,
): WeatherValues {
  const mean = { ...NO_WEATHER };
  for (const variable of VARIABLES) {
    let sum = 0;
    let share = 0;
    for (const { place, values } of rows) {
      if (Number.isNaN(values[variable])) continue;
      const weight = weights.get(place) ?? 0;
      sum += weight * values[variable];
      share += weight;
    }
    if (share >= NEEDED_SHARE * total) Object.assign(mean, { [variable]: rounded(sum / share) });
  }
  return mean;
}

/** Only what is known, as records carry it. */
export function knownValues(values: WeatherValues): Partial<WeatherValues> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !Number.isNaN(value as number)));
}
