import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { BandTracker } from '../../src/nowcast/band-tracker.js';
import {
  decodeAdjustment,
  decodeBands,
  encodeAdjustment,
  encodeBands,
} from '../../src/nowcast/nowcast-headers.js';
import { seededRandom } from '../../src/train/random.js';

const STEP_MS = 30 * MINUTE_MS;
const FROM_MS = Date.parse('2024-03-01T00:00:00Z');
const FORECAST_MW = 1000;
const BEGIN = () => ({ p10Mw: [0, 0], p90Mw: [0, 0] });
const HORIZONS = [60, 1440];

const newTracker = () => new BandTracker(STEP_MS, HORIZONS);

/** One nowcast as the stream issues it, the model itself always saying the same. */
function issue(tracker: BandTracker, originMs: number): number[] {
  const { p10Mw, p90Mw, adjustment } = tracker.correction(BEGIN, originMs);
  const mw = HORIZONS.map((_, h) => FORECAST_MW + (adjustment?.shiftMw[h] ?? 0));
  tracker.issued({
    originMs,
    mw,
    p10: mw.map((value, h) => value + (p10Mw[h] ?? 0)),
    p90: mw.map((value, h) => value + (p90Mw[h] ?? 0)),
    adjustment: adjustment ?? null,
  });
  return mw;
}

/** Mean absolute errors of each horizon over the second half, as issued and as the model itself said. */
function live(days: number, actualAt: (timeMs: number) => number) {
  const tracker = newTracker();
  const issued = new Map<number, number[]>();
  const sums = HORIZONS.map(() => ({ own: 0, moved: 0 }));
  for (let nowMs = FROM_MS; nowMs < FROM_MS + days * DAY_MS; nowMs += STEP_MS) {
    const actual = actualAt(nowMs);
    tracker.observed(nowMs, actual);
    HORIZONS.forEach((minutes, h) => {
      const mw = issued.get(nowMs - minutes * MINUTE_MS)?.[h];
      const sum = sums[h];
      if (mw === undefined || sum === undefined || nowMs < FROM_MS + (days / 2) * DAY_MS) return;
      sum.own += Math.abs(actual - FORECAST_MW);
      sum.moved += Math.abs(actual - mw);
    });
    issued.set(nowMs, issue(tracker, nowMs));
  }
  return sums.map(({ own, moved }) => moved / own);
}

describe('the memory of recent errors', () => {
  it('takes away most of an error that stays, and of one that comes every day at the same hours', () => {
    const [hourAhead, dayAhead] = live(60, () => 1050);
    expect(hourAhead).toBeLessThan(0.35);
    expect(dayAhead).toBeLessThan(0.7);
    const evening = live(60, (ms) =>
      ms % DAY_MS >= 18 * HOUR_MS && ms % DAY_MS < 22 * HOUR_MS ? 1080 : 1000,
    );
    expect(evening[1]).toBeLessThan(0.8);
  });

  it('leaves a model alone whose errors have no habits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = seededRandom(seed);
        for (const ratio of live(40, () => 1000 + 100 * (random() + random() - 1)))
          expect(ratio).toBeLessThan(1.02);
      }),
      { numRuns: 20 },
    );
  });

  it('moves nothing before anything has come, and never by more than three mean errors', () => {
    const tracker = newTracker();
    expect(issue(tracker, FROM_MS)).toEqual([FORECAST_MW, FORECAST_MW]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { maxLength: 200 }), (errors) => {
        const other = newTracker();
        errors.forEach((error, i) => {
          const nowMs = FROM_MS + i * STEP_MS;
          other.observed(nowMs, FORECAST_MW + error);
          const { shiftMw } = other.correction(BEGIN, nowMs).adjustment ?? { shiftMw: [] };
          const largest = Math.max(0, ...errors.slice(0, i + 1).map(Math.abs));
          for (const shift of shiftMw) expect(Math.abs(shift)).toBeLessThanOrEqual(3.003 * largest);
          issue(other, nowMs);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('knows nothing of a target that has not come', () => {
    const told = newTracker();
    const scrambled = newTracker();
    for (let i = 0; i < 500; i += 1) {
      const nowMs = FROM_MS + i * STEP_MS;
      const actual = FORECAST_MW + 50 * Math.sin(i);
      told.observed(nowMs, actual);
      scrambled.observed(nowMs, i < 400 ? actual : -actual);
      if (i < 400) expect(issue(scrambled, nowMs)).toEqual(issue(told, nowMs));
    }
  });

  it('goes on after a restart as if nothing had been, from what records carry', () => {
    const random = seededRandom(3);
    const whole = newTracker();
    const records: { originMs: number; mw: number[]; p10: number[]; p90: number[]; header: string }[] = [];
    let state: Record<string, string> = {};
    const actuals: number[] = [];
    const step = (tracker: BandTracker, i: number) => {
      const nowMs = FROM_MS + i * STEP_MS;
      tracker.observed(nowMs, actuals[i] ?? Number.NaN);
      const { p10Mw, p90Mw, adjustment } = tracker.correction(BEGIN, nowMs);
      if (adjustment === undefined) throw new Error('no adjustment');
      const mw = HORIZONS.map((_, h) => FORECAST_MW + (adjustment.shiftMw[h] ?? 0));
      const p10 = mw.map((value, h) => value + (p10Mw[h] ?? 0));
      const p90 = mw.map((value, h) => value + (p90Mw[h] ?? 0));
      const record = { originMs: nowMs, mw, p10, p90, header: encodeAdjustment(adjustment) };
      tracker.issued({ ...record, adjustment });
      return record;
    };
    for (let i = 0; i < 600; i += 1) {
      actuals.push(FORECAST_MW + 60 * Math.sin(i / 9) + 20 * random());
      records.push(step(whole, i));
      if (i === 400) state = encodeBands(whole.save());
    }
    // Read back: nowcasts and actuals since before the longest horizon, the saved state at its place among them.
    const restarted = newTracker();
    for (let i = 320; i < 500; i += 1) {
      restarted.observed(FROM_MS + i * STEP_MS, actuals[i] ?? Number.NaN);
      const { header, ...record } = records[i]!;
      restarted.issued({ ...record, adjustment: decodeAdjustment(header, [0, 1]) });
      const saved = i === 400 ? decodeBands(state) : null;
      if (saved !== null) restarted.load(saved);
    }
    for (let i = 500; i < 600; i += 1) expect(step(restarted, i)).toEqual(records[i]);
  });
});
