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
     * Per horizon: additive offset of the 10 % quantile, MW.
     */
    p10Mw: number[];
    /**
     * Per horizon: additive offset of the 90 % quantile, MW.
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
     * Why.
     */
    reasons: string[];
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
}
