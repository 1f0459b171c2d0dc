import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetchKafka, KAFKA_LIBS } from './artifacts.mjs';
import { countBrokers } from './kafka-probe.mjs';
import { javaTools, mavenTools } from './tools.mjs';

const run = promisify(execFile);

/** One KRaft node that is broker and controller, with every replication factor 1. */
export const kafka = {
  name: 'kafka',
  title: 'Kafka 4.1.1',
  optional: false,
  usualPorts: { broker: 9092, controller: 9093 },
  missingTools: () => [...javaTools(), ...(existsSync(KAFKA_LIBS) ? [] : mavenTools())],
  prepare: fetchKafka,
  async command({ dir, ports }) {
    const config = path.join(dir, 'server.properties');
    writeFileSync(config, serverProperties(dir, ports));
    const classPath = path.join(KAFKA_LIBS, '*');
    if (!existsSync(path.join(dir, 'data', 'meta.properties'))) {
      await run('java', [
        '-Xmx128m',
        '-cp',
        classPath,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId(),
        '-c',
        config,
      ]);
    }
    const heap = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=4'];
    return { file: 'java', args: [...heap, '-cp', classPath, 'kafka.Kafka', config] };
  },
  async answers({ ports }) {
    return (await countBrokers('127.0.0.1', ports.broker)) > 0;
  },
  env: ({ ports }) => ({ KAFKA_BROKERS: `127.0.0.1:${ports.broker}` }),
};

/** Kafka's own form: 16 random bytes, base64url; a leading dash would read as an option. */
function clusterId() {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

function serverProperties(dir, ports) {
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'log.dirs': path.join(dir, 'data'),
    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // One member at a time is what tests and development have: waiting for more costs 3 s at each join.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'log.cleaner.backoff.ms': 1000,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.segment.delete.delay.ms': 1000,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
