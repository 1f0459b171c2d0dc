import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';

/** What a field of a record may say, from the record's own schema, so that a filter offers just that. */
function enumOf(schema: string, field: string): readonly string[] {
  const file = path.join(packageRoot(), 'schemas', `${schema}.json`);
  const { properties } = JSON.parse(readFileSync(file, 'utf8')) as {
    properties: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
  };
  return properties[field]?.enum ?? [];
}

export const ALERT_KINDS = enumOf('alert', 'kind');
export const SEVERITIES = enumOf('alert', 'severity');
export const MODEL_STATUSES = enumOf('model', 'status');
export const RUN_KINDS = enumOf('training-run', 'kind');
export const RUN_STATUSES = enumOf('training-run', 'status');
