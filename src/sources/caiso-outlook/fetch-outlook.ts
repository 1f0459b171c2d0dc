import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import { SourceError } from '../source-error.js';
import type { WallClock } from '../wall-clock.js';
import { type OutlookRow, parseOutlook } from './parse-outlook.js';

/** The day files that are read, by the name of their CSV. */
export type OutlookFile = 'demand' | 'netdemand' | 'fuelsource';

const NOTHING: Parsed<OutlookRow> = { rows: [], problems: [] };

/** Today's file, only when it changed; empty when it did not. @throws SourceError */
export async function fetchOutlookToday(
  client: SourceClient,
  clock: WallClock,
  file: OutlookFile,
): Promise<Parsed<OutlookRow>> {
  const what = `Today's Outlook ${file}.csv of today`;
  return ask(client, `/outlook/current/${file}.csv`, what, true, (nowMs) => ({
    ...request(file, clock, what, nowMs),
    date: clock.dateOf(nowMs),
  }));
}

/**
 * The file of a past day; where there is no demand.csv, netdemand.csv, which older days have instead.
 * @param date YYYY-MM-DD
 * @throws SourceError, not_found when there is neither
 */
export async function fetchOutlookDay(
  client: SourceClient,
  date: string,
  clock: WallClock,
  file: OutlookFile,
): Promise<Parsed<OutlookRow>> {
  try {
    return await dayFile(client, date, clock, file);
  } catch (error) {
    if (file !== 'demand' || !(error instanceof SourceError) || error.kind !== 'not_found') throw error;
    return dayFile(client, date, clock, 'netdemand');
  }
}

function dayFile(
  client: SourceClient,
  date: string,
  clock: WallClock,
  file: OutlookFile,
): Promise<Parsed<OutlookRow>> {
  const what = `Today's Outlook ${file}.csv of ${date}`;
  const path = `/outlook/history/${date.replaceAll('-', '')}/${file}.csv`;
  return ask(client, path, what, false, (nowMs) => ({ ...request(file, clock, what, nowMs), date }));
}

type Request = Parameters<typeof parseOutlook>[1];

function request(file: OutlookFile, clock: WallClock, what: string, asOfMs: number): Omit<Request, 'date'> {
  return { clock, what, asOfMs, report: file === 'fuelsource' ? 'fuelsource' : 'demand' };
}

async function ask(
  client: SourceClient,
  path: string,
  what: string,
  conditional: boolean,
  requestAt: (nowMs: number) => Request,
): Promise<Parsed<OutlookRow>> {
  const answer = await client.ask({
    path,
    what,
    conditional,
    read: ({ body, nowMs }) => parseOutlook(body.toString('utf8'), requestAt(nowMs)),
  });
  return answer === NOT_MODIFIED ? NOTHING : answer;
}
