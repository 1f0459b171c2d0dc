import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DemandRing, HISTORY_DAYS } from '../../src/features/demand-ring.js';

const STEP = 3_600_000;
const CAPACITY = HISTORY_DAYS * 24;

describe('DemandRing', () => {
  it('equals a map of the latest capacity slots, whatever is written in whatever order', () => {
    const write = fc.record({
      jump: fc.oneof(fc.integer({ min: -450, max: 60 }), fc.integer({ min: 300, max: 900 })),
      value: fc.double({ min: 1, max: 1e5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 60 }), (writes) => {
        const ring = new DemandRing(STEP);
        const model = new Map<number, number>();
        let newest = -1;
        for (const { jump, value } of writes) {
          const slot = Math.max(0, (newest < 0 ? 5000 : newest) + jump);
          const kept = ring.set(slot, value, 0);
          expect(kept).toBe(newest < 0 || slot > newest - CAPACITY);
          if (kept) model.set(slot, value);
          newest = Math.max(newest, slot);
          for (const old of model.keys()) if (old <= newest - CAPACITY) model.delete(old);
          expect(ring.newestSlot).toBe(newest);
        }
        for (let slot = newest - 2 * CAPACITY; slot <= newest + 5; slot++) {
          expect(ring.at(slot)).toBe(model.get(slot) ?? Number.NaN);
        }
        expect(ring.firstSlot).toBeLessThanOrEqual(Math.min(...model.keys()));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the revision of each value and overwrites', () => {
    const ring = new DemandRing(STEP);
    expect(ring.revisionAt(10)).toBe(-1);
    ring.set(10, 100, 0);
    ring.set(10, 110, 2);
    expect(ring.at(10)).toBe(110);
    expect(ring.revisionAt(10)).toBe(2);
  });

  it.each([7 * 60_000, 0, -5, Number.NaN, 5 * 3_600_000])('refuses a step of %d ms', (stepMs) => {
    expect(() => new DemandRing(stepMs)).toThrow(/does not divide a day/);
  });
});
