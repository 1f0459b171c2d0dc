import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import { zoneClock, type ZoneClock } from '../features/zone-clock.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { ActualSeries } from './scoring/actual-series.js';
import { calendarCell } from './scoring/calendar-cells.js';
import { type BacktestHorizon, HorizonScores } from './scoring/horizon-scores.js';
import type { OperatorForecast } from './scoring/operator-forecast.js';
import { emptyRow, type ScoredRow } from './scoring/scored-row.js';

export type { BacktestHorizon } from './scoring/horizon-scores.js';

/** What scoring needs of a model: its name, and its residual quantiles a horizon where the origin brings no band. */
export interface AnsweringModel {
  readonly version: string;
  readonly bands: { readonly p10Mw: readonly number[]; readonly p90Mw: readonly number[] };
}

/** Forecasts of one origin, waiting for their actuals. One value a horizon, MW. */
export interface BacktestOrigin {
  readonly originMs: number;
  /** Start of the interval that it stands on, where that is an earlier one. */
  readonly anchorMs?: number;
  readonly mw: Float64Array;
  /** Version and bands of the model that answered; null when the ladder fell back to the baseline. */
  readonly model: AnsweringModel | null;
  /** The band; by default the forecast plus the residual quantiles of the model. */
  readonly p10Mw?: ArrayLike<number>;
  readonly p90Mw?: ArrayLike<number>;
  /** Forecast and band before their online correction. */
  readonly mwRaw?: ArrayLike<number>;
  readonly p10RawMw?: ArrayLike<number>;
  readonly p90RawMw?: ArrayLike<number>;
}

/** One line of the predictions file. */
export interface BacktestPrediction {
  readonly zone: string;
  readonly originMs: number;
  readonly targetMs: number;
  readonly horizonMinutes: number;
  readonly mw: number;
  /** NaN where there is no band. */
  readonly p10: number;
  readonly p90: number;
  readonly actualMw: number;
  readonly modelVersion: string;
}

export interface ScorerOptions {
  readonly profile: ZoneProfile;
  /** Rows whose target is at or after it are scored. */
  readonly testFromMs: number;
  readonly operator?: OperatorForecast;
  /** Every scored row, by rising origin; the row is reused. */
  readonly onRow?: (row: Readonly<ScoredRow>) => void;
  readonly onPrediction?: (prediction: BacktestPrediction) => void;
}

/** How long after its interval an actual may still be corrected before it is scored against. */
export const SETTLE_MS = 2 * DAY_MS;

/**
 * Scores forecasts against accepted actuals while the walk goes on: an origin is scored and forgotten two days after its
 * longest target, so memory does not grow with the length of the test. A row counts when its target is at or after
 * `testFromMs`, and the origin's value, the actual and the ramp of 24 h are known: then all baselines stand on the same
 * rows.
 */
export class BacktestScorer {
  private readonly actuals: ActualSeries;
  private readonly scores: readonly HorizonScores[];
  private readonly clock: ZoneClock;
  private readonly row = emptyRow();
  private waiting: BacktestOrigin[] = [];

  /** @throws NowcastError CONFIG_INVALID for a time zone or holiday region that cannot be used */
  constructor(private readonly options: ScorerOptions) {
    const { profile } = options;
    this.actuals = new ActualSeries(profile.stepMs);
    this.scores = profile.horizonsMinutes.map((minutes) => new HorizonScores(minutes));
    this.clock = zoneClock(profile.timeZone, profile.holidays);
  }

  /** Accepted demand of an interval; a correction overwrites. */
  addActual(timeMs: number, mw: number): void {
    this.actuals.set(timeMs, mw);
  }

  /** @param origins in rising origin, after all that were added before */
  addOrigins(origins: readonly BacktestOrigin[]): void {
    for (const origin of origins) this.waiting.push(origin);
  }

