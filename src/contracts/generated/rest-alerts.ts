/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Alerts.
 */
export interface AlertsBody {
  /**
   * Newest first.
   */
  alerts: ListedAlert[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
/**
 * A condition that a person should know about, raised and later resolved.
 */
export interface ListedAlert {
  /**
   * Stable identity of the condition: kind/zone/detail.
   */
  id: string;
  kind:
    | 'mape'
    | 'coverage'
    | 'drift'
    | 'bias'
    | 'demand_late'
    | 'weather_late'
    | 'data_quality'
    | 'training_failed'
    | 'model_rejected'
    | 'source_down'
    | 'resource'
    | 'pipeline';
  severity: 'info' | 'warning' | 'critical';
  state: 'raised' | 'resolved';
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string | null;
  /**
   * When the state changed. ISO 8601 UTC.
   */
  at: string;
  /**
   * One sentence a person can act on.
   */
  message: string;
  /**
   * Measured value.
   */
  value: number | null;
  /**
   * Threshold it is compared with.
   */
  threshold: number | null;
}
