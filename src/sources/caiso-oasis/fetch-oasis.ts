import { DAY_MS } from '../../contracts/time.js';
import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import { type LoadMarketRun, type LoadRow, parseLoad } from './parse-load.js';
import { readOasisBody } from './read-body.js';

/** Longest period of one request (error 1004 beyond). */
export const MAX_REQUEST_MS = 31 * DAY_MS;

/**
 * Asks OASIS for SLD_FCST over [fromMs, toMs), at most 31 days.
 * @throws SourceError
 */
export async function fetchLoad(
  client: SourceClient,
  marketRun: LoadMarketRun,
  fromMs: number,
  toMs: number,
  resources: ReadonlySet<string>,
): Promise<Parsed<LoadRow>> {
  const what = `OASIS SLD_FCST ${marketRun}`;
  const query =
    `resultformat=6&queryname=SLD_FCST&version=1&market_run_id=${marketRun}` +
    `&startdatetime=${oasisTime(fromMs)}&enddatetime=${oasisTime(toMs)}`;
  const answer = await client.ask({
    path: `/oasisapi/SingleZip?${query}`,
    what,
    read: ({ body }) => {
      const { rows, problems } = readOasisBody(body, what);
      const load = parseLoad(rows, marketRun, resources);
      return { rows: load.rows, problems: [...problems, ...load.problems] };
    },
  });
  return answer === NOT_MODIFIED ? { rows: [], problems: [] } : answer;
}

/** YYYYMMDDTHH:MM-0000 */
function oasisTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replaceAll('-', '')}-0000`;
}
