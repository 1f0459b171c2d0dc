import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/contracts/time.js';
import type { DemandEvent, InputEvent } from '../../../src/features/input-event.js';
import { distributionShift, ksDistance } from '../../../src/train/deep/distribution.js';
import { validateData } from '../../../src/train/deep/validate-data.js';
import { PROFILE, simulatedEvents } from '../simulated.js';

const HOURLY = { ...PROFILE, stepMs: HOUR_MS, horizonsMinutes: [60, 120] };
const FROM = Date.parse('2025-01-06T00:00:00Z');

function hourly(days: number, mwAt: (hour: number) => number = wave): DemandEvent[] {
  return Array.from({ length: days * 24 }, (_, hour) => {
    const validTimeMs = FROM + hour * HOUR_MS;
    return {
      type: 'demand',
      zone: PROFILE.zone,
      validTimeMs,
      availableAtMs: validTimeMs + HOUR_MS + 5 * 60_000,
      demandMw: mwAt(hour),
      revision: 0,
      source: 'test',
    };
  });
}

function wave(hour: number): number {
  return 1000 + 200 * Math.sin(((hour % 24) / 24) * 2 * Math.PI) + (hour % 7);
}

describe('validateData', () => {
  it('finds nothing to say about clean data', () => {
    const found = validateData(hourly(60), HOURLY);
    expect(found).toMatchObject({
      verdict: 'ok',
      reasons: [],
      days: 60,
      intervals: { expected: 1440, present: 1440, coverage: 100 },
      gaps: { count: 0, longest: [] },
      quarantined: { count: 0, share: 0 },
      latencyMinutes: { p50: 5, p95: 5 },
    });
    expect(found.shifts.year).toBeNull();
    expect(found.shifts.month?.ksDistance).toBeLessThan(0.05);
  });

  it('counts gaps and says how long the longest are', () => {
    const holes = hourly(60).filter((_, hour) => !(hour >= 100 && hour < 160) && hour !== 300);
    const found = validateData(holes, HOURLY);
    expect(found.gaps).toEqual({
      count: 2,
      longest: [
        { from: new Date(FROM + 100 * HOUR_MS).toISOString(), minutes: 3600 },
        { from: new Date(FROM + 300 * HOUR_MS).toISOString(), minutes: 60 },
      ],
    });
    expect(found.verdict).toBe('warning');
    expect(found.reasons[0]).toMatch(/^95.76 % of the intervals have a value/);
  });

  it('counts what quality held back, by rule, and corrections', () => {
    const events = hourly(40, (hour) => (hour % 50 === 49 ? -5 : wave(hour)));
    const corrected: InputEvent = {
      ...events[600]!,
      demandMw: 1011,
      revision: 1,
      availableAtMs: FROM + 601 * HOUR_MS + 1_000_000,
    };
    const found = validateData([...events.slice(0, 601), corrected, ...events.slice(601)], HOURLY);
    expect(found.quarantined.byRule).toMatchObject({ non_positive: 19 });
    expect(found.quarantined.share).toBeGreaterThan(1);
    expect(found.repeated).toBe(1);
    expect(found.reasons.join()).toMatch(/quarantined/);
  });

  it('notices that demand is unlike before', () => {
    const doubled = hourly(60, (hour) => (hour < 32 * 24 ? 1 : 2) * wave(hour));
    const found = validateData(doubled, HOURLY);
    expect(found.shifts.month?.meanChange).toBeGreaterThan(50);
    expect(found.reasons.join()).toMatch(/unlike the 28 days before/);
  });

  it('says that a short history is insufficient, and survives none', () => {
    expect(validateData(hourly(10), HOURLY)).toMatchObject({ verdict: 'insufficient', days: 10 });
    expect(validateData([], HOURLY)).toMatchObject({ verdict: 'insufficient', days: 0 });
  });

  it('knows weather and the faults of a feed', () => {
    const found = validateData(simulatedEvents(5, { missing: { rate: 0.02 } }), PROFILE);
    expect(found.weather.coverage).toBeGreaterThan(90);
    expect(found.weather.forecasts).toBeGreaterThan(0);
    expect(found.intervals.coverage).toBeLessThan(99.5);
    expect((found.intervals.expected * PROFILE.stepMs) / DAY_MS).toBeCloseTo(5, 0);
  });
});

describe('the distance of two samples', () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

  it('is 0 for a sample and itself, 1 for samples apart, and the same both ways', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(ksDistance(a, [...a].reverse())).toBe(0);
        expect(ksDistance(a, b)).toBeCloseTo(ksDistance(b, a), 12);
        expect(
          ksDistance(
            a,
            a.map((value) => value + 3e6),
          ),
        ).toBe(1);
      }),
    );
  });

  it('is not told from a handful of values', () => {
    expect(distributionShift([1, 2, 3], [1, 2, 3])).toBeNull();
  });
});
