import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModelRecord, Nowcast } from '../../src/contracts/records.js';
import { openInfluxHistory } from '../../src/history/influx-history.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { Cli, run } from './support/cli.js';
import { writeDemandCsv, writeWeatherCsv } from './support/series.js';
import { servicesOrSkip } from './support/services.js';
import { finalNowcasts, identityOf, readTopic, withEmbedded } from './support/topic.js';

const services = await servicesOrSkip(['kafka', 'registry', 'influx']);

describe.skipIf(services.skipReason !== null)('replay through Kafka, registry and InfluxDB', () => {
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const database = `nowcast_${randomBytes(4).toString('hex')}`;
  const env = {
    KAFKA_BROKERS: services.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: services.registryUrl,
    INFLUX_URL: services.influxUrl,
    NOWCAST_TOPIC_PREFIX: prefix,
    NOWCAST_INFLUX_DATABASE: database,
    NOWCAST_LOG: 'kafka',
    NOWCAST_HISTORY: 'influx',
  };
  let dir: string;
  let log: EventLog;
  let codec: SchemaCodec;
  let rows: number;
  let nowcasts: Nowcast[];
  let stream: Cli | undefined;
  const common = (dataDir: string) => [
    ...['--demand', path.join(dir, 'demand.csv'), '--weather', path.join(dir, 'weather.csv')],
    ...['--data-dir', path.join(dir, dataDir), '--port', '0', '--train-every', '16d'],
  ];

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-kafka-'));
    rows = writeDemandCsv(path.join(dir, 'demand.csv'), 'NORTH', 36);
    writeWeatherCsv(path.join(dir, 'weather.csv'), 'NORTH', 36);
    log = await openKafkaLog({ brokers: [...services.kafkaBrokers], clientId: 'test', topicPrefix: prefix });
    codec = await openRegistryCodec({ url: services.registryUrl, topicPrefix: prefix });
    await codec.register(['models']);
  });
  afterAll(async () => {
    // A test that failed half-way leaves it running.
    stream?.kill('SIGKILL');
    await stream?.finished;
    await log.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('gives the very nowcasts of the embedded mode', async () => {
    const [kafka, embedded] = await Promise.all([
      run(['replay', ...common('kafka'), '--exit'], env),
      run(['replay', ...common('embedded'), '--exit']),
    ]);
    expect(kafka.code, kafka.stderr).toBe(0);
    expect(embedded.code, embedded.stderr).toBe(0);
    nowcasts = await readTopic(log, codec, 'nowcasts');
    expect(nowcasts).toEqual(
      await withEmbedded(path.join(dir, 'embedded'), (l, c) => readTopic(l, c, 'nowcasts')),
    );
    expect(finalNowcasts(nowcasts).size).toBe(rows);
    expect(new Set(nowcasts.map(identityOf)).size).toBe(nowcasts.length);
    const table = /NORTH +30 min .*/;
    expect(kafka.stdout.match(table)?.[0]).toBe(embedded.stdout.match(table)?.[0]);
  });

  it('leaves in InfluxDB what the topic holds', async () => {
    const history = openInfluxHistory({ url: services.influxUrl, database });
    await history.open();
    const last = [...finalNowcasts(nowcasts).values()].at(-1);
    expect(last).toBeDefined();
    expect(await history.nowcastAt('NORTH', Date.parse(last?.origin ?? ''))).toEqual(last);
    await history.close();
  });

  it('swaps to what a trainer of another process publishes, and refuses what is corrupted', async () => {
    stream = new Cli(['stream', '--data-dir', path.join(dir, 'kafka'), '--port', '0'], env);
    await stream.says(/partitions assigned/);
    const trained = await run(
      ['train', '--zones', 'NORTH', '--data-dir', path.join(dir, 'kafka'), '--json'],
      env,
    );
    expect(trained.code, trained.stderr).toBe(0);
    const [outcome] = JSON.parse(trained.stdout) as { version: string; status: string }[];
    expect(outcome?.status).toBe('succeeded');
    await stream.says(new RegExp(`model swapped in[^]*${outcome?.version ?? '?'}`));

    const good = (await readTopic(log, codec, 'models')).find(
      ({ version }) => version === outcome?.version,
    ) as ModelRecord;
    const bytes = Buffer.from(good.artifact, 'base64');
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    const corrupted = {
      ...good,
      statusAt: new Date(Date.parse(good.statusAt) + 1000).toISOString(),
      artifact: bytes.toString('base64'),
    };
    const renamed = { ...corrupted, version: 'forged', manifest: { ...good.manifest, version: 'forged' } };
    for (const record of [corrupted, renamed]) {
      await log.append('models', [
        { key: record.version, value: codec.encode('models', record), timestampMs: Date.now() },
      ]);
    }
    await stream.says(
      /model forged refused: the signature does not match the manifest; the model before it goes on/,
    );

    const csv = path.join(dir, 'later.csv');
    const all = writeDemandCsv(csv, 'NORTH', 37);
    expect((await run(['import', '--demand', csv, '--data-dir', path.join(dir, 'kafka')], env)).code).toBe(0);
    await vi.waitFor(
      async () => {
        const issued = await readTopic(log, codec, 'nowcasts');
        expect(finalNowcasts(issued).size).toBe(all);
        // By the clock this data is years old: the stream re-issues the last origin as late, and says so.
        const last = issued.filter(({ origin }) => origin === issued.at(-1)?.origin);
        const version = outcome?.version;
        // The imported day comes without weather.
        expect(last[0]).toMatchObject({ revision: 0, reasons: ['weather_missing'], modelVersion: version });
        expect(last.at(-1)).toMatchObject({
          quality: 'degraded',
          reasons: ['demand_late', 'weather_missing'],
          modelVersion: version,
        });
      },
      { timeout: 60_000, interval: 500 },
    );
    stream.kill('SIGTERM');
    expect((await stream.finished).code).toBe(0);
  });
});
