import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import { expectNoStack } from './support/clear.js';
import { Cli } from './support/cli.js';
import { appendDemand, recentDemand } from './support/demand.js';
import { writeDemandCsv } from './support/series.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['kafka', 'registry']);
/** Well above what ending takes, well below what an orchestrator waits before it kills. */
const ENDS_WITHIN_MS = 15_000;
const URL_PATTERN = /(http:\/\/[\w.]+:\d+)/;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-roles-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function endsWell(cli: Cli): Promise<void> {
  const startedAtMs = performance.now();
  cli.kill('SIGTERM');
  const { code, stderr } = await cli.finished;
  expect(code, stderr).toBe(0);
  expectNoStack(stderr);
  expect(performance.now() - startedAtMs).toBeLessThan(ENDS_WITHIN_MS);
}

describe('SIGTERM ends a command with 0', () => {
  it.each(['up', 'stream', 'serve', 'train'])('%s', async (role) => {
    const cli = new Cli([role, '--data-dir', path.join(dir, role), '--port', '0']);
    const [, url = ''] = await cli.says(URL_PATTERN);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
      timeout: 30_000,
    });
    await endsWell(cli);
  });

  it.each<[string, RegExp]>([
    ['while it writes its history', /simulating 60 days of history: 10 %/],
    ['while it trains', /training 5 zones: \d+ %/],
  ])('demo, %s', async (_when, moment) => {
    const cli = new Cli(['demo', '--data-dir', path.join(dir, 'demo'), '--port', '0']);
    await cli.says(moment);
    await endsWell(cli);
  });

  it('replay that has played everything and serves', async () => {
    const csv = path.join(dir, 'demand.csv');
    writeDemandCsv(csv, 'NORTH', 3);
    const cli = new Cli(['replay', '--demand', csv, '--data-dir', path.join(dir, 'replay'), '--port', '0']);
    await cli.says(/still serving/);
    await endsWell(cli);
  });
});

describe.skipIf(services.skipReason !== null)('stream, train and serve as processes over Kafka', () => {
  const topicPrefix = `${uniqueName('roles')}.`;
  const env = {
    KAFKA_BROKERS: services.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: services.registryUrl,
    NOWCAST_TOPIC_PREFIX: topicPrefix,
  };
  const roles: { name: string; cli: Cli; url: string }[] = [];

  beforeAll(async () => {
    for (const name of ['stream', 'train', 'serve']) {
      const cli = new Cli(
        [name, '--log', 'kafka', '--data-dir', path.join(dir, `kafka-${name}`), '--port', '0'],
        env,
      );
      const [, url = ''] = await cli.says(URL_PATTERN);
      roles.push({ name, cli, url });
    }
  });
  afterAll(() => {
    for (const { cli } of roles) cli.kill('SIGKILL');
  });

  it('each says that it is well, ready, and what it measures', async () => {
    for (const { name, url } of roles) {
      expect((await fetch(`${url}/healthz`)).status, name).toBe(200);
      await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status, name).toBe(200), {
        timeout: 60_000,
        interval: 200,
      });
      const metrics = await fetch(`${url}/metrics`);
      expect(metrics.headers.get('content-type'), name).toContain('text/plain');
      expect(await metrics.text(), name).toMatch(/^process_cpu_seconds_total /m);
    }
  });

  it('what the stream nowcasts reaches a WebSocket client of serve', async () => {
    const serve = roles.find(({ name }) => name === 'serve');
    const socket = new WebSocket(`${(serve?.url ?? '').replace('http', 'ws')}/v1/feed`, ['nowcast.v1']);
    const origins: string[] = [];
    socket.on('message', (frame: Buffer) => {
      const message = JSON.parse(frame.toString('utf8')) as {
        type: string;
        nowcast?: { zone: string; origin: string };
      };
      if (message.type === 'nowcast' && message.nowcast?.zone === 'DELTA')
        origins.push(message.nowcast.origin);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        socket.send(JSON.stringify({ type: 'subscribe', id: 'a', zones: ['*'] }));
        resolve();
      });
    });
    const log = await openKafkaLog({ brokers: [...services.kafkaBrokers], clientId: 'test', topicPrefix });
    try {
      const codec = await openRegistryCodec({ url: services.registryUrl, topicPrefix });
      await codec.register(['demand.observed']);
      const values = Array.from({ length: 30 }, (_, i) => recentDemand('DELTA', 29 - i));
      await appendDemand(log, codec, values);
      await vi.waitFor(() => expect(origins).toContain(values.at(-1)?.validTime), { timeout: 60_000 });
    } finally {
      socket.terminate();
      await log.close();
    }
  });

  it('each ends at SIGTERM with 0', async () => {
    for (const { cli } of roles) await endsWell(cli);
  });
});
