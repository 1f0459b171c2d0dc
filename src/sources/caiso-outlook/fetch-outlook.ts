import { NOT_MODIFIED, type SourceClient } from '../http/source-client.js';
import type { Parsed } from '../parsed.js';
import { SourceError } from '../source-error.js';
import type { WallClock } from '../wall-clock.js';
import { type OutlookRow, parseOutlook } from './parse-outlook.js';

const NOTHING: Parsed<OutlookRow> = { rows: [], problems: [] };

/** Today's file, only when it changed; empty when it did not. @throws SourceError */
export async function fetchOutlookToday(client: SourceClient, clock: WallClock): Promise<Parsed<OutlookRow>> {
  const what = "Today's Outlook demand.csv of today";
  const answer = await client.ask({
    path: '/outlook/current/demand.csv',
    what,
    conditional: true,
    read: ({ body, nowMs }) =>
      parseOutlook(body.toString('utf8'), {
        date: clock.dateOf(nowMs),
        clock,
        asOfMs: nowMs,
        report: 'demand',
        what,
      }),
  });
  return answer === NOT_MODIFIED ? NOTHING : answer;
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
): Promise<Parsed<OutlookRow>> {
  try {
    return await dayFile(client, date, clock, 'demand.csv');
  } catch (error) {
    if (!(error instanceof SourceError) || error.kind !== 'not_found') throw error;
    return dayFile(client, date, clock, 'netdemand.csv');
  }
}

async function dayFile(
  client: SourceClient,
  date: string,
  clock: WallClock,
  file: string,
): Promise<Parsed<OutlookRow>> {
  const what = `Today's Outlook ${file} of ${date}`;
  const answer = await client.ask({
    path: `/outlook/history/${date.replaceAll('-', '')}/${file}`,
    what,
    read: ({ body, nowMs }) =>
      parseOutlook(body.toString('utf8'), { date, clock, asOfMs: nowMs, report: 'demand', what }),
  });
  return answer === NOT_MODIFIED ? NOTHING : answer;
}
