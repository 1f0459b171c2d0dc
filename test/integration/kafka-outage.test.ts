/** A broker that is not there, does not answer, or restarts while it is used. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventLog, Subscription } from '../../src/log/event-log.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { servicesOrSkip, startOwn, stopOwn, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['kafka']);
const WAIT = { timeout: 120_000, interval: 100 };

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

describe('no broker at the start', () => {
  it('says so within seconds, naming the brokers and what to check, and writes nothing to the console', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const written = [
      vi.spyOn(process.stderr, 'write'),
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(console, 'log'),
    ];
    const opening = openKafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: 'dead' });
    await expect(opening).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*check.*KAFKA_BROKERS`)) as string,
    });
    for (const spy of written) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('gives up on a port that accepts and never answers', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    const port = await listen(server);
    const opening = openKafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: 'mute' });
    await expect(opening).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    server.close();
  }, 20_000);
});

describe.skipIf(services.skipReason !== null)('a broker that restarts', () => {
  let dir: string;
  let log: EventLog;
  let subscription: Subscription | undefined;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'power-nowcast-outage-'));
    const { kafkaBrokers } = await startOwn(['kafka'], dir, process.pid);
    log = await openKafkaLog({ brokers: kafkaBrokers, clientId: 'outage' });
  });
  afterAll(async () => {
    await log.close();
    await stopOwn(dir);
    await rm(dir, { recursive: true, force: true });
  });

  function brokerPid(): number {
    const state = JSON.parse(readFileSync(path.join(dir, 'state.json'), 'utf8')) as {
      services: { kafka: { pid: number } };
    };
    return state.services.kafka.pid;
  }

  function isGone(pid: number): boolean {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return true;
    }
  }

  it('loses and doubles nothing: appends go on, the subscription goes on, commits go on', async () => {
    const topic = uniqueName('topic');
    const group = uniqueName('group');
    const config = { 'retention.ms': '-1' };
    const spec = {
      name: topic,
      key: 'any',
      valueSchema: 'any',
      partitions: 2,
      replicationFactor: 1,
      config,
    };
    await log.ensureTopics([spec]);
    const seen: string[] = [];
    const errors: unknown[] = [];
    subscription = await log.subscribe({
      group,
      topics: [topic],
      onBatch: async ({ records }) => void seen.push(...records.map(({ key }) => key)),
      onError: (error) => errors.push(error),
    });
    // Timestamps of now: a restarted broker forgets producers whose last record is more than a day old by its timestamp,
    // and then cannot recognise a repetition of what it wrote just before it died.
    const sent: string[] = [];
    const appender = { stopped: false };
    const appending = (async () => {
      for (let at = 0; !appender.stopped; at++) {
        const key = `k${at}`;
        await log.append(topic, [{ key, value: Buffer.from(key), timestampMs: Date.now() }]);
        sent.push(key);
      }
    })();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(20), WAIT);

    const pid = brokerPid();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(isGone(pid)).toBe(true), WAIT);
    const sentBefore = sent.length;
    await startOwn(['kafka'], dir, process.pid);
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(sentBefore + 20), WAIT);
    appender.stopped = true;
    await appending;
    await vi.waitFor(() => expect(new Set(seen).size).toBe(sent.length), WAIT);
    expect(errors).toEqual([]);

    const kept: string[] = [];
    for (const partition of [0, 1]) {
      for await (const batch of log.read(topic, partition, 0))
        kept.push(...batch.records.map(({ key }) => key));
    }
    expect(kept.length).toBe(sent.length);
    expect(kept.sort()).toEqual([...sent].sort());
    await vi.waitFor(() => subscription?.commit([{ topic, partition: 0, offset: 1 }]), WAIT);
    await subscription.close();
  });
});

describe('the broker is not needed for these checks', () => {
  it('explains a missing tool in one line', async () => {
    const script = path.resolve('scripts/services.mjs');
    const run = promisify(execFile)(process.execPath, [script, 'check', '--only', 'kafka,influx'], {
      env: { PATH: '' },
    });
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /java is not on the PATH.*apt-get install openjdk[\s\S]*influxd is not on the PATH/,
      ) as string,
    });
  });
});
