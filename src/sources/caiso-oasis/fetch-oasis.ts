import { DAY_MS } from '../../contracts/time.js';
import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import { type LoadMarketRun, type LoadRow, parseLoad } from './parse-load.js';
import { parseRenewables, type RenewablesRow } from './parse-renewables.js';
import type { OasisRow } from './parse-report.js';
import { readOasisBody } from './read-body.js';

/** Longest period of one request (error 1004 beyond). */
export const MAX_REQUEST_MS = 31 * DAY_MS;

/** Asks for a report over [fromMs, toMs), at most 31 days. @throws SourceError, no_data when there is nothing */
export type FetchOasis<Row> = (client: SourceClient, fromMs: number, toMs: number) => Promise<Parsed<Row>>;

/** SLD_FCST: load, measured or forecast, of the areas that are wanted. */
export function loadFetcher(marketRun: LoadMarketRun, resources: ReadonlySet<string>): FetchOasis<LoadRow> {
  return (client, fromMs, toMs) =>
    ask(client, 'SLD_FCST', marketRun, fromMs, toMs, (rows) => parseLoad(rows, marketRun, resources));
}

/** SLD_REN_FCST: the day-ahead forecast of wind and solar by trading hub. */
export const fetchRenewables: FetchOasis<RenewablesRow> = (client, fromMs, toMs) =>
  ask(client, 'SLD_REN_FCST', 'DAM', fromMs, toMs, parseRenewables);

async function ask<Row>(
  client: SourceClient,
  report: string,
  marketRun: string,
  fromMs: number,
  toMs: number,
  parse: (rows: readonly OasisRow[]) => Parsed<Row>,
): Promise<Parsed<Row>> {
  const what = `OASIS ${report} ${marketRun}`;
  const query =
    `resultformat=6&queryname=${report}&version=1&market_run_id=${marketRun}` +
    `&startdatetime=${oasisTime(fromMs)}&enddatetime=${oasisTime(toMs)}`;
  const answer = await client.ask({
    path: `/oasisapi/SingleZip?${query}`,
    what,
    read: ({ body }) => {
      const { rows, problems } = readOasisBody(body, what);
      const parsed = parse(rows);
      return { rows: parsed.rows, problems: [...problems, ...parsed.problems] };
    },
  });
  return answer === NOT_MODIFIED ? { rows: [], problems: [] } : answer;
}

/** YYYYMMDDTHH:MM-0000 */
function oasisTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replaceAll('-', '')}-0000`;
}
