import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { BandTracker } from '../../src/nowcast/band-tracker.js';
import { ConformalBands, correctedBand } from '../../src/nowcast/conformal.js';
import { correctBlock } from '../../src/train/block-bands.js';
import { seededRandom } from '../../src/train/random.js';

const STEP_MS = 30 * MINUTE_MS;
const FROM_MS = Date.parse('2024-03-01T00:00:00Z');

/** Errors of a random sign and size; the model's own band is far too narrow. */
function live(days: number, sizeAt: (day: number) => number, horizonMinutes = 60) {
  const random = seededRandom(1);
  const tracker = new BandTracker(STEP_MS, [horizonMinutes]);
  const correction = () => tracker.correction(() => ({ p10Mw: [0], p90Mw: [0] }), FROM_MS);
  const inside: boolean[] = [];
  const issued = new Map<number, { p10: number; p90: number }>();
  for (let slot = 0; slot < (days * DAY_MS) / STEP_MS; slot += 1) {
    const nowMs = FROM_MS + slot * STEP_MS;
    const actual = 1000 + sizeAt((slot * STEP_MS) / DAY_MS) * (random() + random() + random() - 1.2);
    tracker.observed(nowMs, actual);
    const band = issued.get(nowMs);
    if (band !== undefined) inside.push(actual >= band.p10 && actual <= band.p90);
    const next = correctedBand(1000, 999, 1001, correction(), 0);
    issued.set(nowMs + horizonMinutes * MINUTE_MS, next);
    tracker.issued({ originMs: nowMs, mw: [1000], p10: [next.p10], p90: [next.p90] });
  }
  return { inside, tracker };
}

const share = (values: readonly boolean[]) => values.filter(Boolean).length / values.length;

describe('the online correction of bands', () => {
  it('brings a band that is far too narrow to hold 80 %', () => {
    const { inside } = live(120, () => 50);
    expect(share(inside.slice(0, 10))).toBeLessThan(0.5);
    expect(share(inside.slice(-60 * 48))).toBeGreaterThan(0.77);
    expect(share(inside.slice(-60 * 48))).toBeLessThan(0.83);
  });

  it('moves each edge by what lies beyond it: errors that lean to one side give a band that does', () => {
    const { tracker } = live(120, () => 50);
    // P10 and P90 of three uniforms - 1.2, times 50, are -23.8 and 41.
    expect(tracker.bands.p10Mw[0]).toBeGreaterThan(-32);
    expect(tracker.bands.p10Mw[0]).toBeLessThan(-15);
    expect(tracker.bands.p90Mw[0]).toBeGreaterThan(31);
    expect(tracker.bands.p90Mw[0]).toBeLessThan(51);
  });

  it('widens after errors have doubled', () => {
    const { inside } = live(240, (day) => (day < 120 ? 40 : 80));
    expect(share(inside.slice(-60 * 48))).toBeGreaterThan(0.77);
  });

  it('never lets a band cross the forecast', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -500, max: 500, noNaN: true }),
        fc.double({ min: -500, max: 500, noNaN: true }),
        (low, high) => {
          const { p10, p90 } = correctedBand(100, 90, 110, { p10Mw: [low], p90Mw: [high] }, 0);
          return p10 <= 100 && p90 >= 100;
        },
      ),
    );
  });

  it('learns nothing from a target that it has learnt from, or from no number', () => {
    const bands = new ConformalBands(1);
    bands.observe(0, FROM_MS, 10, 0, -1, 1);
    bands.observe(0, FROM_MS + HOUR_MS, 10, 0, -1, 1);
    const state = bands.save();
    bands.observe(0, FROM_MS + HOUR_MS, 99, 0, -1, 1);
    bands.observe(0, FROM_MS, 99, 0, -1, 1);
    bands.observe(0, FROM_MS + 2 * HOUR_MS, Number.NaN, 0, -1, 1);
    bands.observe(0, FROM_MS + 2 * HOUR_MS, 5, 0, Number.NaN, 1);
    expect(bands.save()).toEqual(state);
  });

  it('goes on exactly from a saved state', () => {
    const random = seededRandom(3);
    const whole = new ConformalBands(2);
    const feed = (bands: ConformalBands, from: number, to: number, numbers: readonly number[]): void => {
      for (let i = from; i < to; i += 1)
        bands.observe(i % 2, FROM_MS + i * STEP_MS, numbers[i] ?? 0, 0, -0.3, 0.3);
    };
    const numbers = Array.from({ length: 200 }, () => random() - 0.5);
    feed(whole, 0, 200, numbers);
    const first = new ConformalBands(2);
    feed(first, 0, 90, numbers);
    const second = new ConformalBands(2);
    expect(second.load(first.save())).toBe(true);
    feed(second, 90, 200, numbers);
    expect(second.save()).toEqual(whole.save());
    expect(new ConformalBands(3).load(whole.save())).toBe(false);
  });
});

