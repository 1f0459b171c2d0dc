import { MINUTE_MS } from '../../src/contracts/time.js';
import type { InputEvent } from '../../src/features/input-event.js';
import type { ZoneProfile } from '../../src/features/zone-profile.js';
import { toInputEvent } from '../../src/nowcast/decode-input.js';
import { type InputRecord, sortByAvailability } from '../../src/sources/input-record.js';
import { Simulation, type SimulationOptions } from '../../src/sources/simulator/simulation.js';
import { SIMULATED_ZONES } from '../../src/sources/simulator/zones.js';

export const FROM_MS = Date.parse('2025-03-01T00:00:00Z');
const FIRST = SIMULATED_ZONES[0];
if (FIRST === undefined) throw new Error('the simulator has no zone');
export const ZONE = FIRST.zone;

/** Across a change of the clocks (2025-03-09), with the faults that a feed has and what the operator forecasts itself. */
export function simulatedRecords(days: number, faults: SimulationOptions['faults'] = {}): InputRecord[] {
  const simulation = new Simulation({ seed: 7, zones: SIMULATED_ZONES.slice(0, 1), faults });
  const toMs = FROM_MS + days * 1440 * MINUTE_MS;
  const operator = simulation.operatorForecasts(FROM_MS, toMs);
  return sortByAvailability([...operator, ...simulation.records(FROM_MS, toMs)]);
}

export function simulatedEvents(days: number, faults: SimulationOptions['faults'] = {}): InputEvent[] {
  return simulatedRecords(days, faults).map(({ topic, value }) => toInputEvent(topic, value));
}

export const FAULTS = {
  missing: { rate: 0.004 },
  spiked: { rate: 0.003 },
  revised: { rate: 0.01 },
  late: { rate: 0.005 },
  out_of_order: { rate: 0.005 },
  duplicate: { rate: 0.01 },
} as const;

export const PROFILE: ZoneProfile = {
  zone: ZONE,
  stepMs: 5 * MINUTE_MS,
  timeZone: 'America/Los_Angeles',
  holidays: 'US-CA',
  horizonsMinutes: [5, 15, 60, 180, 720],
  limits: { minMw: 0, maxMw: 1e6, maxRampMwPerHour: Infinity },
  lateAfterMs: 15 * MINUTE_MS,
};

export const QUICK = {
  seed: 3,
  effort: 'first',
  workFraction: 0.15,
  rowBudget: 6000,
  heldOutRowBudget: 2000,
  gbdt: { trees: 12, leaves: 15 },
} as const;
