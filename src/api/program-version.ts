import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';

let cached: string | null = null;

/** Version of the program, from package.json. */
export function programVersion(): string {
  if (cached === null) {
    const text = readFileSync(path.join(packageRoot(), 'package.json'), 'utf8');
    cached = (JSON.parse(text) as { version: string }).version;
  }
  return cached;
}
