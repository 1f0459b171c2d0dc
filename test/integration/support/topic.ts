import path from 'node:path';
import type { Nowcast, TopicName, TopicRecords } from '../../../src/contracts/records.js';
import { openEmbeddedLog } from '../../../src/log/embedded-log.js';
import type { EventLog } from '../../../src/log/event-log.js';
import { openLocalCodec } from '../../../src/log/local-codec.js';
import type { SchemaCodec } from '../../../src/log/schema-codec.js';

/** Everything a topic holds, in the order of its partitions. */
export async function readTopic<T extends TopicName>(
  log: EventLog,
  codec: SchemaCodec,
  topic: T,
): Promise<TopicRecords[T][]> {
  const values: TopicRecords[T][] = [];
  for (const { partition, low, high } of await log.watermarks(topic)) {
    for await (const { records } of log.read(topic, partition, low, high)) {
      await codec.prepare(records.map(({ value }) => value));
      for (const { value, offset } of records) {
        const decoded = codec.decode(topic, value);
        if (!decoded.ok) throw new Error(`${topic}/${partition}:${offset}: ${decoded.message}`);
        values.push(decoded.value);
      }
    }
  }
  return values;
}

/** Opens the log of a data directory for the time of a call. */
export async function withEmbedded<R>(
  dataDir: string,
  use: (log: EventLog, codec: SchemaCodec) => Promise<R>,
): Promise<R> {
  const log = await openEmbeddedLog({ dir: path.join(dataDir, 'log') });
  try {
    return await use(log, await openLocalCodec({ dir: dataDir }));
  } finally {
    await log.close();
  }
}

export const identityOf = ({ zone, origin, modelVersion, revision }: Nowcast): string =>
  [zone, origin, modelVersion, String(revision)].join('|');

/** Per zone and origin, the nowcast that counts: the one with the highest revision. */
export function finalNowcasts(nowcasts: readonly Nowcast[]): Map<string, Nowcast> {
  const final = new Map<string, Nowcast>();
  for (const nowcast of nowcasts) {
    const key = `${nowcast.zone}|${nowcast.origin}`;
    if ((final.get(key)?.revision ?? -1) < nowcast.revision) final.set(key, nowcast);
  }
  return final;
}
