import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../src/contracts/time.js';
import { zoneClock } from '../../../src/features/zone-clock.js';
import { Simulation } from '../../../src/sources/simulator/simulation.js';
import { SIMULATED_ZONES } from '../../../src/sources/simulator/zones.js';

const FROM_MS = Date.UTC(2026, 2, 1);
const ZONE = 'SIM-NORTH';
const STEP_MS = 5 * MINUTE_MS;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('operator forecast', () => {
  const toMs = FROM_MS + 60 * DAY_MS;
  const simulation = new Simulation({ seed: 1 });
  const forecasts = simulation.operatorForecasts(FROM_MS, toMs);
  const clock = zoneClock('America/Los_Angeles', 'US-CA');

  it('is issued once a day at 09:00 for each hour of the next local day, also of 23 hours', () => {
    const issues = new Map<string, number>();
    for (const { availableAtMs, value } of forecasts) {
      if (value.zone !== ZONE) continue;
      const issuedMs = Date.parse(value.issuedAt ?? '');
      expect(clock.minuteOfDay(issuedMs)).toBe(540);
      expect(availableAtMs - issuedMs).toBe(10 * MINUTE_MS);
      expect(clock.localDay(Date.parse(value.validTime))).toBe(clock.localDay(issuedMs) + 1);
      expect(value).toMatchObject({ source: 'simulator', product: 'simulated-day-ahead', stepMinutes: 60 });
      issues.set(value.issuedAt ?? '', (issues.get(value.issuedAt ?? '') ?? 0) + 1);
    }
    expect(issues.size).toBe(60);
    // The clocks went forward on 2026-03-08.
    expect(issues.get('2026-03-07T17:00:00.000Z')).toBe(23);
    expect([...issues.values()].filter((hours) => hours !== 24)).toEqual([23]);
    expect(new Set(forecasts.map(({ value }) => `${value.zone} ${value.validTime}`)).size).toBe(
      forecasts.length,
    );
  });

  it('does not depend on where generation was split, and differs by seed', () => {
    const to = FROM_MS + 5 * DAY_MS;
    const whole = simulation.operatorForecasts(FROM_MS, to);
    fc.assert(
      fc.property(fc.integer({ min: FROM_MS, max: to }), (cut) => {
        const fresh = new Simulation({ seed: 1 });
        const late = fresh.operatorForecasts(cut, to);
        expect([...fresh.operatorForecasts(FROM_MS, cut), ...late]).toEqual(whole);
      }),
      { numRuns: 10 },
    );
    expect(new Simulation({ seed: 2 }).operatorForecasts(FROM_MS, to)).not.toEqual(whole);
  });

  it('errs by 2 to 4 percent in every zone, is smoother than demand and has a bias that drifts', () => {
    const demand = new Map<string, number>();
    for (const { topic, value } of simulation.records(FROM_MS, toMs))
      if (topic === 'demand.observed')
        demand.set(`${value.zone} ${Date.parse(value.validTime)}`, value.demandMw);
    for (const { zone } of SIMULATED_ZONES) {
      const hours = forecasts.flatMap(({ value }) => {
        const startMs = Date.parse(value.validTime);
        const steps = Array.from(
          { length: 12 },
          (_, i) => demand.get(`${zone} ${startMs + i * STEP_MS}`) ?? Number.NaN,
        );
        const known = value.zone === zone && !steps.some(Number.isNaN);
        return known ? [{ day: clock.localDay(startMs), forecast: value.demandMw, actual: mean(steps) }] : [];
      });
      expect(hours.length).toBeGreaterThan(1300);
      const errors = hours.map(({ forecast, actual }) => (100 * (forecast - actual)) / actual);
      const mape = mean(errors.map(Math.abs));
      expect(mape, zone).toBeGreaterThan(2);
      expect(mape, zone).toBeLessThan(4);
      expect(roughness(hours.map(({ forecast }) => forecast)), zone).toBeLessThan(
        roughness(hours.map(({ actual }) => actual)),
      );
      const days = [...new Set(hours.map(({ day }) => day))];
      const bias = days.map((day) => mean(errors.filter((_, i) => hours[i]?.day === day)));
      expect(Math.max(...bias), zone).toBeGreaterThan(1);
      expect(Math.min(...bias), zone).toBeLessThan(-1);
      // Days that follow each other are alike, as far as a drift is slow.
      expect(correlation(bias.slice(1), bias.slice(0, -1)), zone).toBeGreaterThan(0.3);
    }
  });
});

/** Mean bend of a curve: its second differences. */
function roughness(values: readonly number[]): number {
  return mean(
    values.slice(2).map((value, i) => Math.abs(value - 2 * (values[i + 1] ?? NaN) + (values[i] ?? NaN))),
  );
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - meanA) * ((b[i] ?? NaN) - meanB)));
  const deviation = (all: readonly number[], middle: number): number =>
    Math.sqrt(mean(all.map((value) => (value - middle) ** 2)));
  return product / (deviation(a, meanA) * deviation(b, meanB));
}
