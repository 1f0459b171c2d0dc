import type { RuntimeConfig, ZoneConfig } from '../config/types.js';
import { loadChunks, outlookChunks } from '../collect/backfill.js';
import type { Chunk } from '../collect/chunks.js';
import { OasisCollector } from '../collect/live/oasis-collector.js';
import { loadReport, OASIS_SOURCE, renewablesReport } from '../collect/live/oasis-reports.js';
import { OutlookCollector } from '../collect/live/outlook-collector.js';
import {
  demandReport,
  fuelReport,
  netDemandReport,
  OUTLOOK_SOURCE,
} from '../collect/live/outlook-reports.js';
import type { Publisher } from '../collect/live/round.js';
import { HOUR_MS, toIso } from '../contracts/time.js';
import { loadFetcher } from '../sources/caiso-oasis/fetch-oasis.js';
import { LOAD_MARKET_RUNS } from '../sources/caiso-oasis/parse-load.js';
import { fetchOutlookToday } from '../sources/caiso-outlook/fetch-outlook.js';
import type { SourceClient } from '../sources/http/source-client.js';
import type { SourcePart } from './source-part.js';

/** Opens the client of a source. */
export type OpenClient = (source: string, baseUrl: string, pauseMs: number) => SourceClient;

/** What OASIS asks for (5 s), with a margin, and a courtesy to the other. */
const OASIS_PAUSE_MS = 5_500;
const OUTLOOK_PAUSE_MS = 1_000;
export const SUPPLY_PART = `${OUTLOOK_SOURCE}-supply`;

/** Today's Outlook, for the zone that stands for the whole system: its demand, and its supply side. */
export function outlookParts(config: RuntimeConfig, publisher: Publisher, open: OpenClient): SourcePart[] {
  const [whole] = zonesOf(config, 'caiso-outlook');
  if (whole === undefined) return [];
  const { zone } = whole;
  const { caisoOutlookUrl, operatorForecasts, supply } = config.sources;
  const client = open(OUTLOOK_SOURCE, caisoOutlookUrl, OUTLOOK_PAUSE_MS);
  const demand = new OutlookCollector({ client, publisher, report: demandReport(zone, operatorForecasts) });
  const probe = async (): Promise<string> => {
    const { rows } = await fetchOutlookToday(client, demand.clock, 'demand');
    const newestMs = Math.max(...rows.filter(({ kind }) => kind === 'actual').map(({ startMs }) => startMs));
    return Number.isFinite(newestMs)
      ? `newest measured interval ${toIso(newestMs)}`
      : 'no measured value yet';
  };
  const parts: SourcePart[] = [
    {
      name: OUTLOOK_SOURCE,
      client: OUTLOOK_SOURCE,
      zones: [zone],
      collectors: [demand],
      fills: 'demand.observed',
      history: (fromMs, toMs) => outlookChunks(demand, fromMs, toMs),
      probe,
    },
  ];
  if (!supply) return parts;
  const collectors = [netDemandReport(zone), fuelReport(zone)].map(
    (report) => new OutlookCollector({ client, publisher, report }),
  );
  const history = (fromMs: number, toMs: number): Chunk[] =>
    collectors.flatMap((collector) => outlookChunks(collector, fromMs, toMs));
  const part = { name: SUPPLY_PART, client: OUTLOOK_SOURCE, zones: [zone], collectors };
  return [...parts, { ...part, fills: null, history, probe }];
}

/** OASIS: hourly load of the areas, the operator's forecasts, wind and solar. */
export function oasisPart(config: RuntimeConfig, publisher: Publisher, open: OpenClient): SourcePart[] {
  const hourly = zonesOf(config, 'caiso-oasis');
  const { operatorForecasts, supply, caisoOasisUrl } = config.sources;
  const whole = zonesOf(config, 'caiso-outlook');
  if (hourly.length === 0) return [];
  const client = open(OASIS_SOURCE, caisoOasisUrl, OASIS_PAUSE_MS);
  const measured = byResource(hourly);
  const actual = new OasisCollector({ client, publisher, report: loadReport('ACTUAL', measured) });
  // The hourly actual of the whole system is another definition than its five minutes, so it never joins them.
  const forecastZones = byResource([...hourly, ...whole]);
  const forecasts = LOAD_MARKET_RUNS.filter((run) => operatorForecasts && run !== 'ACTUAL').map(
    (run) => new OasisCollector({ client, publisher, report: loadReport(run, forecastZones) }),
  );
  const renewables = whole
    .filter(() => supply && operatorForecasts)
    .map(({ zone }) => new OasisCollector({ client, publisher, report: renewablesReport(zone) }));
  return [
    {
      name: OASIS_SOURCE,
      client: OASIS_SOURCE,
      zones: [...measured.values()],
      collectors: [actual, ...forecasts, ...renewables],
      fills: 'demand.observed',
      history: (fromMs, toMs) => loadChunks(actual, publisher, measured.values(), fromMs, toMs),
      probe: async (nowMs) => {
        const toMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
        const fetch = loadFetcher('ACTUAL', new Set(measured.keys()));
        const { rows } = await fetch(client, toMs - 6 * HOUR_MS, toMs);
        const newestMs = Math.max(...rows.map(({ startMs }) => startMs));
        return `${rows.length} measured values of the last six hours, the newest of ${toIso(newestMs)}`;
      },
    },
  ];
}

export function zonesOf(
  config: RuntimeConfig,
  kind: NonNullable<ZoneConfig['source']>['kind'],
): ZoneConfig[] {
  return config.zones.filter(({ source }) => source?.kind === kind);
}

function byResource(zones: readonly ZoneConfig[]): Map<string, string> {
  return new Map(zones.map(({ zone, source }) => [source?.resource ?? zone, zone]));
}
