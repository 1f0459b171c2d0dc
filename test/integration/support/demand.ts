import type { DemandObservation } from '../../../src/contracts/records.js';
import { HOUR_MS, toIso } from '../../../src/contracts/time.js';
import type { EventLog } from '../../../src/log/event-log.js';
import type { SchemaCodec } from '../../../src/log/schema-codec.js';

const nowHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

/** Hourly demand of the hour that ended so many hours ago. */
export function recentDemand(
  zone: string,
  hoursAgo: number,
  changes: Partial<DemandObservation> = {},
): DemandObservation {
  const validTimeMs = nowHourMs - (hoursAgo + 1) * HOUR_MS;
  return {
    zone,
    kind: 'actual',
    validTime: toIso(validTimeMs),
    stepMinutes: 60,
    demandMw: 1000 + hoursAgo,
    availableAt: toIso(validTimeMs + HOUR_MS),
    source: 'test',
    revision: 0,
    ...changes,
  };
}

/** Appends demand to the log as a collector would. */
export async function appendDemand(
  log: EventLog,
  codec: SchemaCodec,
  values: readonly DemandObservation[],
): Promise<void> {
  const records = values.map((value) => ({
    key: value.zone,
    value: codec.encode('demand.observed', value),
    timestampMs: Date.parse(value.availableAt),
    headers: { schema: 'demand-observed', source: value.source },
  }));
  await log.append('demand.observed', records);
}
