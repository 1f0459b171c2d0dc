/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Known model versions without their artifacts.
 */
export interface ModelsBody {
  /**
   * Promoted version by zone.
   */
  serving: {
    [k: string]: string | undefined;
  };
  /**
   * Newest status first.
   */
  models: ModelSummary[];
  /**
   * Address of the next page; absent on the last one.
   */
  next?: string;
}
export interface ModelSummary {
  /**
   * Same as manifest.version.
   */
  version: string;
  status: 'candidate' | 'promoted' | 'rejected' | 'retired';
  /**
   * When the status was set. ISO 8601 UTC.
   */
  statusAt: string;
  statusReason: string;
  /**
   * Key that signed it.
   */
  keyId: string;
  manifest: ListedManifest;
}
export interface ListedManifest {
  /**
   * Unique model version; also the Kafka key.
   */
  version: string;
  /**
   * Zones this model serves.
   *
   * @minItems 1
   */
  zones: [string, ...string[]];
  /**
   * For example ridge+gbdt.
   */
  algorithm: string;
  /**
   * When training finished (event time in a replay). ISO 8601 UTC.
   */
  createdAt: string;
  /**
   * Step of the zone.
   */
  stepMinutes: number;
  /**
   * Horizons, rising.
   *
   * @minItems 1
   */
  horizonsMinutes: [number, ...number[]];
  /**
   * sha256 over the ordered feature names.
   */
  featureHash: string;
  /**
   * Width of a feature row.
   */
  featureCount: number;
  /**
   * Probabilities of the model's quantile outputs. A model without them is of an earlier program and is refused.
   */
  quantiles?: number[];
  /**
   * First origin used. ISO 8601 UTC.
   */
  trainedFrom: string;
  /**
   * No value after this instant was used. ISO 8601 UTC.
   */
  trainedUntil: string;
  /**
   * Training rows.
   */
  rows: number;
  /**
   * sha256 over the training values.
   */
  dataFingerprint: string;
  bands: {
    /**
     * Per horizon: mw = baseline + scaleMw * model output.
     */
    scaleMw: number[];
    /**
     * Per horizon: where the online correction of the model's own 10 % quantile begins, additive, MW.
     */
    p10Mw: number[];
    /**
     * Per horizon: where the online correction of the model's own 90 % quantile begins, additive, MW.
     */
    p90Mw: number[];
  };
  /**
   * On the held-out block after the training rows.
   */
  metrics: {
    /**
     * Horizon.
     */
    horizonMinutes: number;
    /**
     * Rows.
     */
    n: number;
    /**
     * Percent.
     */
    mape: number;
    /**
     * MW.
     */
    rmse: number;
    /**
     * MW.
     */
    bias: number;
    /**
     * Mean pinball loss of p10 and p90, MW.
     */
    pinball: number;
    /**
     * Percent.
     */
    coverage80: number;
    /**
     * MAPE of the ramp baseline on the same rows, percent.
     */
    baselineMape: number;
  }[];
  gate: {
    verdict: 'promoted' | 'rejected';
    /**
     * Why, in sentences with numbers.
     */
    reasons: string[];
    /**
     * Version it was compared with on the same rows; null when there was none or it could not be run.
     */
    champion?: string | null;
    /**
     * First origin of the held-out block. ISO 8601 UTC.
     */
    blockFrom?: string;
    /**
     * Last origin of the held-out block. ISO 8601 UTC.
     */
    blockUntil?: string;
    /**
     * Days of the block; one paired difference each.
     */
    days?: number;
    /**
     * What was asked for.
     */
    thresholds?: {
      /**
       * Largest MAPE at horizons up to mapeHorizonMinutes, percent.
       */
      mapePercent: number;
      /**
       * The MAPE limit holds up to this horizon.
       */
      mapeHorizonMinutes: number;
      /**
       * Worse than the champion with a one-sided p-value below this is worse beyond noise.
       */
      significance: number;
      /**
       * Fewer days than this are a short history: no test by day.
       */
      minDays: number;
      /**
       * Largest mean error in either direction, percent of the mean absolute error.
       */
      biasSharePercent: number;
      /**
       * Least share of actuals inside p10 .. p90, percent.
       */
      coverageMinPercent: number;
      /**
       * Largest share of actuals inside p10 .. p90, percent.
       */
      coverageMaxPercent: number;
    };
    /**
     * Per horizon.
     */
    horizons?: {
      /**
       * Horizon.
       */
      horizonMinutes: number;
      /**
       * Rows.
       */
      n: number;
      /**
       * Challenger, percent.
       */
      mape: number;
      /**
       * Champion on the same rows, percent; null where it was not compared with on all of them.
       */
      championMape: number | null;
      /**
       * Ramp baseline on the same rows, percent.
       */
      baselineMape: number;
    }[];
    /**
     * Per group of horizons, compared by day.
     */
    groups?: {
      /**
       * Shortest horizon of the group.
       */
      fromMinutes: number;
      /**
       * Longest horizon of the group.
       */
      untilMinutes: number;
      /**
       * Days with rows.
       */
      days: number;
      /**
       * Challenger, mean of the days, percent.
       */
      mape: number;
      /**
       * Champion, mean of the days, percent.
       */
      championMape: number | null;
      /**
       * Ramp baseline, mean of the days, percent.
       */
      baselineMape: number;
      /**
       * Mean over the days of challenger - champion, percentage points; above 0 is worse.
       */
      difference: number | null;
      /**
       * Of that mean, allowing for days that resemble their neighbours, percentage points.
       */
      standardError: number | null;
      /**
       * One-sided: the chance of such a difference or a larger one if the challenger were not worse.
       */
      pValue: number | null;
      /**
       * Mean of forecast - actual, percent of the mean absolute error.
       */
      biasSharePercent: number;
      /**
       * Share of actuals inside p10 .. p90, percent; null without bands.
       */
      coverage80: number | null;
    }[];
  };
  /**
   * sha256 of the ONNX bytes, hex.
   */
  artifactSha256: string;
  /**
   * Size of the ONNX bytes.
   */
  artifactBytes: number;
  /**
   * Time zone of the calendar features; a consumer refuses a model made for another.
   */
  timeZone: string;
  /**
   * Holiday calendar of the calendar features, for example US-CA; empty for none.
   */
  holidays: string;
  /**
   * The judge twin: the same recipe trained only up to the held-out block. The next training runs it on its own held-out rows to compare with.
   */
  twin?: {
    /**
     * sha256 of the twin's ONNX bytes, hex.
     */
    sha256: string;
    /**
     * Size of the twin's ONNX bytes.
     */
    bytes: number;
    /**
     * No value of an interval from this instant on was used: the held-out block begins here. ISO 8601 UTC.
     */
    trainedUntil: string;
    /**
     * Per horizon: mw = baseline + scaleMw * output of the twin.
     */
    scaleMw: number[];
    /**
     * Per horizon: additive offset of the 10 % quantile measured before the held-out block, MW.
     */
    p10Mw?: number[];
    /**
     * Per horizon: additive offset of the 90 % quantile measured before the held-out block, MW.
     */
    p90Mw?: number[];
  };
  /**
   * Present when the history of the zone was short and zones with a longer one were asked for rows. Metrics, bands and the gate stand on the zone's own rows alone.
   */
  pooling?: {
    /**
     * Rows of the zone itself; those of the donors come on top.
     */
    ownRows: number;
    /**
     * Zones whose rows were used.
     */
    donors: {
      /**
       * Zone that lent rows.
       */
      zone: string;
      /**
       * Rows that it lent.
       */
      rows: number;
      /**
       * Its demand entered as gain * MW + offsetMw.
       */
      gain: number;
      /**
       * See gain, MW.
       */
      offsetMw: number;
    }[];
    /**
     * Zones that were asked and could not help.
     */
    ignored: {
      /**
       * Zone that could not lend rows.
       */
      zone: string;
      /**
       * Reason, in words.
       */
      why: string;
    }[];
  };
  /**
   * Parameters that a deep training chose for the zone; absent for the program's own. Later trainings of the zone take them over.
   */
  recipe?: {
    /**
     * By part of the model.
     */
    parameters: {
      [k: string]: unknown | undefined;
    };
    /**
     * When. ISO 8601 UTC.
     */
    chosenAt: string;
    /**
     * Training run that chose them.
     */
    run: string;
  };
}
