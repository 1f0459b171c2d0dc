import { HOUR_MS } from '../../contracts/time.js';
import { MAX_REQUEST_MS } from '../../sources/caiso-oasis/fetch-oasis.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import { SourceError } from '../../sources/source-error.js';
import type { OasisReport } from './oasis-reports.js';
import type { Availability } from './records.js';
import { type Collector, type Publisher, type RoundReport, RoundSum } from './round.js';

const RETRY_HOLES_MS = 6 * HOUR_MS;

export interface OasisOptions<Row> {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly report: OasisReport<Row>;
}

/** One report of OASIS on its schedule, with what is missing before the overlap. */
export class OasisCollector<Row extends { readonly startMs: number }> implements Collector {
  readonly name: string;
  readonly everyMs: number;
  private holesTriedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: OasisOptions<Row>) {
    this.name = options.report.name;
    this.everyMs = options.report.everyMs;
  }

  async round(nowMs: number): Promise<RoundReport> {
    const { backMs, aheadMs } = this.options.report;
    const toMs = Math.floor((nowMs + aheadMs) / HOUR_MS + 1) * HOUR_MS;
    let fromMs = Math.floor((nowMs - backMs) / HOUR_MS) * HOUR_MS;
    const holeMs = this.firstHole(fromMs);
    if (holeMs !== null && nowMs - this.holesTriedMs >= RETRY_HOLES_MS) {
      fromMs = holeMs;
      this.holesTriedMs = nowMs;
    }
    const sum = new RoundSum();
    for (let startMs = fromMs; startMs < toMs; startMs += MAX_REQUEST_MS)
      await this.fetch(startMs, Math.min(startMs + MAX_REQUEST_MS, toMs), () => nowMs, sum);
    return sum.report();
  }

  /** Fetches and publishes one period of at most 31 days. That OASIS has nothing for it is no failure. */
  async fetch(fromMs: number, toMs: number, availableAt: Availability, sum: RoundSum): Promise<void> {
    const { client, report, publisher } = this.options;
    try {
      const { rows, problems } = await report.fetch(client, fromMs, toMs);
      const records = rows
        .filter(({ startMs }) => startMs >= fromMs && startMs < toMs)
        .map((row) => report.record(row, availableAt));
      sum.add(await publisher.publish(records), problems);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'no_data') throw error;
    }
  }

  /** Earliest hour before the overlap that some zone lacks after its first one; at most 31 days back. */
  private firstHole(beforeMs: number): number | null {
    const { publisher, report } = this.options;
    let firstMs = Number.POSITIVE_INFINITY;
    for (const zone of report.measuredZones) {
      const span = publisher.span('demand.observed', zone);
      if (span === null) continue;
      const fromMs = Math.max(span.firstMs, beforeMs - MAX_REQUEST_MS);
      for (let ms = fromMs; ms < Math.min(beforeMs, firstMs); ms += HOUR_MS)
        if (!publisher.holds('demand.observed', zone, ms)) firstMs = Math.min(firstMs, ms);
    }
    return Number.isFinite(firstMs) ? firstMs : null;
  }
}
