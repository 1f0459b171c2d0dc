import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.js';

/** One file of schemas/, parsed. */
export function readSchema(name: string): unknown {
  return JSON.parse(readFileSync(path.join(packageRoot(), 'schemas', `${name}.json`), 'utf8'));
}
