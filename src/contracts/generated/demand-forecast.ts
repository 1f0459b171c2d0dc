/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What an operator itself forecasts for one interval of a zone. Never mixed with measured demand.
 */
export interface DemandForecast {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Always forecast.
   */
  kind: 'forecast';
  /**
   * Which forecast, for example caiso-dam, caiso-7da, caiso-rtm-5min, outlook-hour-ahead.
   */
  product: string;
  /**
   * Start of the interval that the value is about. ISO 8601 UTC.
   */
  validTime: string;
  /**
   * Length of the interval.
   */
  stepMinutes: number;
  /**
   * Forecast mean demand over the interval, megawatts.
   */
  demandMw: number;
  /**
   * When the operator issued it; null where the source does not say. ISO 8601 UTC.
   */
  issuedAt: string | null;
  /**
   * When we could first know it. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from.
   */
  source: string;
  /**
   * 0 for the first value of an interval and product, +1 for each change.
   */
  revision: number;
}
