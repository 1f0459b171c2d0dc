/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * One measured demand value of a zone for one interval. Only actuals: an operator forecast never appears here.
 */
export interface DemandObservation {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Always actual.
   */
  kind: 'actual';
  /**
   * Start of the interval that the value is about. ISO 8601 UTC.
   */
  validTime: string;
  /**
   * Length of the interval.
   */
  stepMinutes: number;
  /**
   * Mean demand over the interval, megawatts.
   */
  demandMw: number;
  /**
   * When we could first know this value. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from, for example caiso-outlook, csv:file.csv, simulator.
   */
  source: string;
  /**
   * 0 for the first value of an interval, +1 for each correction.
   */
  revision: number;
}
