import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ALERT_LIMITS } from '../../src/accuracy/alert-limits.js';
import { type HourOfScores, ZoneAccuracy } from '../../src/accuracy/zone-accuracy.js';
import type { Accuracy } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';

const STEP_MS = 30 * MINUTE_MS;
const HORIZONS = [30, 60, 90];
const FROM_MS = 20_000 * DAY_MS;
const STEPS = 60 * 2;

interface Change {
  /** Step whose actual is changed, and the later step after which that becomes known. */
  readonly of: number;
  readonly after: number;
  /** NaN: the first value came late. */
  readonly firstMw: number;
}

/** Actuals as they are in the end. */
const actualMw = (step: number): number => 1000 + 50 * Math.sin(step / 5);

/** Everything that was published, the later of one window and time instead of the earlier. */
function publishedWith(changes: readonly Change[]): Map<string, Accuracy> {
  const zone = new ZoneAccuracy(
    { zone: 'Z', stepMs: STEP_MS, horizonsMinutes: HORIZONS },
    { accuracy: { horizonsMinutes: null }, limitsOf: () => DEFAULT_ALERT_LIMITS },
  );
  const published = new Map<string, Accuracy>();
  const keep = (hour: HourOfScores | null): void => {
    const rows = hour === null ? [] : [...hour.corrected, ...hour.scores.map(({ accuracy }) => accuracy)];
    for (const row of rows) published.set(`${row.horizonMinutes}/${row.window}/${row.at}`, row);
  };
  const observe = (step: number, mw: number): void => {
    keep(zone.observed(FROM_MS + step * STEP_MS, mw, FROM_MS + (step + 1) * STEP_MS));
  };
  for (let step = 0; step < STEPS; step++) {
    const change = changes.find(({ of }) => of === step);
    if (change === undefined) observe(step, actualMw(step));
    else if (!Number.isNaN(change.firstMw)) observe(step, change.firstMw);
    for (const { of } of changes.filter(({ after }) => after === step)) observe(of, actualMw(of));
    const mw = HORIZONS.map((minutes) => actualMw(step) + minutes / 10);
    const columns = { mw, p10: mw.map((one) => one - 30), p90: mw.map((one) => one + 30), ramp24hMw: null };
    zone.issued({
      originMs: FROM_MS + step * STEP_MS,
      modelVersion: 'v',
      horizonsMinutes: HORIZONS,
      ...columns,
    });
  }
  return published;
}

const rounded = (row: Accuracy | undefined) =>
  row && [row.n, row.mape.toFixed(6), row.bias.toFixed(6), row.coverage80?.toFixed(6)];

describe('a revised actual', () => {
  it('corrects the hour that was published with the old one, and each day that holds it', () => {
    const whole = publishedWith([]);
    const revised = publishedWith([{ of: 60, after: 75, firstMw: 3000 }]);
    expect([...revised.keys()].sort()).toEqual([...whole.keys()].sort());
    const different = [...whole].filter(
      ([key, row]) => String(rounded(row)) !== String(rounded(revised.get(key))),
    );
    // A week of the past is not scored again; what is published after the revision is right.
    const revisedAtMs = FROM_MS + 75 * STEP_MS;
    for (const [, { window, at }] of different) {
      expect(window).toBe('7d');
      expect(Date.parse(at)).toBeLessThanOrEqual(revisedAtMs);
    }
    expect(different.length).toBeGreaterThan(0);
  });

  it('whenever it and others come, leaves the hours and days as if they had been right at once', () => {
    const whole = publishedWith([]);
    const changeArb = fc.record({
      // The last hour's scores are published with the first actual of the next.
      of: fc.integer({ min: 4, max: STEPS - 12 }),
      delay: fc.integer({ min: 1, max: 8 }),
      firstMw: fc.oneof(fc.integer({ min: 500, max: 2000 }), fc.constant(Number.NaN)),
    });
    fc.assert(
      fc.property(fc.uniqueArray(changeArb, { maxLength: 6, selector: ({ of }) => of }), (found) => {
        const revised = publishedWith(
          found.map(({ of, delay, firstMw }) => ({ of, after: of + delay, firstMw })),
        );
        for (const [key, row] of revised) {
          // An hour whose first value came late is published at its next: that time has no counterpart.
          const counterpart = whole.get(key);
          if (row.window === '7d' || counterpart === undefined) continue;
          expect([key, rounded(row)]).toEqual([key, rounded(counterpart)]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is of no consequence where it says nothing new', () => {
    const zone = new ZoneAccuracy(
      { zone: 'Z', stepMs: HOUR_MS, horizonsMinutes: [60] },
      { accuracy: { horizonsMinutes: null }, limitsOf: () => DEFAULT_ALERT_LIMITS },
    );
    const corrected = [0, 1, 2, 1, 3].map(
      (hour) => zone.observed(hour * HOUR_MS, 1000, hour * HOUR_MS)?.corrected,
    );
    expect(corrected).toEqual([[], [], [], undefined, []]);
  });
});
