/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Data quality of one zone over one local day.
 */
export interface QualitySummary {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Local date of the zone.
   */
  day: string;
  /**
   * Begin of the day, or the zone's first value. ISO 8601 UTC.
   */
  from: string;
  /**
   * End of the day. ISO 8601 UTC.
   */
  until: string;
  /**
   * As-of time of the summary. ISO 8601 UTC.
   */
  at: string;
  intervals: {
    /**
     * Intervals of the day.
     */
    expected: number;
    /**
     * Intervals for which a value came, accepted or not.
     */
    present: number;
    /**
     * Intervals for which none came.
     */
    missing: number;
  };
  /**
   * Present of expected intervals.
   */
  completenessPercent: number;
  values: {
    /**
     * Values that came, repeated and corrected ones too.
     */
    total: number;
    /**
     * Values that no feature may use.
     */
    quarantined: number;
  };
  /**
   * Quarantined of all values.
   */
  quarantinedPercent: number;
  gaps: {
    /**
     * Runs of missing intervals that were found.
     */
    count: number;
    /**
     * Length of the longest.
     */
    longestMinutes: number;
  };
  /**
   * Findings by rule.
   */
  byRule: {
    [k: string]: number | undefined;
  };
}
