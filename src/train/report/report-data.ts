import type { BacktestResult } from '../backtest.js';
import type { DayTypeName } from '../scoring/calendar-cells.js';
import type { CellSummary } from '../scoring/score-cell.js';
import type { ImportanceResult } from './permutation-importance.js';
import type { ResidualBin } from './residuals.js';
import type { DayError, ScoredDay } from './worst-days.js';

export interface HourCell extends CellSummary {
  readonly minutes: number;
  readonly hour: number;
  readonly dayType: DayTypeName;
}

/** Distribution of the percentage errors of one horizon. */
export interface ResidualSummary {
  readonly minutes: number;
  /** Percent of the actual, by probability. */
  readonly quantiles: readonly { readonly probability: number; readonly percent: number }[];
  readonly density: readonly ResidualBin[];
}

/** A model of the walk. */
export interface ReportModel {
  readonly version: string;
  readonly algorithm: string;
  readonly trainedFrom: string;
  readonly trainedUntil: string;
  readonly rows: number;
  readonly dataFingerprint: string;
  readonly artifactSha256: string;
}

/** What the walk left behind for the report beside the JSON result. */
export interface ReportFindings {
  /** Minutes of the horizons that stand for all. */
  readonly shown: readonly number[];
  readonly hours: readonly HourCell[];
  readonly residuals: readonly ResidualSummary[];
  readonly days: readonly DayError[];
  readonly worst: readonly ScoredDay[];
  /** Null when too few rows were tested to say anything. */
  readonly importance: ImportanceResult | null;
  readonly models: readonly ReportModel[];
  /** First and last target that was scored. */
  readonly firstTargetMs: number;
  readonly lastTargetMs: number;
}

/** Lines of the provenance table: what was done to what, so that it can be done again. Names of files, never paths. */
export type Provenance = readonly (readonly [label: string, value: string])[];

export interface ReportData {
  readonly result: BacktestResult;
  readonly findings: ReportFindings;
  readonly timeZone: string;
  readonly provenance: Provenance;
}
