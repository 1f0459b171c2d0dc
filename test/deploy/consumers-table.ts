import { readFileSync } from 'node:fs';
import path from 'node:path';

export const CONSUMERS_GUIDE = readFileSync(
  path.resolve(import.meta.dirname, '..', '..', 'docs', 'consumers.md'),
  'utf8',
);

/** One row of the table of topics in docs/consumers.md. */
export interface TopicRow {
  readonly topic: string;
  readonly key: string;
  readonly schema: string;
  readonly kept: string;
  /** Sorted. */
  readonly headers: readonly string[];
}

export function topicRows(): TopicRow[] {
  return [...CONSUMERS_GUIDE.matchAll(/^\| `([\w.-]+)` +\|(.*)\|$/gm)].map(([, topic = '', rest = '']) => {
    const [key = '', schema = '', kept = '', headers = ''] = rest.split('|').map((cell) => cell.trim());
    const names = [...headers.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    return { topic, key, schema: schema.replaceAll('`', ''), kept, headers: names.sort() };
  });
}
