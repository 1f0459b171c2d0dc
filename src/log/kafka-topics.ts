import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';
import type { TopicSpec } from './event-log.js';
import { connectAdmin, createKafka, type KafkaClientOptions } from './kafka-client.js';
import { toLogError } from './kafka-errors.js';
import { TopicNames } from './kafka-topic-names.js';
import { assertApplicable, diffTopics, type ActualTopic, type TopicChange } from './topic-diff.js';

/** How long new topics may take to get leaders. */
const LEADERS_WITHIN_MS = 30_000;

export interface ApplyTopicsOptions extends KafkaClientOptions {
  /**
   * Also add partitions where that moves keys to other partitions: records of one key before and after are then no
   * longer in order. Off by default.
   */
  readonly addPartitions?: boolean;
}

/**
 * How the cluster's topics differ from the declared ones; empty when they agree. Changes nothing.
 * @throws NowcastError LOG_UNAVAILABLE
 */
export async function checkTopics(
  options: KafkaClientOptions,
  specs: readonly TopicSpec[],
): Promise<readonly TopicChange[]> {
  return withAdmin(options, async (admin, names) =>
    diffTopics(specs, await actualTopics(admin, names, specs)),
  );
}

/**
 * Makes the cluster's topics as declared: creates, sets configuration, adds partitions where that is harmless.
 * Refuses all of it when any difference could lose records.
 * @returns what was done, in order
 * @throws NowcastError TOPIC_MISMATCH naming each refused difference and what to do; LOG_UNAVAILABLE
 */
export async function applyTopics(
  options: ApplyTopicsOptions,
  specs: readonly TopicSpec[],
): Promise<readonly TopicChange[]> {
  return withAdmin(options, async (admin, names) => {
    const actual = await actualTopics(admin, names, specs);
    const changes = diffTopics(specs, actual).map((change) =>
      options.addPartitions === true ? allowPartitions(change, specs, actual) : change,
    );
    assertApplicable(changes);
    await createMissingTopics(admin, names, specs, new Set(actual.map(({ name }) => names.full(name))));
    for (const change of changes) await applyChange(admin, names, change);
    await setConfigs(admin, names, specs, changes);
    return changes;
  });
}

/** Creates those of the declared topics that the cluster lacks, and waits until they have leaders. */
export async function createMissingTopics(
  admin: Admin,
  names: TopicNames,
  specs: readonly TopicSpec[],
  existing: ReadonlySet<string>,
): Promise<void> {
  const missing = specs.filter(({ name }) => !existing.has(names.full(name)));
  if (missing.length === 0) return;
  const topics = missing.map(({ name, partitions, replicationFactor, config }) => ({
    topic: names.full(name),
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
  }));
  try {
    await admin.createTopics({ topics, waitForLeaders: false, timeout: 10_000 });
    await leadersOf(
      admin,
      topics.map(({ topic }) => topic),
    );
  } catch (error) {
    throw toLogError(error, `could not create topics ${missing.map(({ name }) => name).join(', ')}`);
  }
}

/**
 * Waits until every partition of topics just created has a leader. Not kafkajs' own wait: that one fails when the broker
 * it asks has not heard of the topic yet, which is the usual case in the first milliseconds on a busy cluster.
 */
async function leadersOf(admin: Admin, names: readonly string[]): Promise<void> {
  const deadlineMs = Date.now() + LEADERS_WITHIN_MS;
  for (;;) {
    const { topics } = await admin.fetchTopicMetadata();
    const led = new Set(
      topics
        .filter(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
        .map(({ name }) => name),
    );
    const waiting = names.filter((name) => !led.has(name));
    if (waiting.length === 0) return;
    if (Date.now() > deadlineMs) {
      const message = `no partition leader for ${waiting.join(', ')} within ${String(LEADERS_WITHIN_MS / 1000)} s: see the brokers' logs`;
      throw new NowcastError('LOG_UNAVAILABLE', message, { retriable: true });
    }
    await sleep(50);
  }
}

async function withAdmin<T>(
  options: KafkaClientOptions,
  work: (admin: Admin, names: TopicNames) => Promise<T>,
): Promise<T> {
  const admin = await connectAdmin(createKafka(options), options.brokers);
  try {
    return await work(admin, new TopicNames(options.topicPrefix ?? ''));
  } catch (error) {
    throw toLogError(error, 'could not compare or change the topics');
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** The declared ones among the topics that exist, with every configuration value, the broker's defaults included. */
async function actualTopics(
  admin: Admin,
  names: TopicNames,
  specs: readonly TopicSpec[],
): Promise<ActualTopic[]> {
  const declared = new Set(specs.map(({ name }) => names.full(name)));
  const { topics } = await admin.fetchTopicMetadata();
  const existing = topics.filter(({ name }) => declared.has(name));
  if (existing.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: existing.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  const configs = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  return existing.map(({ name, partitions }) => ({
    name: names.short(name),
    partitions: partitions.length,
    config: configs.get(name) ?? {},
  }));
}

/** With leave to add partitions, a refusal that is only about too few of them becomes that change. */
function allowPartitions(
  change: TopicChange,
  specs: readonly TopicSpec[],
  actual: readonly ActualTopic[],
): TopicChange {
  const spec = specs.find(({ name }) => name === change.topic);
  const from = actual.find(({ name }) => name === change.topic)?.partitions;
  if (change.kind !== 'refused' || spec === undefined || from === undefined) return change;
  if (spec.partitions <= from || !change.message.includes(`${spec.partitions} are declared`)) return change;
  const message = `topic ${spec.name}: add partitions, ${from} -> ${spec.partitions}; keys move to other partitions`;
  return { kind: 'add-partitions', topic: spec.name, from, to: spec.partitions, message };
}

async function applyChange(admin: Admin, names: TopicNames, change: TopicChange): Promise<void> {
  if (change.kind === 'add-partitions') {
    await admin.createPartitions({
      topicPartitions: [{ topic: names.full(change.topic), count: change.to }],
    });
  }
}

/**
 * Kafka's AlterConfigs replaces a topic's whole configuration (kafkajs has no incremental form), so what was set on the
 * topic by others is sent along with the declared values.
 */
async function setConfigs(
  admin: Admin,
  names: TopicNames,
  specs: readonly TopicSpec[],
  changes: readonly TopicChange[],
): Promise<void> {
  const changed = new Set(changes.filter(({ kind }) => kind === 'set-config').map(({ topic }) => topic));
  for (const spec of specs.filter(({ name }) => changed.has(name))) {
    const name = names.full(spec.name);
    const config = { ...(await ownConfig(admin, name)), ...spec.config };
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }],
    });
  }
}

/** What is set on the topic itself, without defaults. */
async function ownConfig(admin: Admin, name: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
  });
  const entries = resources[0]?.configEntries;
  if (entries === undefined) throw new NowcastError('TOPIC_UNKNOWN', `topic ${name} does not exist any more`);
  const own = entries.filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG);
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}
