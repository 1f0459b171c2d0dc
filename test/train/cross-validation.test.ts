import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/contracts/time.js';
import type { InputEvent } from '../../src/features/input-event.js';
import type { BacktestHorizon } from '../../src/train/backtest-rows.js';
import { crossValidate, endOfDemand, type FoldResult } from '../../src/train/cross-validation.js';
import { summariseFolds } from '../../src/train/fold-summary.js';
import { FROM_MS, PROFILE, QUICK, simulatedEvents } from './simulated.js';

const EVENTS = simulatedEvents(18);
const { seed, ...fit } = QUICK;
const OPTIONS = { folds: 3, foldDays: 1.5, seed, fit };
/** The value of the last interval is not yet available when the simulation ends. */
const END_MS = FROM_MS + 18 * DAY_MS - PROFILE.stepMs;
/** Seconds differ from run to run. */
const measured = (folds: readonly FoldResult[]) => folds.map(({ trainSeconds: _, ...rest }) => rest);

describe('crossValidate', () => {
  it('tests successive blocks up to the end, each trained only until its block begins', async () => {
    const folds = await crossValidate(EVENTS, PROFILE, OPTIONS);
    const starts = [4.5, 3, 1.5].map((days) => END_MS - days * DAY_MS);
    expect(folds.map(({ fold }) => fold)).toEqual([1, 2, 3]);
    expect(folds.map(({ testFrom }) => Date.parse(testFrom))).toEqual(starts);
    expect(folds.map(({ testUntil }) => Date.parse(testUntil))).toEqual(
      starts.map((ms) => ms + 1.5 * DAY_MS),
    );
    for (const { horizons, testFrom, trainedUntil: until } of folds) {
      // As the manifest of the model says, which training itself fills in.
      expect(until).toBe(testFrom);
      // Every target of the block and none beyond it: 1.5 days of five-minute targets.
      for (const { n } of horizons) expect(n).toBeLessThanOrEqual(432);
      expect(horizons[0]?.n).toBeGreaterThan(420);
    }
    for (let i = 1; i < folds.length; i += 1) expect(folds[i]?.rows).toBeGreaterThanOrEqual(1000);
  });

  it('gives a fold the same result whatever the demand after its block is', async () => {
    const options = { ...OPTIONS, folds: 2 };
    const cutMs = END_MS - 1.5 * DAY_MS;
    const scrambled = EVENTS.map((event): InputEvent =>
      event.type === 'demand' && event.availableAtMs > cutMs
        ? { ...event, demandMw: event.demandMw + 250 }
        : event,
    );
    const [first, second] = measured(await crossValidate(EVENTS, PROFILE, options));
    const [firstScrambled, secondScrambled] = measured(await crossValidate(scrambled, PROFILE, options));
    expect(firstScrambled).toEqual(first);
    expect(secondScrambled).not.toEqual(second);
  });

  it('names the fold that has too little before it', async () => {
    await expect(crossValidate(EVENTS, PROFILE, { ...OPTIONS, foldDays: 5 })).rejects.toMatchObject({
      code: 'TRAINING_DATA_SHORT',
      message: expect.stringMatching(
        /^fold 1 of 3, tested from 2025-03-03T23:55:00.000Z: zone .* training needs/,
      ),
    });
  });

  it('ends where the demand ends, not at a value that is dated in the future', () => {
    const some = EVENTS.find((event) => event.type === 'demand')!;
    const dated = { ...some, validTimeMs: END_MS + 40 * DAY_MS, availableAtMs: END_MS - DAY_MS };
    expect(endOfDemand([...EVENTS, dated], PROFILE)).toBe(END_MS);
    expect(() => endOfDemand([], PROFILE)).toThrow(/no demand/);
  });
});

describe('summariseFolds', () => {
  it('gives mean, sample standard deviation and range, and leaves out folds without rows', () => {
    const horizon = (n: number, mape: number, skill: number | null) =>
      ({
        minutes: 60,
        n,
        mape,
        rmse: 1,
        bias: 0,
        pinball: 1,
        coverage80: 80,
        skill: { ramp24h: skill },
      }) as BacktestHorizon;
    const folds = [horizon(5, 1, 0.5), horizon(5, 2, null), horizon(5, 6, 0.7), horizon(0, 0, null)];
    const [summary] = summariseFolds(folds.map((one) => ({ horizons: [one] })));
    expect(summary).toMatchObject({ minutes: 60, folds: 3, mape: { mean: 3, min: 1, max: 6 } });
    expect(summary?.mape?.sd).toBeCloseTo(Math.sqrt(7), 12);
    expect(summary?.skillRamp24h?.mean).toBeCloseTo(0.6, 12);
    expect(summariseFolds([{ horizons: [horizon(5, 1, null)] }])[0]).toMatchObject({
      mape: { sd: null },
      skillRamp24h: null,
    });
  });
});
