import { describe, expect, it } from 'vitest';
import type { SupplySeries } from '../../src/contracts/generated/rest-supply.js';
import { fuelMixOf, fuelWords, stacked, thinned } from '../../src/web/state/fuel-mix.js';

const T0 = Date.UTC(2025, 2, 9, 8);
const STEP_MS = 300_000;

function seriesOf(
  product: string,
  values: Record<string, number>[],
  area: string | null = null,
): SupplySeries {
  return {
    product,
    area,
    points: values.map((valuesMw, index) => ({
      time: new Date(T0 + index * STEP_MS).toISOString(),
      stepMinutes: 5,
      valuesMw,
      issuedAt: null,
      availableAt: new Date(T0 + (index + 1) * STEP_MS).toISOString(),
      source: 'test',
    })),
  };
}

const MIX = seriesOf('outlook-fuel-mix', [
  { solar: 5, nuclear: 2, batteries: -3, fusion: 1 },
  { solar: 0, nuclear: 2, batteries: 4 },
  { solar: 7, nuclear: 2, batteries: 0 },
]);

describe('the fuel mix', () => {
  it('is the series with the most fuels of the whole zone, what runs all day at the bottom', () => {
    const net = seriesOf('outlook-net-demand', [{ 'net-demand': 9 }, { 'net-demand': 9 }]);
    const part = seriesOf('hub', [{ a: 1, b: 1, c: 1, d: 1, e: 1 }, { a: 1 }], 'NP15');
    const mix = fuelMixOf([net, part, MIX], T0);
    expect(mix?.timesMs).toEqual([T0, T0 + STEP_MS, T0 + 2 * STEP_MS]);
    expect(mix?.fuels).toEqual([
      { name: 'nuclear', mw: [2, 2, 2] },
      { name: 'solar', mw: [5, 0, 7] },
      { name: 'batteries', mw: [-3, 4, 0] },
      { name: 'fusion', mw: [1, 0, 0] },
    ]);
  });

  it('is not there where only one name or one time is known', () => {
    expect(fuelMixOf([], T0)).toBeNull();
    expect(fuelMixOf([seriesOf('net', [{ 'net-demand': 9 }, { 'net-demand': 9 }])], T0)).toBeNull();
    expect(fuelMixOf([MIX], T0 + 2 * STEP_MS)).toBeNull();
  });

  it('stacks what is generated upwards and what charges downwards', () => {
    const layers = stacked(fuelMixOf([MIX], T0)!);
    const edges = layers.map(({ name, bands }) => [name, ...bands.map(({ low, high }) => [low, high])]);
    expect(edges).toEqual([
      ['nuclear', [0, 2], [0, 2], [0, 2]],
      ['solar', [2, 7], [2, 2], [2, 9]],
      ['batteries', [7, 7], [2, 6], [9, 9]],
      ['fusion', [7, 8], [6, 6], [9, 9]],
      ['batteries', [-3, 0], [0, 0], [0, 0]],
    ]);
  });

  it('is thinned to what can be seen, without losing the newest', () => {
    const values = Array.from({ length: 1001 }, (_, i) => ({ solar: i, wind: i }));
    const thin = thinned(fuelMixOf([seriesOf('mix', values)], T0)!, 400);
    expect(thin.timesMs.length).toBeLessThanOrEqual(401);
    expect(thin.fuels[0]?.mw.slice(0, 2)).toEqual([0, 3]);
    expect(thin.fuels[0]?.mw.at(-1)).toBe(1000);
  });

  it('is named in words', () => {
    expect(['natural-gas', 'large_hydro'].map(fuelWords)).toEqual(['Natural gas', 'Large hydro']);
  });
});
