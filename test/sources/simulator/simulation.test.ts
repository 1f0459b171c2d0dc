import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProfile } from '../../../src/config/zone-profiles.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/contracts/time.js';
import { zoneClock } from '../../../src/features/zone-clock.js';
import type { InputRecord } from '../../../src/sources/input-record.js';
import { Simulation } from '../../../src/sources/simulator/simulation.js';
import { SIMULATED_ZONES, simulatorZones } from '../../../src/sources/simulator/zones.js';
import { demandEvent, MapView } from '../../quality/fake-view.js';

const FROM_MS = Date.UTC(2026, 2, 1);
const ZONE = 'SIM-NORTH';
const STEP_MS = 5 * MINUTE_MS;
const everyFault = Object.fromEntries(
  ['missing', 'frozen', 'spiked', 'revised', 'late', 'out_of_order', 'duplicate'].map((kind) => [
    kind,
    { rate: 0.01 },
  ]),
);

function records(seed: number, fromMs: number, toMs: number): InputRecord[] {
  return [...new Simulation({ seed, faults: everyFault }).records(fromMs, toMs)];
}

/** Demand of one zone by interval start, in megawatts. */
function demandOf(simulation: Simulation, zone: string, fromMs: number, toMs: number): Map<number, number> {
  const values = new Map<number, number>();
  for (const record of simulation.records(fromMs, toMs)) {
    if (record.topic !== 'demand.observed' || record.value.zone !== zone) continue;
    values.set(Date.parse(record.value.validTime), record.value.demandMw);
  }
  return values;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('Simulation', () => {
  it('gives the same bytes for the same seed and others for another', () => {
    const text = (seed: number) => JSON.stringify(records(seed, FROM_MS, FROM_MS + DAY_MS));
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  it('does not depend on where generation started or was split', () => {
    const whole = records(4, FROM_MS, FROM_MS + 3 * DAY_MS);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * DAY_MS }), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 3 * DAY_MS].map((ms) => FROM_MS + ms);
        const parts = edges.slice(1).map((to, i) => records(4, edges[i] ?? 0, to));
        expect(parts.flat()).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('gives records in the order of availability, none before it happened', () => {
    let latestMs = 0;
    for (const { topic, value, availableAtMs } of records(1, FROM_MS, FROM_MS + 2 * DAY_MS)) {
      expect(availableAtMs).toBeGreaterThanOrEqual(latestMs);
      latestMs = availableAtMs;
      expect(Date.parse(value.availableAt)).toBe(availableAtMs);
      const aboutMs = Date.parse(topic === 'weather.forecast' ? value.issuedAt : value.validTime);
      expect(availableAtMs).toBeGreaterThan(aboutMs + (topic === 'demand.observed' ? STEP_MS : 0));
    }
  });

  it('states zones that can be configured and cannot be mistaken for real ones', () => {
    for (const zone of simulatorZones()) {
      expect(zone.zone).toMatch(/^SIM-/);
      expect(buildProfile(zone)).toMatchObject({
        stepMs: STEP_MS,
        timeZone: 'America/Los_Angeles',
        holidays: 'US-CA',
      });
    }
    expect(simulatorZones()).toHaveLength(5);
  });

  it('is as hard to forecast as real 5-minute demand, within a factor', () => {
    const demand = demandOf(new Simulation({ seed: 1 }), ZONE, FROM_MS, FROM_MS + 60 * DAY_MS);
    const mape = (horizonMs: number, withRamp: boolean): number => {
      const errors: number[] = [];
      for (const [time, mw] of demand) {
        const at = (ms: number): number => demand.get(ms) ?? Number.NaN;
        const ramp = withRamp ? at(time - DAY_MS) - at(time - horizonMs - DAY_MS) : 0;
        const error = Math.abs(at(time - horizonMs) + ramp - mw) / mw;
        if (!Number.isNaN(error)) errors.push(100 * error);
      }
      return mean(errors);
    };
    // Recorded CAISO demand of 2018-2019: 0.32, 0.20, 3.4 and 1.1 %.
    expect(mape(STEP_MS, false)).toBeGreaterThan(0.2);
    expect(mape(STEP_MS, false)).toBeLessThan(0.6);
    expect(mape(STEP_MS, true)).toBeGreaterThan(0.1);
    expect(mape(STEP_MS, true)).toBeLessThan(0.35);
    expect(mape(HOUR_MS, true)).toBeGreaterThan(0.6);
    expect(mape(HOUR_MS, true)).toBeLessThan(1.7);
  });

  it('has the shape of a duck on a spring workday: a midday belly below morning and evening', () => {
    const demand = demandOf(new Simulation({ seed: 1 }), ZONE, Date.UTC(2026, 3, 1), Date.UTC(2026, 4, 1));
    const clock = zoneClock('America/Los_Angeles', 'US-CA');
    const byHour = (from: number, to: number, dayType: number): number =>
      mean(
        [...demand].flatMap(([time, mw]) => {
          const hour = clock.minuteOfDay(time) / 60;
          return hour >= from && hour < to && clock.days.dayType(clock.localDay(time)) === dayType
            ? [mw]
            : [];
        }),
      );
    expect(byHour(12, 14, 0)).toBeLessThan(0.92 * byHour(7, 8, 0));
    expect(byHour(19, 20, 0)).toBeGreaterThan(1.3 * byHour(12, 14, 0));
    expect(byHour(7, 9, 2)).toBeLessThan(0.95 * byHour(7, 9, 0));
  });

  it('keeps to the wall clock across the change of the clocks', () => {
    const peakMinute = (fromMs: number): number => {
      const days = [...demandOf(new Simulation({ seed: 1 }), 'SIM-SOUTH', fromMs, fromMs + 3 * DAY_MS)];
      const clock = zoneClock('America/Los_Angeles', '');
      const mornings = days.filter(
        ([time]) => clock.minuteOfDay(time) >= 300 && clock.minuteOfDay(time) < 480,
      );
      const rise = (minute: number): number =>
        mean(mornings.flatMap(([time, mw]) => (Math.abs(clock.minuteOfDay(time) - minute) < 30 ? [mw] : [])));
      return rise(420) / rise(330);
    };
    const before = peakMinute(Date.UTC(2026, 2, 3, 8));
    const after = peakMinute(Date.UTC(2026, 2, 10, 7));
    expect(before).toBeGreaterThan(1.05);
    expect(after / before).toBeGreaterThan(0.95);
  });

  it('issues forecasts that get worse with lead time and are unbiased', () => {
    const truth = new Map<string, number>();
    const errors: number[][] = [];
    const all = [...new Simulation({ seed: 2 }).records(FROM_MS, FROM_MS + 60 * DAY_MS)];
    for (const { topic, value } of all) {
      if (topic === 'weather.observed' && value.zone === ZONE)
        truth.set(value.validTime, value.temperatureC ?? NaN);
    }
    for (const { topic, value } of all) {
      if (topic !== 'weather.forecast' || value.zone !== ZONE) continue;
      expect(value.points).toHaveLength(49);
      value.points.forEach((point, lead) => {
        const actual = truth.get(point.validTime);
        if (actual !== undefined) (errors[lead] ??= []).push((point.temperatureC ?? NaN) - actual);
      });
    }
    const mae = (lead: number): number => mean((errors[lead] ?? []).map(Math.abs));
    expect(mae(1)).toBeLessThan(0.7);
    expect(mae(24)).toBeGreaterThan(mae(1) * 1.5);
    expect(mae(47)).toBeGreaterThan(mae(24));
    expect(mae(47)).toBeLessThan(2.5);
    expect(Math.abs(mean(errors[24] ?? []))).toBeLessThan(0.3);
  });
});

describe('faults', () => {
  const at = (step: number) => ({ zone: ZONE, validTimeMs: FROM_MS + step * STEP_MS });
  const faults = {
    missing: { at: [at(10)] },
    spiked: { at: [at(20)] },
    revised: { at: [at(30)] },
    late: { at: [at(40)] },
    out_of_order: { at: [at(50)] },
    duplicate: { at: [at(60)] },
    frozen: { at: [at(70)] },
  };
  const clean = new Simulation({ seed: 9 });
  const faulty = new Simulation({ seed: 9, faults });
  const toMs = FROM_MS + 12 * HOUR_MS;
  const published = (simulation: Simulation, step: number, zone = ZONE) =>
    [...simulation.records(FROM_MS, toMs)].flatMap(({ topic, value, availableAtMs }) =>
      topic === 'demand.observed' &&
      value.zone === zone &&
      Date.parse(value.validTime) === FROM_MS + step * STEP_MS
        ? [{ mw: value.demandMw, availableAtMs, revision: value.revision }]
        : [],
    );

  it('puts each fault where it was asked for, and says so in the ground truth', () => {
    const truth = faulty.injectedFaults(FROM_MS, toMs);
    expect(
      truth.filter((f) => f.kind !== 'frozen').map((f) => [f.kind, (f.validTimeMs - FROM_MS) / STEP_MS]),
    ).toEqual([
      ['missing', 10],
      ['spiked', 20],
      ['revised', 30],
      ['late', 40],
      ['out_of_order', 50],
      ['duplicate', 60],
    ]);
    expect(truth.filter((f) => f.kind === 'frozen')).toHaveLength(24);
    expect(truth.every((f) => f.zone === ZONE)).toBe(true);
    for (const fault of truth) {
      const step = (fault.validTimeMs - FROM_MS) / STEP_MS;
      expect(fault.trueMw).toBe(published(clean, step)[0]?.mw);
      expect(fault.publishedMw).toBe(published(faulty, step)[0]?.mw ?? null);
    }
  });

  it('does to the data what each fault means', () => {
    const usual = (step: number) => published(clean, step)[0] ?? { mw: NaN, availableAtMs: NaN };
    expect(published(faulty, 10)).toEqual([]);
    expect(Math.abs((published(faulty, 20)[0]?.mw ?? 0) / usual(20).mw - 1)).toBeGreaterThan(0.14);
    expect(published(faulty, 30).map((p) => p.revision)).toEqual([0, 1]);
    expect(published(faulty, 30)[1]?.mw).toBe(usual(30).mw);
    expect(published(faulty, 30)[0]?.mw).not.toBe(usual(30).mw);
    expect((published(faulty, 40)[0]?.availableAtMs ?? 0) - usual(40).availableAtMs).toBe(40 * MINUTE_MS);
    expect(published(faulty, 50)[0]?.availableAtMs).toBeGreaterThan(usual(51).availableAtMs);
    expect(published(faulty, 60)).toHaveLength(2);
    expect(published(faulty, 80)[0]?.mw).toBe(usual(69).mw);
    expect(published(faulty, 94)).toEqual(published(clean, 94));
    expect(published(faulty, 20, 'SIM-SOUTH')).toEqual(published(clean, 20, 'SIM-SOUTH'));
  });

  it('injects by rate about as often as asked', () => {
    const simulation = new Simulation({ seed: 9, faults: { spiked: { rate: 0.02 } } });
    const spikes = simulation.injectedFaults(FROM_MS, FROM_MS + 30 * DAY_MS).length;
    expect(spikes / (SIMULATED_ZONES.length * 30 * 288)).toBeCloseTo(0.02, 2);
  });

  it('injects spikes that the quality rules find, in the large zones all of them', () => {
    const simulation = new Simulation({ seed: 9, faults: { spiked: { rate: 0.005 } } });
    const config = simulatorZones().find((zone) => zone.zone === ZONE);
    if (config === undefined) throw new Error('no such zone');
    const profile = buildProfile(config);
    const view = new MapView(true);
    const flagged = new Set<number>();
    const endMs = FROM_MS + 30 * DAY_MS;
    for (const [time, mw] of demandOf(simulation, ZONE, FROM_MS, endMs)) {
      if (!view.feed(demandEvent(time, mw), profile).accepted) flagged.add(time);
    }
    const injected = simulation
      .injectedFaults(FROM_MS + HOUR_MS, endMs - HOUR_MS)
      .filter((f) => f.zone === ZONE);
    expect(injected.length).toBeGreaterThan(20);
    expect(injected.filter((fault) => !flagged.has(fault.validTimeMs))).toEqual([]);
    expect(flagged.size).toBeLessThanOrEqual(injected.length + 3);
  });
});
