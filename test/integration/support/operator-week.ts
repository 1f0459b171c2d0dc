import { DAY_MS, HOUR_MS, toIso } from '../../../src/contracts/time.js';
import { OperatorScorer, type ScoredZone } from '../../../src/history/operator-scorer.js';
import type { RoleContext } from '../../../src/roles/context.js';
import type { InputRecord, SourceRecord } from '../../../src/sources/input-record.js';

/** What an operator says at 10:00 of the next day, hour by hour: a little off what will be. */
export function operatorForecasts(zone: string, records: readonly InputRecord[]): SourceRecord[] {
  return records.flatMap(({ topic, value }, i): SourceRecord[] => {
    if (topic !== 'demand.observed') return [];
    const timeMs = Date.parse(value.validTime);
    if (timeMs % HOUR_MS !== 0) return [];
    const availableAtMs = Math.floor(timeMs / DAY_MS) * DAY_MS - 14 * HOUR_MS;
    const forecast = {
      zone,
      kind: 'forecast',
      product: 'operator-day-ahead',
      validTime: value.validTime,
      stepMinutes: 60,
      demandMw: value.demandMw * (1 + 0.04 * Math.sin(i / 5)),
      issuedAt: null,
      availableAt: toIso(availableAtMs),
      source: 'operator',
      revision: 0,
    } as const;
    return [{ topic: 'demand.forecast', availableAtMs, value: forecast }];
  });
}

/** As the stream does each ten minutes. */
export async function scoreOperators({ history, profiles }: RoleContext, zone: string): Promise<void> {
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const profileOf = (one: string): ScoredZone => profiles.profile(one);
  await new OperatorScorer({ history, zones: () => [zone], profileOf, onLost: fail }).score();
}
