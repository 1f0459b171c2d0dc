import { describe, expect, it } from 'vitest';
import { readSchema } from '../feed/schema-file.js';

/** Where a schema repeats the record of another file (the type generator follows no references between files). */
const REPEATED: readonly {
  readonly file: string;
  readonly at: string;
  readonly record: string;
  readonly of?: string;
}[] = [
  { file: 'rest-nowcasts', at: 'properties.nowcasts.items', record: 'nowcast' },
  { file: 'rest-accuracy', at: 'properties.accuracy.items', record: 'accuracy' },
  { file: 'rest-alerts', at: 'properties.alerts.items', record: 'alert' },
  { file: 'rest-quality', at: 'properties.summaries.items', record: 'quality-summary' },
  { file: 'rest-training-runs', at: 'properties.trainingRuns.items', record: 'training-run' },
  {
    file: 'rest-models',
    at: 'properties.models.items.properties.manifest',
    record: 'model',
    of: 'properties.manifest',
  },
  { file: 'feed-server-message', at: 'oneOf.1.properties.nowcasts.items', record: 'nowcast' },
  { file: 'feed-server-message', at: 'oneOf.2.properties.nowcast', record: 'nowcast' },
  { file: 'feed-server-message', at: 'oneOf.3.properties.demand', record: 'demand-observed' },
  { file: 'feed-server-message', at: 'oneOf.4.properties.accuracy', record: 'accuracy' },
];

function part(schema: unknown, path: string | undefined): unknown {
  let value = schema;
  for (const name of path?.split('.') ?? []) value = (value as Record<string, unknown>)[name];
  return value;
}

/** The shape alone: descriptions and titles may differ. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, inner]) =>
      !(['description', 'title', '$schema', '$id'].includes(name) && typeof inner === 'string'),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, shape(inner)]));
}

describe('schemas of served bodies', () => {
  it.each(REPEATED)('$file repeats $record as it is', ({ file, at, record, of }) => {
    const repeated = shape(part(readSchema(file), at));
    expect(repeated).toBeDefined();
    expect(repeated).toEqual(shape(part(readSchema(record), of)));
  });
});
