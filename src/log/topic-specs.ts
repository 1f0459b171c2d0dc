import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../config/package-root.js';
import { NowcastError, messageOf } from '../contracts/errors.js';
import type { TopicName } from '../contracts/records.js';
import type { TopicSpec } from './event-log.js';

const LEGAL_NAME = /^[a-zA-Z0-9._-]{1,249}$/;
const FIELDS = ['name', 'key', 'valueSchema', 'partitions', 'replicationFactor', 'config'];

/**
 * The declared topics of topics/*.json, by name.
 * @param root folder that holds topics/ and schemas/; the package's own by default
 * @throws NowcastError CONFIG_INVALID naming the file and what is wrong in it
 */
export function loadTopicSpecs(root: string = packageRoot()): TopicSpec[] {
  const folder = join(root, 'topics');
  const schemas = new Set(readdirSync(join(root, 'schemas')).map((file) => basename(file, '.json')));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => parseTopicSpec(readFileSync(join(folder, file), 'utf8'), `topics/${file}`, schemas));
}

/** The declared spec of one topic. @throws NowcastError TOPIC_UNKNOWN */
export function topicSpecOf(specs: readonly TopicSpec[], name: TopicName): TopicSpec {
  const spec = specs.find((each) => each.name === name);
  if (spec === undefined) throw new NowcastError('TOPIC_UNKNOWN', `topics/ declares no topic "${name}"`);
  return spec;
}

/**
 * Parses and checks one topic file.
 * @param file its name for messages; without its ending it must equal the topic's name
 * @param schemas names of the value schemas that exist
 */
export function parseTopicSpec(text: string, file: string, schemas: ReadonlySet<string>): TopicSpec {
  const fail = (what: string): never => {
    throw new NowcastError('CONFIG_INVALID', `${file}: ${what}`, { context: { file } });
  };
  const raw = parseObject(text, fail);
  const unknown = Object.keys(raw).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) fail(`unknown field ${unknown.join(', ')}; a topic has ${FIELDS.join(', ')}`);
  const { name, key, valueSchema, partitions, replicationFactor, config } = raw;
  if (typeof name !== 'string' || !LEGAL_NAME.test(name))
    return fail(`name ${show(name)} is not a legal topic name`);
  if (basename(file, '.json') !== name) fail(`declares topic "${name}": the file must be named ${name}.json`);
  if (typeof key !== 'string' || key === '') return fail('key must say in words what the record key is');
  if (typeof valueSchema !== 'string' || !schemas.has(valueSchema)) {
    return fail(`valueSchema ${show(valueSchema)} is not a file of schemas/`);
  }
  if (!isPositiveInteger(partitions))
    return fail(`partitions must be a whole number of at least 1, not ${show(partitions)}`);
  if (!isPositiveInteger(replicationFactor)) {
    return fail(`replicationFactor must be a whole number of at least 1, not ${show(replicationFactor)}`);
  }
  if (!isStringMap(config)) return fail('config must map names to text, as in "retention.ms": "-1"');
  return { name, key, valueSchema, partitions, replicationFactor, config };
}

function parseObject(text: string, fail: (what: string) => never): Record<string, unknown> {
  try {
    const raw: unknown = JSON.parse(text);
    if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Record<string, unknown>;
  } catch (error) {
    return fail(`is not JSON: ${messageOf(error)}`);
  }
  return fail('must hold one JSON object');
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
