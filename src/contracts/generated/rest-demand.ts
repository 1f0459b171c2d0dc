/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Measured demand of a zone.
 */
export interface DemandRangeBody {
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
  points: DemandRangePoint[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
export interface DemandRangePoint {
  /**
   * Interval start. ISO 8601 UTC.
   */
  time: string;
  /**
   * Mean demand over the interval, megawatts.
   */
  demandMw: number;
  /**
   * Where it came from.
   */
  source: string;
}
