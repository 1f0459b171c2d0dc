/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The zones this service knows.
 */
export interface ZonesBody {
  /**
   * Configured zones first, then those met in the data.
   */
  zones: ZoneSummary[];
}
export interface ZoneSummary {
  /**
   * Zone identifier, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Shown to people.
   */
  name: string;
  /**
   * IANA time zone.
   */
  timeZone: string;
  /**
   * Step of the demand series.
   */
  stepMinutes: number;
  /**
   * Horizons of the nowcasts, rising.
   */
  horizonsMinutes: number[];
  /**
   * Demand older than this is late.
   */
  lateAfterMinutes: number;
  /**
   * Start of the newest demand interval known; null without any. ISO 8601 UTC.
   */
  latestDemandTime: string | null;
  /**
   * Origin of the newest nowcast; null without any. ISO 8601 UTC.
   */
  latestOrigin: string | null;
}
