import { describe, expect, it } from 'vitest';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { type Pacer, runSimulation } from '../../src/collect/simulate.js';
import { DAY_MS, HOUR_MS, toIso } from '../../src/contracts/time.js';
import type { InputRecord } from '../../src/sources/input-record.js';
import { Simulation } from '../../src/sources/simulator/simulation.js';
import { decoded, JsonCodec, MemoryLog } from './memory-log.js';

const FROM_MS = Date.UTC(2026, 2, 1);
const LIVE_MS = FROM_MS + 2 * DAY_MS;

/** A wall clock that moves only by sleeping, and stops the run at a time. */
class FakePacer implements Pacer {
  private time = 0;

  constructor(
    private readonly stop: AbortController,
    private readonly stopAfterMs: number,
  ) {}

  nowMs(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.time += ms;
    if (this.time >= this.stopAfterMs) this.stop.abort();
    return Promise.resolve();
  }
}

async function run(log: MemoryLog, simulation: Simulation, wallMs: number): Promise<number> {
  const signal = new AbortController();
  let liveMs = 0;
  await runSimulation(new ObservationPublisher(log, new JsonCodec()), {
    simulation,
    historyFromMs: FROM_MS,
    liveFromMs: LIVE_MS,
    speed: 3600,
    pacer: new FakePacer(signal, wallMs),
    signal: signal.signal,
    onLive: (ms) => (liveMs = ms),
  });
  return liveMs;
}

const faults = { duplicate: { rate: 0.05 }, revised: { rate: 0.02 }, out_of_order: { rate: 0.02 } };

describe('runSimulation', () => {
  it('puts the history in, then goes on live at the given speed, in order and without a gap or a double', async () => {
    const log = new MemoryLog();
    const simulation = new Simulation({ seed: 5, faults });
    expect(await run(log, simulation, 6001)).toBe(LIVE_MS);
    // The first value of an interval before the beginning is not in the log, so its correction counts as the first.
    const numbered = (value: InputRecord['value']) =>
      'validTime' in value && Date.parse(value.validTime) < FROM_MS ? { ...value, revision: 0 } : value;
    const expected = [...simulation.records(FROM_MS, LIVE_MS + 6 * HOUR_MS)];
    for (const topic of ['demand.observed', 'weather.observed', 'weather.forecast'] as const) {
      expect(decoded(log, topic)).toEqual(
        expected.filter((r) => r.topic === topic).map((r) => numbered(r.value)),
      );
    }
    const operator = simulation.operatorForecasts(FROM_MS, LIVE_MS + 6 * HOUR_MS);
    expect(operator.length).toBeGreaterThanOrEqual(2 * 24 * 5);
    expect(decoded(log, 'demand.forecast')).toEqual(operator.map((r) => r.value));
  });

  it('goes on where the log ends when it is started again', async () => {
    const once = new MemoryLog();
    const simulation = new Simulation({ seed: 5, faults });
    await run(once, simulation, 12_001);
    const twice = new MemoryLog();
    await run(twice, simulation, 6001);
    const demand = decoded(twice, 'demand.observed');
    const resumedMs = await run(twice, new Simulation({ seed: 5, faults }), 6001);
    expect(toIso(resumedMs)).toBe(
      demand
        .map((r) => r.availableAt)
        .sort()
        .at(-1),
    );
    const all = decoded(twice, 'demand.observed');
    expect(all).toEqual(decoded(once, 'demand.observed').slice(0, all.length));
    expect(all.length).toBeGreaterThan(demand.length);
    const forecasts = decoded(twice, 'demand.forecast');
    expect(forecasts.length).toBeGreaterThan(0);
    expect(forecasts).toEqual(decoded(once, 'demand.forecast').slice(0, forecasts.length));
  });
});
