import { MINUTE_MS, toIso } from '../../contracts/time.js';
import { type Parsed, Problems } from '../parsed.js';
import { SourceError } from '../source-error.js';
import type { WallClock } from '../wall-clock.js';
import { intervalStart, parseLabelTimes } from './parse-intervals.js';
import { parseOutlookTable } from './parse-table.js';

/** One value of Today's Outlook. Intervals are 5 minutes. */
export interface OutlookRow {
  readonly kind: 'actual' | 'forecast';
  /** demand, net-demand, or a fuel; for forecasts the product. */
  readonly series: string;
  readonly startMs: number;
  readonly mw: number;
}

export interface OutlookRequest {
  /** Day that was asked for, YYYY-MM-DD in the zone's time. */
  readonly date: string;
  readonly clock: WallClock;
  /** When the file was read. */
  readonly asOfMs: number;
  readonly report: 'demand' | 'fuelsource';
  /** Names the answer in messages. */
  readonly what: string;
}

type Column = Pick<OutlookRow, 'kind' | 'series'>;

/** Columns of demand.csv, netdemand.csv, rtm_forecast_7day.csv and of the layout before 2020. */
const DEMAND_COLUMNS: Readonly<Record<string, Column>> = {
  'current demand': { kind: 'actual', series: 'demand' },
  demand: { kind: 'actual', series: 'demand' },
  'demand (5 min. avg.)': { kind: 'actual', series: 'demand' },
  'net demand': { kind: 'actual', series: 'net-demand' },
  'day ahead forecast': { kind: 'forecast', series: 'outlook-day-ahead' },
  'day-ahead demand forecast': { kind: 'forecast', series: 'outlook-day-ahead' },
  'hour ahead forecast': { kind: 'forecast', series: 'outlook-hour-ahead' },
  'net demand forecast': { kind: 'forecast', series: 'outlook-net-demand' },
  'day-ahead net demand forecast': { kind: 'forecast', series: 'outlook-net-day-ahead' },
};
/** Clocks differ a little, and a value may be published as its interval ends. */
const AHEAD_MS = 6 * MINUTE_MS;

/**
 * Reads a day file of Today's Outlook into values by interval. Blank values are left out, as are those whose instant
 * cannot be told; both only when the file is the day's that was asked for.
 * @throws SourceError unexpected_content for another day's file or another report, damaged when it is empty
 */
export function parseOutlook(text: string, request: OutlookRequest): Parsed<OutlookRow> {
  const { date, clock, asOfMs, report, what } = request;
  const problems = new Problems();
  const table = parseOutlookTable(text, what, problems);
  if (table.date !== null && table.date !== date)
    throw new SourceError('unexpected_content', `${what} is the file of ${table.date}, not of ${date}`);
  const times = parseLabelTimes(table.labels, date, clock, asOfMs, problems);
  const rows: OutlookRow[] = [];
  let columns = 0;
  for (const [name, values] of table.columns) {
    const column = columnOf(name, report);
    if (column === null) continue;
    columns++;
    values.forEach((mw, i) => {
      const time = times[i];
      if (Number.isNaN(mw) || time === undefined) return;
      if ('refused' in time) {
        if (time.refused !== null) problems.add(table.labels[i]?.text ?? '', `${name}: ${time.refused}`);
        return;
      }
      rows.push({ ...column, startMs: intervalStart(time.endMs), mw });
    });
  }
  if (columns === 0) throw new SourceError('unexpected_content', `${what} has no column of ${report}`);
  refuseFuture(rows, asOfMs, what, date);
  return { rows, problems: problems.list() };
}

function columnOf(name: string, report: OutlookRequest['report']): Column | null {
  const key = name.toLowerCase();
  if (report === 'demand') return DEMAND_COLUMNS[key] ?? null;
  return DEMAND_COLUMNS[key] === undefined ? { kind: 'actual', series: key.replaceAll(' ', '-') } : null;
}

/** The file of the day before, still served after midnight, would put its evening into the future. */
function refuseFuture(rows: readonly OutlookRow[], asOfMs: number, what: string, date: string): void {
  const future = rows.find(
    ({ kind, startMs }) => kind === 'actual' && startMs + 5 * MINUTE_MS > asOfMs + AHEAD_MS,
  );
  if (future === undefined) return;
  throw new SourceError(
    'unexpected_content',
    `${what} has an actual value for ${toIso(future.startMs)}, which has not passed yet: it is not the file of ${date}`,
  );
}
