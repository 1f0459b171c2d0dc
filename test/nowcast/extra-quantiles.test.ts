import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/contracts/time.js';
import { BandTracker } from '../../src/nowcast/band-tracker.js';
import { ExtraQuantiles, type StepBand, type StepQuantile } from '../../src/nowcast/extra-quantiles.js';
import { normalDensity, normalQuantile } from '../../src/nowcast/normal.js';
import { seededRandom } from '../../src/train/random.js';
import { FORECAST_MW, FROM_MS, gauss, issue, live, sharesBelow, STEP_MS } from './quantile-stream.js';

const QUANTILES = [0.005, 0.05, 0.25, 0.4, 0.6, 0.75, 0.95, 0.995];
const trackerOf = (quantiles: readonly number[] = QUANTILES) => new BandTracker(STEP_MS, [60], quantiles);

const anyQuantiles = fc
  .uniqueArray(fc.integer({ min: 5, max: 995 }), { minLength: 1, maxLength: 8 })
  .map((list) => list.sort((a, b) => a - b).map((thousandths) => thousandths / 1000))
  .map((list) => list.filter((q) => ![0.1, 0.5, 0.9].includes(q)))
  .filter((list) => list.length > 0);
const megawatts = fc.double({ min: -500, max: 500, noNaN: true });

/** Whether the quantiles of a step ascend, P10, the forecast and P90 among them. */
function isAscending(
  quantiles: readonly StepQuantile[],
  { mw, p10, p90 }: Pick<StepBand, 'mw' | 'p10' | 'p90'>,
): boolean {
  const all = [...quantiles, { q: 0.1, mw: p10 }, { q: 0.5, mw }, { q: 0.9, mw: p90 }];
  all.sort((a, b) => a.q - b.q);
  return all.every((one, i) => i === 0 || one.mw >= (all[i - 1]?.mw ?? Number.NaN));
}

describe('further quantiles', () => {
  it('never cross each other, P10, the forecast or P90, whatever the model and the corrections say', () => {
    const stateOf = (quantiles: readonly number[], corrections: readonly number[]) =>
      Float64Array.of(
        quantiles.length,
        ...quantiles,
        ...quantiles.flatMap((q, i) => [corrections[i] ?? 0, q, 0]),
      );
    fc.assert(
      fc.property(
        anyQuantiles,
        fc.array(megawatts, { minLength: 8, maxLength: 8 }),
        fc.tuple(megawatts, megawatts, megawatts, megawatts, megawatts),
        (quantiles, corrections, [mw, rawP10, rawP90, low, high]) => {
          const extra = new ExtraQuantiles(1, quantiles);
          expect(extra.load(stateOf(quantiles, corrections))).toBe(true);
          const band = { mw, rawP10, rawP90, p10: Math.min(mw, mw + low), p90: Math.max(mw, mw + high) };
          const found = extra.at(0, band);
          expect(found.map(({ q }) => q)).toEqual(quantiles);
          expect(isAscending(found, band)).toBe(true);
        },
      ),
    );
  });

  it.each<[string, (day: number, hour: number, z: number) => number]>([
    ['of errors that are shifted and change with the hour', (_, hour, z) => 6 + (hour < 12 ? 20 : 60) * z],
    ['of errors that lean to one side', (_, __, z) => 40 * (Math.exp(z / 2) - 1)],
    ['of errors that double', (day, _, z) => (day < 60 ? 40 : 80) * z],
  ])('each have their share of actuals below them: %s', (_, errorOf) => {
    for (const seed of [1, 2]) {
      const random = seededRandom(seed);
      const scored = live(trackerOf(), 150, (day, hour) => errorOf(day, hour, gauss(random)));
      const crossing = scored.filter(
        ({ p10, p90, quantiles }) => !isAscending(quantiles, { p10, p90, mw: FORECAST_MW }),
      );
      expect(crossing).toEqual([]);
      for (const [q, percent] of sharesBelow(scored.filter(({ day }) => day > 75)))
        expect(Math.abs(percent - 100 * q), `seed ${seed}, q ${q}: ${percent} %`).toBeLessThan(2);
    }
  });

  it('begin in the ratio of a normal distribution, where P10 and P90 stand', () => {
    const extra = new ExtraQuantiles(1, [0.05, 0.75]);
    extra.begin({ p10Mw: [-20], p90Mw: [40] }, true);
    const found = extra.at(0, { mw: 0, rawP10: -10, rawP90: 10, p10: -30, p90: 50 });
    expect(found[0]?.mw).toBeCloseTo((-30 * 1.6449) / 1.2816, 2);
    expect(found[1]?.mw).toBeCloseTo((50 * 0.6745) / 1.2816, 2);
  });

  it('come back within weeks after the forecast itself was off for months', () => {
    const random = seededRandom(4);
    const scored = live(trackerOf(), 160, (day) => 40 * gauss(random) + (day < 120 ? 60 : 0));
    const held = scored.filter(({ day }) => day > 100 && day < 120);
    // Nearly all actuals lie above the forecast, which P25 must not cross.
    expect(held.every(({ quantiles }) => (quantiles[2]?.mw ?? 0) <= FORECAST_MW)).toBe(true);
    const after = new Map(sharesBelow(scored.filter(({ day }) => day > 140)));
    expect(after.get(0.25)).toBeGreaterThan(21);
    expect(after.get(0.25)).toBeLessThan(29);
  });

  it('change nothing of P10 and P90', () => {
    const course = (quantiles: readonly number[]) => {
      const random = seededRandom(9);
      const tracker = trackerOf(quantiles);
      const scored = live(tracker, 10, () => 40 * gauss(random));
      return { bands: scored.map(({ p10, p90 }) => [p10, p90]), state: tracker.bands.save() };
    };
    expect(course(QUANTILES)).toEqual(course([]));
  });
});

