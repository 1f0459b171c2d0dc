import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchedHorizons, weekHorizons } from '../../src/accuracy/settings.js';
import { AccuracyTracker, type IssuedNowcast } from '../../src/accuracy/tracker.js';
import type { Accuracy } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';

const HORIZONS = [30, 60, 120];
/** The others are scored over a day. */
const WEEK_HORIZONS = [30, 120];
const WINDOWS = { '1h': HOUR_MS, '24h': DAY_MS, '7d': 7 * DAY_MS } as const;
const STEP_MS = 30 * MINUTE_MS;

type Action =
  | { kind: 'issued'; origin: number; mw: number; banded: boolean; ramped: boolean }
  | { kind: 'observed'; slot: number; mw: number };

function nowcastOf(action: Extract<Action, { kind: 'issued' }>): IssuedNowcast {
  const mw = HORIZONS.map((_, i) => action.mw + i);
  return {
    originMs: action.origin * STEP_MS,
    modelVersion: 'v1',
    horizonsMinutes: HORIZONS,
    mw,
    p10: action.banded ? mw.map((v) => v - 20) : null,
    p90: action.banded ? mw.map((v) => v + 20) : null,
    ramp24hMw: action.ramped ? mw.map((v) => v + 7) : null,
  };
}

/** The slow way: keep everything, recompute everything. */
class NaiveTracker {
  private readonly forecasts = new Map<string, { mw: number; banded: boolean; ramped: boolean }>();
  private readonly actuals = new Map<number, number>();
  private newest = Number.NEGATIVE_INFINITY;

  issued(action: Extract<Action, { kind: 'issued' }>): void {
    HORIZONS.forEach((minutes, i) => {
      const slot = action.origin + minutes / 30;
      const key = `${minutes}/${slot}`;
      if (!Number.isNaN(this.actuals.get(slot) ?? Number.NaN)) return;
      const kept = WEEK_HORIZONS.includes(minutes) ? 336 : 48;
      if (slot <= this.newest - kept) return;
      this.forecasts.set(key, { ...action, mw: action.mw + i });
    });
  }

  observed(slot: number, mw: number): void {
    if (slot <= this.newest - 336) return;
    this.actuals.set(slot, mw);
    if (!Number.isNaN(mw)) this.newest = Math.max(this.newest, slot);
  }

  report(): Accuracy[] {
    const rows: Accuracy[] = [];
    for (const horizonMinutes of HORIZONS) {
      for (const window of Object.keys(WINDOWS) as Accuracy['window'][]) {
        if (window === '7d' && !WEEK_HORIZONS.includes(horizonMinutes)) continue;
        const first = this.newest - WINDOWS[window] / STEP_MS + 1;
        const scored = [...this.actuals]
          .filter(([slot, mw]) => slot >= first && slot <= this.newest && !Number.isNaN(mw))
          .map(([slot, actual]) => ({ actual, forecast: this.forecasts.get(`${horizonMinutes}/${slot}`) }))
          .flatMap(({ actual, forecast }) => (forecast === undefined ? [] : [{ actual, ...forecast }]));
        if (scored.length === 0) continue;
        const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
        const banded = scored.filter((s) => s.banded);
        const ramped = scored.filter((s) => s.ramped);
        const rampMae = ramped.length === 0 ? 0 : mean(ramped.map((s) => Math.abs(s.mw + 7 - s.actual)));
        rows.push({
          zone: 'Z',
          horizonMinutes,
          window,
          at: toIso(this.newest * STEP_MS),
          n: scored.length,
          mape: mean(scored.map((s) => (100 * Math.abs(s.mw - s.actual)) / s.actual)),
          bias: mean(scored.map((s) => s.mw - s.actual)),
          coverage80:
            banded.length === 0
              ? null
              : 100 * mean(banded.map((s) => (Math.abs(s.mw - s.actual) <= 20 ? 1 : 0))),
          skill: rampMae === 0 ? null : 1 - mean(ramped.map((s) => Math.abs(s.mw - s.actual))) / rampMae,
        });
      }
    }
    return rows;
  }
}

const actionArb = (base: number): fc.Arbitrary<Action> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('issued' as const),
      // Origins run ahead of the newest actual while values are held back.
      origin: fc.integer({ min: base - 8, max: base + 2 }),
      mw: fc.integer({ min: 900, max: 1100 }),
      banded: fc.boolean(),
      ramped: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('observed' as const),
      slot: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: base - 8, max: base + 1 }) },
        // Corrections of values long scored.
        { weight: 3, arbitrary: fc.integer({ min: base - 340, max: base }) },
      ),
      mw: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 900, max: 1100 }) },
        { weight: 1, arbitrary: fc.constant(NaN) },
      ),
    }),
  );

/** Time creeps, and now and then leaps by days. */
const historyArb = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 4 }) },
      { weight: 1, arbitrary: fc.integer({ min: 30, max: 600 }) },
    ),
    {
      maxLength: 150,
    },
  )
  .chain((moves) => {
    let base = 1_000_000;
    return fc.tuple(...moves.map((move) => actionArb((base += move))));
  });

function close(actual: number | null, expected: number | null): void {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(actual).toBeCloseTo(expected, 6);
}

