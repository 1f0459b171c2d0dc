import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/time.js';
import { type FetchOasis, fetchRenewables, loadFetcher } from '../../sources/caiso-oasis/fetch-oasis.js';
import type { LoadMarketRun, LoadRow } from '../../sources/caiso-oasis/parse-load.js';
import type { RenewablesRow } from '../../sources/caiso-oasis/parse-renewables.js';
import type { SourceRecord } from '../../sources/input-record.js';
import { type Availability, demandRecord, supplyRecord } from './records.js';

/** One report of OASIS: when it is asked for, how far around now it reaches, and what its rows become. */
export interface OasisReport<Row> {
  /** Names the collector. */
  readonly name: string;
  readonly everyMs: number;
  readonly backMs: number;
  readonly aheadMs: number;
  /** Zones of measured demand, whose holes are looked for; empty for forecasts. */
  readonly measuredZones: readonly string[];
  readonly fetch: FetchOasis<Row>;
  record(row: Row, availableAt: Availability): SourceRecord;
}

export const OASIS_SOURCE = 'caiso-oasis';

type Schedule = Pick<OasisReport<unknown>, 'everyMs' | 'backMs' | 'aheadMs'>;

/** Measured hours of three days are fetched again each time: OASIS corrects and completes them. */
const LOAD_SCHEDULE: Readonly<Record<LoadMarketRun, Schedule>> = {
  ACTUAL: { everyMs: 30 * MINUTE_MS, backMs: 3 * DAY_MS, aheadMs: 0 },
  RTM: { everyMs: 5 * MINUTE_MS, backMs: HOUR_MS, aheadMs: 2 * HOUR_MS },
  DAM: { everyMs: HOUR_MS, backMs: DAY_MS, aheadMs: 3 * DAY_MS },
  '2DA': { everyMs: 3 * HOUR_MS, backMs: 0, aheadMs: 4 * DAY_MS },
  '7DA': { everyMs: 3 * HOUR_MS, backMs: 0, aheadMs: 9 * DAY_MS },
};

/**
 * Load of TAC areas: hourly actual values, or one of CAISO's forecasts.
 * @param zones zone by TAC area: only what is here becomes a zone's value
 */
export function loadReport(
  marketRun: LoadMarketRun,
  zones: ReadonlyMap<string, string>,
): OasisReport<LoadRow> {
  return {
    name: `${OASIS_SOURCE} ${marketRun}`,
    ...LOAD_SCHEDULE[marketRun],
    measuredZones: marketRun === 'ACTUAL' ? [...zones.values()] : [],
    fetch: loadFetcher(marketRun, new Set(zones.keys())),
    record: ({ resource, ...row }, availableAt) =>
      demandRecord({ ...row, zone: zones.get(resource) ?? resource, source: OASIS_SOURCE }, availableAt),
  };
}

/** Wind and solar as CAISO forecasts them a day ahead, by trading hub of the whole system's zone. */
export function renewablesReport(zone: string): OasisReport<RenewablesRow> {
  return {
    name: `${OASIS_SOURCE} SLD_REN_FCST`,
    everyMs: HOUR_MS,
    backMs: DAY_MS,
    aheadMs: 2 * DAY_MS,
    measuredZones: [],
    fetch: fetchRenewables,
    record: ({ hub, ...row }, availableAt) =>
      supplyRecord({ ...row, kind: 'forecast', zone, area: hub, source: OASIS_SOURCE }, availableAt),
  };
}
