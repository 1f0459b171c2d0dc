import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CollectorLoop } from '../../src/collect/live/collector-loop.js';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { RuntimeConfig } from '../../src/config/types.js';
import { openSources, type SourcePart } from '../../src/roles/collectors.js';
import type { SourceError } from '../../src/sources/source-error.js';
import { JsonCodec, MemoryLog } from '../collect/memory-log.js';
import { type Fault, FakeSource, type Handler } from './fake-source.js';
import { openMeteoHandler, oasisHandler, outlookHandler } from './world.js';

/** The real collectors against the fakes, in virtual time; the log outlives a collector, as it does in life. */
export class Harness {
  readonly log = new MemoryLog();
  readonly failures: SourceError[] = [];
  nowMs: number;
  private readonly dir = mkdtempSync(path.join(tmpdir(), 'nowcast-collect-'));

  private constructor(
    startMs: number,
    readonly fakes: Record<'outlook' | 'oasis' | 'weather', FakeSource>,
    private readonly shared: { nowMs: number },
  ) {
    this.nowMs = startMs;
  }

  static async start(
    startMs: number,
    faults: readonly Fault[] = [],
    handlers: { outlook?: Handler } = {},
  ): Promise<Harness> {
    const shared = { nowMs: startMs };
    const now = (): number => shared.nowMs;
    const fakes = {
      outlook: await FakeSource.start(handlers.outlook ?? outlookHandler, now, faults),
      oasis: await FakeSource.start(oasisHandler, now, faults),
      weather: await FakeSource.start(openMeteoHandler, now, faults),
    };
    return new Harness(startMs, fakes, shared);
  }

  config(): RuntimeConfig {
    const base = loadConfig({ dataDir: this.dir });
    const { outlook, oasis, weather } = this.fakes;
    const urls = {
      caisoOutlookUrl: outlook.url,
      caisoOasisUrl: oasis.url,
      openMeteoUrl: weather.url,
      openMeteoArchiveUrl: weather.url,
    };
    return { ...base, sources: { ...base.sources, ...urls } };
  }

  /** A process with one source: started, used, ended. */
  async withSource<T>(
    name: string,
    fromMs: number,
    use: (part: SourcePart, pacer: VirtualPacer, publisher: ObservationPublisher) => Promise<T>,
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
      return await use(
        opened.parts.find((part) => part.name === name)!,
        pacer,
        publisher,
      );
    } finally {
      stop.abort();
      await opened.close();
    }
  }

  /** Lets one source collect from one moment to another. */
  run(name: string, fromMs: number, toMs: number): Promise<void> {
    return this.withSource(name, fromMs, async ({ collectors }, pacer) => {
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
