import type { ModelRecord } from '../contracts/records.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';

/** Reads the models topic to its end: the latest record of each version, in the order of publication. */
export async function readModels(log: EventLog, codec: SchemaCodec): Promise<ModelRecord[]> {
  const models = new Map<string, ModelRecord>();
  for (const { partition, low, high } of await log.watermarks('models')) {
    for await (const { records } of log.read('models', partition, low, high)) {
      await codec.prepare(records.map(({ value }) => value));
      for (const { key, value } of records) {
        models.delete(key);
        const decoded = codec.decode('models', value);
        if (decoded.ok) models.set(key, decoded.value);
      }
    }
  }
  return [...models.values()];
}
