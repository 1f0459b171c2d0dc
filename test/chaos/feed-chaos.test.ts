import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Nowcast } from '../../src/contracts/records.js';
import { MINUTE_MS } from '../../src/contracts/time.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { makeNowcast, START_MS } from '../feed/records.js';
import { ChaosClient, unexplained } from './support/chaos-client.js';
import { GatewayProcess } from './support/gateway-process.js';
import { chaosScale } from './support/scale.js';

const scale = chaosScale();
const SMALL_ZONES = ['Z0', 'Z1', 'Z2', 'Z3', 'Z4', 'Z5', 'Z6', 'Z7'];
const LARGE_ZONE = 'LARGE';
const PADDING = ['x'.repeat(200_000)];
const LARGE_AT_ONCE = 6;
const BURST_WRITES = 20;
const WRITE_EVERY_MS = 100;
const SETTLE_MS = 60_000;
/** Far below what keeping everything for every slow client would take. */
const MAX_RSS_BYTES = 400 * 1024 * 1024;
const LIMITS = {
  softBytes: 64 * 1024,
  hardBytes: 4 * 1024 * 1024,
  stallMs: 4_000,
  heartbeatMs: 500,
  tickMs: 100,
  drainMs: 500,
};

let dir: string;
let log: EventLog;
let codec: SchemaCodec;
const gateways: GatewayProcess[] = [];
const clients: ChaosClient[] = [];
const writer = { stopped: false };

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nowcast-chaos-'));
  log = await openEmbeddedLog({ dir });
  await log.ensureTopics(loadTopicSpecs());
  codec = await openLocalCodec({ dir });
  await codec.register(['nowcasts']);
  for (const port of await freePorts(2)) gateways.push(new GatewayProcess(dir, port, LIMITS));
  await Promise.all(gateways.map((gateway) => gateway.start()));
});

afterAll(async () => {
  writer.stopped = true;
  await Promise.all(clients.map((client) => client.feed.close()));
  await Promise.all(gateways.map((gateway) => gateway.end('SIGKILL')));
  await log.close();
  await rm(dir, { recursive: true, force: true });
});

/** Ports that were free a moment ago; a gateway comes back on its own. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function pickUrl(): string {
  const gateway = gateways[Math.floor(Math.random() * gateways.length)];
  return `ws://127.0.0.1:${gateway?.port ?? 0}/v1/feed`;
}

/** The first one and a few others get the large zone, the second one all small ones, the rest some. */
function zonesOf(index: number): readonly string[] {
  if (index === 1) return SMALL_ZONES;
  if (index < scale.largeClients) return [LARGE_ZONE, 'Z0'];
  const zones = SMALL_ZONES.filter(() => Math.random() < 0.4);
  return zones.length > 0 ? zones : ['Z1'];
}

/** One nowcast of each small zone, and half of the time several large ones; the count makes every one another. */
async function write(count: number): Promise<void> {
  const originMs = START_MS + count * 5 * MINUTE_MS;
  const all: Nowcast[] = SMALL_ZONES.map((zone) => ({
    ...makeNowcast({ zone, originMs }),
    latestDemandMw: count,
  }));
  const large = count % (2 * BURST_WRITES) < BURST_WRITES ? LARGE_AT_ONCE : 0;
  for (let revision = 0; revision < large; revision += 1) {
    const one = makeNowcast({ zone: LARGE_ZONE, originMs, revision, reasons: PADDING });
    all.push({ ...one, latestDemandMw: count });
  }
  const records = all.map((one) => ({
    key: one.zone,
    value: codec.encode('nowcasts', one),
    timestampMs: Date.now(),
  }));
  await log.append('nowcasts', records);
}

/** Until the end, every now and then: a cut, or a pause of reading. */
async function mishaps(client: ChaosClient, until: () => boolean): Promise<void> {
  while (!until()) {
    await sleep(-Math.log(1 - Math.random()) * scale.mishapEveryMs);
    if (Math.random() < 0.6) client.cut();
    else {
      client.freeze();
      await sleep(Math.random() * scale.mishapEveryMs);
      client.thaw();
    }
  }
}

/** Reads nothing for long enough to be conflated, and sometimes loses its connection before it has caught up. */
async function slowness(client: ChaosClient, until: () => boolean): Promise<void> {
  while (!until()) {
    client.freeze();
    await sleep(LIMITS.stallMs * 0.8);
    client.thaw();
    await sleep(Math.random() * 200);
    if (Math.random() < 0.3) client.cut();
    await sleep(1_000);
  }
}

/** One gateway after the other, drained and killed in turn; the other one is there meanwhile. */
async function restarts(until: () => boolean): Promise<number> {
  let count = 0;
  while (!until()) {
    await sleep(scale.restartEveryMs);
    const gateway = gateways[count % gateways.length];
    await gateway?.end(count % 4 < 2 ? 'SIGTERM' : 'SIGKILL');
    await gateway?.start();
    count += 1;
  }
  return count;
}

