import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWhole, panned, zoomed, type TimeWindow } from '../../src/web/chart/time-window.js';

const HOUR_MS = 3_600_000;
const LIMITS: TimeWindow = { fromMs: 0, toMs: 192 * HOUR_MS };

const windows = fc
  .tuple(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true }))
  .map(([start, share]) => {
    const length = Math.max(HOUR_MS, share * LIMITS.toMs);
    const fromMs = Math.min(start * LIMITS.toMs, LIMITS.toMs - length);
    return { fromMs, toMs: fromMs + length };
  });

describe('the window of the charts', () => {
  it('never leaves the limits and never gets shorter than a few steps, however it is zoomed and moved', () => {
    const moves = fc.array(
      fc.tuple(fc.double({ min: 0.05, max: 20, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(windows, moves, (start, all) => {
        let window: TimeWindow = start;
        for (const [factor, by] of all) {
          const middleMs = (window.fromMs + window.toMs) / 2;
          window = panned(zoomed(window, middleMs, factor, LIMITS), by * LIMITS.toMs, LIMITS);
          expect(window.fromMs).toBeGreaterThanOrEqual(LIMITS.fromMs - 1e-3);
          expect(window.toMs).toBeLessThanOrEqual(LIMITS.toMs + 1e-3);
          expect(window.toMs - window.fromMs).toBeGreaterThan(19 * 60_000);
        }
      }),
    );
  });

  it('keeps the anchor where it is', () => {
    const window = zoomed({ fromMs: 40 * HOUR_MS, toMs: 80 * HOUR_MS }, 50 * HOUR_MS, 0.5, LIMITS);
    expect(window).toEqual({ fromMs: 45 * HOUR_MS, toMs: 65 * HOUR_MS });
  });

  it('shows everything once it is zoomed out far enough', () => {
    const window = zoomed({ fromMs: 40 * HOUR_MS, toMs: 80 * HOUR_MS }, 50 * HOUR_MS, 100, LIMITS);
    expect(isWhole(window, LIMITS)).toBe(true);
    expect(isWhole({ fromMs: HOUR_MS, toMs: LIMITS.toMs }, LIMITS)).toBe(false);
  });
});
