import type { ModelRecord } from '../contracts/records.js';
import type { EventLog } from '../log/event-log.js';
import { readDecoded } from '../log/read-decoded.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { ServingVersions } from './serving-versions.js';

/** Reads the models topic to its end: the latest record of each version, in the order of publication. */
export async function readModels(log: EventLog, codec: SchemaCodec): Promise<ModelRecord[]> {
  const models = new Map<string, ModelRecord>();
  for await (const records of readDecoded(log, codec, 'models')) {
    for (const { key, decoded } of records) {
      models.delete(key);
      if (decoded.ok) models.set(key, decoded.value);
    }
  }
  return [...models.values()];
}

/** Reads the models topic to its end for the status of every version. */
export async function readServingVersions(log: EventLog, codec: SchemaCodec): Promise<ServingVersions> {
  const versions = new ServingVersions();
  for await (const records of readDecoded(log, codec, 'models')) {
    for (const { key, decoded } of records) {
      if (decoded.ok) versions.apply(decoded.value);
      else versions.remove(key);
    }
  }
  return versions;
}

/** Reads the latest records of these versions, and keeps no other in memory. */
export async function readModelRecords(
  log: EventLog,
  codec: SchemaCodec,
  wanted: ReadonlySet<string>,
): Promise<Map<string, ModelRecord>> {
  const records = new Map<string, ModelRecord>();
  if (wanted.size === 0) return records;
  for await (const batch of readDecoded(log, codec, 'models')) {
    for (const { key, decoded } of batch) {
      if (!wanted.has(key)) continue;
      records.delete(key);
      if (decoded.ok) records.set(key, decoded.value);
    }
  }
  return records;
}