function closedAsSlow(): number {
  return gateways.reduce((all, one) => all + one.total(({ closed }) => closed['4408'] ?? 0), 0);
}

async function readLog(): Promise<{
  seqsByZone: Map<string, number[]>;
  latest: Map<string, Nowcast>;
  head: number;
}> {
  const seqsByZone = new Map<string, number[]>();
  const latest = new Map<string, Nowcast>();
  let head = -1;
  for await (const { records } of log.read('nowcasts', 0, 0)) {
    for (const { offset, key, value } of records) {
      const decoded = codec.decode('nowcasts', value);
      if (!decoded.ok) throw new Error(decoded.message);
      const seqs = seqsByZone.get(key) ?? [];
      seqsByZone.set(key, seqs);
      seqs.push(offset);
      latest.set(key, decoded.value);
      head = offset;
    }
  }
  return { seqsByZone, latest, head };
}

describe(`the feed under ${scale.clients} clients, ${scale.durationMs / 1000} s`, () => {
  it('leaves every client with the state of the log, nothing missed or repeated unsaid, memory bounded', async () => {
    for (let i = 0; i < scale.clients; i += 1) clients.push(new ChaosClient(zonesOf(i), pickUrl));
    const [deaf, steady] = clients;
    if (deaf === undefined || steady === undefined) throw new Error('too few clients');
    await vi.waitFor(() => expect(clients.every(({ feed }) => feed.state.phase === 'live')).toBe(true), {
      timeout: SETTLE_MS,
    });
    const endMs = Date.now() + scale.durationMs;
    const over = (): boolean => Date.now() >= endMs;
    let written = 0;
    const writing = (async () => {
      while (!writer.stopped) {
        await write(written);
        written += 1;
        await sleep(WRITE_EVERY_MS);
      }
    })();
    const sampling = (async () => {
      while (!writer.stopped) {
        await Promise.all(gateways.map((gateway) => gateway.sample()));
        await sleep(WRITE_EVERY_MS * 2);
      }
    })();
    const restarting = restarts(over);
    await Promise.all([
      restarting,
      ...clients.slice(2, scale.largeClients).map((client) => slowness(client, over)),
      ...clients.slice(scale.largeClients).map((client) => mishaps(client, over)),
    ]);
    // One reads nothing at all from now on: it is closed, whoever else was slow before.
    await vi.waitFor(() => expect(deaf.feed.state.phase).toBe('live'), { timeout: SETTLE_MS });
    const before = closedAsSlow();
    deaf.freeze();
    await vi.waitFor(() => expect(closedAsSlow()).toBeGreaterThan(before), {
      timeout: SETTLE_MS,
      interval: 200,
    });
    writer.stopped = true;
    await Promise.all([writing, sampling]);
    deaf.cut();

    const { seqsByZone, latest, head } = await readLog();
    await vi.waitFor(() => expect(clients.filter(({ feed }) => feed.state.seq !== head)).toHaveLength(0), {
      timeout: SETTLE_MS,
    });
    for (const client of clients) {
      expect(client.violations).toEqual([]);
      expect(unexplained(client.deliveries, client.zones, seqsByZone)).toEqual([]);
      for (const zone of client.zones) expect(client.feed.latest.get(zone)).toEqual(latest.get(zone));
    }
    await Promise.all(gateways.map((gateway) => gateway.sample()));
    const sum = (of: (client: ChaosClient) => number): number =>
      clients.reduce((all, one) => all + of(one), 0);
    const figures = {
      nowcasts: head + 1,
      restarts: await restarting,
      connections: sum(({ connections }) => connections),
      resumes: sum(({ resumes }) => resumes),
      delivered: sum(({ deliveries }) => deliveries.length),
      conflatedGaps: sum(({ gaps }) => gaps.filter(({ reason }) => reason === 'conflated').length),
      snapshotsInPlace: sum(({ gaps }) => gaps.filter(({ reason }) => reason === 'restarted').length),
      closed4408: closedAsSlow(),
      maxRssMib: Math.round(Math.max(...gateways.map(({ maxRssBytes }) => maxRssBytes)) / 1024 / 1024),
    };
    console.log(`chaos: ${JSON.stringify(figures)}`);
    // Who read all the time was slowed by nobody: it got every single one.
    expect(steady.gaps).toEqual([]);
    expect(figures.connections).toBeGreaterThan(scale.clients);
    expect(figures.resumes).toBeGreaterThan(scale.clients / 2);
    expect(figures.maxRssMib * 1024 * 1024).toBeLessThan(MAX_RSS_BYTES);
  });
});
