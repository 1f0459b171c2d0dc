import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../src/accuracy/half-float.js';

describe('half precision', () => {
  it('gives every 16-bit pattern of a number back', () => {
    const changed: number[] = [];
    for (let half = 0; half < 65_536; half++) {
      const value = fromHalf(half);
      if (Number.isNaN(value) || Object.is(value, -0)) continue;
      if (toHalf(value) !== half) changed.push(half);
    }
    expect(changed).toEqual([]);
  });

  it('is within 2^-11 of any number it can hold', () => {
    fc.assert(
      fc.property(fc.double({ min: -65_504, max: 65_504, noNaN: true }), (value) => {
        const error = Math.abs(fromHalf(toHalf(value)) - value);
        expect(error).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(value) * 2 ** -11));
      }),
    );
  });

  it('keeps what is not a number, and the largest for what is too large', () => {
    expect(fromHalf(toHalf(Number.NaN))).toBeNaN();
    expect(fromHalf(toHalf(1e9))).toBe(65_504);
    expect(fromHalf(toHalf(Number.NEGATIVE_INFINITY))).toBe(-65_504);
  });
});
