import {
  CALENDAR_CELLS,
  DAY_TYPES,
  type DayTypeName,
  dayTypeOf,
  hourOf,
  HOURS,
  type Season,
  seasonOf,
  SEASONS,
} from './calendar-cells.js';
import { type Calibration, CalibrationCounts } from './calibration.js';
import { type CellSummary, ScoreCell } from './score-cell.js';
import type { ScoredRow } from './scored-row.js';

/** One horizon of the backtest JSON: the fields of INTERFACES and what stands beside them. */
export interface BacktestHorizon extends CellSummary {
  readonly minutes: number;
  readonly calibration: Calibration;
  /** By the target's hour on the zone's clock, 0 .. 23; hours without a row are left out, likewise below. */
  readonly byHour: readonly (CellSummary & { readonly hour: number })[];
  readonly byDayType: readonly (CellSummary & { readonly dayType: DayTypeName })[];
  readonly bySeason: readonly (CellSummary & { readonly season: Season })[];
}

/** Sums of one horizon, one cell a combination of hour, day type and season: every breakdown is a sum over cells. */
export class HorizonScores {
  private readonly cells = new Array<ScoreCell | null>(CALENDAR_CELLS).fill(null);
  private readonly calibration = new CalibrationCounts();

  constructor(private readonly minutes: number) {}

  /** @param calendar the target's cell, see calendarCell */
  add(row: ScoredRow, calendar: number): void {
    let cell = this.cells[calendar] ?? null;
    if (cell === null) {
      cell = new ScoreCell();
      this.cells[calendar] = cell;
    }
    cell.add(row);
    this.calibration.add(row);
  }

  /** Rows of the cells for which `keep` says so. */
  over(keep: (calendar: number) => boolean): ScoreCell {
    const sum = new ScoreCell();
    this.cells.forEach((cell, calendar) => {
      if (cell !== null && keep(calendar)) sum.merge(cell);
    });
    return sum;
  }

  summary(): BacktestHorizon {
    const { minutes } = this;
    const whole = this.over(() => true).summary();
    return {
      minutes,
      ...whole,
      calibration: this.calibration.summary(),
      byHour: this.by(HOURS, hourOf).map(([hour, cell]) => ({ hour, ...cell })),
      byDayType: this.by(DAY_TYPES.length, dayTypeOf).map(([i, cell]) => ({
        dayType: DAY_TYPES[i] ?? 'workday',
        ...cell,
      })),
      bySeason: this.by(SEASONS.length, seasonOf).map(([i, cell]) => ({
        season: SEASONS[i] ?? 'DJF',
        ...cell,
      })),
    };
  }

  private by(values: number, of: (calendar: number) => number): [number, CellSummary][] {
    return Array.from({ length: values }, (_, value): [number, CellSummary] => [
      value,
      this.over((calendar) => of(calendar) === value).summary(),
    ]).filter(([, { n }]) => n > 0);
  }
}
