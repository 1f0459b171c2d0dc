/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Nowcasts of one horizon against the demand that was measured later.
 */
export interface HistoryRangeBody {
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
   * Horizon of the nowcasts.
   */
  horizonMinutes: number;
  /**
   * In rising time.
   */
  points: HistoryRangePoint[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
export interface HistoryRangePoint {
  /**
   * Target: start of the interval. ISO 8601 UTC.
   */
  time: string;
  /**
   * Measured demand, megawatts; null while unknown.
   */
  actualMw: number | null;
  /**
   * Nowcast, megawatts; null where none was made.
   */
  mw: number | null;
  /**
   * 10 % quantile, megawatts.
   */
  p10: number | null;
  /**
   * 90 % quantile, megawatts.
   */
  p90: number | null;
  /**
   * Further quantiles that the configuration asks for, ascending in q; absent where there are none or no band.
   */
  quantiles?: {
    /**
     * Share of actuals expected below mw.
     */
    q: number;
    /**
     * The quantile, megawatts.
     */
    mw: number;
  }[];
  /**
   * Model version of the nowcast; null where none was made.
   */
  modelVersion: string | null;
}
