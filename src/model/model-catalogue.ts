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
      if (!decoded.ok) versions.remove(key);
      else
        versions.apply({ version: key, status: decoded.value.status, zones: decoded.value.manifest.zones });
    }
  }
  return versions;
}
