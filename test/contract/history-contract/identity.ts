import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryWrite } from '../../../src/history/history-store.js';
import type { HistoryBench } from '../history-contract.js';
import { ALL, STEP_MS, T0, accuracyOf, demandOf, nowcastOf, weatherOf, withoutBand } from './samples.js';

const WEIRD = [
  'CA ISO-TAC',
  'a,b=c d',
  `it's "quoted"`,
  'back\\slash',
  'tail\\',
  'Zürich ✓',
  "';DROP DATABASE nowcast;--",
  '$x <y>',
  '.*',
  '#c',
];

/** What makes a point the same point, and what it means to write it again. */
export function identityCases({ store, zone }: HistoryBench): void {
  describe('identity', () => {
    it.each(WEIRD)('keeps a zone (and source) named %j', async (name) => {
      const z = `${zone()} ${name}`;
      const nowcast = nowcastOf(z, T0);
      const accuracy = accuracyOf(z, T0, 5);
      await store().write({
        demand: [demandOf(z, T0, 1.5, { source: name })],
        weather: [weatherOf(z, T0, { temperatureC: 20, source: name })],
        nowcasts: [nowcast],
        accuracy: [accuracy],
        pipeline: [{ timeMs: T0, name, value: 1 }],
      });
      expect(await store().demand(z, ALL)).toEqual([{ timeMs: T0, demandMw: 1.5, source: name }]);
      expect(await store().weather(z, ALL)).toEqual([{ timeMs: T0, temperatureC: 20, source: name }]);
      expect(await store().nowcastAt(z, T0)).toEqual(nowcast);
      expect(await store().nowcasts(z, 5, ALL)).toHaveLength(1);
      expect(await store().accuracy(z, '24h', ALL)).toEqual([accuracy]);
    });

    it('lets the later record win within one write and between writes', async () => {
      const z = zone();
      await store().write({
        demand: [demandOf(z, T0, 1), demandOf(z, T0, 2, { revision: 1 })],
        nowcasts: [nowcastOf(z, T0), nowcastOf(z, T0, { revision: 1, modelVersion: 'gbdt-2' })],
      });
      expect((await store().demand(z, ALL)).map((row) => row.demandMw)).toEqual([2]);
      expect(await store().nowcastAt(z, T0)).toEqual(
        nowcastOf(z, T0, { revision: 1, modelVersion: 'gbdt-2' }),
      );
      await store().write({
        demand: [demandOf(z, T0, 3, { revision: 2 })],
        nowcasts: [nowcastOf(z, T0, { revision: 2 })],
      });
      expect((await store().demand(z, ALL)).map((row) => row.demandMw)).toEqual([3]);
      expect(await store().nowcastAt(z, T0)).toEqual(nowcastOf(z, T0, { revision: 2 }));
      expect((await store().nowcasts(z, 5, ALL)).map((point) => point.modelVersion)).toEqual(['gbdt-1']);
    });

    it('takes an empty write', async () => {
      await expect(store().write({})).resolves.toBeUndefined();
      await expect(store().write({ demand: [], nowcasts: [] })).resolves.toBeUndefined();
    });

    it('refuses a record whose time is ambiguous and writes nothing of that call', async () => {
      const z = zone();
      const bad = demandOf(z, T0, 2, { validTime: '2019-03-10 08:00' });
      await expect(store().write({ demand: [demandOf(z, T0, 1), bad] })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
      expect(await store().demand(z, ALL)).toEqual([]);
    });

    it('writing the same batch twice is writing it once', async () => {
      await fc.assert(
        fc.asyncProperty(batches, async (make) => {
          const [once, twice] = [zone(), zone()];
          await store().write(make(once));
          await store().write(make(twice));
          await store().write(make(twice));
          expect(await everything(twice, once)).toEqual(await everything(once, once));
        }),
        { numRuns: 15 },
      );
    });

    async function everything(z: string, name: string): Promise<string> {
      const read = [
        await store().demand(z, ALL),
        await store().weather(z, ALL),
        await store().nowcasts(z, 5, ALL),
        await store().nowcasts(z, 60, ALL),
        await store().nowcastAt(z, ALL.toMs),
        await store().accuracy(z, '24h', ALL),
      ];
      return JSON.stringify(read).replaceAll(JSON.stringify(z), JSON.stringify(name));
    }
  });
}

const mw = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const row = fc.record({
  slot: fc.integer({ min: 0, max: 6 }),
  mw,
  source: fc.constantFrom('a', 'b c'),
  band: fc.boolean(),
});

/** Batches with repeated identities, several sources, and bands that come and go. */
const batches = fc.array(row, { minLength: 1, maxLength: 25 }).map((rows) => (z: string): HistoryWrite => ({
  demand: rows.map((r) => demandOf(z, T0 + r.slot * STEP_MS, r.mw, { source: r.source })),
  weather: rows.map((r) =>
    weatherOf(z, T0 + r.slot * STEP_MS, { ...(r.band ? { windMs: 1 } : { cloudPct: 2 }), source: r.source }),
  ),
  nowcasts: rows.map((r) => {
    const nowcast = nowcastOf(z, T0 + r.slot * STEP_MS, { latestDemandMw: r.mw });
    return r.band ? nowcast : withoutBand(nowcast);
  }),
  accuracy: rows.map((r) =>
    accuracyOf(z, T0 + r.slot * STEP_MS, 5, { bias: r.mw, skill: r.band ? 0.5 : null }),
  ),
}));
