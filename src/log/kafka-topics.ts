import type { Admin } from 'kafkajs';
import type { TopicSpec } from './event-log.js';
import { toLogError } from './kafka-errors.js';
import type { TopicNames } from './kafka-topic-names.js';

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
    await admin.createTopics({ topics, waitForLeaders: true, timeout: 10_000 });
  } catch (error) {
    throw toLogError(error, `could not create topics ${missing.map(({ name }) => name).join(', ')}`);
  }
}
