import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CollectorLoop } from '../../src/collect/live/collector-loop.js';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { RuntimeConfig } from '../../src/config/types.js';
import { openSources } from '../../src/roles/collectors.js';
import type { SourcePart } from '../../src/roles/source-part.js';
import type { SourceError } from '../../src/sources/source-error.js';
import { JsonCodec, MemoryLog } from '../collect/memory-log.js';
import { type Fault, FakeSource, type Handler } from './fake-source.js';
import { nwsHandler } from './nws-world.js';
import { openMeteoHandler, oasisHandler, outlookHandler } from './world.js';

export type FakeName = 'outlook' | 'oasis' | 'weather' | 'nws' | 'csv';

export interface ConfigChanges {
  readonly sources?: Partial<RuntimeConfig['sources']>;
  /** Zones instead of the default ones. @param csvUrl base of the fake that plays a CSV over HTTP */
  readonly zones?: (csvUrl: string) => RuntimeConfig['zones'];
}

export interface HarnessOptions extends ConfigChanges {
  readonly handlers?: Partial<Record<FakeName, Handler>>;
  /** Faults of one source that differ from those of all. */
  readonly faultsOf?: Partial<Record<FakeName, readonly Fault[]>>;
}

const HANDLERS: Readonly<Record<FakeName, Handler>> = {
  outlook: outlookHandler,
  oasis: oasisHandler,
  weather: openMeteoHandler,
  nws: nwsHandler(),
  csv: () => null,
};

/** The real collectors against the fakes, in virtual time; the log outlives a collector, as it does in life. */
export class Harness {
  readonly log = new MemoryLog();
  readonly failures: SourceError[] = [];
  nowMs: number;
  private readonly dir = mkdtempSync(path.join(tmpdir(), 'nowcast-collect-'));

  private constructor(
    startMs: number,
    readonly fakes: Record<FakeName, FakeSource>,
    private readonly changes: ConfigChanges,
    private readonly shared: { nowMs: number },
  ) {
    this.nowMs = startMs;
  }

  static async start(
    startMs: number,
    faults: readonly Fault[] = [],
    { handlers = {}, faultsOf = {}, ...changes }: HarnessOptions = {},
  ): Promise<Harness> {
    const shared = { nowMs: startMs };
    const now = (): number => shared.nowMs;
    const start = (name: FakeName): Promise<FakeSource> =>
      FakeSource.start(handlers[name] ?? HANDLERS[name], now, faultsOf[name] ?? faults);
    const fakes = {
      outlook: await start('outlook'),
      oasis: await start('oasis'),
      weather: await start('weather'),
      nws: await start('nws'),
      csv: await start('csv'),
    };
    return new Harness(startMs, fakes, changes, shared);
  }

  config(): RuntimeConfig {
    const base = loadConfig({ dataDir: this.dir });
    const { outlook, oasis, weather, nws, csv } = this.fakes;
    const urls = {
      caisoOutlookUrl: outlook.url,
      caisoOasisUrl: oasis.url,
      openMeteoUrl: weather.url,
      openMeteoArchiveUrl: weather.url,
      openMeteoHistoricalForecastUrl: weather.url,
      openMeteoPreviousRunsUrl: weather.url,
      nwsUrl: nws.url,
    };
    const zones = this.changes.zones?.(csv.url) ?? base.zones;
    return { ...base, zones, sources: { ...base.sources, ...urls, ...this.changes.sources } };
  }

  /** A process with one source: started, used, ended. */
  withSource<T>(
    name: string,
    fromMs: number,
    use: (part: SourcePart, pacer: VirtualPacer, publisher: ObservationPublisher) => Promise<T>,
  ): Promise<T> {
    return this.withSources(fromMs, (parts, pacer, publisher) => {
      const part = parts.find((candidate) => candidate.name === name);
      if (part === undefined) throw new Error(`no part ${name} among ${parts.map((p) => p.name).join(', ')}`);
      return use(part, pacer, publisher);
    });
  }

  /** A process: started, used, ended. */
  async withSources<T>(
    fromMs: number,
    use: (parts: readonly SourcePart[], pacer: VirtualPacer, publisher: ObservationPublisher) => Promise<T>,
  ): Promise<T> {
    const pacer = new VirtualPacer(this.shared, fromMs);
    const stop = new AbortController();
    const publisher = new ObservationPublisher(this.log, new JsonCodec());
    await publisher.restore({ sinceMs: 0 });
    const opened = openSources({
      config: this.config(),
      publisher,
      pacer,
      signal: stop.signal,
      onRequest: () => undefined,
      timeoutMs: 1500,
      random: () => 0.5,
    });
    try {
      return await use(opened.parts, pacer, publisher);
    } finally {
      stop.abort();
      await opened.close();
    }
  }

  /** Lets sources collect from one moment to another. */
  run(names: string | readonly string[], fromMs: number, toMs: number): Promise<void> {
    return this.withSources(fromMs, async (parts, pacer) => {
      const wanted = parts.filter(({ name }) => [names].flat().includes(name));
      const collectors = wanted.flatMap((part) => part.collectors);
      if (collectors.length === 0) throw new Error(`no collector of ${String(names)}`);
      const loop = new CollectorLoop({
        collectors,
        pacer,
        random: () => 0.5,
        onRound: () => undefined,
        onFailure: (_collector, error) => this.failures.push(error),
      });
      const { signal } = new AbortController();
      while (pacer.nowMs() < toMs) {
        const next = await loop.runDue(signal);
        await pacer.sleep(Math.max(0, next - pacer.nowMs()));
      }
    });
  }

  async close(): Promise<void> {
    for (const fake of Object.values(this.fakes)) await fake.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export class VirtualPacer {
  constructor(
    private readonly shared: { nowMs: number },
    fromMs: number,
  ) {
    shared.nowMs = fromMs;
  }

  nowMs(): number {
    return this.shared.nowMs;
  }

  sleep(ms: number): Promise<void> {
    this.shared.nowMs += Math.ceil(ms);
    return Promise.resolve();
  }
}

/** Shortest time between two requests; in virtual time a request itself takes none. */
export function shortestPauseMs(fake: FakeSource): number {
  return Math.min(...fake.requests.slice(1).map(({ atMs }, i) => atMs - fake.requests[i]!.atMs));
}
