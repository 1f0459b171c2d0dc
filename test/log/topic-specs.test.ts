import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '../../src/log/event-log.js';
import { SCHEMA_OF } from '../../src/log/record-head.js';
import { assertApplicable, diffTopics } from '../../src/log/topic-diff.js';
import { loadTopicSpecs, parseTopicSpec } from '../../src/log/topic-specs.js';

const SCHEMAS = new Set(['demand-observed']);
const GOOD = {
  name: 'demand.observed',
  key: 'zone',
  valueSchema: 'demand-observed',
  partitions: 6,
  replicationFactor: 1,
  config: { 'cleanup.policy': 'delete', 'retention.ms': '1000' },
};

describe('declared topics', () => {
  it('loads every file of topics/', () => {
    const specs = loadTopicSpecs();
    expect(specs.map(({ name }) => name)).toContain('nowcasts');
    expect(Object.fromEntries(specs.map(({ name, valueSchema }) => [name, valueSchema]))).toEqual(SCHEMA_OF);
    const partitionsOf = (name: string) => specs.find((spec) => spec.name === name)?.partitions;
    expect(partitionsOf('weather.observed')).toBe(partitionsOf('demand.observed'));
  });

  it('takes a good file as it is', () => {
    expect(parseTopicSpec(JSON.stringify(GOOD), 'topics/demand.observed.json', SCHEMAS)).toEqual(GOOD);
  });

  it.each([
    ['{', /is not JSON/],
    ['[]', /one JSON object/],
    [JSON.stringify({ ...GOOD, partitions: 0 }), /partitions must be.*not 0/],
    [JSON.stringify({ ...GOOD, name: 'a b' }), /"a b" is not a legal topic name/],
    [JSON.stringify({ ...GOOD, name: 'other' }), /must be named other\.json/],
    [JSON.stringify({ ...GOOD, valueSchema: 'nope' }), /"nope" is not a file of schemas/],
    [JSON.stringify({ ...GOOD, config: { 'retention.ms': 5 } }), /config must map names to text/],
    [JSON.stringify({ ...GOOD, retention: 5 }), /unknown field retention/],
  ])('refuses %s', (text, message) => {
    expect(() => parseTopicSpec(text, 'topics/demand.observed.json', SCHEMAS)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});

describe('topic differences', () => {
  const diff = (
    spec: Partial<TopicSpec>,
    actual: { partitions?: number; config?: Record<string, string> } = {},
  ) =>
    diffTopics([{ ...GOOD, ...spec }], [{ name: GOOD.name, partitions: 6, config: GOOD.config, ...actual }]);

  it('finds none between equals, whatever else the log has configured', () => {
    expect(diff({})).toEqual([]);
    expect(diff({}, { config: { ...GOOD.config, 'segment.ms': '5' } })).toEqual([]);
    expect(
      diff(
        { config: { 'cleanup.policy': 'compact,delete' } },
        { config: { 'cleanup.policy': 'delete,compact' } },
      ),
    ).toEqual([]);
  });

  it('creates what is missing', () => {
    expect(diffTopics([GOOD], [])).toMatchObject([{ kind: 'create', topic: 'demand.observed', spec: GOOD }]);
  });

  it('sets configuration that loses nothing', () => {
    expect(diff({ config: { ...GOOD.config, 'retention.ms': '-1' } })).toMatchObject([
      { kind: 'set-config', name: 'retention.ms', from: '1000', to: '-1' },
    ]);
    expect(() => assertApplicable(diff({ config: { 'retention.ms': '2000' } }))).not.toThrow();
  });

  it.each([
    ['fewer partitions', diff({ partitions: 3 }), /6 partitions, 3 are declared/],
    ['more partitions of a keyed topic', diff({ partitions: 12 }), /move keys \(zone\)/],
    [
      'shorter retention',
      diff({ config: { 'retention.ms': '999' } }),
      /retention\.ms is 1000, 999 is declared/,
    ],
    [
      'an end to endless retention',
      diff({ config: { 'retention.ms': '5000' } }, { config: { 'retention.ms': '-1' } }),
      /shortening retention/,
    ],
    ['another cleanup policy', diff({ config: { 'cleanup.policy': 'compact' } }), /cleanup policy/],
  ])('refuses %s', (_, changes, message) => {
    expect(() => assertApplicable(changes)).toThrow(
      expect.objectContaining({
        code: 'TOPIC_MISMATCH',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });

  it('adds partitions where the order of keys does not matter', () => {
    expect(diff({ key: 'request id', partitions: 12 })).toMatchObject([
      { kind: 'add-partitions', from: 6, to: 12 },
    ]);
  });
});
