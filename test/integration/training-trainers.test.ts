import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Alert, TrainingRun } from '../../src/contracts/records.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { newRequest, publishRequests } from '../../src/train/requests.js';
import { Cli, run } from './support/cli.js';
import { appendDemand, recentDemand } from './support/demand.js';
import { writeDemandCsv } from './support/series.js';
import { servicesOrSkip, uniqueName } from './support/services.js';
import { readTopic, withEmbedded } from './support/topic.js';

const services = await servicesOrSkip(['kafka', 'registry']);
const SLOW = { timeout: 90_000, interval: 200 };

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-trainers-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** In the order of the log: no run of a zone is running while another one is. */
function expectOneAtATime(records: readonly TrainingRun[]): void {
  const running = new Map<string, string>();
  for (const { id, zone, status } of records) {
    if (status === 'queued') continue;
    const holder = running.get(zone);
    if (status === 'running') {
      expect(holder ?? id, `${zone} is trained by two`).toBe(id);
      running.set(zone, id);
    } else if (holder === id) running.delete(zone);
  }
}

function latest(records: readonly TrainingRun[]): TrainingRun[] {
  return [...new Map(records.map((one) => [one.id, one])).values()];
}

describe('two trainers on one data directory', () => {
  const dataDir = () => path.join(dir, 'embedded');
  const train = (zones: string) => new Cli(['train', '--zones', zones, '--data-dir', dataDir()]);
  const runsOf = () => withEmbedded(dataDir(), (log, codec) => readTopic(log, codec, 'training.runs'));

  beforeAll(async () => {
    for (const zone of ['NORTH', 'SOUTH']) {
      const csv = path.join(dir, `${zone}.csv`);
      writeDemandCsv(csv, zone, 40);
      const { code, stderr } = await run(['import', '--demand', csv, '--data-dir', dataDir()]);
      expect(code, stderr).toBe(0);
    }
  });

  it('train each zone one after the other, and both say what came of it', async () => {
    const [a, b] = await Promise.all([train('ALL').finished, train('NORTH').finished]);
    expect([a.code, b.code], a.stderr + b.stderr).toEqual([0, 0]);
    const records = await runsOf();
    expectOneAtATime(records);
    expect(
      latest(records)
        .map(({ zone }) => zone)
        .sort(),
    ).toEqual(['NORTH', 'NORTH', 'SOUTH']);
    expect(latest(records).every(({ finishedAt }) => finishedAt !== null)).toBe(true);
    expect(latest(records)[0]?.resources?.threads).toBeGreaterThan(0);
  });

  it('a training that was killed is closed by the next, which trains at once', async () => {
    const killed = train('NORTH');
    await killed.says(/training 1 zone: \d+ %/);
    killed.kill('SIGKILL');
    await killed.finished;
    const left = latest(await runsOf()).filter(({ status }) => status === 'running');
    expect(left.map(({ zone }) => zone)).toEqual(['NORTH']);

    const { code, stderr } = await train('NORTH').finished;
    expect(code, stderr).toBe(0);
    const records = await runsOf();
    expectOneAtATime(records);
    const closed = latest(records).find(({ id }) => id === left[0]?.id);
    expect(closed).toMatchObject({ status: 'failed' });
    expect(closed?.error).toMatch(/^TRAINING_INTERRUPTED: process \d+/);
  });

  it('the train role takes up what was killed, tells by an alert, and resolves it', async () => {
    const killed = train('SOUTH');
    await killed.says(/training 1 zone: \d+ %/);
    killed.kill('SIGKILL');
    await killed.finished;
    const role = new Cli(['train', '--data-dir', dataDir(), '--port', '0']);
    try {
      await vi.waitFor(async () => {
        const again = latest(await runsOf()).filter(({ zone, attempt }) => zone === 'SOUTH' && attempt === 2);
        expect(again.map(({ status }) => status)).toEqual([expect.stringMatching(/succeeded|rejected/)]);
      }, SLOW);
      const alerts = await withEmbedded(dataDir(), (log, codec): Promise<Alert[]> =>
        readTopic(log, codec, 'alerts'),
      );
      const failed = alerts.filter(({ kind, zone }) => kind === 'training_failed' && zone === 'SOUTH');
      expect(failed.map(({ state }) => state)).toEqual(['raised', 'resolved']);
    } finally {
      role.kill('SIGTERM');
      expect((await role.finished).code).toBe(0);
    }
  });
});

describe.skipIf(services.skipReason !== null)('two trainers over Kafka', () => {
  const topicPrefix = `${uniqueName('trainers')}.`;
  const env = {
    KAFKA_BROKERS: services.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: services.registryUrl,
    NOWCAST_TOPIC_PREFIX: topicPrefix,
  };
  const roles: Cli[] = [];
  let log: EventLog;
  let codec: SchemaCodec;

  beforeAll(async () => {
    for (const name of ['a', 'b']) roles.push(startRole(name));
    await Promise.all(roles.map((role) => role.says(/health and metrics on/)));
    log = await openKafkaLog({ brokers: [...services.kafkaBrokers], clientId: 'test', topicPrefix });
    codec = await openRegistryCodec({ url: services.registryUrl, topicPrefix });
    await codec.register(['demand.observed', 'training.requests', 'training.runs']);
    for (const zone of ['DELTA', 'GAMMA'])
      await appendDemand(
        log,
        codec,
        Array.from({ length: 30 }, (_, i) => recentDemand(zone, 29 - i)),
      );
  });
  afterEach(async () => {
    expectOneAtATime(await readTopic(log, codec, 'training.runs'));
  });
  afterAll(async () => {
    for (const role of roles) role.kill('SIGKILL');
    await log.close();
  });

  function startRole(name: string): Cli {
    return new Cli(
      ['train', '--log', 'kafka', '--data-dir', path.join(dir, `kafka-${name}`), '--port', '0'],
      env,
    );
  }

  async function ask(...zones: string[]): Promise<string> {
    const request = newRequest('demand', zones, 'test', Date.now());
    // Delivered twice, as a producer that tries again may.
    await publishRequests({ log, codec }, [request, request], Date.now());
    return request.id;
  }

  /** Zones that a request was answered for; one entry a run. */
  async function answers(requestId: string): Promise<string[]> {
    return (
      latest(await readTopic(log, codec, 'training.runs'))
        .filter(({ requestIds, finishedAt }) => requestIds?.includes(requestId) && finishedAt !== null)
        // After a rebalance both may take it up; the second then finds it answered, and says so.
        .filter(({ status }) => status !== 'skipped')
        .map(({ zone }) => zone)
        .sort()
    );
  }

  it('answer each request once for each zone', async () => {
    const id = await ask('DELTA', 'GAMMA');
    await vi.waitFor(async () => expect(await answers(id)).toEqual(['DELTA', 'GAMMA']), SLOW);
    const all = await ask();
    await vi.waitFor(async () => expect(await answers(all)).toEqual(['DELTA', 'GAMMA']), SLOW);
    expect(await answers(id)).toEqual(['DELTA', 'GAMMA']);
  });

  it('one goes on when the other is killed', async () => {
    roles[0]?.kill('SIGKILL');
    await roles[0]?.finished;
    const id = await ask('DELTA');
    await vi.waitFor(async () => expect(await answers(id)).toEqual(['DELTA']), SLOW);
  });
});
