import type { BaselineKind } from '../features/vector.js';

export type { BaselineKind };

/** Where in the log the event that caused a nowcast stands; null for a clock tick. */
export interface Trigger {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * A nowcast that is due: everything but the model's answer. Its feature rows stand in the zone's RowBuffer at
 * `firstRow` .. `firstRow + horizonsMinutes.length - 1` when `modelUsable`; otherwise `firstRow` is -1 and there are none.
 */
export interface NowcastRequest {
  readonly zone: string;
  readonly originMs: number;
  /**
   * Start of the interval whose value the nowcast stands on: the origin, or an earlier one while the origin's own value
   * is held back. The feature rows are those of this time, for the horizons that much longer.
   */
  readonly anchorMs: number;
  /** Latest availableAt of everything known. */
  readonly asOfMs: number;
  readonly revision: number;
  readonly horizonsMinutes: readonly number[];
  readonly latestDemandMw: number;
  readonly demandAgeMs: number;
  readonly weatherAgeMs: number | null;
  /** Input problems found so far; any makes the nowcast at best `degraded`. */
  readonly reasons: readonly string[];
  /** False: inputs too thin for a model, the ladder starts at the baseline. */
  readonly modelUsable: boolean;
  readonly firstRow: number;
  /** Per horizon, megawatts; what the model's difference is added to, and the first fallback. */
  readonly baselineMw: Float64Array;
  readonly baselineKind: BaselineKind;
  readonly trigger: Trigger | null;
}

/** What compose needs of the model that answered. */
export interface ModelAnswer {
  readonly version: string;
  readonly horizonsMinutes: readonly number[];
  readonly scaleMw: readonly number[];
  readonly p10Mw: readonly number[];
  readonly p90Mw: readonly number[];
  /** MODEL_OUTPUTS a row, for the whole RowBuffer. */
  readonly output: Float32Array;
}
