/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * One finding of a data quality rule.
 */
export interface QualityEvent {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Rule code, for example range, spike, future_dated, duplicate, late.
   */
  rule: string;
  severity: 'info' | 'warning' | 'critical';
  /**
   * quarantined: kept in the log, excluded from features.
   */
  action: 'quarantined' | 'flagged' | 'counted';
  /**
   * Interval that the finding is about. ISO 8601 UTC.
   */
  validTime: string;
  /**
   * As-of time of the finding. ISO 8601 UTC.
   */
  detectedAt: string;
  /**
   * Source of the record.
   */
  source: string;
  /**
   * Value that was judged.
   */
  value: number | null;
  /**
   * What, where, why.
   */
  message: string;
  /**
   * Intervals that the finding stands for, where it is more than its own: a gap.
   */
  intervals?: number;
}
