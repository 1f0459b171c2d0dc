import { describe, expect, it } from 'vitest';
import type { Nowcast } from '../../../src/contracts/records.js';
import { HOUR_MS, MINUTE_MS } from '../../../src/contracts/time.js';
import type { HistoryBench } from '../history-contract.js';
import { ALL, STEP_MS, T0, nowcastOf, withoutBand, withQuantiles } from './samples.js';

/** Nowcasts, by horizon and as whole paths. */
export function nowcastCases({ store, zone }: HistoryBench): void {
  describe('nowcasts', () => {
    it('returns the points of one horizon at their target times', async () => {
      const z = zone();
      const nowcasts = [0, 1, 2].map((i) => nowcastOf(z, T0 + i * STEP_MS));
      await store().write({ nowcasts: [...nowcasts].reverse() });
      const expected = nowcasts.map((nowcast, i) => {
        const { mw, p10, p90 } = stepOf(nowcast, 60);
        return {
          timeMs: T0 + i * STEP_MS + HOUR_MS,
          horizonMinutes: 60,
          mw,
          p10,
          p90,
          modelVersion: 'gbdt-1',
        };
      });
      expect(await store().nowcasts(z, 60, ALL)).toEqual(expected);
      expect(await store().nowcasts(z, 15, ALL)).toEqual([]);
    });

    it('takes ranges by target time, start included and end excluded', async () => {
      const z = zone();
      await store().write({ nowcasts: [0, 1, 2, 3].map((i) => nowcastOf(z, T0 + i * STEP_MS)) });
      const range = { fromMs: T0 + HOUR_MS + STEP_MS, toMs: T0 + HOUR_MS + 3 * STEP_MS };
      const targets = (await store().nowcasts(z, 60, range)).map((point) => point.timeMs);
      expect(targets).toEqual([T0 + HOUR_MS + STEP_MS, T0 + HOUR_MS + 2 * STEP_MS]);
    });

    it('keeps the newest points under a limit, though some origins lack the horizon', async () => {
      const z = zone();
      const horizons = [[5, 60], [5], [5, 60], [5], [5]];
      await store().write({ nowcasts: horizons.map((h, i) => nowcastOf(z, T0 + i * STEP_MS, {}, h)) });
      const points = await store().nowcasts(z, 60, { ...ALL, limit: 1 });
      expect(points.map((point) => point.timeMs)).toEqual([T0 + 2 * STEP_MS + HOUR_MS]);
    });

    it('returns null bands as null', async () => {
      const z = zone();
      await store().write({ nowcasts: [withoutBand(nowcastOf(z, T0))] });
      expect((await store().nowcasts(z, 5, ALL))[0]).toMatchObject({ p10: null, p90: null });
      expect(await store().nowcastAt(z, T0)).toEqual(withoutBand(nowcastOf(z, T0)));
    });

    it('keeps further quantiles, and forgets them with the band', async () => {
      const z = zone();
      const before = nowcastOf(z, T0);
      const first = withQuantiles(nowcastOf(z, T0 + STEP_MS), [0.005, 0.05, 0.25, 0.975]);
      await store().write({ nowcasts: [before, first] });
      expect(await store().nowcastAt(z, T0)).toEqual(before);
      expect(await store().nowcastAt(z, T0 + STEP_MS)).toEqual(first);
      const points = await store().nowcasts(z, 60, ALL);
      expect(points.map((point) => point.quantiles)).toEqual([undefined, stepOf(first, 60).quantiles]);
      const second = withoutBand(nowcastOf(z, T0 + STEP_MS, { revision: 1, quality: 'fallback' }));
      await store().write({ nowcasts: [second] });
      expect(await store().nowcastAt(z, T0 + STEP_MS)).toEqual(second);
      expect((await store().nowcasts(z, 60, ALL))[1]).not.toHaveProperty('quantiles');
    });

    it('forgets the band of a revision that has none, and shows one that came later', async () => {
      const z = zone();
      const first = nowcastOf(z, T0);
      const second = withoutBand(
        nowcastOf(z, T0, { revision: 1, modelVersion: 'baseline:ramp', quality: 'fallback' }),
      );
      const third = nowcastOf(z, T0, { revision: 2 });
      for (const nowcast of [first, second, third]) {
        await store().write({ nowcasts: [nowcast] });
        expect(await store().nowcastAt(z, T0)).toEqual(nowcast);
        const { mw, p10, p90 } = stepOf(nowcast, 10);
        const { modelVersion } = nowcast;
        expect(await store().nowcasts(z, 10, ALL)).toEqual([
          { timeMs: T0 + 10 * MINUTE_MS, horizonMinutes: 10, mw, p10, p90, modelVersion },
        ]);
      }
    });

    it('returns the whole path of the latest origin at or before the instant', async () => {
      const z = zone();
      const early = nowcastOf(z, T0, {
        quality: 'degraded',
        reasons: ['weather-stale', 'say "when", \\ or ü'],
      });
      const late = nowcastOf(z, T0 + STEP_MS, {
        inputs: { demandAgeMs: 0, weatherAgeMs: null },
        latestDemandMw: -1.5,
      });
      await store().write({ nowcasts: [late, early] });
      expect(await store().nowcastAt(z, T0 - 1)).toBeNull();
      expect(await store().nowcastAt(z, T0)).toEqual(early);
      expect(await store().nowcastAt(z, T0 + STEP_MS - 1)).toEqual(early);
      expect(await store().nowcastAt(z, T0 + STEP_MS)).toEqual(late);
      expect(await store().nowcastAt(z, T0 + 1_000 * HOUR_MS)).toEqual(late);
    });

    it('keeps a path of 58 horizons exactly', async () => {
      const z = zone();
      const horizons = Array.from({ length: 58 }, (_, i) => (i + 1) * 5);
      const nowcast = nowcastOf(z, T0, { modelVersion: '2019-03-10T08:00:00Z-a1b2c3, "x"=y\\' }, horizons);
      await store().write({ nowcasts: [nowcast] });
      expect(await store().nowcastAt(z, T0)).toEqual(nowcast);
      expect((await store().nowcasts(z, 290, ALL))[0]?.mw).toBe(stepOf(nowcast, 290).mw);
      expect((await store().nowcasts(z, 290, ALL))[0]?.modelVersion).toBe(nowcast.modelVersion);
    });
  });
}

function stepOf(nowcast: Nowcast, horizonMinutes: number): Nowcast['steps'][number] {
  const step = nowcast.steps.find((candidate) => candidate.horizonMinutes === horizonMinutes);
  if (step === undefined) throw new Error(`no step of ${horizonMinutes} minutes`);
  return step;
}
