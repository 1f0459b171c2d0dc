import { toIso } from '../contracts/time.js';
import type { ForecastEvent, WeatherEvent, WeatherValues } from '../features/input-event.js';
import type { Finding } from '../quality/verdict.js';
import { isFahrenheit, isFahrenheitForecast, type TemperatureView } from '../quality/weather-unit.js';

/** Beyond every air temperature ever measured on Earth. */
const MIN_TEMPERATURE_C = -95;
const MAX_TEMPERATURE_C = 60;
/** Pyranometers read a little below zero at night; no sky gives more than this. */
const MIN_SHORTWAVE_WM2 = -50;
const MAX_SHORTWAVE_WM2 = 2000;

/**
 * What is wrong with a weather record as a whole, or null. A record about the future of its own availability would
 * lock out all later ones, and values that cannot be weather would go straight into a model, so it is set aside.
 * @param view what is known of the zone's temperature, to tell degrees Fahrenheit from Celsius
 */
export function weatherProblem(event: WeatherEvent | ForecastEvent, view?: TemperatureView): Finding | null {
  const unit = view === undefined ? null : unitProblem(event, view);
  if (unit !== null) return unit;
  return event.type === 'weather' ? observationProblem(event) : forecastProblem(event);
}

function unitProblem(event: WeatherEvent | ForecastEvent, view: TemperatureView): Finding | null {
  const fits =
    'it fits what is known of this zone only as degrees Fahrenheit: check the unit that is asked for';
  if (event.type === 'weather') {
    if (!isFahrenheit(event, view)) return null;
    const message = `a temperature of ${String(event.values.temperatureC)} degrees Celsius: ${fits}`;
    return quarantined('unit', event.validTimeMs, event.values, message);
  }
  if (!isFahrenheitForecast(event, view)) return null;
  return quarantined('unit', event.issuedAtMs, null, `the temperatures of a weather forecast: ${fits}`);
}

function observationProblem(event: WeatherEvent): Finding | null {
  if (event.validTimeMs > event.availableAtMs) {
    return quarantined(
      'future_dated',
      event.validTimeMs,
      event.values,
      'an observation of the weather is about an instant after it became available',
    );
  }
  return impossible(event.validTimeMs, event.values);
}

function forecastProblem(event: ForecastEvent): Finding | null {
  if (event.issuedAtMs > event.availableAtMs) {
    return quarantined(
      'future_dated',
      event.issuedAtMs,
      null,
      'a weather forecast was issued after it became available',
    );
  }
  let previousMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < event.validTimesMs.length; i++) {
    const timeMs = event.validTimesMs[i] as number;
    const values = event.values[i] ?? null;
    if (!(timeMs > previousMs)) {
      return quarantined(
        'not_rising',
        event.issuedAtMs,
        null,
        `the points of a weather forecast do not rise in time at ${toIso(timeMs)}`,
      );
    }
    const problem = values === null ? null : impossible(timeMs, values);
    if (problem !== null) return problem;
    previousMs = timeMs;
  }
  return null;
}

/** NaN means unknown and is no problem. */
function impossible(timeMs: number, values: WeatherValues): Finding | null {
  const { temperatureC, shortwaveWm2 } = values;
  if (temperatureC < MIN_TEMPERATURE_C || temperatureC > MAX_TEMPERATURE_C) {
    return quarantined(
      'range',
      timeMs,
      values,
      `a temperature of ${String(temperatureC)} degrees Celsius is not possible`,
    );
  }
  if (shortwaveWm2 < MIN_SHORTWAVE_WM2 || shortwaveWm2 > MAX_SHORTWAVE_WM2) {
    return quarantined(
      'range',
      timeMs,
      values,
      `an irradiance of ${String(shortwaveWm2)} W/m2 is not possible`,
    );
  }
  return null;
}

function quarantined(
  rule: string,
  validTimeMs: number,
  values: WeatherValues | null,
  message: string,
): Finding {
  const value = values !== null && Number.isFinite(values.temperatureC) ? values.temperatureC : null;
  return {
    rule: `weather_${rule}`,
    severity: 'critical',
    action: 'quarantined',
    validTimeMs,
    value,
    message,
  };
}
