import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TopicSpec } from '../../src/log/event-log.js';
import { applyTopics, checkTopics } from '../../src/log/kafka-topics.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['kafka']);

describe.skipIf(services.skipReason !== null)('topics apply and check', () => {
  const options = {
    brokers: services.kafkaBrokers,
    clientId: 'topics',
    topicPrefix: `${uniqueName('topics')}.`,
  };
  let admin: Admin;

  beforeAll(async () => {
    admin = new kafkajs.Kafka({ brokers: [...options.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => admin.disconnect());

  function spec(changes: Partial<TopicSpec> = {}): TopicSpec {
    const config = { 'cleanup.policy': 'delete', 'retention.ms': '86400000' };
    const name = uniqueName('topic');
    return {
      name,
      key: 'zone',
      valueSchema: 'nowcast',
      partitions: 2,
      replicationFactor: 1,
      config,
      ...changes,
    };
  }

  it('creates the declared topics as declared, and then finds nothing to do', async () => {
    const specs = loadTopicSpecs();
    const created = await applyTopics(options, specs);
    expect(created.map(({ kind, topic }) => [kind, topic])).toEqual(
      specs.map(({ name }) => ['create', name]),
    );
    expect(await checkTopics(options, specs)).toEqual([]);
    expect(await applyTopics(options, specs)).toEqual([]);
  });

  it('sets safe configuration and keeps what others set on the topic', async () => {
    const declared = spec();
    await applyTopics(options, [declared]);
    const name = options.topicPrefix + declared.name;
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    const set = { ...declared.config, 'segment.ms': '3600000' };
    const configEntries = Object.entries(set).map(([key, value]) => ({ name: key, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] });

    const longer = { ...declared, config: { ...declared.config, 'retention.ms': '172800000' } };
    const [change] = await applyTopics(options, [longer]);
    expect(change).toMatchObject({
      kind: 'set-config',
      name: 'retention.ms',
      from: '86400000',
      to: '172800000',
    });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type, name, configNames: ['retention.ms', 'segment.ms'] }],
    });
    const values = resources[0]?.configEntries
      .map(({ configName, configValue }) => [configName, configValue])
      .sort();
    expect(values).toEqual([
      ['retention.ms', '172800000'],
      ['segment.ms', '3600000'],
    ]);
  });

  it('refuses what loses records, and then changes nothing at all', async () => {
    const declared = spec();
    await applyTopics(options, [declared]);
    const destructive = {
      ...declared,
      partitions: 1,
      config: { ...declared.config, 'retention.ms': '1000' },
    };
    const other = spec();
    await expect(applyTopics(options, [destructive, other])).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
      message: expect.stringMatching(/partitions cannot be removed[\s\S]*shortening retention/) as string,
    });
    expect((await checkTopics(options, [other])).map(({ kind }) => kind)).toEqual(['create']);
  });

  it('adds partitions that move keys only when told to', async () => {
    const declared = spec();
    await applyTopics(options, [declared]);
    const wider = { ...declared, partitions: 4 };
    await expect(applyTopics(options, [wider])).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
    const done = await applyTopics({ ...options, addPartitions: true }, [wider]);
    expect(done).toMatchObject([{ kind: 'add-partitions', from: 2, to: 4 }]);
    expect(await checkTopics(options, [wider])).toEqual([]);
  });
});
