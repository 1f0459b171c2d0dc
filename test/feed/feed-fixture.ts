import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';
import { afterEach } from 'vitest';
import type { Nowcast } from '../../src/contracts/records.js';
import { MINUTE_MS } from '../../src/contracts/time.js';
import { FeedClient } from './feed-client.js';
import { makeNowcast, START_MS } from './records.js';
import { readSchema } from './schema-file.js';
import { Serving, type ServingOptions } from './serving.js';

const ajv = new Ajv({ strict: false });
formatsModule.default(ajv);
export const isServerMessage = ajv.compile(readSchema('feed-server-message') as object);

let serving: Serving | null = null;
const clients: FeedClient[] = [];

/** A serving side that is stopped after the test. */
export async function start(options: ServingOptions = {}): Promise<Serving> {
  serving = await Serving.start({
    ...options,
    api: { feedLimits: { drainMs: 0, tickMs: 20 }, ...options.api },
  });
  return serving;
}

export async function connect(to: Serving, options = {}): Promise<FeedClient> {
  const client = await FeedClient.connect(to.feedUrl, options);
  clients.push(client);
  return client;
}

export async function subscribed(to: Serving, message: object = {}): Promise<FeedClient> {
  const client = await connect(to);
  client.send({ type: 'subscribe', id: 's', zones: ['*'], ...message });
  await client.first('subscribed');
  return client;
}

/** Registers the cleaning up; call once in each test file. */
export function stopAfterEach(): void {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await serving?.stop();
    serving = null;
  });
}

export const seqs = (client: FeedClient): number[] => client.all('nowcast').map((message) => message.seq);
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Nowcasts of the zones in turn, five minutes apart. */
export function path(
  count: number,
  zones: readonly string[] = ['A', 'B'],
  firstOriginMs = START_MS,
): Nowcast[] {
  return Array.from({ length: count }, (_, i) =>
    makeNowcast({ zone: zones[i % zones.length] ?? 'A', originMs: firstOriginMs + i * 5 * MINUTE_MS }),
  );
}
