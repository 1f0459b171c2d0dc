import { FEATURE_NAMES } from '../../features/feature-names.js';
import type { RowBuffer } from '../../features/row-buffer.js';
import { zoneClock, type ZoneClock } from '../../features/zone-clock.js';
import type { ZoneProfile } from '../../features/zone-profile.js';
import type { NowcastRequest } from '../../nowcast/request.js';
import type { BacktestModel } from '../backtest-model.js';
import type { BacktestObserver } from '../backtest.js';
import {
  CALENDAR_CELLS,
  calendarCell,
  DAY_TYPES,
  dayTypeOf,
  hourOf,
  SEASONS,
} from '../scoring/calendar-cells.js';
import { HorizonScores } from '../scoring/horizon-scores.js';
import type { ScoredRow } from '../scoring/scored-row.js';
import { ImportanceSample } from './importance-sample.js';
import { type ImportanceResult, permutationImportance } from './permutation-importance.js';
import type { HourCell, ReportFindings, ReportModel, ResidualSummary } from './report-data.js';
import { ResidualHistogram } from './residuals.js';
import { shownHorizons } from './shown-horizons.js';
import { DayErrors } from './worst-days.js';

const WORST_DAYS = 6;
/** Every one with all its horizons: 11,600 rows at the default horizons of a 5-minute zone. */
const SAMPLED_ORIGINS = 200;
const RESIDUAL_BINS = 60;
const RESIDUAL_PROBABILITIES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Looks on at a walk and keeps what the report shows beyond the JSON result. Memory does not grow with the rows. */
export class ReportCollector {
  private readonly shown: readonly number[];
  private readonly clock: ZoneClock;
  private readonly scores: readonly HorizonScores[];
  private readonly residuals: readonly ResidualHistogram[];
  private readonly dayErrors: DayErrors;
  private readonly sample: ImportanceSample;
  private readonly models: ReportModel[] = [];
  private model: BacktestModel | null = null;
  private importance: ImportanceResult | null = null;
  private firstTargetMs = Number.POSITIVE_INFINITY;
  private lastTargetMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly profile: ZoneProfile,
    private readonly seed: number,
  ) {
    this.shown = shownHorizons(profile.horizonsMinutes);
    this.clock = zoneClock(profile.timeZone, profile.holidays);
    this.scores = this.shown.map((minutes) => new HorizonScores(minutes));
    this.residuals = this.shown.map(() => new ResidualHistogram());
    this.dayErrors = new DayErrors(this.clock, profile.stepMs, this.shown, WORST_DAYS);
    this.sample = new ImportanceSample(SAMPLED_ORIGINS, seed);
  }

  private readonly onRow = (row: Readonly<ScoredRow>): void => {
    this.firstTargetMs = Math.min(this.firstTargetMs, row.targetMs);
    this.lastTargetMs = Math.max(this.lastTargetMs, row.targetMs);
    this.sample.settle(row);
    const at = this.shown.indexOf(row.horizonMinutes);
    if (at < 0) return;
    this.scores[at]?.add(row, calendarCell(this.clock, row.targetMs));
    this.residuals[at]?.add(row.actualMw, row.mw);
    this.dayErrors.add(row);
  };

  private readonly onAnswered = (
    model: BacktestModel,
    requests: readonly NowcastRequest[],
    buffer: RowBuffer,
  ): void => {
    if (model !== this.model) {
      this.model = model;
      this.sample.restart();
      const { version, algorithm, trainedFrom, trainedUntil, rows, dataFingerprint, artifactSha256 } =
        model.manifest;
      this.models.push({
        version,
        algorithm,
        trainedFrom,
        trainedUntil,
        rows,
        dataFingerprint,
        artifactSha256,
      });
    }
    this.sample.add(requests, buffer);
  };

  private readonly onEnd = async (model: BacktestModel): Promise<void> => {
    const { horizonsMinutes } = this.profile;
    this.importance = await permutationImportance(
      this.sample.scored(),
      FEATURE_NAMES,
      horizonsMinutes,
      this.shown.map((minutes) => horizonsMinutes.indexOf(minutes)),
      (requests, buffer) => model.answer(requests, buffer),
      this.seed,
    );
  };

  /** What to hand to the backtest. */
  get observer(): BacktestObserver {
    const { onRow, onAnswered, onEnd } = this;
    return { onRow, onAnswered, onEnd };
  }

  /** Once the walk is over. */
  findings(): ReportFindings {
    const { shown, models, importance, firstTargetMs, lastTargetMs } = this;
    const worst = this.dayErrors.finish();
    const { days } = this.dayErrors;
    const residuals = this.residualSummaries();
    return {
      shown,
      hours: this.hourCells(),
      residuals,
      days,
      worst,
      importance,
      models,
      firstTargetMs,
      lastTargetMs,
    };
  }

  private hourCells(): HourCell[] {
    const cells: HourCell[] = [];
    this.scores.forEach((scores, at) => {
      for (let first = 0; first < CALENDAR_CELLS; first += SEASONS.length) {
        const [hour, type] = [hourOf(first), dayTypeOf(first)];
        const sum = scores.over((cell) => hourOf(cell) === hour && dayTypeOf(cell) === type);
        if (sum.model.n === 0) continue;
        const dayType = DAY_TYPES[type] ?? 'workday';
        cells.push({ minutes: this.shown[at] ?? 0, hour, dayType, ...sum.summary() });
      }
    });
    return cells;
  }

  /** All horizons over the same reach, so that they can be laid over one another. */
  private residualSummaries(): ResidualSummary[] {
    const reaches = this.residuals.flatMap((one) => [-one.quantile(0.01), one.quantile(0.99)]);
    const reach = Math.max(0.5, ...reaches.filter((value) => Number.isFinite(value)));
    return this.residuals.map((one, at) => ({
      minutes: this.shown[at] ?? 0,
      quantiles: RESIDUAL_PROBABILITIES.map((probability) => ({
        probability,
        percent: one.quantile(probability),
      })),
      density: one.density(reach, RESIDUAL_BINS),
    }));
  }
}
