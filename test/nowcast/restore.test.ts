import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/contracts/time.js';
import type { AssignedPartition } from '../../src/log/event-log.js';
import { encodeNote, LOOKBACK_MS, planRestore } from '../../src/nowcast/restore.js';
import { JsonCodec, MemoryLog } from '../collect/memory-log.js';

const NOW_MS = Date.UTC(2026, 4, 30);
const DAYS = 60;

/** A record a day of each topic. */
async function logOf(topics: readonly string[]): Promise<MemoryLog> {
  const log = new MemoryLog();
  const value = Buffer.from('{}');
  for (const topic of topics)
    for (let day = DAYS; day > 0; day -= 1)
      await log.append(topic, [{ key: 'A', value, timestampMs: NOW_MS - day * DAY_MS }]);
  return log;
}

describe('planRestore', () => {
  const followed = ['demand.observed', 'weather.observed'];
  const assigned = (committed: boolean): AssignedPartition[] =>
    [...followed, 'demand.forecast'].map((topic) => ({
      topic,
      partition: 0,
      low: 0,
      high: DAYS,
      committed:
        committed && followed.includes(topic)
          ? { offset: DAYS - 2, metadata: encodeNote({ nowcastsEnd: 0, asOfMs: NOW_MS }) }
          : null,
    }));
  const plan = async (committed: boolean) =>
    planRestore(await logOf([...followed, 'demand.forecast']), new JsonCodec(), assigned(committed), {
      profiles: { longestHorizonMinutes: 60 },
      scoring: { accuracy: { horizonsMinutes: null } },
    });
  const beginning = DAYS - LOOKBACK_MS / DAY_MS;

  it('begins an input topic that the group has not followed before where the state of the others begins', async () => {
    const { starts, emitFrom } = await plan(true);
    expect(starts.map(({ offset }) => offset)).toEqual([beginning, beginning, beginning]);
    expect([...emitFrom.values()]).toEqual([DAYS - 2, DAYS - 2, beginning]);
  });

  it('begins everything at the first record for a group that never ran', async () => {
    const { starts, emitFrom } = await plan(false);
    expect(starts.map(({ offset }) => offset)).toEqual([0, 0, 0]);
    expect([...emitFrom.values()]).toEqual([0, 0, 0]);
  });
});
