/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Measured weather of a zone (weighted over its weather points).
 */
export interface WeatherObservation {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  kind: 'observed';
  /**
   * The instant the values are about. ISO 8601 UTC.
   */
  validTime: string;
  /**
   * When we could first know these values. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from.
   */
  source: string;
  /**
   * 0 for the first, +1 for each correction.
   */
  revision: number;
  /**
   * Air temperature at 2 m, degrees Celsius.
   */
  temperatureC?: number;
  /**
   * Relative humidity, percent.
   */
  humidityPct?: number;
  /**
   * Wind speed at 10 m, metres a second.
   */
  windMs?: number;
  /**
   * Cloud cover, percent.
   */
  cloudPct?: number;
  /**
   * Global horizontal irradiance, watts a square metre.
   */
  shortwaveWm2?: number;
}
