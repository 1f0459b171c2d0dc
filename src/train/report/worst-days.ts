import { DAY_MS } from '../../contracts/time.js';
import type { ZoneClock } from '../../features/zone-clock.js';
import { ErrorSums } from '../error-sums.js';
import type { ScoredRow } from '../scoring/scored-row.js';

export interface DayPoint {
  readonly targetMs: number;
  readonly actualMw: number;
  readonly mw: number;
  readonly p10Mw: number;
  readonly p90Mw: number;
}

/** One local day as one horizon saw it. */
export interface DaySeries {
  readonly minutes: number;
  readonly mape: number;
  readonly points: readonly DayPoint[];
}

export interface ScoredDay {
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
  /** Mean absolute percentage error over the rows of all the shown horizons. */
  readonly mape: number;
  readonly series: readonly DaySeries[];
}

/** A day's error without its points: cheap enough to keep for every day. */
export interface DayError {
  readonly date: string;
  /** MAPE, percent, one a shown horizon; null where the day has no row. */
  readonly mape: readonly (number | null)[];
}

interface OpenSeries {
  readonly sums: ErrorSums;
  readonly points: DayPoint[];
}

/** A day with fewer of its rows says little about the day; it is counted, and never among the worst. */
const LEAST_SHARE = 0.5;

/** The error of every local day, and the worst of them with their curves. Holds the points of a few days only. */
export class DayErrors {
  readonly days: DayError[] = [];
  private readonly open = new Map<number, OpenSeries[]>();
  private worst: ScoredDay[] = [];

  /**
   * @param shownMinutes horizons to look at
   * @param keep how many days to keep with their points
   */
  constructor(
    private readonly clock: ZoneClock,
    private readonly stepMs: number,
    private readonly shownMinutes: readonly number[],
    private readonly keep: number,
  ) {}

  /** @param row by rising origin */
  add(row: Readonly<ScoredRow>): void {
    const at = this.shownMinutes.indexOf(row.horizonMinutes);
    if (at < 0) return;
    this.closeBefore(row.originMs);
    const day = this.clock.localDay(row.targetMs);
    let series = this.open.get(day);
    if (series === undefined) {
      series = this.shownMinutes.map(() => ({ sums: new ErrorSums(), points: [] }));
      this.open.set(day, series);
    }
    const { targetMs, actualMw, mw, p10Mw, p90Mw } = row;
    series[at]?.sums.add(actualMw, mw, p10Mw, p90Mw);
    series[at]?.points.push({ targetMs, actualMw, mw, p10Mw, p90Mw });
  }

  /** Worst first. */
  finish(): readonly ScoredDay[] {
    this.closeBefore(Number.POSITIVE_INFINITY);
    return this.worst;
  }

  private closeBefore(originMs: number): void {
    for (const [day, series] of this.open) {
      // Days begin in rising order: what comes later is open too.
      if (this.clock.startOfDay(day + 1) > originMs) break;
      this.open.delete(day);
      this.close(day, series);
    }
  }

  private close(day: number, open: readonly OpenSeries[]): void {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    const whole = new ErrorSums();
    for (const { sums } of open) whole.merge(sums);
    this.days.push({ date, mape: open.map(({ sums }) => (sums.n === 0 ? null : sums.summary().mape)) });
    if (whole.n < (LEAST_SHARE * this.shownMinutes.length * DAY_MS) / this.stepMs) return;
    const series = open.map(({ sums, points }, at) => ({
      minutes: this.shownMinutes[at] ?? 0,
      mape: sums.summary().mape,
      points,
    }));
    this.worst.push({ date, mape: whole.summary().mape, series });
    this.worst = this.worst.sort((a, b) => b.mape - a.mape).slice(0, this.keep);
  }
}
