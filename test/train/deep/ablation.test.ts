import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT, FEATURE_NAMES } from '../../../src/features/feature-names.js';
import { ablate, shuffled } from '../../../src/train/deep/ablation.js';
import { featureGroups } from '../../../src/train/deep/feature-groups.js';
import type { HeldOutBlock } from '../../../src/train/held-out-block.js';
import { seededRandom } from '../../../src/train/random.js';

const ROWS = 400;

/** Demand is 1000 plus column 3; the model knows that. Two horizons. */
function block(): HeldOutBlock {
  const random = seededRandom(2);
  const features = Float32Array.from({ length: ROWS * FEATURE_COUNT }, () => random());
  return {
    zone: 'Z',
    rows: ROWS,
    features,
    originMs: new Float64Array(ROWS),
    horizonIndex: Uint16Array.from({ length: ROWS }, (_, row) => row % 2),
    horizonsMinutes: [30, 720],
    baselineMw: new Float64Array(ROWS).fill(1000),
    actualMw: Float64Array.from(
      { length: ROWS },
      (_, row) => 1000 + (features[row * FEATURE_COUNT + 3] ?? 0),
    ),
  };
}

const predict = (features: Float32Array, rows: number) =>
  Promise.resolve(Float32Array.from({ length: rows }, (_, row) => features[row * FEATURE_COUNT + 3] ?? 0));

describe('feature groups', () => {
  it('hold every feature once', () => {
    const groups = featureGroups();
    const columns = groups.flatMap((group) => group.columns);
    expect([...columns].sort((a, b) => a - b)).toEqual(FEATURE_NAMES.map((_, i) => i));
    expect(groups.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['weather', 'same day type', 'lags and ramps', 'recent demand', 'calendar']),
    );
  });

  it('have a place for a feature that nobody thought of', () => {
    expect(featureGroups(['minute_of_day', 'unheard_of'])).toEqual([
      { name: 'calendar', columns: [0] },
      { name: 'other', columns: [1] },
    ]);
  });
});

describe('ablation', () => {
  it('tells the group that the model lives on from the others', async () => {
    const groups = [
      { name: 'useless', columns: [0, 1] },
      { name: 'useful', columns: [2, 3] },
    ];
    const { bands, groups: ranked } = await ablate(block(), [1, 1], groups, predict, 1);
    expect(bands.map(({ untilMinutes, rows, mape }) => [untilMinutes, rows, mape < 1e-5])).toEqual([
      [60, 200, true],
      [1440, 200, true],
    ]);
    expect(ranked.map(({ group }) => group)).toEqual(['useful', 'useless']);
    expect(ranked[0]?.bands.every(({ mape }) => mape > 0.01)).toBe(true);
    expect(ranked[1]?.bands).toEqual(bands);
  });

  it('exchanges rows of one horizon only, columns of a group together', () => {
    const whole = block();
    const changed = shuffled(whole, [3, 4], seededRandom(1));
    const pairs = (features: Float32Array, horizon: number) =>
      Array.from({ length: ROWS / 2 }, (_, i) => (2 * i + horizon) * FEATURE_COUNT)
        .map((at) => `${features[at + 3]} ${features[at + 4]}`)
        .sort();
    for (const horizon of [0, 1]) expect(pairs(changed, horizon)).toEqual(pairs(whole.features, horizon));
    expect(changed).not.toEqual(whole.features);
    const others = (features: Float32Array) => features.filter((_, i) => ![3, 4].includes(i % FEATURE_COUNT));
    expect(others(changed)).toEqual(others(whole.features));
  });
});
