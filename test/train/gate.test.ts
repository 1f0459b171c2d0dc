import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Gate, type GateInput, judge } from '../../src/train/gate.js';
import { DEFAULT_GATE_THRESHOLDS } from '../../src/train/gate-thresholds.js';
import type { BlockForecast, HeldOutBlock } from '../../src/train/held-out-block.js';
import { blockOf, forecastOf, type ForecastShape, HORIZONS } from './gate-block.js';

/** 0.5 % at 5 minutes, 1 % at an hour, 2 % at twelve. */
const usual = (minutes: number): number => (minutes < 60 ? 0.5 : minutes <= 360 ? 1 : 2);
const thresholds = DEFAULT_GATE_THRESHOLDS;
const BLOCK = blockOf(28);

function shape(changes: Partial<ForecastShape> = {}): ForecastShape {
  return { mape: usual, seed: 5, ownSeed: 6, ...changes };
}

function gateOf(
  challenger: BlockForecast,
  champion: BlockForecast | null,
  more: Partial<GateInput> = {},
): Gate {
  const known = champion === null ? null : { version: 'z-champion', forecast: champion };
  return judge({ block: BLOCK, challenger, champion: known, notes: [], thresholds, ...more });
}

describe('the gate, first model', () => {
  it('promotes one that keeps the limit and beats the ramp, and shows its numbers', () => {
    const gate = gateOf(forecastOf(BLOCK, shape()), null, { notes: ['first model of the zone'] });
    expect(gate).toMatchObject({ verdict: 'promoted', champion: null, days: 28, thresholds });
    expect(gate.reasons).toContain('first model of the zone');
    expect(gate.reasons[0]).toMatch(
      /^MAPE is [01]\.\d{3} % at 60 min, within the limit of 2 % up to 60 min$/,
    );
    expect(gate.horizons?.map(({ horizonMinutes }) => horizonMinutes)).toEqual(HORIZONS);
    expect(gate.groups?.map(({ fromMinutes, untilMinutes }) => [fromMinutes, untilMinutes])).toEqual([
      [5, 60],
      [180, 180],
      [720, 720],
    ]);
    expect(gate.groups?.every(({ championMape, pValue }) => championMape === null && pValue === null)).toBe(
      true,
    );
  });

  it('rejects one above the MAPE limit, naming the horizon, the limit and the setting', () => {
    const gate = gateOf(forecastOf(BLOCK, shape({ mape: (minutes) => (minutes === 60 ? 2.6 : 0.5) })), null);
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons[0]).toMatch(/MAPE is 2\.\d+ % at 60 min, above the limit of 2 % up to 60 min/);
    expect(gate.reasons[0]).toMatch(/gate\.mapePercent/);
    const wider = { ...thresholds, mapePercent: 3 };
    const again = gateOf(forecastOf(BLOCK, shape({ mape: (m) => (m === 60 ? 2.6 : 0.5) })), null, {
      thresholds: wider,
    });
    expect(again.verdict).toBe('promoted');
  });

  it('rejects one that is not better than the ramp baseline', () => {
    const wide = { ...thresholds, mapePercent: 10 };
    const gate = gateOf(forecastOf(BLOCK, shape({ mape: () => 3.4 })), null, { thresholds: wide });
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons[0]).toMatch(
      /^not better than the baseline: mean MAPE 3\.\d+ % against [23]\.\d+ % of the ramp/,
    );
  });

  it('rejects one that beats the ramp on the whole and loses to it clearly far out', () => {
    const gate = gateOf(forecastOf(BLOCK, shape({ mape: (m) => (m === 720 ? 4 : 0.5) })), null);
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons[0]).toMatch(/^worse than the ramp baseline beyond noise: at 720 min [34]\.\d+ %/);
  });

  it.each<[string, Partial<ForecastShape>, RegExp]>([
    ['too high throughout', { biasPercent: 1, mape: () => 0.2 }, /almost all too high at 5 to 60 min/],
    ['too low throughout', { biasPercent: -1, mape: () => 0.2 }, /almost all too low/],
    ['sure of itself without reason', { band: 0.3 }, /band holds \d+ % of what came at .*outside 60 to 97 %/],
    ['unsure without reason', { band: 9 }, /band holds 100 % of what came/],
  ])('rejects one that is %s', (_, changes, reason) => {
    const gate = gateOf(forecastOf(BLOCK, shape(changes)), null);
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons.join('\n')).toMatch(reason);
  });

  it('asks no band of one that has none', () => {
    const forecast = forecastOf(BLOCK, shape());
    const none = forecast.mw.map(() => Number.NaN);
    const gate = gateOf({ mw: forecast.mw, p10: none, p90: none }, null);
    expect(gate.verdict).toBe('promoted');
    expect(gate.groups?.[0]?.coverage80).toBeNull();
  });

  it('rejects one that gives no number for some row', () => {
    const forecast = forecastOf(BLOCK, shape());
    forecast.mw[7] = Number.NaN;
    expect(gateOf(forecast, null)).toMatchObject({
      verdict: 'rejected',
      reasons: ['gives no number for 1 of 1344 held-out rows'],
    });
  });

  it('rejects where nothing can be scored: an empty block, or no demand above 0', () => {
    const dark: HeldOutBlock = { ...BLOCK, actualMw: BLOCK.actualMw.map(() => 0) };
    for (const block of [blockOf(0), dark]) {
      const gate = gateOf(forecastOf(block, shape()), null, { block });
      expect(gate.verdict).toBe('rejected');
      expect(gate.reasons[0]).toMatch(/no held-out row with demand above 0/);
    }
  });

  it('has no MAPE limit where the zone has no horizon that short', () => {
    const block = blockOf(28, [120, 240]);
    const gate = gateOf(forecastOf(block, shape({ mape: () => 2.5 })), null, { block });
    expect(gate.verdict).toBe('promoted');
    expect(gate.reasons[0]).toBe('no horizon up to 60 min, so no MAPE limit holds');
  });
});

