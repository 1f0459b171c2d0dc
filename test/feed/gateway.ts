import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FeedLimits } from '../../src/feed/feed-options.js';
import { LiveView } from '../../src/feed/live-view.js';
import { FeedServer } from '../../src/feed/server.js';
import type { EventLog } from '../../src/log/event-log.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { createMetrics, type Metrics } from '../../src/ops/metrics.js';

/** A feed alone on a port: one of several gateways on the same log. */
export class Gateway {
  private constructor(
    readonly view: LiveView,
    readonly feed: FeedServer,
    readonly metrics: Metrics,
    private readonly http: Server,
  ) {}

  static async start(
    log: EventLog,
    codec: SchemaCodec,
    limits: Partial<FeedLimits> = {},
    random: () => number = Math.random,
  ): Promise<Gateway> {
    const view = new LiveView({ log, codec });
    await view.start();
    const metrics = createMetrics();
    const catalog = { hasZone: () => true, horizonsOf: () => new Set<number>() };
    const feed = new FeedServer({ log, codec, view, catalog, metrics, allowedOrigins: [], limits, random });
    const http = createServer();
    http.on('upgrade', (request, stream: Duplex, head) => {
      feed.handleUpgrade(request, stream, head);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return new Gateway(view, feed, metrics, http);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.http.address() as AddressInfo).port}/v1/feed`;
  }

  async stop(drainMs = 0): Promise<void> {
    await this.feed.close(drainMs);
    await this.view.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}

/** The log as a gateway sees it that has fallen behind: batches are held while `behind` is set. */
export function laggingLog(log: EventLog): { readonly log: EventLog; hold(): void; release(): void } {
  let gate: Promise<void> = Promise.resolve();
  let open: () => void = () => undefined;
  const lagging: EventLog = Object.create(log, {
    subscribe: {
      value: (options: Parameters<EventLog['subscribe']>[0]) =>
        log.subscribe({
          ...options,
          onBatch: async (batch) => {
            await gate;
            await options.onBatch(batch);
          },
        }),
    },
  }) as EventLog;
  return {
    log: lagging,
    hold: () => {
      gate = new Promise((resolve) => (open = resolve));
    },
    release: () => {
      open();
    },
  };
}
