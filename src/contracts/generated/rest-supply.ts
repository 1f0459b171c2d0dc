/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What an operator measured or forecast of a zone's supply side, by series. Never mixed: `kind` says which.
 */
export interface SupplyRangeBody {
  /**
   * Zone identifier, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * What was measured, or what was forecast.
   */
  kind: 'observed' | 'forecast';
  /**
   * Start of the range, inclusive. ISO 8601 UTC.
   */
  from: string;
  /**
   * End of the range, exclusive. ISO 8601 UTC.
   */
  to: string;
  /**
   * By product and area, the whole zone first.
   */
  series: SupplySeries[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
export interface SupplySeries {
  /**
   * Which series, for example outlook-fuel-mix, caiso-ren-dam.
   */
  product: string;
  /**
   * Part of the zone, for example the trading hub NP15; null for the whole zone.
   */
  area: string | null;
  /**
   * In rising time; the latest revision of each interval.
   */
  points: SupplySeriesPoint[];
}
export interface SupplySeriesPoint {
  /**
   * Start of the interval. ISO 8601 UTC.
   */
  time: string;
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
   * When the operator issued it; null where the source does not say, and for what was measured. ISO 8601 UTC.
   */
  issuedAt: string | null;
  /**
   * When it could first be known. ISO 8601 UTC.
   */
  availableAt: string;
  /**
   * Where it came from.
   */
  source: string;
}
