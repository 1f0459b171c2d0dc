import { describe, expect, it } from 'vitest';
import { HOUR_MS, toIso } from '../../../src/contracts/time.js';
import type { HistoryBench } from '../history-contract.js';
import { ALL, STEP_MS, T0, demandForecastOf, supplyForecastOf, supplyOf } from './samples.js';

const LATER_MS = T0 + HOUR_MS;

/** What operators say themselves: their forecasts of demand, and their supply side. */
export function operatorCases({ store, zone }: HistoryBench): void {
  describe('forecasts of operators', () => {
    it('returns them in rising time, of one time by product, with what is known of each', async () => {
      const z = zone();
      const issuedAt = toIso(T0 - 3 * HOUR_MS);
      await store().write({
        demandForecasts: [
          demandForecastOf(z, LATER_MS, 30),
          demandForecastOf(z, T0, 20),
          demandForecastOf(z, T0, 10.5, { product: 'a, b=c', issuedAt, source: 'of "it"' }),
        ],
      });
      const availableAtMs = T0 - 24 * HOUR_MS;
      const known = { stepMinutes: 60, issuedAtMs: null, availableAtMs, source: 'test' };
      expect(await store().demandForecasts(z, ALL)).toEqual([
        {
          ...known,
          timeMs: T0,
          product: 'a, b=c',
          demandMw: 10.5,
          issuedAtMs: T0 - 3 * HOUR_MS,
          source: 'of "it"',
        },
        { ...known, timeMs: T0, product: 'day-ahead', demandMw: 20 },
        {
          ...known,
          timeMs: LATER_MS,
          product: 'day-ahead',
          demandMw: 30,
          availableAtMs: availableAtMs + HOUR_MS,
        },
      ]);
      expect(await store().demandForecasts(`${z} longer`, ALL)).toEqual([]);
    });

    it('has one value a time and product, the one written last, however often', async () => {
      const z = zone();
      const first = demandForecastOf(z, T0, 1, { issuedAt: toIso(T0) });
      const second = demandForecastOf(z, T0, 2, { revision: 1 });
      await store().write({ demandForecasts: [first, second] });
      await store().write({ demandForecasts: [first] });
      await store().write({ demandForecasts: [second] });
      const points = await store().demandForecasts(z, ALL);
      expect(points.map(({ demandMw, issuedAtMs }) => [demandMw, issuedAtMs])).toEqual([[2, null]]);
    });

    it('takes a range without its end, and keeps the newest under a limit', async () => {
      const z = zone();
      await store().write({
        demandForecasts: [0, 1, 2, 3].map((i) => demandForecastOf(z, T0 + i * HOUR_MS, i)),
      });
      const inside = await store().demandForecasts(z, { fromMs: T0 + HOUR_MS, toMs: T0 + 3 * HOUR_MS });
      expect(inside.map(({ demandMw }) => demandMw)).toEqual([1, 2]);
      const newest = await store().demandForecasts(z, { ...ALL, limit: 1 });
      expect(newest.map(({ demandMw }) => demandMw)).toEqual([3]);
      expect(await store().demandForecasts(z, { ...ALL, limit: 0 })).toEqual([]);
    });

    it('keeps them apart from measured demand', async () => {
      const z = zone();
      await store().write({ demandForecasts: [demandForecastOf(z, T0, 1)] });
      expect(await store().demand(z, ALL)).toEqual([]);
    });
  });

  describe('supply', () => {
    it('returns what was measured and what is forecast apart, by series', async () => {
      const z = zone();
      const valuesMw = { solar: 0.1 + 0.2, 'natural gas, other=1': 9000, batteries: -250 };
      const issuedAt = toIso(T0 - HOUR_MS);
      await store().write({
        supply: [
          supplyOf(z, T0 + STEP_MS, { solar: 2 }),
          supplyOf(z, T0, valuesMw),
          supplyForecastOf(z, T0, { wind: 5 }, { area: 'NP15', issuedAt }),
          supplyForecastOf(z, T0, { wind: 7 }),
        ],
      });
      const common = { timeMs: T0, stepMinutes: 5, availableAtMs: T0 + STEP_MS, source: 'test' };
      const measured = { ...common, product: 'fuel-mix', area: null, issuedAtMs: null };
      expect(await store().supply(z, 'observed', ALL)).toEqual([
        { ...measured, valuesMw },
        { ...measured, timeMs: T0 + STEP_MS, availableAtMs: T0 + 2 * STEP_MS, valuesMw: { solar: 2 } },
      ]);
      const forecast = { ...common, product: 'renewables' };
      expect(await store().supply(z, 'forecast', ALL)).toEqual([
        { ...forecast, area: null, issuedAtMs: null, valuesMw: { wind: 7 } },
        { ...forecast, area: 'NP15', issuedAtMs: T0 - HOUR_MS, valuesMw: { wind: 5 } },
      ]);
      expect(await store().supply(zone(), 'observed', ALL)).toEqual([]);
    });

    it('forgets a name that a correction no longer has, within one write and between writes', async () => {
      const z = zone();
      const [first, second] = [supplyOf(z, T0, { solar: 1, coal: 2 }), supplyOf(z, T0, { solar: 3 })];
      await store().write({ supply: [first] });
      await store().write({ supply: [{ ...second, revision: 1 }] });
      expect((await store().supply(z, 'observed', ALL)).map((one) => one.valuesMw)).toEqual([{ solar: 3 }]);
      await store().write({ supply: [second, first] });
      expect((await store().supply(z, 'observed', ALL)).map((one) => one.valuesMw)).toEqual([
        { solar: 1, coal: 2 },
      ]);
    });

    it('takes a range without its end, and keeps the newest under a limit', async () => {
      const z = zone();
      const supply = [0, 1, 2, 3].map((i) => supplyOf(z, T0 + i * STEP_MS, { solar: i, wind: i }));
      await store().write({ supply });
      const range = { fromMs: T0 + STEP_MS, toMs: T0 + 3 * STEP_MS };
      const solar = async (asked: typeof ALL & { limit?: number }): Promise<unknown> =>
        (await store().supply(z, 'observed', asked)).map(({ valuesMw }) => valuesMw['solar']);
      expect(await solar(range)).toEqual([1, 2]);
      expect(await solar({ ...ALL, limit: 2 })).toEqual([2, 3]);
      expect(await solar({ ...ALL, limit: 0 })).toEqual([]);
    });
  });
}
