import { describe } from 'vitest';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { registryContract } from '../contract/registry-contract.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['kafka', 'registry']);

describe.skipIf(services.skipReason !== null)('over Kafka', () => {
  registryContract(async () => {
    const topicPrefix = `${uniqueName('models')}.`;
    const log = await openKafkaLog({ brokers: [...services.kafkaBrokers], clientId: 'test', topicPrefix });
    await log.ensureTopics(loadTopicSpecs().filter(({ name }) => ['models', 'audit'].includes(name)));
    const codec = await openRegistryCodec({ url: services.registryUrl, topicPrefix });
    await codec.register(['models', 'audit']);
    return { log, codec, close: () => log.close() };
  });
});
