import type { EventLog } from './event-log.js';

/** Newest event time (availableAt) that the demand topic holds, or null when it holds nothing. */
export async function latestDemandMs(log: EventLog): Promise<number | null> {
  let latest: number | null = null;
  for (const { topic, partition, low, high } of await log.watermarks('demand.observed')) {
    for await (const { records } of log.read(topic, partition, Math.max(low, high - 1), high)) {
      for (const { timestampMs } of records) latest = Math.max(latest ?? timestampMs, timestampMs);
    }
  }
  return latest;
}
