import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import type { InputRecord } from '../../src/sources/input-record.js';
import { Simulation } from '../../src/sources/simulator/simulation.js';
import { decoded, JsonCodec, MemoryLog } from './memory-log.js';

const START_MS = Date.UTC(2026, 2, 1);

function demand(zone: string, step: number, demandMw: number): InputRecord {
  const validMs = START_MS + step * 5 * MINUTE_MS;
  const availableAtMs = validMs + 5 * MINUTE_MS;
  return {
    topic: 'demand.observed',
    availableAtMs,
    value: {
      zone,
      kind: 'actual',
      validTime: toIso(validMs),
      stepMinutes: 5,
      demandMw,
      availableAt: toIso(availableAtMs),
      source: 'test',
      revision: 0,
    },
  };
}

const publisherOf = (log: MemoryLog) => new ObservationPublisher(log, new JsonCodec());

describe('ObservationPublisher', () => {
  it('publishes new values, drops repetitions and numbers changes, within one batch and across batches', async () => {
    const log = new MemoryLog();
    const publisher = publisherOf(log);
    expect(
      await publisher.publish([demand('A', 0, 1), demand('A', 0, 1), demand('A', 0, 2), demand('B', 0, 1)]),
    ).toEqual({
      published: 3,
      revised: 1,
      unchanged: 1,
    });
    expect(await publisher.publish([demand('A', 0, 2), demand('A', 0, 1)])).toEqual({
      published: 1,
      revised: 1,
      unchanged: 1,
    });
    expect(decoded(log, 'demand.observed').map((r) => [r.zone, r.demandMw, r.revision])).toEqual([
      ['A', 1, 0],
      ['A', 2, 1],
      ['B', 1, 0],
      ['A', 1, 2],
    ]);
    expect(log.records('demand.observed')[0]).toMatchObject({
      key: 'A',
      timestampMs: START_MS + 5 * MINUTE_MS,
      headers: { schema: 'demand-observed', source: 'test' },
    });
  });

  it('goes on after a restart as if there had been none, wherever that falls', async () => {
    const step = fc.record({
      zone: fc.constantFrom('A', 'B'),
      step: fc.nat(6),
      mw: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 8 }),
        fc.nat(7),
        async (batches, restartAt) => {
          const run = async (restarts: boolean) => {
            const log = new MemoryLog();
            let publisher = publisherOf(log);
            for (let b = 0; b < batches.length; b++) {
              if (restarts && b === restartAt) {
                publisher = publisherOf(log);
                await publisher.restore({ sinceMs: START_MS });
              }
              await publisher.publish((batches[b] ?? []).map((s) => demand(s.zone, s.step, s.mw)));
            }
            return decoded(log, 'demand.observed');
          };
          expect(await run(true)).toEqual(await run(false));
        },
      ),
    );
  });

  it('forgets what an append that failed did not write, so that giving it again writes it once', async () => {
    const log = new MemoryLog();
    const publisher = publisherOf(log);
    await publisher.publish([demand('A', 0, 1)]);
    log.appendsLeft = 0;
    const batch = [demand('A', 0, 2), demand('A', 0, 3), demand('A', 1, 5)];
    await expect(publisher.publish(batch)).rejects.toThrow('no log');
    log.appendsLeft = Infinity;
    expect(await publisher.publish(batch)).toEqual({ published: 3, revised: 2, unchanged: 0 });
    expect(decoded(log, 'demand.observed').map((r) => [r.demandMw, r.revision])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [5, 0],
    ]);
  });

  it('takes weather and forecasts too, in large batches, and none of them twice', async () => {
    const records = [...new Simulation({ seed: 3 }).records(START_MS, START_MS + 48 * HOUR_MS)];
    const log = new MemoryLog();
    const counts = await publisherOf(log).publish(records);
    expect(counts).toEqual({ published: records.length, revised: 0, unchanged: 0 });
    // Bytes bound an append as well as records do: forecasts are long.
    expect(log.appends).toBeLessThan(8);
    const second = publisherOf(log);
    await second.restore({ sinceMs: START_MS });
    expect(await second.publish(records)).toEqual({ published: 0, revised: 0, unchanged: records.length });
    expect(second.latestAvailableAtMs('weather.forecast', 'SIM-NORTH')).toBe(
      Math.max(...records.filter((r) => r.topic === 'weather.forecast').map((r) => r.availableAtMs)),
    );
  });

  it('is not stopped by a record that cannot be decoded', async () => {
    const log = new MemoryLog();
    await log.append('demand.observed', [
      { key: 'A', value: Buffer.from('{'), timestampMs: START_MS + HOUR_MS },
    ]);
    const publisher = publisherOf(log);
    await publisher.restore({ sinceMs: START_MS });
    expect((await publisher.publish([demand('A', 0, 1)])).published).toBe(1);
  });
});
