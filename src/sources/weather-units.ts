import type { WeatherValues } from '../features/input-event.js';

export type WeatherVariable = keyof WeatherValues;

export const NO_WEATHER: WeatherValues = {
  temperatureC: Number.NaN,
  shortwaveWm2: Number.NaN,
  cloudPct: Number.NaN,
  humidityPct: Number.NaN,
  windMs: Number.NaN,
};

const same = (value: number): number => value;
const fahrenheit = (value: number): number => ((value - 32) * 5) / 9;
const kmh = (value: number): number => value / 3.6;
const mph = (value: number): number => value * 0.44704;
const knots = (value: number): number => value * 0.514444;

/** Units that sources state, by variable. One that is not here is refused, never guessed at. */
const CONVERT: Readonly<Record<WeatherVariable, Readonly<Record<string, (value: number) => number>>>> = {
  temperatureC: { '°C': same, degC: same, C: same, '°F': fahrenheit, degF: fahrenheit, F: fahrenheit },
  humidityPct: { '%': same, percent: same },
  cloudPct: { '%': same, percent: same },
  windMs: { 'm/s': same, 'm_s-1': same, 'km/h': kmh, 'km_h-1': kmh, 'mp/h': mph, mph, kn: knots, kt: knots },
  shortwaveWm2: { 'W/m²': same, 'W_m-2': same },
};

/** Beyond what was ever measured on Earth: a mistake of the source. */
const POSSIBLE: Readonly<Record<WeatherVariable, readonly [number, number]>> = {
  temperatureC: [-95, 60],
  humidityPct: [0, 105],
  cloudPct: [0, 100],
  windMs: [0, 115],
  shortwaveWm2: [-50, 2000],
};

/** Converter of a stated unit (`wmoUnit:` and `unit:` prefixes are dropped), or null when it is not known. */
export function unitConverter(variable: WeatherVariable, unit: string): ((value: number) => number) | null {
  return CONVERT[variable][unit.replace(/^(wmoUnit|unit|nwsUnit):/, '')] ?? null;
}

/** True for NaN too: unknown is possible. */
export function isPossible(variable: WeatherVariable, value: number): boolean {
  const [low, high] = POSSIBLE[variable];
  return !(value < low || value > high);
}

/** Three decimals, so that a conversion gives the same text wherever it runs. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function isKnown(values: WeatherValues): boolean {
  return Object.values(values).some((value: number) => !Number.isNaN(value));
}
