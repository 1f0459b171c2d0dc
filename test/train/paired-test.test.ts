import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedTest } from '../../src/train/paired-test.js';
import { seededRandom } from '../../src/train/random.js';
import { incompleteBeta, upperTail } from '../../src/train/student-t.js';

describe("Student's t", () => {
  // Critical values of printed tables (one-sided).
  it.each([
    [1.729, 19, 0.05],
    [2.539, 19, 0.01],
    [6.314, 1, 0.05],
    [2.92, 2, 0.05],
    [1.703, 27, 0.05],
    [2.771, 27, 0.005],
    [1.96, 1e6, 0.025],
  ])('P(T > %f) with %f degrees is %f', (t, degrees, probability) => {
    expect(upperTail(t, degrees)).toBeCloseTo(probability, 4);
    expect(upperTail(-t, degrees)).toBeCloseTo(1 - probability, 4);
  });

  it('has the closed forms of one and two degrees everywhere', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (t) => {
        expect(upperTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 8);
        expect(upperTail(t, 2)).toBeCloseTo(0.5 - t / 2 / Math.sqrt(2 + t * t), 8);
      }),
    );
  });

  it('reflects: I_x(a, b) = 1 - I_{1-x}(b, a)', () => {
    // Closer to an end, 1 - x is rounded away.
    const inside = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    const positive = fc.double({ min: 0.2, max: 60, noNaN: true });
    fc.assert(
      fc.property(inside, positive, positive, (x, a, b) => {
        expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 9);
      }),
    );
  });
});

describe('pairedTest', () => {
  it('equals the plain t-test, but for the small-sample factor, on independent-looking values', () => {
    // Alternating values have a negative autocorrelation, so the variance is that of independent days.
    const values = [1, -1, 1, -1, 1, -1, 1, -1].map((value) => value + 0.5);
    const { mean, standardError } = pairedTest(values);
    expect(mean).toBeCloseTo(0.5, 12);
    const factor = (8 + 1 - 6 + 6 / 8) / 8;
    expect(standardError).toBeCloseTo(Math.sqrt(1 / 8 / factor), 12);
  });

  it('takes days that resemble their neighbours for fewer days', () => {
    const values = Array.from({ length: 28 }, (_, day) => 0.1 + Math.sin(day / 4));
    const shuffled = values.map((_, day) => values[(day * 11) % 28] ?? 0);
    expect(pairedTest(values).standardError).toBeGreaterThan(1.5 * pairedTest(shuffled).standardError);
  });

  it('knows what to say of one value, of equal values, and of no difference', () => {
    expect(pairedTest([1])).toMatchObject({ mean: 1, pValue: Number.NaN });
    expect(pairedTest([0, 0, 0]).pValue).toBe(1);
    expect(pairedTest([1, 1, 1]).pValue).toBe(0);
    expect(pairedTest([-1, -1, -1]).pValue).toBe(1);
  });

  it('does not depend on the unit, and turns round with the sign', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 28 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 100, noNaN: true }), (differences, unit) => {
        const plain = pairedTest(differences);
        fc.pre(plain.standardError > 1e-9);
        expect(pairedTest(differences.map((value) => value * unit)).pValue).toBeCloseTo(plain.pValue, 6);
        expect(pairedTest(differences.map((value) => -value)).pValue).toBeCloseTo(1 - plain.pValue, 6);
      }),
    );
  });

  it.each([0, 0.3])('calls noise worse about as often as it says (autocorrelation %f)', (rho) => {
    let found = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run += 1) {
      if (pairedTest(autoregressive(28, rho, run)).pValue < 0.05) found += 1;
    }
    expect(found / runs).toBeLessThan(0.08);
    expect(found / runs).toBeGreaterThan(0.01);
  });
});

function autoregressive(length: number, rho: number, seed: number): number[] {
  const random = seededRandom(seed + 1);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let level = gauss();
  return Array.from({ length }, () => (level = rho * level + Math.sqrt(1 - rho * rho) * gauss()));
}
