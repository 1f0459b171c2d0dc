/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * What this service is doing.
 */
export interface StatusBody {
  /**
   * Name.
   */
  service: string;
  /**
   * Version of the program.
   */
  version: string;
  /**
   * Roles of this process.
   */
  roles: string[];
  /**
   * Start of the process. ISO 8601 UTC.
   */
  startedAt: string;
  /**
   * Now. ISO 8601 UTC.
   */
  serverTime: string;
  /**
   * Milliseconds.
   */
  uptimeMs: number;
  log: {
    kind: 'embedded' | 'kafka';
    /**
     * Identity of the log.
     */
    epoch: string;
  };
  history: {
    kind: 'embedded' | 'influx';
  };
  /**
   * As /readyz.
   */
  ready: boolean;
  /**
   * As /readyz.
   */
  checks: ReadinessCheck[];
  feed: {
    /**
     * Open connections.
     */
    clients: number;
    /**
     * Position of the feed.
     */
    seq: number;
    /**
     * The view has read the log to its end.
     */
    caughtUp: boolean;
  };
  /**
   * Freshness and quality by zone.
   */
  zones: ZoneStatus[];
  /**
   * Sources that this process asks; empty where it collects nothing.
   */
  sources: SourceStatus[];
  /**
   * What is collected from them.
   */
  collectors: CollectorStatus[];
  /**
   * Positions of the view.
   */
  topics: TopicPosition[];
  counts: {
    /**
     * Records read since the start, by topic.
     */
    records: {
      [k: string]: number | undefined;
    };
    /**
     * Records that could not be read.
     */
    undecodable: number;
    /**
     * Quality events read since the start, by rule.
     */
    qualityEvents: {
      [k: string]: number | undefined;
    };
  };
  /**
   * Newest first.
   */
  errors: RecentError[];
}
export interface ReadinessCheck {
  /**
   * Check.
   */
  name: string;
  /**
   * In order.
   */
  ok: boolean;
  /**
   * One sentence.
   */
  detail: string;
  /**
   * How long it has been so, milliseconds.
   */
  sinceMs: number;
}
export interface ZoneStatus {
  /**
   * Zone identifier, for example CA ISO-TAC.
   */
  zone: string;
  /**
   * Shown to people.
   */
  name: string;
  /**
   * Origin of the newest nowcast. ISO 8601 UTC.
   */
  origin: string | null;
  /**
   * Quality of the newest nowcast.
   */
  quality: 'ok' | 'degraded' | 'fallback' | null;
  /**
   * Why quality is not ok.
   */
  reasons: string[];
  /**
   * Model of the newest nowcast.
   */
  modelVersion: string | null;
  /**
   * Start of the newest demand interval known. ISO 8601 UTC.
   */
  latestDemandTime: string | null;
  /**
   * Its demand, megawatts.
   */
  latestDemandMw: number | null;
  /**
   * Now - end of that interval, milliseconds.
   */
  demandAgeMs: number | null;
  /**
   * Newest observed weather that the newest nowcast knew. ISO 8601 UTC.
   */
  weatherTime: string | null;
  /**
   * Now - that time, milliseconds; null without weather.
   */
  weatherAgeMs: number | null;
  /**
   * Demand is older than the zone allows.
   */
  late: boolean;
}
export interface SourceStatus {
  /**
   * Source, for example caiso-oasis.
   */
  source: string;
  /**
   * Last request. ISO 8601 UTC.
   */
  lastRequestAt: string;
  /**
   * ok, not_modified, or the kind of error.
   */
  lastOutcome: string;
  /**
   * Last request that was answered. ISO 8601 UTC.
   */
  lastSuccessAt: string | null;
  /**
   * Last request that failed. ISO 8601 UTC.
   */
  lastFailureAt: string | null;
  /**
   * Kind of that failure, for example throttled or timeout.
   */
  lastFailureKind: string | null;
  /**
   * Requests since the start, by outcome.
   */
  requests: {
    [k: string]: number | undefined;
  };
  /**
   * Of the last 50 requests that were answered; null for none.
   */
  latencyMs: {
    /**
     * The last one, milliseconds.
     */
    last: number;
    /**
     * Median, milliseconds.
     */
    median: number;
    /**
     * Longest, milliseconds.
     */
    max: number;
  } | null;
}
export interface CollectorStatus {
  /**
   * Collector, for example caiso-oasis DAM.
   */
  name: string;
  /**
   * Its last round succeeded.
   */
  ok: boolean;
  /**
   * One sentence.
   */
  detail: string;
  /**
   * Last good round. ISO 8601 UTC.
   */
  lastSuccessAt: string | null;
  /**
   * Failed rounds since then.
   */
  failures: number;
  /**
   * Next round. ISO 8601 UTC.
   */
  nextAttemptAt: string | null;
}
export interface TopicPosition {
  /**
   * Topic.
   */
  topic: string;
  /**
   * Partition.
   */
  partition: number;
  /**
   * Next offset that the view reads.
   */
  position: number;
  /**
   * End of the partition when last seen.
   */
  end: number;
}
export interface RecentError {
  /**
   * When. ISO 8601 UTC.
   */
  at: string;
  /**
   * Part of the service.
   */
  where: string;
  /**
   * Stable code.
   */
  code: string;
  /**
   * What happened.
   */
  message: string;
}
