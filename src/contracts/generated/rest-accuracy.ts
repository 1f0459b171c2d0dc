/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The latest measured accuracy, by zone, horizon and window.
 */
export interface AccuracyBody {
  /**
   * By zone, window and horizon.
   */
  accuracy: AccuracyEntry[];
}
/**
 * Measured accuracy of issued nowcasts against later actuals.
 */
export interface AccuracyEntry {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Horizon that is scored.
   */
  horizonMinutes: number;
  window: '1h' | '24h' | '7d';
  /**
   * End of the window (target time of the last scored actual). ISO 8601 UTC.
   */
  at: string;
  /**
   * Scored forecasts in the window.
   */
  n: number;
  /**
   * Mean absolute percentage error, percent.
   */
  mape: number;
  /**
   * Mean of forecast - actual, megawatts.
   */
  bias: number;
  /**
   * Share of actuals inside p10..p90, percent; null without bands.
   */
  coverage80: number | null;
  /**
   * 1 - MAE / MAE of the 24 h ramp baseline on the same targets; null when the baseline is missing.
   */
  skill: number | null;
}