describe('AccuracyTracker', () => {
  it('agrees with a recomputation of everything after any history', () => {
    fc.assert(
      fc.property(historyArb, (history) => {
        const tracker = new AccuracyTracker({
          zone: 'Z',
          stepMs: STEP_MS,
          horizonsMinutes: HORIZONS,
          weekHorizonsMinutes: WEEK_HORIZONS,
        });
        const naive = new NaiveTracker();
        let newest = 0;
        for (const action of history) {
          if (action.kind === 'observed') {
            tracker.observed(action.slot * STEP_MS, action.mw);
            naive.observed(action.slot, action.mw);
            if (!Number.isNaN(action.mw)) newest = Math.max(newest, action.slot);
          } else if (newest > 0 && action.origin <= newest + 2) {
            tracker.issued(nowcastOf(action));
            naive.issued(action);
          }
        }
        const rows = tracker.report(0).map(({ accuracy }) => accuracy);
        const expected = naive.report();
        expect(rows.map((r) => [r.horizonMinutes, r.window, r.n, r.at])).toEqual(
          expected.map((r) => [r.horizonMinutes, r.window, r.n, r.at]),
        );
        rows.forEach((row, i) => {
          for (const field of ['mape', 'bias', 'coverage80', 'skill'] as const)
            close(row[field], expected[i]?.[field] ?? null);
        });
      }),
      { numRuns: 400 },
    );
  });

  const issue = (tracker: AccuracyTracker, origin: number, mw: number, modelVersion = 'v1') =>
    tracker.issued({
      ...nowcastOf({ kind: 'issued', origin, mw, banded: true, ramped: true }),
      modelVersion,
    });
  const fresh = (): AccuracyTracker => {
    const tracker = new AccuracyTracker({
      zone: 'Z',
      stepMs: STEP_MS,
      horizonsMinutes: [30],
      weekHorizonsMinutes: [30],
    });
    tracker.observed(100 * STEP_MS, 1000);
    return tracker;
  };

  it('corrects the score when an actual is revised', () => {
    const tracker = fresh();
    issue(tracker, 100, 1000);
    tracker.observed(101 * STEP_MS, 1100);
    tracker.observed(101 * STEP_MS, 1000);
    expect(tracker.report(101 * STEP_MS)[0]?.accuracy).toMatchObject({
      n: 1,
      mape: 0,
      bias: 0,
      coverage80: 100,
      skill: 1,
    });
  });

  it('scores the re-issued nowcast, but never one that was issued after its actual', () => {
    const tracker = fresh();
    issue(tracker, 100, 1000);
    issue(tracker, 100, 1050);
    tracker.observed(101 * STEP_MS, 1000);
    issue(tracker, 100, 1000);
    expect(tracker.report(101 * STEP_MS)[0]?.accuracy.bias).toBe(50);
  });

  it('leaves out windows that lie wholly in the past', () => {
    const tracker = fresh();
    issue(tracker, 100, 1000);
    tracker.observed(101 * STEP_MS, 1000);
    const windows = (atMs: number) => tracker.report(atMs).map(({ accuracy }) => accuracy.window);
    expect(windows(102 * STEP_MS)).toEqual(['1h', '24h', '7d']);
    expect(windows(101 * STEP_MS + 5 * HOUR_MS)).toEqual(['24h', '7d']);
    expect(windows(101 * STEP_MS + 30 * DAY_MS)).toEqual([]);
  });

  it('tells the errors of the version that issued last, and none of a baseline', () => {
    const tracker = fresh();
    const blockThrough = (slot: number) => tracker.errorBlock(30, 100 * STEP_MS, slot * STEP_MS);
    issue(tracker, 100, 1100, 'baseline:ramp');
    tracker.observed(101 * STEP_MS, 1000);
    expect(blockThrough(101)).toBeNull();
    issue(tracker, 101, 1100, 'v1');
    tracker.observed(102 * STEP_MS, 1000);
    issue(tracker, 102, 1020, 'v2');
    tracker.observed(103 * STEP_MS, 1000);
    issue(tracker, 103, 960, 'v2');
    tracker.observed(104 * STEP_MS, 1000);
    const v2 = blockThrough(104);
    expect(v2).toMatchObject({ n: 2, modelVersion: 'v2' });
    expect(v2?.meanError).toBeCloseTo(-0.01, 9);
    expect(v2?.meanAbsError).toBeCloseTo(0.03, 9);
    expect(blockThrough(102)).toMatchObject({ n: 1, modelVersion: 'v1' });
  });
});

describe('the horizons that are scored', () => {
  it('are watched closely when they are the first or usual ones, or configured', () => {
    expect(watchedHorizons([10, 20, 30, 40, 60, 1440])).toEqual([10, 30, 60, 1440]);
    expect(watchedHorizons([10, 20, 30], [20, 45])).toEqual([20]);
  });

  it('are kept for 7 d where that takes little memory', () => {
    expect(weekHorizons([5, 10, 15], [5, 15], 5 * MINUTE_MS)).toEqual([5, 15]);
    expect(weekHorizons([30, 60, 90], [30, 60], 30 * MINUTE_MS)).toEqual([30, 60, 90]);
  });
});
