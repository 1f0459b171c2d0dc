/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What the server sends on /v1/feed.
 */
export type FeedServerMessage =
  | SubscribedMessage
  | SnapshotMessage
  | NowcastMessage
  | DemandMessage
  | AccuracyMessage
  | ModelMessage
  | HeartbeatMessage
  | PongMessage
  | ErrorMessage;

export interface SubscribedMessage {
  type: 'subscribed';
  /**
   * Subscription id chosen by the client.
   */
  id: string;
  /**
   * Epoch of the feed.
   */
  epoch: string;
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  recovered: boolean;
}
export interface SnapshotMessage {
  type: 'snapshot';
  /**
   * Subscription id chosen by the client.
   */
  id?: string;
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  /**
   * Latest nowcast of each subscribed zone.
   */
  nowcasts: FeedNowcast[];
}
export interface FeedNowcast {
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
   * The last accepted demand value known, megawatts.
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
export interface NowcastMessage {
  type: 'nowcast';
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  nowcast: FeedNowcast1;
  /**
   * How many earlier ones of this zone were dropped for this slow client.
   */
  conflated?: number;
  /**
   * Only while this client is slow: the position to resume from in place of seq. Everything up to it was sent or is counted in conflated.
   */
  complete?: number;
}
export interface FeedNowcast1 {
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
   * The last accepted demand value known, megawatts.
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
export interface DemandMessage {
  type: 'demand';
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  demand: FeedDemand;
}
export interface FeedDemand {
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
export interface AccuracyMessage {
  type: 'accuracy';
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  accuracy: FeedAccuracy;
}
export interface FeedAccuracy {
  /**
   * Zone identifier, the Kafka key, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Horizon that is scored.
   */
  horizonMinutes: number;
  window: '1h' | '24h' | '7d';
  /**
   * End of the window (target time of the last scored actual). ISO 8601 UTC.
   */
  at: string;
  /**
   * Scored forecasts in the window.
   */
  n: number;
  /**
   * Mean absolute percentage error, percent.
   */
  mape: number;
  /**
   * Mean of forecast - actual, megawatts.
   */
  bias: number;
  /**
   * Share of actuals inside p10..p90, percent; null without bands.
   */
  coverage80: number | null;
  /**
   * 1 - MAE / MAE of the 24 h ramp baseline on the same targets; null when the baseline is missing.
   */
  skill: number | null;
}
export interface ModelMessage {
  type: 'model';
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  /**
   * Zones.
   */
  zones: string[];
  /**
   * Version.
   */
  modelVersion: string;
  /**
   * New status.
   */
  status: string;
  /**
   * When. ISO 8601 UTC.
   */
  at: string;
}
export interface HeartbeatMessage {
  type: 'heartbeat';
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
  /**
   * Now. ISO 8601 UTC.
   */
  serverTime: string;
  zones: {
    [k: string]:
      | {
          /**
           * Origin of the latest nowcast. ISO 8601 UTC.
           */
          origin: string;
          /**
           * Now - end of the last known demand interval.
           */
          demandAgeMs: number;
          /**
           * Version.
           */
          modelVersion: string;
        }
      | undefined;
  };
}
export interface PongMessage {
  type: 'pong';
  /**
   * Subscription id chosen by the client.
   */
  id?: string;
  /**
   * Position in the feed: the offset in the nowcasts topic.
   */
  seq: number;
}
export interface ErrorMessage {
  type: 'error';
  /**
   * Subscription id chosen by the client.
   */
  id?: string;
  /**
   * Stable code.
   */
  code: string;
  /**
   * What, where, what to do.
   */
  message: string;
}
