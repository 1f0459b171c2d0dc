import { DAY_MS, HOUR_MS } from '../contracts/time.js';
import type { ForecastEvent, WeatherEvent } from '../features/input-event.js';

/** What is known of a zone's temperature, degrees Celsius; NaN where unknown. */
export interface TemperatureView {
  observedAt(epochMs: number): number;
  forecastAt(epochMs: number): number;
}

/** A temperature this near to what is expected needs no other unit to explain it, degrees Celsius. */
const NEAR_C = 12;
/** Read as Fahrenheit it must come this near, and much nearer than as it stands. */
const FITS_C = 6;
const MUCH_NEARER = 0.35;
const FORECAST_SPAN_MS = 12 * HOUR_MS;
const MIN_VOTES = 3;

/** True when an observation is degrees Fahrenheit in the field for Celsius, as far as what is known tells. */
export function isFahrenheit({ validTimeMs, values }: WeatherEvent, view: TemperatureView): boolean {
  return looksFahrenheit(values.temperatureC, expectedC(validTimeMs, view)) === true;
}

/** The same of a forecast: most of the points of its first hours for which anything is known say so. */
export function isFahrenheitForecast(event: ForecastEvent, view: TemperatureView): boolean {
  let votes = 0;
  let fahrenheit = 0;
  for (let i = 0; i < event.validTimesMs.length; i++) {
    const timeMs = event.validTimesMs[i] as number;
    if (timeMs > event.availableAtMs + FORECAST_SPAN_MS) break;
    const verdict = looksFahrenheit(event.values[i]?.temperatureC ?? Number.NaN, expectedC(timeMs, view));
    if (verdict === null) continue;
    votes += 1;
    if (verdict) fahrenheit += 1;
  }
  return votes >= MIN_VOTES && fahrenheit > votes / 2;
}

/** Null when nothing is known to compare with. */
function looksFahrenheit(temperature: number, expected: number): boolean | null {
  const off = Math.abs(temperature - expected);
  if (Number.isNaN(off)) return null;
  const converted = Math.abs((temperature - 32) / 1.8 - expected);
  return off > NEAR_C && converted < FITS_C && converted < MUCH_NEARER * off;
}

/** The nearest observation, else the forecast, else the same hour of the day before. */
function expectedC(epochMs: number, view: TemperatureView): number {
  const observed = view.observedAt(epochMs);
  if (!Number.isNaN(observed)) return observed;
  const forecast = view.forecastAt(epochMs);
  return Number.isNaN(forecast) ? view.observedAt(epochMs - DAY_MS) : forecast;
}
