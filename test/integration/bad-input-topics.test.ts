import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { DeadLetter, DemandObservation } from '../../src/contracts/records.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { AppendRecord, EventLog } from '../../src/log/event-log.js';
import { frameJson, schemaIdOf } from '../../src/log/framing.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { Cli } from './support/cli.js';
import { expectNoStack } from './support/clear.js';
import { recentDemand } from './support/demand.js';
import { servicesOrSkip, uniqueName } from './support/services.js';
import { readTopic } from './support/topic.js';

const services = await servicesOrSkip(['kafka', 'registry']);
const ZONE = 'SOUTH';
const WAIT = { timeout: 60_000, interval: 100 };

interface Installation {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly dir: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function embedded(): Promise<Installation> {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-junk-'));
  const log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
  return {
    log,
    codec: await openLocalCodec({ dir }),
    dir,
    args: ['--data-dir', dir],
    env: {},
    close: async () => {
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function kafka(): Promise<Installation> {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-junk-'));
  const topicPrefix = `${uniqueName('junk')}.`;
  const log = await openKafkaLog({ brokers: [...services.kafkaBrokers], clientId: 'test', topicPrefix });
  return {
    log,
    codec: await openRegistryCodec({ url: services.registryUrl, topicPrefix }),
    dir,
    args: ['--data-dir', dir, '--log', 'kafka'],
    env: {
      KAFKA_BROKERS: services.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: services.registryUrl,
      NOWCAST_TOPIC_PREFIX: topicPrefix,
    },
    close: async () => {
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const demand = (hoursAgo: number, changes: Partial<DemandObservation> = {}): DemandObservation =>
  recentDemand(ZONE, hoursAgo, changes);

function record({ codec }: Installation, value: DemandObservation, key = value.zone): AppendRecord {
  return {
    key,
    value: codec.encode('demand.observed', value),
    timestampMs: Date.parse(value.availableAt),
    headers: { schema: 'demand-observed', source: 'test' },
  };
}

/** What should never be in a demand topic, and the code it must end with. */
function junk(at: Installation): [what: string, code: string, record: AppendRecord][] {
  const good = demand(0);
  const raw = (value: Uint8Array, key = ZONE): AppendRecord => ({
    key,
    value,
    timestampMs: Date.now(),
    headers: {},
  });
  const schemaId = schemaIdOf(at.codec.encode('demand.observed', good)) ?? -1;
  const { validTime: _, ...incomplete } = good;
  const weather = {
    zone: ZONE,
    kind: 'observed',
    validTime: good.validTime,
    availableAt: good.availableAt,
  } as const;
  return [
    ['raw bytes', 'RECORD_UNDECODABLE', raw(Buffer.from([0xff, 0xfe, 1, 2, 3, 4, 5, 6]))],
    ['plain JSON without a frame', 'RECORD_UNDECODABLE', raw(Buffer.from(JSON.stringify(good)))],
    ['no bytes at all', 'RECORD_UNDECODABLE', raw(Buffer.alloc(0))],
    ['a frame with a schema nobody knows', 'SCHEMA_UNKNOWN', raw(frameJson(987_654, JSON.stringify(good)))],
    ['a frame around half a JSON', 'RECORD_UNDECODABLE', raw(frameJson(schemaId, '{"zone":"SO'))],
    ['NaN', 'RECORD_UNDECODABLE', raw(frameJson(schemaId, '{"demandMw":NaN}'))],
    [
      'text for a number',
      'RECORD_INVALID',
      raw(frameJson(schemaId, JSON.stringify({ ...good, demandMw: '5' }))),
    ],
    ['a record without its time', 'RECORD_INVALID', raw(frameJson(schemaId, JSON.stringify(incomplete)))],
    [
      'another record',
      'RECORD_INVALID',
      raw(at.codec.encode('weather.observed', { ...weather, temperatureC: 20, source: 'test', revision: 0 })),
    ],
    ['a key that is not the zone', 'RECORD_INVALID', record(at, good, 'NORTH')],
    ['another step', 'RECORD_INVALID', record(at, demand(0, { stepMinutes: 15 }))],
    [
      'a step that its configured zone cannot have',
      'RECORD_INVALID',
      record(at, demand(0, { zone: 'GRID', stepMinutes: 60 })),
    ],
  ];
}

async function deadLetters({ log, codec }: Installation): Promise<DeadLetter[]> {
  return (await readTopic(log, codec, 'dead-letters')).sort((a, b) => a.offset - b.offset);
}

async function hasNowcastOf({ log, codec }: Installation, { validTime }: DemandObservation): Promise<void> {
  await vi.waitFor(async () => {
    const nowcasts = await readTopic(log, codec, 'nowcasts');
    const found = nowcasts.filter(({ zone, origin }) => zone === ZONE && origin === validTime);
    expect(found.length).toBeGreaterThan(0);
  }, WAIT);
}

const OPENERS: [string, boolean, () => Promise<Installation>][] = [
  ['embedded', true, embedded],
  ['kafka', services.skipReason === null, kafka],
];

describe.each(OPENERS)('junk on an input topic, %s', (_name, isHere, open) => {
  it.skipIf(!isHere)(
    'becomes one dead letter each, and the stream goes on',
    { timeout: 180_000 },
    async () => {
      const at = await open();
      const config = path.join(at.dir, 'config.json');
      const zones = [{ zone: 'GRID', stepMinutes: 5, horizonsMinutes: [5, 60] }];
      writeFileSync(config, JSON.stringify({ zones }));
      const args = ['stream', ...at.args, '--config', config, '--port', '0'];
      let cli = new Cli(args, at.env);
      try {
        await cli.says(/partitions assigned/);
        await at.codec.register(['demand.observed', 'weather.observed']);
        const before = Array.from({ length: 30 }, (_, i) => demand(31 - i));
        await at.log.append(
          'demand.observed',
          before.map((value) => record(at, value)),
        );
        await hasNowcastOf(at, demand(2));
        const bad = junk(at);
        const expected = [];
        for (const [what, code, value] of bad) {
          const [result] = await at.log.append('demand.observed', [value]);
          const { partition = -1, lastOffset = -1 } = result ?? {};
          const valueBase64 = Buffer.from(value.value ?? []).toString('base64');
          expected.push({
            what,
            topic: 'demand.observed',
            partition,
            offset: lastOffset,
            code,
            key: value.key,
            valueBase64,
          });
        }
        await at.log.append('demand.observed', [record(at, demand(1))]);
        await hasNowcastOf(at, demand(1));
        await vi.waitFor(async () => {
          expect(await deadLetters(at)).toHaveLength(bad.length);
        }, WAIT);
        const letters = await deadLetters(at);
        for (const { what, ...letter } of expected) {
          const found = letters.filter(
            ({ partition, offset }) => partition === letter.partition && offset === letter.offset,
          );
          expect(found, what).toHaveLength(1);
          expect(found[0], what).toMatchObject(letter);
          expect(found[0]?.message.length, what).toBeGreaterThan(10);
        }
        cli.kill('SIGTERM');
        expect((await cli.finished).code).toBe(0);
        expectNoStack(cli.text);

        cli = new Cli(args, at.env);
        await at.log.append('demand.observed', [record(at, demand(0))]);
        await hasNowcastOf(at, demand(0));
        expect(await deadLetters(at)).toEqual(letters);
        cli.kill('SIGTERM');
        expect((await cli.finished).code).toBe(0);
      } finally {
        cli.kill('SIGKILL');
        await at.close();
      }
    },
  );
});
