/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What an operator itself forecasts of the supply side in one interval: wind and solar, or demand net of them. Never mixed with measured values.
 */
export interface SupplyForecast {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Always forecast.
   */
  kind: 'forecast';
  /**
   * Which forecast, for example caiso-ren-dam, outlook-net-demand.
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
   * When the operator issued it; null where the source does not say. ISO 8601 UTC.
   */
  issuedAt: string | null;
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
