import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../src/contracts/records.js';
import { HeldOutErrors } from '../../src/model/held-out-errors.js';

const manifestOf = (version: string, mapes: Record<number, number>) =>
  ({
    version,
    metrics: Object.entries(mapes).map(([minutes, mape]) => ({ horizonMinutes: Number(minutes), mape })),
  }) as unknown as ModelManifest;

describe('HeldOutErrors', () => {
  it('gives the error of a version and horizon relative to the actual, and null where it is not known', () => {
    const errors = new HeldOutErrors();
    errors.note(manifestOf('v1', { 5: 0.5, 1440: 4, 60: 0 }));
    expect(errors.errorOf('v1', 5)).toBeCloseTo(0.005, 6);
    expect(errors.errorOf('v1', 1440)).toBeCloseTo(0.04, 6);
    // No model is without error: a zero was not measured.
    expect([errors.errorOf('v1', 60), errors.errorOf('v1', 30), errors.errorOf('v2', 5)]).toEqual([
      null,
      null,
      null,
    ]);
    errors.remove('v1');
    expect(errors.errorOf('v1', 5)).toBeNull();
  });
});
