import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleAt } from '../../src/model/horizon-scale.js';

describe('scaleAt', () => {
  it('is the scale of a known horizon to the bit, and between two of them lies between theirs', () => {
    const model = fc
      .uniqueArray(fc.integer({ min: 1, max: 2880 }), { minLength: 1, maxLength: 20 })
      .map((minutes) => minutes.sort((a, b) => a - b))
      .chain((minutes) =>
        fc.record({
          minutes: fc.constant(minutes),
          scales: fc.array(fc.double({ min: 0.1, max: 5000, noNaN: true }), {
            minLength: minutes.length,
            maxLength: minutes.length,
          }),
        }),
      );
    fc.assert(
      fc.property(model, fc.integer({ min: 1, max: 4000 }), ({ minutes, scales }, asked) => {
        minutes.forEach((known, i) => {
          expect(scaleAt(minutes, scales, known)).toBe(scales[i]);
        });
        const above = minutes.findIndex((known) => known >= asked);
        const ends = above < 0 ? [scales.at(-1)] : [scales[above], scales[Math.max(0, above - 1)]];
        const scale = scaleAt(minutes, scales, asked);
        expect(scale).toBeGreaterThanOrEqual(Math.min(...(ends as number[])) - 1e-9);
        expect(scale).toBeLessThanOrEqual(Math.max(...(ends as number[])) + 1e-9);
      }),
    );
  });

  it('is unknown for a model without horizons', () => {
    expect(scaleAt([], [], 5)).toBeNaN();
  });
});
