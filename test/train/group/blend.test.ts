import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blendWeights } from '../../../src/train/group/blend.js';
import { groupHorizons, groupOfHorizon } from '../../../src/train/group/horizon-groups.js';
import { defaultHorizonsMinutes } from '../../../src/features/zone-profile.js';
import { seededRandom } from '../../../src/train/random.js';

const ones = (rows: number) => new Float32Array(rows).fill(1);

describe('blendWeights', () => {
  it('gives the weight to the member that is right', () => {
    const random = seededRandom(1);
    const target = Float32Array.from({ length: 500 }, () => random() - 0.5);
    const noise = () => Float32Array.from({ length: 500 }, () => random() - 0.5);
    const weights = blendWeights([noise(), target, noise()], target, ones(500), [0.4, 0.3, 0.3]);
    expect(weights[1]).toBeGreaterThan(0.8);
  });

  it('shares the weight between members whose errors cancel', () => {
    const random = seededRandom(2);
    const target = Float32Array.from({ length: 800 }, () => random() - 0.5);
    const error = target.map(() => random() - 0.5);
    const above = target.map((value, row) => value + (error[row] ?? 0));
    const below = target.map((value, row) => value - (error[row] ?? 0));
    const weights = blendWeights([above, below], target, ones(800), [0.9, 0.1]);
    expect(weights[0]).toBeCloseTo(0.5, 1);
    expect(weights[1]).toBeCloseTo(0.5, 1);
  });

  it('trusts nobody where all forecasts are worse than the baseline', () => {
    const random = seededRandom(3);
    const target = new Float32Array(400);
    const noise = Float32Array.from({ length: 400 }, () => 10 * (random() - 0.5));
    const [weight] = blendWeights([noise], target, ones(400), [1]);
    expect(weight).toBeLessThan(0.2);
  });

  it('keeps the prior without rows', () => {
    expect([...blendWeights([new Float32Array(0)], new Float32Array(0), ones(0), [0.5])]).toEqual([0.5]);
  });

  it('never gives a negative weight, nor more than 1 in all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 5 }), (seed, members) => {
        const random = seededRandom(seed);
        const column = () => Float32Array.from({ length: 30 }, () => 4 * (random() - 0.5));
        const forecasts = Array.from({ length: members }, column);
        const prior = forecasts.map(() => 1 / members);
        const weights = blendWeights(forecasts, column(), ones(30), prior);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return weights.every((weight) => weight >= 0) && total <= 1 + 1e-5;
      }),
      { numRuns: 100 },
    );
  });
});

describe('groupHorizons', () => {
  it('keeps horizons apart that have little in common', () => {
    const groups = groupHorizons([5, 15, 30, 60, 180, 360, 1440]);
    expect(groups.map(({ horizonsMinutes }) => horizonsMinutes.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it.each([5, 15, 30, 60])('covers the horizons of a zone of %i minutes once, in order', (step) => {
    const horizons = defaultHorizonsMinutes(step);
    const groups = groupHorizons(horizons);
    expect(groups.flatMap(({ horizonsMinutes }) => horizonsMinutes)).toEqual(horizons);
    expect(groups.length).toBeLessThanOrEqual(12);
    const groupOf = groupOfHorizon(groups);
    horizons.forEach((minutes, h) => {
      expect(groups[groupOf[h] ?? -1]?.horizonsMinutes).toContain(minutes);
    });
  });
});
