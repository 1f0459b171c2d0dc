/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The configuration file. Every value has a default; secrets come from the environment or files only.
 */
export interface ConfigFile {
  /**
   * Zones.
   */
  zones?: {
    /**
     * Zone identifier, the Kafka key, for example CA ISO-TAC.
     */
    zone: string;
    /**
     * Shown to people.
     */
    name?: string;
    /**
     * IANA time zone.
     */
    timeZone?: string;
    /**
     * Step of the demand series.
     */
    stepMinutes?: number;
    /**
     * Country or country-region for date-holidays, for example US-CA; empty for none.
     */
    holidays?: string;
    /**
     * Override of the default horizons.
     *
     * @minItems 1
     * @maxItems 512
     */
    horizonsMinutes?: [number, ...number[]];
    limits?: {
      /**
       * Lowest believable demand.
       */
      minMw?: number;
      /**
       * Highest believable demand.
       */
      maxMw?: number;
      /**
       * Fastest believable ramp.
       */
      maxRampMwPerHour?: number;
    };
    /**
     * Demand older than this is late.
     */
    lateAfterMinutes?: number;
    /**
     * Weather points, weighted.
     */
    weatherPoints?: {
      /**
       * Place.
       */
      name: string;
      latitude: number;
      longitude: number;
      /**
       * Population weight.
       */
      weight: number;
    }[];
  }[];
  /**
   * Where the embedded log and history live.
   */
  dataDir?: string;
  log?: 'embedded' | 'kafka';
  history?: 'embedded' | 'influx';
  http?: {
    /**
     * Address to bind.
     */
    host?: string;
    port?: number;
    /**
     * Origins of pages that may open the feed; same origin always may.
     */
    allowedOrigins?: string[];
  };
  kafka?: {
    /**
     * @minItems 1
     */
    brokers?: [string, ...string[]];
    schemaRegistryUrl?: string;
    topicPrefix?: string;
    clientId?: string;
  };
  influx?: {
    url?: string;
    database?: string;
  };
  alerts?: {
    /**
     * MAPE threshold.
     */
    mapePercent?: number;
    /**
     * Up to this horizon.
     */
    mapeHorizonMinutes?: number;
  };
}
