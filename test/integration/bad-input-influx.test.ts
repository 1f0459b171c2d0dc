import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openInfluxHistory } from '../../src/history/influx-history.js';
import { expectNoStack } from './support/clear.js';
import { Cli } from './support/cli.js';
import { appendDemand, recentDemand } from './support/demand.js';
import { servicesOrSkip, uniqueName } from './support/services.js';
import { readTopic, withEmbedded } from './support/topic.js';

const services = await servicesOrSkip(['influx']);
const ZONE = 'ISLAND';
const HOURS = 30;
const WAIT = { timeout: 90_000, interval: 200 };

/** An address at which InfluxDB is away until it is let through. */
class LateInflux {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  async reserve(): Promise<void> {
    await this.listen(0);
    await this.leave();
  }

  async appear(): Promise<void> {
    await this.listen(this.port);
  }

  async leave(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server?.close(() => resolve()));
  }

  private async listen(port: number): Promise<void> {
    const { hostname, port: influxPort } = new URL(services.influxUrl);
    const server = createServer((client) => {
      const upstream = connect(Number(influxPort), hostname);
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.pipe(upstream).pipe(client);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }
}

describe.skipIf(services.skipReason !== null)('InfluxDB that is away at the start', () => {
  it('holds up no nowcast, is what /readyz complains of, and is written once it appears', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-influx-'));
    const influx = new LateInflux();
    await influx.reserve();
    const database = uniqueName('nowcast').replaceAll('-', '_');
    const env = { INFLUX_URL: `http://127.0.0.1:${influx.port}`, NOWCAST_INFLUX_DATABASE: database };
    const cli = new Cli(['up', '--data-dir', dir, '--history', 'influx', '--port', '0'], env);
    const store = openInfluxHistory({ url: services.influxUrl, database });
    try {
      const [, url = ''] = await cli.says(/power-nowcast: (http:\S+)/);
      await cli.says(/partitions assigned/);
      await withEmbedded(dir, async (log, codec) => {
        await codec.register(['demand.observed']);
        const values = Array.from({ length: HOURS }, (_, i) => recentDemand(ZONE, HOURS - 1 - i));
        await appendDemand(log, codec, values);
      });
      const last = recentDemand(ZONE, 0);
      await vi.waitFor(async () => {
        const nowcasts = await withEmbedded(dir, (log, codec) => readTopic(log, codec, 'nowcasts'));
        expect(nowcasts.map(({ origin }) => origin)).toContain(last.validTime);
      }, WAIT);
      const away = await fetch(`${url}/readyz`);
      expect(away.status).toBe(503);
      expect(await away.text()).toMatch(
        /"name":"history","ok":false,"detail":"[^"]*InfluxDB[^"]*trying again/,
      );
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect((await fetch(`${url}/v1/nowcasts/${ZONE}`)).status).toBe(200);
      const asked = await fetch(`${url}/v1/demand/${ZONE}`);
      expect(asked.status).toBe(503);
      expect(asked.headers.get('content-type')).toContain('application/problem+json');

      await influx.appear();
      await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), WAIT);
      const range = { fromMs: Date.now() - 48 * 3_600_000, toMs: Date.now() };
      await vi.waitFor(async () => expect(await store.demand(ZONE, range)).toHaveLength(HOURS), WAIT);
      await vi.waitFor(async () => {
        const nowcast = await store.nowcastAt(ZONE, Date.now());
        expect(nowcast?.origin).toBe(last.validTime);
      }, WAIT);
      expect((await fetch(`${url}/v1/demand/${ZONE}`)).status).toBe(200);
      cli.kill('SIGTERM');
      const { code, stderr } = await cli.finished;
      expect(code, stderr).toBe(0);
      expectNoStack(stderr);
    } finally {
      cli.kill('SIGKILL');
      await influx.leave();
      await store.close();
      await drop(database);
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('does not keep the page from coming up; serve is ready once the history answers', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-influx-'));
    const influx = new LateInflux();
    await influx.reserve();
    const database = uniqueName('nowcast').replaceAll('-', '_');
    const env = { INFLUX_URL: `http://127.0.0.1:${influx.port}`, NOWCAST_INFLUX_DATABASE: database };
    const cli = new Cli(['serve', '--data-dir', dir, '--history', 'influx', '--port', '0'], env);
    try {
      const [, url = ''] = await cli.says(/power-nowcast: (http:\S+)/);
      await vi.waitFor(async () => {
        const away = await fetch(`${url}/readyz`);
        expect([away.status, await away.text()]).toEqual([
          503,
          expect.stringMatching(/InfluxDB.*trying again/),
        ]);
      }, WAIT);
      await influx.appear();
      await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), WAIT);
      await influx.leave();
      cli.kill('SIGTERM');
      const { code, stderr } = await cli.finished;
      expect(code, stderr).toBe(0);
      expectNoStack(stderr);
    } finally {
      cli.kill('SIGKILL');
      await drop(database);
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

function drop(database: string): Promise<Response> {
  const statement = encodeURIComponent(`DROP DATABASE "${database}"`);
  return fetch(`${services.influxUrl}/query?q=${statement}`, { method: 'POST' });
}
