/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * One issued weather forecast run of a zone.
 */
export interface WeatherForecast {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  kind: 'forecast';
  /**
   * When the forecaster issued the run. ISO 8601 UTC.
   */
  issuedAt: string;
  /**
   * When we could first know it. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from.
   */
  source: string;
  /**
   * 0 for the first, +1 for each correction of the same run.
   */
  revision: number;
  /**
   * In rising validTime.
   *
   * @minItems 1
   */
  points: [
    {
      /**
       * The instant the values are about. ISO 8601 UTC.
       */
      validTime: string;
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
    },
    ...{
      /**
       * The instant the values are about. ISO 8601 UTC.
       */
      validTime: string;
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
    }[],
  ];
}