  /** Scores the origins whose actuals are settled. @param knownMs latest availableAt of the actuals */
  settle(knownMs: number): void {
    const longestMs = (this.options.profile.horizonsMinutes.at(-1) ?? 0) * MINUTE_MS;
    const isOpen = ({ originMs }: BacktestOrigin): boolean => originMs + longestMs + SETTLE_MS > knownMs;
    const open = this.waiting.findIndex(isOpen);
    const settled = open < 0 ? this.waiting.length : open;
    if (settled === 0) return;
    for (let i = 0; i < settled; i += 1) this.score(this.waiting[i] as BacktestOrigin);
    this.waiting = this.waiting.slice(settled);
  }

  /** Scores what still waits. @returns one entry a horizon */
  finish(): BacktestHorizon[] {
    this.settle(Number.POSITIVE_INFINITY);
    return this.scores.map((one) => one.summary());
  }

  private score(origin: BacktestOrigin): void {
    const { profile, testFromMs, onRow, onPrediction } = this.options;
    const { row } = this;
    for (let h = 0; h < profile.horizonsMinutes.length; h += 1) {
      const horizonMinutes = profile.horizonsMinutes[h] ?? 0;
      row.targetMs = origin.originMs + horizonMinutes * MINUTE_MS;
      if (row.targetMs < testFromMs) continue;
      row.horizonIndex = h;
      row.horizonMinutes = horizonMinutes;
      if (!this.fillActuals(row, origin.originMs)) continue;
      fillForecast(row, origin, h);
      row.operatorMw = this.options.operator?.at(row.targetMs, row.originMs) ?? Number.NaN;
      this.scores[h]?.add(row, calendarCell(this.clock, row.targetMs));
      onRow?.(row);
      if (onPrediction !== undefined) onPrediction(toPrediction(profile.zone, row));
    }
  }

  /** @returns false when the row does not count */
  private fillActuals(row: ScoredRow, originMs: number): boolean {
    const persistence = this.actuals.at(originMs);
    row.originMs = originMs;
    row.actualMw = this.actuals.at(row.targetMs);
    row.persistenceMw = persistence;
    row.ramp24hMw = this.rampFrom(originMs, row.targetMs, DAY_MS) ?? persistence;
    if (Number.isNaN(row.actualMw) || Number.isNaN(row.ramp24hMw)) return false;
    const ramp7d = this.rampFrom(originMs, row.targetMs, 7 * DAY_MS) ?? row.ramp24hMw;
    row.ramp7dMw = Number.isNaN(ramp7d) ? row.ramp24hMw : ramp7d;
    return true;
  }

  /** Last value + how demand moved between the same two clock times (UTC) earlier; null where that lies in the future. */
  private rampFrom(originMs: number, targetMs: number, agoMs: number): number | null {
    if (targetMs - agoMs > originMs) return null;
    const at = (timeMs: number): number => this.actuals.at(timeMs);
    return at(originMs) + at(targetMs - agoMs) - at(originMs - agoMs);
  }
}

function fillForecast(row: ScoredRow, origin: BacktestOrigin, h: number): void {
  const { model } = origin;
  const mw = origin.mw[h] ?? Number.NaN;
  row.mw = mw;
  row.p10Mw = origin.p10Mw?.[h] ?? mw + (model?.bands.p10Mw[h] ?? Number.NaN);
  row.p90Mw = origin.p90Mw?.[h] ?? mw + (model?.bands.p90Mw[h] ?? Number.NaN);
  row.mwRaw = origin.mwRaw?.[h] ?? mw;
  row.p10RawMw = origin.p10RawMw?.[h] ?? Number.NaN;
  row.p90RawMw = origin.p90RawMw?.[h] ?? Number.NaN;
  row.modelVersion = model?.version ?? 'baseline:ramp';
}

function toPrediction(zone: string, row: ScoredRow): BacktestPrediction {
  return {
    zone,
    originMs: row.originMs,
    targetMs: row.targetMs,
    horizonMinutes: row.horizonMinutes,
    mw: row.mw,
    p10: row.p10Mw,
    p90: row.p90Mw,
    actualMw: row.actualMw,
    modelVersion: row.modelVersion,
  };
}
