import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLANS, planOf } from '../../src/train/plan.js';

const efforts = fc.constantFrom('first', 'daily', 'deep');

describe('planOf', () => {
  it('gives the whole plan of each effort unless asked for less', () => {
    for (const effort of ['first', 'daily', 'deep'] as const) {
      expect(planOf(effort, {})).toEqual(PLANS[effort]);
      expect(planOf(effort, { workFraction: 1 })).toEqual(PLANS[effort]);
    }
  });

  it('never does more work for a smaller share of it, and keeps what is fitted', () => {
    fc.assert(
      fc.property(efforts, fc.double({ min: 0.02, max: 1, noNaN: true }), (effort, workFraction) => {
        const whole = PLANS[effort];
        const less = planOf(effort, { workFraction });
        for (const key of ['rowBudget', 'heldOutRowBudget'] as const) {
          expect(less[key]).toBeLessThanOrEqual(whole[key]);
          expect(less[key]).toBeGreaterThanOrEqual(1500);
        }
        expect(less.net.steps).toBeLessThanOrEqual(whole.net.steps);
        expect(less.net.steps).toBeGreaterThanOrEqual(20);
        expect(less.gbdt.trees).toBeGreaterThanOrEqual(10);
        expect([less.nets, less.trees, less.net.hidden]).toEqual([whole.nets, whole.trees, whole.net.hidden]);
      }),
    );
  });

  it('takes what is asked for in so many words, whatever the share', () => {
    const plan = planOf('deep', { workFraction: 0.1, rowBudget: 77, gbdt: { trees: 3 } });
    expect(plan.rowBudget).toBe(77);
    expect(plan.gbdt).toMatchObject({ trees: 3, leaves: PLANS.deep.gbdt.leaves });
  });
});