describe('the state of further quantiles', () => {
  const HOURS = 24 * 20;
  const play = (tracker: BandTracker, from: number, to: number, random: () => number) => {
    const issued = [];
    for (let slot = 2 * from; slot < 2 * to; slot += 1) {
      tracker.observed(FROM_MS + slot * STEP_MS, FORECAST_MW + 40 * gauss(random));
      issued.push(issue(tracker, FROM_MS + slot * STEP_MS));
    }
    return issued;
  };

  it('goes on exactly after a restart, for the quantiles that are still asked for', () => {
    const random = seededRandom(7);
    const numbers = Array.from({ length: 12 * 2 * HOURS }, random);
    const from = (hour: number) => {
      let at = 12 * 2 * hour;
      return () => numbers[at++] ?? 0;
    };
    const whole = trackerOf();
    play(whole, 0, HOURS / 2, from(0));
    const saved = whole.save();
    const again = trackerOf();
    const other = trackerOf([0.25, 0.3, 0.75]);
    for (const tracker of [again, other]) {
      // The open targets are read back.
      for (const hour of [HOURS / 2 - 1, HOURS / 2 - 0.5]) {
        const probe = trackerOf();
        probe.load(saved);
        const { p10, p90, quantiles } = issue(probe, FROM_MS + hour * HOUR_MS);
        const columns = quantiles.map(({ q, mw }) => ({ q, mw: [mw] }));
        for (const one of [tracker, whole])
          one.issued({
            originMs: FROM_MS + hour * HOUR_MS,
            mw: [FORECAST_MW],
            p10: [p10],
            p90: [p90],
            quantiles: columns,
          });
      }
      tracker.load(saved);
    }
    const expected = play(whole, HOURS / 2, HOURS, from(HOURS / 2));
    expect(play(again, HOURS / 2, HOURS, from(HOURS / 2))).toEqual(expected);
    expect(again.save()).toEqual(whole.save());
    const mixed = play(other, HOURS / 2, HOURS, from(HOURS / 2));
    expect(mixed.map(({ p10, p90 }) => [p10, p90])).toEqual(expected.map(({ p10, p90 }) => [p10, p90]));
    const valueOf = (one: (typeof mixed)[number] | undefined, q: number) =>
      one?.quantiles.find((quantile) => quantile.q === q)?.mw;
    expect(valueOf(mixed[0], 0.25)).toBe(valueOf(expected[0], 0.25));
    expect(valueOf(mixed.at(-1), 0.75)).toBe(valueOf(expected.at(-1), 0.75));
    // A new one begins between P10 and the forecast, in the normal ratio.
    const { p10 } = mixed[0] ?? { p10: Number.NaN };
    const ratio = normalQuantile(0.3) / normalQuantile(0.1);
    const free = FORECAST_MW + ratio * (p10 - FORECAST_MW);
    expect(valueOf(mixed[0], 0.3)).toBeCloseTo(Math.max(free, valueOf(mixed[0], 0.25) ?? NaN), 6);
  });

  it('of before there were any begins with the bands as they stand', () => {
    const random = seededRandom(2);
    const before = trackerOf([]);
    play(before, 0, HOURS, random);
    expect(before.save().quantiles).toBeNull();
    const tracker = trackerOf([0.05]);
    tracker.load(before.save());
    const { p10, quantiles } = issue(tracker, FROM_MS + HOURS * HOUR_MS);
    expect(quantiles[0]?.mw).toBeCloseTo(FORECAST_MW + ((p10 - FORECAST_MW) * 1.64485) / 1.28155, 2);
  });

  it('of other horizons is not taken', () => {
    const extra = new ExtraQuantiles(2, [0.25]);
    extra.begin({ p10Mw: [1, 2], p90Mw: [1, 2] }, true);
    expect(new ExtraQuantiles(3, [0.25]).load(extra.save())).toBe(false);
    expect(new ExtraQuantiles(2, [0.25]).load(extra.save())).toBe(true);
    expect(new ExtraQuantiles(2, [0.25]).save()).toEqual(Float64Array.of(0));
  });
});

describe('the normal distribution', () => {
  it('has its known quantiles, symmetric, and a density that is the slope of its inverse', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 8);
    expect(normalQuantile(0.1)).toBeCloseTo(-1.281551566, 8);
    expect(normalQuantile(0.005)).toBeCloseTo(-2.575829304, 8);
    for (let q = 0.005; q < 0.5; q += 0.005) {
      expect(normalQuantile(1 - q)).toBeCloseTo(-normalQuantile(q), 9);
      const slope = (normalQuantile(q + 1e-5) - normalQuantile(q - 1e-5)) / 2e-5;
      expect(slope * normalDensity(normalQuantile(q))).toBeCloseTo(1, 3);
    }
  });
});