describe('the gate, short history', () => {
  const block = blockOf(3);

  it('says so, and leaves the tests out', () => {
    const biased = forecastOf(block, shape({ biasPercent: 1, mape: () => 0.2, band: 0.1 }));
    const gate = gateOf(biased, null, { block });
    expect(gate.verdict).toBe('promoted');
    expect(gate.reasons.join()).toMatch(/short history: the held-out block has 3 days, fewer than 7/);
  });

  it('still keeps the MAPE limit and the baseline', () => {
    const gate = gateOf(forecastOf(block, shape({ mape: () => 5 })), null, { block });
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons.join()).toMatch(/above the limit.*not better than the baseline/);
  });

  it.each([
    [1.3, 'rejected'],
    [1.0, 'promoted'],
  ])('lets a challenger be a tenth worse than the champion (factor %f: %s)', (factor, verdict) => {
    const champion = forecastOf(block, shape({ ownShare: 0 }));
    const challenger = forecastOf(block, shape({ ownShare: 0, mape: (m) => factor * usual(m) }));
    const gate = gateOf(challenger, champion, { block });
    expect(gate.verdict).toBe(verdict);
    expect(gate.reasons.join()).toMatch(/3 days, too few for a test; 10 % are allowed/);
  });
});

describe('the gate, against a champion', () => {
  it('does not call noise worse: of equally good challengers it promotes nearly all', () => {
    let rejected = 0;
    const runs = 150;
    for (let run = 0; run < runs; run += 1) {
      const block = blockOf(28, HORIZONS, run + 1);
      const champion = forecastOf(block, shape({ seed: run, ownSeed: 1000 + run, autocorrelation: 0.3 }));
      const challenger = forecastOf(block, shape({ seed: run, ownSeed: 9000 + run, autocorrelation: 0.3 }));
      if (gateOf(challenger, champion, { block }).verdict === 'rejected') rejected += 1;
    }
    // The significance of 5 % is that of the whole comparison, not of each group.
    expect(rejected / runs).toBeLessThan(0.09);
  });

  it('rejects one that is 5 % worse on errors that they share, and says where and how sure it is', () => {
    for (let run = 0; run < 20; run += 1) {
      const block = blockOf(28, HORIZONS, run + 1);
      const champion = forecastOf(block, shape({ seed: run, ownSeed: 1000 + run, ownShare: 0.03 }));
      const worse = shape({ seed: run, ownSeed: 9000 + run, ownShare: 0.03, mape: (m) => 1.05 * usual(m) });
      const gate = gateOf(forecastOf(block, worse), champion, { block });
      expect(gate.verdict).toBe('rejected');
      expect(gate.reasons[0]).toMatch(
        /^worse than the champion z-champion beyond noise: .*at 180 min [01]\.\d+ % against [01]\.\d+ % \(28 days, p = /,
      );
    }
  });

  it('rejects one that is better far out and clearly worse at short horizons', () => {
    const champion = forecastOf(BLOCK, shape());
    const challenger = forecastOf(
      BLOCK,
      shape({ ownSeed: 9, mape: (m) => (m <= 60 ? 1.3 : 0.5) * usual(m) }),
    );
    const gate = gateOf(challenger, champion);
    expect(gate.verdict).toBe('rejected');
    expect(gate.reasons).toHaveLength(1);
    expect(gate.reasons[0]).toMatch(/beyond noise: at 5 to 60 min/);
    expect(gate.reasons[0]).not.toMatch(/720/);
  });

  it('promotes a better one', () => {
    const gate = gateOf(
      forecastOf(BLOCK, shape({ ownSeed: 9, mape: (m) => 0.8 * usual(m) })),
      forecastOf(BLOCK, shape()),
    );
    expect(gate).toMatchObject({ verdict: 'promoted', champion: 'z-champion' });
    expect(gate.reasons.join()).toMatch(/not worse than the champion z-champion beyond noise/);
  });

  it('is never harder on a challenger that is the champion itself', () => {
    const same = forecastOf(BLOCK, shape());
    const gate = gateOf(same, same);
    expect(gate.verdict).toBe('promoted');
    expect(gate.groups?.every(({ difference, pValue }) => difference === 0 && pValue === 1)).toBe(true);
  });

  it('compares only on rows that the champion has not seen', () => {
    const champion = forecastOf(BLOCK, shape());
    // Perfect where it has seen the rows: that must not count.
    champion.mw.forEach((_, row) => {
      if (row < BLOCK.rows / 2) champion.mw[row] = Number.NaN;
    });
    const gate = gateOf(forecastOf(BLOCK, shape()), champion);
    expect(gate.verdict).toBe('promoted');
    expect(gate.reasons.join()).toMatch(/14 days, p = 1\.0/);
    expect(gate.horizons?.[0]?.championMape).toBeNull();
  });

  it('keeps a verdict and its reasons in step, whatever the numbers', () => {
    const factor = fc.double({ min: 0.2, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        factor,
        factor,
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (own, other, days, first) => {
          const block = blockOf(days, HORIZONS, days);
          const challenger = forecastOf(block, shape({ mape: (m) => own * usual(m) }));
          const champion = first
            ? null
            : forecastOf(block, shape({ ownSeed: 3, mape: (m) => other * usual(m) }));
          const gate = gateOf(challenger, champion, { block });
          expect(gate.reasons.length).toBeGreaterThan(0);
          expect(gate.days).toBe(days);
          const sounds = gate.reasons.some((reason) =>
            /above the limit|not better|^worse than|almost all|band holds/.test(reason),
          );
          expect(gate.verdict).toBe(sounds ? 'rejected' : 'promoted');
        },
      ),
      { numRuns: 40 },
    );
  });
});
