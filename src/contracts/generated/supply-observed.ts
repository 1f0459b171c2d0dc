/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What an operator measured of the supply side in one interval: generation by fuel, or demand net of wind and solar. Never mixed with forecasts.
 */
export interface SupplyObservation {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Always actual.
   */
  kind: 'actual';
  /**
   * Which series, for example outlook-fuel-mix, outlook-net-demand.
   */
  product: string;
  /**
   * Part of the zone, for example the trading hub NP15; null for the whole zone.
   */
  area: string | null;
  /**
   * Start of the interval that the value is about. ISO 8601 UTC.
   */
  validTime: string;
  /**
   * Length of the interval.
   */
  stepMinutes: number;
  /**
   * Megawatts by name, for example solar, wind, natural-gas, batteries, net-demand. Negative while charging or exporting.
   */
  valuesMw: {
    [k: string]: number | undefined;
  };
  /**
   * When we could first know it. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from.
   */
  source: string;
  /**
   * 0 for the first values of an interval, product and area, +1 for each change.
   */
  revision: number;
}
