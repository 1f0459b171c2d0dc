import path from 'node:path';
import type { RuntimeConfig } from '../config/types.js';
import { packageVersion } from '../config/package-root.js';
import type { Publisher } from '../collect/live/round.js';
import { HostTurns, type Pacer } from '../sources/http/host-turns.js';
import { SourceClient } from '../sources/http/source-client.js';
import { oasisPart, type OpenClient, outlookParts } from './caiso-parts.js';
import { csvPart } from './csv-part.js';
import type { SourcePart } from './source-part.js';
import { weatherParts } from './weather-parts.js';

export interface CollectorSetup {
  readonly config: RuntimeConfig;
  readonly publisher: Publisher;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
  readonly onRequest: (source: string, outcome: string, seconds: number) => void;
  /** Of requests; tests make it short. */
  readonly timeoutMs?: number;
  /** Tries of one question. */
  readonly attempts?: number;
  readonly random?: () => number;
}

export interface Sources {
  readonly parts: readonly SourcePart[];
  close(): Promise<void>;
}

/** The sources that the configuration names, each with its client. */
export function openSources(setup: CollectorSetup): Sources {
  const { config, publisher, pacer } = setup;
  const turns = new HostTurns(path.join(config.dataDir, 'politeness'), pacer);
  const clients: SourceClient[] = [];
  const open: OpenClient = (source, baseUrl, pauseMs) => {
    const client = openClient(setup, turns, source, baseUrl, pauseMs);
    clients.push(client);
    return client;
  };
  const parts = [
    ...outlookParts(config, publisher, open),
    ...oasisPart(config, publisher, open),
    ...weatherParts(config, publisher, open, pacer),
    ...config.zones.flatMap((zone) => csvPart(zone, publisher, open)),
  ];
  return {
    parts,
    close: async () => {
      for (const client of clients) await client.close();
      await turns.close();
    },
  };
}

function openClient(
  { config, pacer, signal, onRequest, timeoutMs, attempts, random }: CollectorSetup,
  turns: HostTurns,
  source: string,
  baseUrl: string,
  pauseMs: number,
): SourceClient {
  return new SourceClient({
    source,
    baseUrl,
    turns,
    pacer,
    signal,
    pauseMs: pauseMs * config.sources.pauseScale,
    // The National Weather Service refuses requests without one.
    userAgent: `power-nowcast/${packageVersion()} (${config.sources.contact})`,
    onRequest: (outcome, seconds) => {
      onRequest(source, outcome, seconds);
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(random === undefined ? {} : { random }),
  });
}
