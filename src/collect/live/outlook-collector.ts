import { MINUTE_MS } from '../../contracts/time.js';
import { fetchOutlookDay, fetchOutlookToday } from '../../sources/caiso-outlook/fetch-outlook.js';
import type { OutlookRow } from '../../sources/caiso-outlook/parse-outlook.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import type { SourceRecord } from '../../sources/input-record.js';
import { SourceError } from '../../sources/source-error.js';
import { WallClock } from '../../sources/wall-clock.js';
import { OutlookDays } from './outlook-days.js';
import {
  type Availability,
  type Collector,
  demandRecord,
  operatorForecastRecord,
  type Publisher,
  type RoundReport,
  RoundSum,
} from './round.js';

export const OUTLOOK_SOURCE = 'caiso-outlook';
const TIME_ZONE = 'America/Los_Angeles';
const STEP_MINUTES = 5;
const FORECASTS = new Set(['outlook-day-ahead', 'outlook-hour-ahead']);

export interface OutlookOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  /** The zone that the whole system's demand goes to. */
  readonly zone: string;
  readonly operatorForecasts: boolean;
}

/** Demand of the whole system every five minutes, from Today's Outlook: today's file, and past days that have holes. */
export class OutlookCollector implements Collector {
  readonly name = OUTLOOK_SOURCE;
  readonly everyMs = 5 * MINUTE_MS;
  readonly clock = new WallClock(TIME_ZONE);
  private readonly days = new OutlookDays(this.clock);

  constructor(private readonly options: OutlookOptions) {}

  async round(nowMs: number): Promise<RoundReport> {
    const { client, publisher, zone } = this.options;
    const sum = new RoundSum();
    const firstMs = publisher.span('demand.observed', zone)?.firstMs ?? null;
    const holds = (startMs: number): boolean => publisher.holds('demand.observed', zone, startMs);
    for (const date of this.days.due(nowMs, firstMs, holds)) {
      try {
        const { rows, problems } = await fetchOutlookDay(client, date, this.clock);
        sum.add(await this.publish(rows, nowMs, () => nowMs), problems);
      } catch (error) {
        if (!(error instanceof SourceError) || error.kind !== 'not_found') throw error;
        sum.add({ published: 0, revised: 0, unchanged: 0 }, [{ where: date, reason: error.message }]);
      }
      this.days.read(date, nowMs);
    }
    const { rows, problems } = await fetchOutlookToday(client, this.clock);
    sum.add(await this.publish(rows, nowMs, () => nowMs), problems);
    return sum.report();
  }

  /** Publishes the rows of a day file. @param availableAt when history counts as known */
  async publish(rows: readonly OutlookRow[], nowMs: number, availableAt: Availability) {
    const { zone, publisher, operatorForecasts } = this.options;
    const records: SourceRecord[] = [];
    for (const { kind, series, startMs, mw } of [...rows].sort((a, b) => a.startMs - b.startMs)) {
      const value = { zone, startMs, stepMinutes: STEP_MINUTES, mw, source: OUTLOOK_SOURCE };
      if (kind === 'actual' && series === 'demand') records.push(demandRecord(value, availableAt));
      else if (kind === 'forecast' && operatorForecasts && FORECASTS.has(series))
        records.push(operatorForecastRecord(value, series, nowMs));
    }
    return publisher.publish(records);
  }
}
