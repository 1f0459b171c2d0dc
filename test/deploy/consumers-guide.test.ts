import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/contracts/time.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { CONSUMERS_GUIDE, topicRows } from './consumers-table.js';

const root = path.resolve(import.meta.dirname, '..', '..');
function kept(config: Readonly<Record<string, string>>): string {
  if (config['cleanup.policy'] === 'compact') return 'latest per key';
  const retentionMs = Number(config['retention.ms']);
  return retentionMs < 0 ? 'for ever' : `${retentionMs / DAY_MS} days`;
}

describe('docs/consumers.md', () => {
  it('says of each topic what is declared', () => {
    const declared = loadTopicSpecs().map(({ name, key, valueSchema, config }) => ({
      topic: name,
      key,
      schema: valueSchema,
      kept: kept(config),
    }));
    expect(topicRows().map(({ headers: _headers, ...row }) => row)).toEqual(declared);
  });

  it('has the version before of each schema, and examples that exist', () => {
    for (const { valueSchema } of loadTopicSpecs())
      expect(existsSync(path.join(root, 'schemas', 'previous', `${valueSchema}.json`)), valueSchema).toBe(
        true,
      );
    const linked = [...CONSUMERS_GUIDE.matchAll(/\]\(\.\.\/(examples\/[\w/.]+)\)/g)].map(
      ([, file]) => file ?? '',
    );
    expect(linked).toHaveLength(3);
    for (const file of linked) expect(existsSync(path.join(root, file)), file).toBe(true);
  });

  it.each(['consumers.md', 'grafana.md', 'alerts.md'])('%s links to pages that there are', (page) => {
    const text = readFileSync(path.join(root, 'docs', page), 'utf8');
    for (const [, file = ''] of text.matchAll(/\]\(([\w-]+\.md)\)/g))
      expect(existsSync(path.join(root, 'docs', file)), file).toBe(true);
    expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain(`docs/${page}`);
  });
});
