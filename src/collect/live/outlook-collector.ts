import { MINUTE_MS } from '../../contracts/time.js';
import { fetchOutlookDay, fetchOutlookToday } from '../../sources/caiso-outlook/fetch-outlook.js';
import type { OutlookRow } from '../../sources/caiso-outlook/parse-outlook.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import { SourceError } from '../../sources/source-error.js';
import { WallClock } from '../../sources/wall-clock.js';
import type { PublishCounts } from '../publisher.js';
import { OutlookDays } from './outlook-days.js';
import type { OutlookReport } from './outlook-reports.js';
import type { Availability } from './records.js';
import { type Collector, type Publisher, type RoundReport, RoundSum } from './round.js';

const TIME_ZONE = 'America/Los_Angeles';

export interface OutlookOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly report: OutlookReport;
}

/** One report of the whole system every five minutes, from Today's Outlook: today's file, and past days with holes. */
export class OutlookCollector implements Collector {
  readonly name: string;
  readonly everyMs = 5 * MINUTE_MS;
  readonly clock = new WallClock(TIME_ZONE);
  private readonly days = new OutlookDays(this.clock);

  constructor(private readonly options: OutlookOptions) {
    this.name = options.report.name;
  }

  async round(nowMs: number): Promise<RoundReport> {
    const { client, publisher, report } = this.options;
    const { topic, zone, series, file } = report;
    const sum = new RoundSum();
    const firstMs = publisher.span(topic, zone, series)?.firstMs ?? null;
    for (const date of this.days.due(nowMs, firstMs, (startMs) => this.holds(startMs))) {
      try {
        await this.fetchDay(date, () => nowMs, sum);
      } catch (error) {
        if (!(error instanceof SourceError) || error.kind !== 'not_found') throw error;
        sum.add({ published: 0, revised: 0, unchanged: 0 }, [{ where: date, reason: error.message }]);
      }
      this.days.read(date, nowMs);
    }
    const { rows, problems } = await fetchOutlookToday(client, this.clock, file);
    sum.add(await this.publish(rows, () => nowMs), problems);
    return sum.report();
  }

  /** Whether the value of an interval is known. */
  holds(startMs: number): boolean {
    const { topic, zone, series } = this.options.report;
    return this.options.publisher.holds(topic, zone, startMs, series);
  }

  /**
   * Fetches and publishes a past day.
   * @param availableAt when its values count as known
   * @param isWanted rows that are to be published; all of them by default
   */
  async fetchDay(
    date: string,
    availableAt: Availability,
    sum: RoundSum,
    isWanted: (row: OutlookRow) => boolean = () => true,
  ): Promise<void> {
    const { client, report } = this.options;
    const { rows, problems } = await fetchOutlookDay(client, date, this.clock, report.file);
    sum.add(await this.publish(rows.filter(isWanted), availableAt), problems);
  }

  private publish(rows: readonly OutlookRow[], availableAt: Availability): Promise<PublishCounts> {
    const { publisher, report } = this.options;
    return publisher.publish(report.records(rows, availableAt));
  }
}
