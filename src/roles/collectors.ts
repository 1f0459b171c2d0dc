import path from 'node:path';
import type { RuntimeConfig, ZoneConfig } from '../config/types.js';
import { packageVersion } from '../config/package-root.js';
import { type Chunk, loadChunks, outlookChunks, weatherChunks } from '../collect/backfill.js';
import { CsvCollector } from '../collect/live/csv-collector.js';
import { LoadCollector, OASIS_SOURCE } from '../collect/live/load-collector.js';
import { OUTLOOK_SOURCE, OutlookCollector } from '../collect/live/outlook-collector.js';
import type { Collector, Publisher } from '../collect/live/round.js';
import { OPEN_METEO_SOURCE, WeatherCollector } from '../collect/live/weather-collector.js';
import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import { LOAD_MARKET_RUNS } from '../sources/caiso-oasis/parse-load.js';
import { HostTurns, type Pacer } from '../sources/http/host-turns.js';
import { type ClientOptions, SourceClient } from '../sources/http/source-client.js';

/** What one source collects, and its history. */
export interface SourcePart {
  readonly name: string;
  readonly collectors: readonly Collector[];
  /** Requests that bring the history of [fromMs, toMs). */
  history(fromMs: number, toMs: number): Chunk[];
}

export interface CollectorSetup {
  readonly config: RuntimeConfig;
  readonly publisher: Publisher;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
  readonly onRequest: (source: string, outcome: string, seconds: number) => void;
  /** Of requests; tests make it short. */
  readonly timeoutMs?: number;
  readonly random?: () => number;
}

export interface Sources {
  readonly parts: readonly SourcePart[];
  close(): Promise<void>;
}

/** Pauses between requests: what OASIS asks for (5 s), with a margin, and a courtesy to the others. */
const PAUSE_MS = { [OASIS_SOURCE]: 5_500, [OUTLOOK_SOURCE]: 1_000, [OPEN_METEO_SOURCE]: 1_000 } as const;
/** The reanalysis is some days behind. */
const ARCHIVE_DELAY_MS = 5 * DAY_MS;

/** The sources that the configuration names, each with its client. */
export function openSources(setup: CollectorSetup): Sources {
  const { config, pacer } = setup;
  const turns = new HostTurns(path.join(config.dataDir, 'politeness'), pacer);
  const clients: SourceClient[] = [];
  const client = (source: string, baseUrl: string, pauseMs: number): SourceClient => {
    const opened = new SourceClient(clientOptions(setup, turns, source, baseUrl, pauseMs));
    clients.push(opened);
    return opened;
  };
  const parts = [
    ...outlookPart(setup, client),
    ...oasisPart(setup, client),
    ...weatherPart(setup, client),
    ...config.zones.flatMap((zone) => csvPart(setup, zone, client)),
  ];
  return {
    parts,
    close: async () => {
      for (const opened of clients) await opened.close();
      await turns.close();
    },
  };
}

type OpenClient = (source: string, baseUrl: string, pauseMs: number) => SourceClient;

function clientOptions(
  { config, pacer, signal, onRequest, timeoutMs, random }: CollectorSetup,
  turns: HostTurns,
  source: string,
  baseUrl: string,
  pauseMs: number,
): ClientOptions {
  return {
    source,
    baseUrl,
    turns,
    pacer,
    signal,
    pauseMs,
    userAgent: `power-nowcast/${packageVersion()} (${config.sources.contact})`,
    onRequest: (outcome, seconds) => {
      onRequest(source, outcome, seconds);
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(random === undefined ? {} : { random }),
  };
}

function zonesOf(config: RuntimeConfig, kind: NonNullable<ZoneConfig['source']>['kind']): ZoneConfig[] {
  return config.zones.filter(({ source }) => source?.kind === kind);
}

function outlookPart({ config, publisher }: CollectorSetup, open: OpenClient): SourcePart[] {
  const [zone] = zonesOf(config, 'caiso-outlook');
  if (zone === undefined) return [];
  const client = open(OUTLOOK_SOURCE, config.sources.caisoOutlookUrl, PAUSE_MS[OUTLOOK_SOURCE]);
  const { operatorForecasts } = config.sources;
  const collector = new OutlookCollector({ client, publisher, zone: zone.zone, operatorForecasts });
  return [
    {
      name: OUTLOOK_SOURCE,
      collectors: [collector],
      history: (fromMs, toMs) => outlookChunks(collector, client, publisher, zone.zone, fromMs, toMs),
    },
  ];
}

function oasisPart({ config, publisher }: CollectorSetup, open: OpenClient): SourcePart[] {
  const hourly = zonesOf(config, 'caiso-oasis');
  const whole = config.sources.operatorForecasts ? zonesOf(config, 'caiso-outlook') : [];
  if (hourly.length === 0) return [];
  const client = open(OASIS_SOURCE, config.sources.caisoOasisUrl, PAUSE_MS[OASIS_SOURCE]);
  const byResource = (zones: readonly ZoneConfig[]): Map<string, string> =>
    new Map(zones.map(({ zone, source }) => [source?.resource ?? zone, zone]));
  const actual = byResource(hourly);
  const runs = config.sources.operatorForecasts ? LOAD_MARKET_RUNS : (['ACTUAL'] as const);
  const collectors = runs.map((marketRun) => {
    // The hourly actual of the whole system is another definition than its five minutes, so it never joins them.
    const zones = marketRun === 'ACTUAL' ? actual : byResource([...hourly, ...whole]);
    return new LoadCollector({ client, publisher, marketRun, zones });
  });
  const [first] = collectors;
  return [
    {
      name: OASIS_SOURCE,
      collectors,
      history: (fromMs, toMs) =>
        first === undefined ? [] : loadChunks(first, publisher, actual.values(), fromMs, toMs),
    },
  ];
}

function weatherPart({ config, publisher, pacer }: CollectorSetup, open: OpenClient): SourcePart[] {
  const { sources } = config;
  const zones = config.zones.flatMap(({ zone, weatherPoints }) =>
    weatherPoints === undefined || weatherPoints.length === 0 ? [] : [{ zone, points: weatherPoints }],
  );
  if (zones.length === 0 || sources.weather === 'none') return [];
  const client = open(OPEN_METEO_SOURCE, sources.openMeteoUrl, PAUSE_MS[OPEN_METEO_SOURCE]);
  const archive = open('open-meteo-archive', sources.openMeteoArchiveUrl, PAUSE_MS[OPEN_METEO_SOURCE]);
  return [
    {
      name: OPEN_METEO_SOURCE,
      collectors: [new WeatherCollector({ client, publisher, zones })],
      history: (fromMs, toMs) =>
        weatherChunks(archive, publisher, zones, fromMs, Math.min(toMs, pacer.nowMs() - ARCHIVE_DELAY_MS)),
    },
  ];
}

function csvPart({ publisher }: CollectorSetup, zone: ZoneConfig, open: OpenClient): SourcePart[] {
  const { source, stepMinutes = 60 } = zone;
  if (source?.kind !== 'csv' || source.url === undefined) return [];
  const { origin, pathname, search } = new URL(source.url);
  const client = open(`csv ${zone.zone}`, origin, 1_000);
  const everyMs = (source.everyMinutes ?? stepMinutes) * MINUTE_MS;
  const collector = new CsvCollector({
    client,
    publisher,
    zone: zone.zone,
    path: pathname + search,
    stepMinutes,
    everyMs,
  });
  return [{ name: collector.name, collectors: [collector], history: () => [] }];
}
