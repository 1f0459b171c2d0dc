/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The forecast path of a zone from one origin. Identity: zone, origin, target, modelVersion, revision.
 */
export interface Nowcast {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Start of the last interval whose demand this nowcast may know. ISO 8601 UTC.
   */
  origin: string;
  /**
   * As-of time: the latest availableAt of everything this nowcast knew. ISO 8601 UTC.
   */
  issuedAt: string;
  /**
   * Model version, or baseline:ramp / baseline:persistence.
   */
  modelVersion: string;
  /**
   * 0 for the first nowcast of an origin, +1 for each re-issue.
   */
  revision: number;
  /**
   * ok: model with all inputs; degraded: model with missing or stale inputs; fallback: no model was used.
   */
  quality: 'ok' | 'degraded' | 'fallback';
  /**
   * Why quality is not ok, as stable codes.
   */
  reasons: string[];
  /**
   * The demand value that the nowcast stands on, megawatts: the newest one, or the last that is believed while the newest is held back.
   */
  latestDemandMw: number;
  inputs: {
    /**
     * issuedAt - end of the last known demand interval, milliseconds.
     */
    demandAgeMs: number;
    /**
     * issuedAt - time of the last known weather, milliseconds; null when the zone has none.
     */
    weatherAgeMs: number | null;
  };
  /**
   * In rising horizon.
   *
   * @minItems 1
   */
  steps: [
    {
      /**
       * Start of the interval that is forecast. ISO 8601 UTC.
       */
      target: string;
      /**
       * target - origin.
       */
      horizonMinutes: number;
      /**
       * Expected demand, megawatts.
       */
      mw: number;
      /**
       * 10 % quantile, megawatts; null where no band can be given honestly.
       */
      p10: number | null;
      /**
       * 90 % quantile, megawatts; null where no band can be given honestly.
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
    },
    ...{
      /**
       * Start of the interval that is forecast. ISO 8601 UTC.
       */
      target: string;
      /**
       * target - origin.
       */
      horizonMinutes: number;
      /**
       * Expected demand, megawatts.
       */
      mw: number;
      /**
       * 10 % quantile, megawatts; null where no band can be given honestly.
       */
      p10: number | null;
      /**
       * 90 % quantile, megawatts; null where no band can be given honestly.
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
    }[],
  ];
}