describe('BandTracker', () => {
  it('joins each target with the last nowcast that was issued for it, horizon by horizon', () => {
    const tracker = new BandTracker(STEP_MS, [30, 60]);
    const issue = (originMs: number, edge: number) => {
      tracker.issued({ originMs, mw: [0, 0], p10: [-edge, -edge], p90: [edge, edge] });
    };
    issue(FROM_MS, 1);
    issue(FROM_MS + STEP_MS, 1);
    issue(FROM_MS + STEP_MS, 100);
    tracker.observed(FROM_MS + STEP_MS, 50);
    const before = tracker.bands.save();
    // Known to the first origin's 60 min (edge 1: outside) and to the second's 30 min (edge 100: inside).
    tracker.observed(FROM_MS + 2 * STEP_MS, 50);
    expect(tracker.bands.save()).not.toEqual(before);
    expect(tracker.bands.p90Mw[0]).toBeLessThan(0);
    tracker.observed(FROM_MS + 9 * STEP_MS, 50);
    expect(tracker.bands.p90Mw[0]).toBeLessThan(0);
  });

  it('begins where the model says, and only once', () => {
    const tracker = new BandTracker(STEP_MS, [30]);
    expect(tracker.correction(() => ({ p10Mw: [-7], p90Mw: [9] }), FROM_MS).p10Mw[0]).toBe(-7);
    tracker.issued({ originMs: FROM_MS, mw: [0], p10: [-1], p90: [1] });
    tracker.observed(FROM_MS + STEP_MS, 0);
    expect(tracker.correction(() => ({ p10Mw: [-70], p90Mw: [90] }), FROM_MS).p10Mw[0]).toBe(-7);
  });
});

describe('correctBlock', () => {
  it('knows at each origin only the targets that had come: later actuals change nothing before', () => {
    const random = seededRandom(5);
    const rows = 400;
    const block = {
      rows,
      originMs: Float64Array.from({ length: rows }, (_, row) => FROM_MS + row * STEP_MS),
      horizonIndex: Uint16Array.from({ length: rows }, (_, row) => row % 2),
      horizonsMinutes: [60, 720],
      baselineMw: new Float64Array(rows).fill(500),
      actualMw: Float64Array.from({ length: rows }, () => 500 + 40 * (random() - 0.5)),
    };
    const output = Float32Array.from({ length: 3 * rows }, (_, at) => [0, -0.1, 0.1][at % 3] ?? 0);
    const whole = correctBlock(block, output, [10, 10]);
    const cut = 250;
    const cutMs = block.originMs[cut] ?? 0;
    const scrambled = block.actualMw.map((mw, row) => {
      const targetMs = (block.originMs[row] ?? 0) + [60, 720][row % 2]! * MINUTE_MS;
      return targetMs > cutMs ? 9999 : mw;
    });
    const again = correctBlock({ ...block, actualMw: scrambled }, output, [10, 10]);
    expect(again.p10.slice(0, cut + 1)).toEqual(whole.p10.slice(0, cut + 1));
    expect(again.p90.slice(0, cut + 1)).toEqual(whole.p90.slice(0, cut + 1));
    expect(again.p90.slice(cut + 50)).not.toEqual(whole.p90.slice(cut + 50));
  });
});
