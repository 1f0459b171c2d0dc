import type { WeatherValues } from '../features/input-event.js';
import { jsonNumber } from './parse-number.js';
import type { Problems } from './parsed.js';
import { isPossible, rounded, unitConverter, type WeatherVariable } from './weather-units.js';

/** Values of one instant, NaN where unknown. Irradiance is the mean of the hour before the instant. */
export interface TimedWeather {
  readonly timeMs: number;
  readonly values: WeatherValues;
}

/** Values of one place and instant. */
export interface PlaceWeather extends TimedWeather {
  /** Position of the place in the request. */
  readonly place: number;
}

/** Reads one value of an answer: NaN when it is missing or null, and with a problem when it is none or impossible. */
export type ReadWeather = (raw: unknown, where: string, problems: Problems) => number;

/** Reader of a variable in a stated unit, which converts to ours; null when the unit is not known. */
export function weatherReader(variable: WeatherVariable, unit: string): ReadWeather | null {
  const convert = unitConverter(variable, unit);
  if (convert === null) return null;
  return (raw, where, problems) => {
    const value = rounded(convert(jsonNumber(raw)));
    if (Number.isNaN(value) && raw !== null && raw !== undefined)
      problems.add(where, `not a number: ${JSON.stringify(raw).slice(0, 40)}`);
    if (isPossible(variable, value)) return value;
    problems.add(where, `${value} is not possible`);
    return Number.NaN;
  };
}

export function unknownUnit(unit: string): string {
  return `unknown unit ${JSON.stringify(unit.slice(0, 40))}`;
}
