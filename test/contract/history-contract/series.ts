import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, toIso } from '../../../src/contracts/time.js';
import type { HistoryBench } from '../history-contract.js';
import { ALL, STEP_MS, T0, accuracyOf, demandOf, weatherOf } from './samples.js';

/** Demand, weather and accuracy as time series. */
export function seriesCases({ store, zone }: HistoryBench): void {
  describe('series', () => {
    it('returns rising time whatever the order of writing', async () => {
      const z = zone();
      const shuffled = [3, 0, 2, 4, 1].map((i) => demandOf(z, T0 + i * STEP_MS, 100 + i));
      await store().write({ demand: shuffled });
      const rows = await store().demand(z, ALL);
      expect(rows).toEqual(
        [0, 1, 2, 3, 4].map((i) => ({ timeMs: T0 + i * STEP_MS, demandMw: 100 + i, source: 'test' })),
      );
    });

    it('includes the start of a range and excludes its end', async () => {
      const z = zone();
      await store().write({ demand: [0, 1, 2, 3].map((i) => demandOf(z, T0 + i * STEP_MS, i)) });
      const rows = await store().demand(z, { fromMs: T0 + STEP_MS, toMs: T0 + 3 * STEP_MS });
      expect(rows.map((row) => row.demandMw)).toEqual([1, 2]);
      expect(await store().demand(z, { fromMs: T0 + STEP_MS, toMs: T0 + STEP_MS })).toEqual([]);
    });

    it('keeps the newest rows under a limit', async () => {
      const z = zone();
      await store().write({ demand: [0, 1, 2, 3].map((i) => demandOf(z, T0 + i * STEP_MS, i)) });
      const rows = await store().demand(z, { ...ALL, limit: 2 });
      expect(rows.map((row) => row.demandMw)).toEqual([2, 3]);
      expect(await store().demand(z, { ...ALL, limit: 0 })).toEqual([]);
    });

    it('returns one row a time, of the source written last', async () => {
      const z = zone();
      await store().write({
        demand: [demandOf(z, T0, 1, { source: 'b' }), demandOf(z, T0 + STEP_MS, 2, { source: 'b' })],
      });
      await store().write({ demand: [demandOf(z, T0, 11, { source: 'a' })] });
      expect(await store().demand(z, ALL)).toEqual([
        { timeMs: T0, demandMw: 11, source: 'a' },
        { timeMs: T0 + STEP_MS, demandMw: 2, source: 'b' },
      ]);
      await store().write({
        demand: [demandOf(z, T0, 12, { source: 'a' }), demandOf(z, T0, 21, { source: 'b' })],
      });
      expect(await store().demand(z, { ...ALL, limit: 2 })).toEqual([
        { timeMs: T0, demandMw: 21, source: 'b' },
        { timeMs: T0 + STEP_MS, demandMw: 2, source: 'b' },
      ]);
    });

    it('keeps zones apart, of which one is the start of another', async () => {
      const z = zone();
      const longer = `${z} longer`;
      await store().write({ demand: [demandOf(z, T0, 1), demandOf(longer, T0, 2)] });
      expect((await store().demand(z, ALL)).map((row) => row.demandMw)).toEqual([1]);
      expect((await store().demand(longer, ALL)).map((row) => row.demandMw)).toEqual([2]);
    });

    it('knows nothing of a zone that was never written', async () => {
      const z = zone();
      expect(await store().demand(z, ALL)).toEqual([]);
      expect(await store().weather(z, ALL)).toEqual([]);
      expect(await store().demandForecasts(z, ALL)).toEqual([]);
      expect(await store().nowcasts(z, 5, ALL)).toEqual([]);
      expect(await store().nowcastAt(z, T0)).toBeNull();
      expect(await store().accuracy(z, '24h', ALL)).toEqual([]);
    });

    it('keeps doubles exactly, whole, negative, tiny and huge', async () => {
      const z = zone();
      const values = [0, 1, -17, 0.1 + 0.2, 1e-9, 123_456_789_012, 1 / 3, -0.000_1, 1e21];
      await store().write({ demand: values.map((mw, i) => demandOf(z, T0 + i * STEP_MS, mw)) });
      expect((await store().demand(z, ALL)).map((row) => row.demandMw)).toEqual(values);
    });

    it('keeps every step through both clock changes', async () => {
      const z = zone();
      const changes = [T0, Date.UTC(2019, 10, 3, 7)].flatMap((start) =>
        Array.from({ length: 48 }, (_, i) => start + i * STEP_MS),
      );
      await store().write({ demand: changes.map((timeMs) => demandOf(z, timeMs, timeMs / HOUR_MS)) });
      expect((await store().demand(z, ALL)).map((row) => row.timeMs)).toEqual(changes);
    });

    it('keeps times before 1970 and between milliseconds of steps', async () => {
      const z = zone();
      const times = [-DAY_MS, -1, 0, 1, T0 + 1, T0 + 2];
      await store().write({ demand: times.map((timeMs) => demandOf(z, timeMs, timeMs)) });
      const rows = await store().demand(z, { fromMs: -2 * DAY_MS, toMs: T0 + 2 });
      expect(rows.map((row) => row.timeMs)).toEqual([-DAY_MS, -1, 0, 1, T0 + 1]);
    });

    it('reads an offset time as its instant', async () => {
      const z = zone();
      await store().write({ demand: [demandOf(z, 0, 5, { validTime: '2019-03-10T01:30:00-08:00' })] });
      expect((await store().demand(z, ALL)).map((row) => toIso(row.timeMs))).toEqual([
        '2019-03-10T09:30:00.000Z',
      ]);
    });

    it('returns only the weather variables that are known', async () => {
      const z = zone();
      const all = { temperatureC: -3.5, humidityPct: 40, windMs: 0, cloudPct: 100, shortwaveWm2: 612.25 };
      await store().write({
        weather: [weatherOf(z, T0, all), weatherOf(z, T0 + HOUR_MS, { temperatureC: 21 })],
      });
      expect(await store().weather(z, ALL)).toEqual([
        { timeMs: T0, source: 'test', ...all },
        { timeMs: T0 + HOUR_MS, source: 'test', temperatureC: 21 },
      ]);
    });

    it('forgets a weather variable that its correction no longer has', async () => {
      const z = zone();
      await store().write({ weather: [weatherOf(z, T0, { temperatureC: 21, windMs: 3 })] });
      await store().write({ weather: [weatherOf(z, T0, { temperatureC: 22, revision: 1 })] });
      expect(await store().weather(z, ALL)).toEqual([{ timeMs: T0, source: 'test', temperatureC: 22 }]);
    });

    it('returns accuracy by zone and window, every horizon, nulls as null', async () => {
      const z = zone();
      const rows = [
        accuracyOf(z, T0, 5),
        accuracyOf(z, T0, 60, { coverage80: null, skill: null }),
        accuracyOf(z, T0, 120, { n: 0, mape: 0, bias: 12.5 }),
        accuracyOf(z, T0 + HOUR_MS, 5, { mape: 2 }),
      ];
      const others = [accuracyOf(z, T0, 5, { window: '7d', mape: 9 }), accuracyOf(zone(), T0, 5)];
      await store().write({ accuracy: [...others, ...rows].reverse() });
      expect(await store().accuracy(z, '24h', ALL)).toEqual(rows);
      expect(await store().accuracy(z, '24h', { fromMs: T0 + 1, toMs: T0 + HOUR_MS + 1 })).toEqual(
        rows.slice(3),
      );
      expect(await store().accuracy(z, '24h', { ...ALL, limit: 1 })).toEqual(rows.slice(3));
      expect(await store().accuracy(z, '1h', ALL)).toEqual([]);
    });

    it('overwrites accuracy, a value by null, too', async () => {
      const z = zone();
      await store().write({ accuracy: [accuracyOf(z, T0, 5)] });
      const later = accuracyOf(z, T0, 5, { mape: 7, coverage80: null, skill: null });
      await store().write({ accuracy: [later] });
      expect(await store().accuracy(z, '24h', ALL)).toEqual([later]);
    });
  });
}
