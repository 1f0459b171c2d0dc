import { Command } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import type { RuntimeConfig } from '../config/types.js';
import { applyTopics, checkTopics } from '../log/kafka-topics.js';
import { loadTopicSpecs } from '../log/topic-specs.js';
import { configFrom, withCommonOptions, type CommonOptions } from './options.js';

export function topicsCommand(): Command {
  const topics = new Command('topics').description(
    'compare the declared topics (topics/*.json) with Kafka, or create them',
  );
  topics.addCommand(
    withCommonOptions(new Command('check'))
      .description('say what differs; exit 1 if anything does')
      .action(check),
  );
  topics.addCommand(
    withCommonOptions(new Command('apply'))
      .description(
        'create what is missing and mend what is safe; refuse what would lose data or break key order',
      )
      .action(apply),
  );
  return topics;
}

async function check(options: CommonOptions): Promise<void> {
  const changes = await checkTopics(cluster(options), loadTopicSpecs());
  for (const { message } of changes) process.stdout.write(`${message}\n`);
  if (changes.length > 0) {
    throw new NowcastError(
      'TOPIC_MISMATCH',
      `${changes.length} differences; \`nowcast topics apply\` mends those that are safe`,
    );
  }
  process.stdout.write('all topics are as declared\n');
}

async function apply(options: CommonOptions): Promise<void> {
  const changes = await applyTopics(cluster(options), loadTopicSpecs());
  for (const { message } of changes) process.stdout.write(`done: ${message}\n`);
  process.stdout.write('all topics are as declared\n');
}

/** Topics exist in Kafka only; the embedded log declares its own when it is opened. */
function cluster(options: CommonOptions): RuntimeConfig['kafka'] {
  return configFrom({ ...options, log: 'kafka' }).kafka;
}
