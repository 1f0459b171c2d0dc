import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigFile } from '../contracts/generated/config.js';
import { packageRoot } from './package-root.js';
import type { ZoneConfig } from './types.js';

let cached: readonly ZoneConfig[] | undefined;

/** The first market: the zones of config/zones-california.json, which is a configuration file to copy for another. */
export function defaultZones(): readonly ZoneConfig[] {
  cached ??= readZones(path.join(packageRoot(), 'config', 'zones-california.json'));
  return cached;
}

/** Part of the package, so a test checks it against the schema, not every start. */
function readZones(file: string): readonly ZoneConfig[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as ConfigFile).zones ?? [];
}
