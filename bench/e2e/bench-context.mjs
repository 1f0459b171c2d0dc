import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { loadConfig } from '../../dist/config/load-config.js';
import { createLogger } from '../../dist/ops/logger.js';
import { openContext } from '../../dist/roles/context.js';
import { modelForEachZone, signer } from '../support/model.mjs';
import { DAY_MS, encodedChunks, FROM_MS, SIMULATED_ZONES, WARM_DAYS } from '../support/simulated.mjs';

export const LIVE_FROM_MS = FROM_MS + WARM_DAYS * DAY_MS;
const INPUTS = ['demand.observed', 'weather.observed', 'weather.forecast'];
const LONGEST_WAIT_MS = 120_000;
let opened = 0;

/**
 * A context on a new log that holds a model for each simulated zone and as much history as the longest lag needs.
 * @param {{ dir: string, kafka: { brokers: string[], registryUrl: string } | null, model: object, horizonsMinutes?: number[] }} options
 * @returns the role context, with `discard` to close it and delete what it left on a broker
 */
export async function openBenchContext({ dir, kafka, model, horizonsMinutes }) {
  opened += 1;
  const topicPrefix = kafka === null ? '' : `bench-${process.pid}-${Date.now()}-${opened}.`;
  const base = loadConfig({ dataDir: path.join(dir, `run-${opened}`) });
  const config = {
    ...base,
    zones: SIMULATED_ZONES.map((zone) =>
      horizonsMinutes === undefined ? zone : { ...zone, horizonsMinutes },
    ),
    log: kafka === null ? 'embedded' : 'kafka',
    history: 'embedded',
    http: { host: '127.0.0.1', port: 0, allowedOrigins: [] },
    kafka: {
      ...base.kafka,
      topicPrefix,
      ...(kafka === null ? {} : { brokers: kafka.brokers, schemaRegistryUrl: kafka.registryUrl }),
    },
    signing: { publicKeysPem: [signer.publicKeyPem] },
  };
  const logger = createLogger({ level: 'error', pretty: false });
  const context = await openContext({ config, logger, now: () => LIVE_FROM_MS });
  await publishModels(context, model);
  for (const chunk of encodedChunks(context.codec, FROM_MS, LIVE_FROM_MS)) await appendChunk(context, chunk);
  return {
    ...context,
    discard: async () => {
      await context.close();
      if (kafka !== null) await deleteTopics(kafka.brokers, topicPrefix);
    },
  };
}

/** Appends what encodedChunks made of one chunk of time. */
export async function appendChunk({ log }, chunk) {
  for (const { topic, records } of chunk) {
    for (let i = 0; i < records.length; i += 1000) await log.append(topic, records.slice(i, i + 1000));
  }
}

/** One past the last record of each partition. */
export async function endsOf({ log }, topics = INPUTS) {
  const ends = await Promise.all(topics.map((topic) => log.watermarks(topic)));
  return ends.flat().map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
}

/** @throws Error when it does not come true in time: a benchmark that hangs says nothing */
export async function until(condition) {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the pipeline does not get further');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function publishModels({ log, codec, config }, model) {
  const zones = config.zones.map(({ zone }) => zone);
  const records = modelForEachZone(model, zones).map((record) => ({
    key: record.version,
    value: codec.encode('models', record),
    timestampMs: FROM_MS,
  }));
  for (const record of records) await log.append('models', [record]);
}

async function deleteTopics(brokers, prefix) {
  const admin = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
