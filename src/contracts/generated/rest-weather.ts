/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Measured weather of a zone; a variable that is not known is absent.
 */
export interface WeatherRangeBody {
  /**
   * Zone identifier, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Start of the range, inclusive. ISO 8601 UTC.
   */
  from: string;
  /**
   * End of the range, exclusive. ISO 8601 UTC.
   */
  to: string;
  /**
   * In rising time.
   */
  points: WeatherRangePoint[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
export interface WeatherRangePoint {
  /**
   * Instant. ISO 8601 UTC.
   */
  time: string;
  /**
   * Where it came from.
   */
  source: string;
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
