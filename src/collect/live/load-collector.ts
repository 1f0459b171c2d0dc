import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { fetchLoad, MAX_REQUEST_MS } from '../../sources/caiso-oasis/fetch-oasis.js';
import type { LoadMarketRun, LoadRow } from '../../sources/caiso-oasis/parse-load.js';
import type { SourceClient } from '../../sources/http/source-client.js';
import type { SourceRecord } from '../../sources/input-record.js';
import { SourceError } from '../../sources/source-error.js';
import {
  type Availability,
  type Collector,
  demandRecord,
  operatorForecastRecord,
  type Publisher,
  type RoundReport,
  RoundSum,
} from './round.js';

export const OASIS_SOURCE = 'caiso-oasis';
/** Hours that are fetched again each round: OASIS corrects and completes them. */
const OVERLAP_MS = 3 * DAY_MS;
const RETRY_HOLES_MS = 6 * HOUR_MS;

/** When each market run is asked for, and how far around now it reaches. */
const SCHEDULE: Readonly<Record<LoadMarketRun, { everyMs: number; backMs: number; aheadMs: number }>> = {
  ACTUAL: { everyMs: 30 * MINUTE_MS, backMs: OVERLAP_MS, aheadMs: 0 },
  RTM: { everyMs: 5 * MINUTE_MS, backMs: HOUR_MS, aheadMs: 2 * HOUR_MS },
  DAM: { everyMs: HOUR_MS, backMs: DAY_MS, aheadMs: 3 * DAY_MS },
  '2DA': { everyMs: 3 * HOUR_MS, backMs: 0, aheadMs: 4 * DAY_MS },
  '7DA': { everyMs: 3 * HOUR_MS, backMs: 0, aheadMs: 9 * DAY_MS },
};

export interface LoadOptions {
  readonly client: SourceClient;
  readonly publisher: Publisher;
  readonly marketRun: LoadMarketRun;
  /** Zone by TAC area: only what is here becomes a zone's value. */
  readonly zones: ReadonlyMap<string, string>;
}

/** Load of TAC areas from OASIS: hourly actual values, or one of CAISO's forecasts. */
export class LoadCollector implements Collector {
  readonly name: string;
  readonly everyMs: number;
  private readonly resources: ReadonlySet<string>;
  private holesTriedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LoadOptions) {
    this.name = `${OASIS_SOURCE} ${options.marketRun}`;
    this.everyMs = SCHEDULE[options.marketRun].everyMs;
    this.resources = new Set(options.zones.keys());
  }

  async round(nowMs: number): Promise<RoundReport> {
    const { backMs, aheadMs } = SCHEDULE[this.options.marketRun];
    const toMs = Math.floor((nowMs + aheadMs) / HOUR_MS + 1) * HOUR_MS;
    let fromMs = Math.floor((nowMs - backMs) / HOUR_MS) * HOUR_MS;
    const holeMs = this.options.marketRun === 'ACTUAL' ? this.firstHole(fromMs) : null;
    if (holeMs !== null && nowMs - this.holesTriedMs >= RETRY_HOLES_MS) {
      fromMs = holeMs;
      this.holesTriedMs = nowMs;
    }
    const sum = new RoundSum();
    for (let startMs = fromMs; startMs < toMs; startMs += MAX_REQUEST_MS)
      await this.fetch(startMs, Math.min(startMs + MAX_REQUEST_MS, toMs), nowMs, () => nowMs, sum);
    return sum.report();
  }

  /** Fetches and publishes one period of at most 31 days. That OASIS has nothing for it is no failure. */
  async fetch(
    fromMs: number,
    toMs: number,
    nowMs: number,
    availableAt: Availability,
    sum: RoundSum,
  ): Promise<void> {
    const { client, marketRun, publisher } = this.options;
    try {
      const { rows, problems } = await fetchLoad(client, marketRun, fromMs, toMs, this.resources);
      const records = rows
        .filter(({ startMs }) => startMs >= fromMs && startMs < toMs)
        .map((row) => this.record(row, nowMs, availableAt));
      sum.add(await publisher.publish(records), problems);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'no_data') throw error;
    }
  }

  private record(row: LoadRow, nowMs: number, availableAt: Availability): SourceRecord {
    const { resource, startMs, stepMinutes, mw, kind, product } = row;
    const zone = this.options.zones.get(resource) ?? resource;
    const value = { zone, startMs, stepMinutes, mw, source: OASIS_SOURCE };
    return kind === 'actual'
      ? demandRecord(value, availableAt)
      : operatorForecastRecord(value, product, nowMs);
  }

  /** Earliest hour before the overlap that some zone lacks after its first one; at most 31 days back. */
  private firstHole(beforeMs: number): number | null {
    const { publisher, zones } = this.options;
    let firstMs = Number.POSITIVE_INFINITY;
    for (const zone of zones.values()) {
      const span = publisher.span('demand.observed', zone);
      if (span === null) continue;
      const fromMs = Math.max(span.firstMs, beforeMs - MAX_REQUEST_MS);
      for (let ms = fromMs; ms < Math.min(beforeMs, firstMs); ms += HOUR_MS)
        if (!publisher.holds('demand.observed', zone, ms)) firstMs = Math.min(firstMs, ms);
    }
    return Number.isFinite(firstMs) ? firstMs : null;
  }
}
