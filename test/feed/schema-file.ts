import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.js';

export function readSchema<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(packageRoot(), 'schemas', `${name}.json`), 'utf8')) as T;
}
