/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What operators forecast themselves, by product.
 */
export interface DemandForecastRangeBody {
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
   * By product.
   */
  forecasts: OperatorForecast[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
export interface OperatorForecast {
  /**
   * Which forecast, for example caiso-dam, outlook-day-ahead.
   */
  product: string;
  /**
   * In rising time; the latest revision of each interval.
   */
  points: OperatorForecastPoint[];
}
export interface OperatorForecastPoint {
  /**
   * Start of the interval. ISO 8601 UTC.
   */
  time: string;
  /**
   * Forecast mean demand over the interval, megawatts.
   */
  demandMw: number;
  /**
   * When the operator issued it; null where the source does not say. ISO 8601 UTC.
   */
  issuedAt: string | null;
  /**
   * When it could first be known. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from.
   */
  source: string;
}
