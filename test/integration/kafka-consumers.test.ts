import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/contracts/time.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { T0, nowcastOf } from '../contract/history-contract/samples.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..', '..');
const examples = path.join(root, 'examples', 'consumers');
const services = await servicesOrSkip(['kafka', 'registry']);

/** The nowcasts of two zones; the first one is revised, and one zone has a space in its name as real ones do. */
const NOWCASTS = [
  nowcastOf('CA ISO-TAC', T0),
  nowcastOf('NORTH', T0),
  nowcastOf('CA ISO-TAC', T0 + HOUR_MS),
  nowcastOf('CA ISO-TAC', T0, { revision: 1 }),
];
const LINES = NOWCASTS.map(({ zone, origin, revision, quality, steps }) => ({
  zone,
  origin,
  revision,
  quality,
  steps: steps.length,
  firstMw: steps[0].mw,
}));

const hasConfluent =
  spawnSync('python3', ['-c', 'import confluent_kafka.schema_registry.json_schema']).status === 0;
if (!hasConfluent)
  console.warn("skipped, needs Python's confluent-kafka: pip install 'confluent-kafka[json]'");
const hasKcat = spawnSync('kcat', ['-V']).error === undefined;
if (!hasKcat) console.warn('skipped, needs kcat; on Debian: apt-get install kcat');

describe.skipIf(services.skipReason !== null)('examples of consumers', () => {
  const topicPrefix = `${uniqueName('consumers')}.`;
  let log: EventLog;

  beforeAll(async () => {
    log = await openKafkaLog({ brokers: services.kafkaBrokers, clientId: 'consumers', topicPrefix });
    await log.ensureTopics(loadTopicSpecs().filter(({ name }) => name === 'nowcasts'));
    const codec = await openRegistryCodec({ url: services.registryUrl, topicPrefix });
    await codec.register(['nowcasts']);
    const records = NOWCASTS.map((nowcast) => ({
      key: nowcast.zone,
      value: codec.encode('nowcasts', nowcast),
      timestampMs: Date.parse(nowcast.issuedAt),
    }));
    await log.append('nowcasts', records);
  });
  afterAll(() => log.close());

  async function outputOf(file: string, ...args: string[]): Promise<string> {
    const env = {
      ...process.env,
      KAFKA_BROKERS: services.kafkaBrokers.join(),
      SCHEMA_REGISTRY_URL: services.registryUrl,
      TOPIC: `${topicPrefix}nowcasts`,
      GROUP: uniqueName('group'),
      MAX: String(NOWCASTS.length),
    };
    const { stdout } = await run(file, args, { cwd: root, env, timeout: 120_000 });
    return stdout;
  }
  const jsonLines = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('TypeScript reads nowcasts with kafkajs and the registry', async () => {
    const runner = path.join(root, 'node_modules', 'vite-node', 'vite-node.mjs');
    const stdout = await outputOf(process.execPath, runner, path.join(examples, 'nowcasts.ts'));
    expect(jsonLines(stdout)).toEqual(LINES);
  });

  it.skipIf(!hasConfluent)('Python reads nowcasts with the deserializer of confluent-kafka', async () => {
    const stdout = await outputOf('python3', path.join(examples, 'nowcasts.py'));
    expect(jsonLines(stdout)).toEqual(LINES);
  });

  it.skipIf(!hasKcat)('kcat shows key and JSON', async () => {
    const stdout = await outputOf('sh', path.join(examples, 'nowcasts.sh'));
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.map(([key]) => key)).toEqual(NOWCASTS.map(({ zone }) => zone));
    expect(rows.map(([, json = '']) => JSON.parse(json) as unknown)).toEqual(NOWCASTS);
  });
});
