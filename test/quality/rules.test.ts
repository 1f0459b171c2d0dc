import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { UtcOffsets } from '../../src/features/utc-offsets.js';
import { clockShift } from '../../src/quality/clock-change.js';
import { ksDistance } from '../../src/quality/distribution-watch.js';
import { GapWatch } from '../../src/quality/gap-watch.js';
import { IntervalRing } from '../../src/quality/interval-ring.js';
import { DEFAULT_QUALITY } from '../../src/quality/settings.js';
import { isFahrenheit } from '../../src/quality/weather-unit.js';
import { demandEvent, MapView, profileOf, STEP_MS } from './fake-view.js';

const START_MS = Date.UTC(2026, 0, 5);
const DAYS = 4;
const SETTLED = (DAYS * DAY_MS) / STEP_MS;
const profile = profileOf({ limits: { minMw: 0, maxMw: 1e9, maxRampMwPerHour: Infinity } });

function normalMw(step: number): number {
  return 25_000 + 4_000 * Math.sin((2 * Math.PI * step) / 288) + 10 * (step % 3);
}

/** A zone whose last days are known. */
function settled(zone = profile): {
  view: MapView;
  feed: (step: number, mw: number, later?: object) => string[];
} {
  const view = new MapView(true);
  const feed = (step: number, mw: number, later: object = {}): string[] =>
    view.feed(demandEvent(START_MS + step * STEP_MS, mw, later), zone).findings.map(({ rule }) => rule);
  for (let step = 0; step < SETTLED; step++) feed(step, normalMw(step));
  return { view, feed };
}

describe('unit and wrong resource', () => {
  it('tells kilowatts and gigawatts at once, whatever the level', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.7, max: 1.4, noNaN: true }),
        fc.constantFrom(1000, 0.001),
        (level, factor) => {
          const { feed } = settled();
          expect(feed(SETTLED, normalMw(SETTLED) * level * factor)).toContain('unit');
          expect(feed(SETTLED + 1, normalMw(SETTLED + 1))).toEqual([]);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('holds another series back for six hours and then believes it, never for good', () => {
    fc.assert(
      fc.property(fc.constantFrom(0.1, 0.3, 2.5, 6), (share) => {
        const { feed } = settled();
        const said = Array.from({ length: 90 }, (_, i) => feed(SETTLED + i, normalMw(SETTLED + i) * share));
        expect(said[0]).toEqual(['spike']);
        for (const rules of said.slice(1, 71)) expect(rules).toEqual(['wrong_resource']);
        for (const rules of said.slice(75)) expect(rules).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });

  it('can be switched off', () => {
    const { feed } = settled({
      ...profile,
      quality: { ...DEFAULT_QUALITY, off: ['unit', 'wrong_resource', 'spike', 'ramp'] },
    });
    expect(feed(SETTLED, normalMw(SETTLED) * 1000)).toEqual([]);
  });
});

describe('ramp', () => {
  it('finds a slide that no single step gives away, and accepts the return', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 287 }), fc.constantFrom(1, -1), (into, sign) => {
        const { feed } = settled();
        for (let i = 0; i < into; i++) feed(SETTLED + i, normalMw(SETTLED + i));
        const at = SETTLED + into;
        const slide = Array.from({ length: 6 }, (_, i) =>
          feed(at + i, normalMw(at + i) * (1 + sign * 0.04 * (i + 1))),
        );
        expect(slide.flat()).toContain('ramp');
        const back = Array.from({ length: 6 }, (_, i) => feed(at + 6 + i, normalMw(at + 6 + i)));
        expect(back.flat()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('repeats', () => {
  it('counts a duplicate, an older revision and a correction, and changes nothing by the first two', () => {
    const { view, feed } = settled();
    const last = SETTLED - 1;
    const mw = normalMw(last);
    expect(feed(last, mw)).toEqual(['duplicate']);
    expect(feed(last, mw + 20, { revision: 2 })).toEqual(['revised']);
    expect(feed(last, mw + 5, { revision: 1 })).toEqual(['duplicate']);
    expect(view.held.size).toBe(0);
  });

  it('lets the source stand that the neighbours bear out, in either order', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.03, max: 0.045, noNaN: true }), fc.boolean(), (off, goodFirst) => {
        const { view, feed } = settled();
        const good = normalMw(SETTLED);
        const bad = good * (1 + off);
        feed(SETTLED, goodFirst ? good : bad, { source: 'first' });
        const said = feed(SETTLED, goodFirst ? bad : good, { source: 'second', revision: 1 });
        expect(said).toEqual(['disagreement']);
        expect(view.accepted.get(START_MS + SETTLED * STEP_MS)).toBe(good);
      }),
      { numRuns: 10 },
    );
  });

  it('tells out of order from late', () => {
    const { feed } = settled();
    const at = (step: number, afterMinutes: number) => ({
      availableAtMs: START_MS + (step + 1) * STEP_MS + afterMinutes * MINUTE_MS,
    });
    feed(SETTLED + 2, normalMw(SETTLED + 2));
    expect(feed(SETTLED + 1, normalMw(SETTLED + 1), at(SETTLED + 1, 10))).toEqual(['out_of_order']);
    expect(feed(SETTLED, normalMw(SETTLED), at(SETTLED, 16))).toEqual(['late']);
  });
});

describe('gaps', () => {
  it('tells each run of missing intervals once, with its length, however it came about', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 400 }), (came) => {
        const seen = new IntervalRing(STEP_MS);
        const watch = new GapWatch(seen, 12);
        const gaps = [];
        const pattern = [true, ...came, true, ...Array.from({ length: 20 }, () => true)];
        pattern.forEach((one, slot) => {
          gaps.push(...watch.advance(slot + 1));
          if (one) seen.mark(slot, 'a');
        });
        gaps.push(...watch.advance(pattern.length + 20));
        const missing = came.filter((one) => !one).length;
        expect(gaps.reduce((sum, { intervals }) => sum + intervals, 0)).toBe(missing);
      }),
      { numRuns: 100 },
    );
  });

  it('is silent about values that come late, within its grace', () => {
    const seen = new IntervalRing(STEP_MS);
    const watch = new GapWatch(seen, 12);
    for (let slot = 1; slot < 100; slot++) {
      expect(watch.advance(slot)).toEqual([]);
      if (slot % 7 !== 0) seen.mark(slot, 'a');
      if (slot > 10 && (slot - 10) % 7 === 0) seen.mark(slot - 10, 'b');
    }
  });

  it('leaves out what is no slot of any time, however large', () => {
    const seen = new IntervalRing(STEP_MS);
    for (const slot of [1e300, 2 ** 53, Number.NaN, Infinity, -1, 0.5]) seen.mark(slot, 'a');
    expect(seen.newestSlot).toBe(-1);
    seen.mark(7, 'a');
    expect(seen.has(7)).toBe(true);
  });

  it('skips a silence longer than it remembers at no cost worth naming', () => {
    const seen = new IntervalRing(STEP_MS);
    const watch = new GapWatch(seen, 12);
    watch.advance(1);
    seen.mark(1, 'a');
    watch.advance(20_000_000);
    seen.mark(20_000_000, 'a');
    const [gap] = watch.advance(20_000_100);
    expect(gap).toEqual({ fromSlot: 2, intervals: 19_999_998 });
  });
});

describe('clock changes', () => {
  const offsets = new UtcOffsets('America/Los_Angeles');

  it('knows by how much the clock changes around an instant', () => {
    expect(clockShift(offsets, Date.parse('2026-03-08T10:00Z'))).toBe(HOUR_MS);
    expect(clockShift(offsets, Date.parse('2026-11-01T09:00Z'))).toBe(-HOUR_MS);
    expect(clockShift(offsets, Date.parse('2026-06-01T09:00Z'))).toBe(0);
  });

  it('quarantines the second pass of the repeated hour under the time of the first, but no correction on other days', () => {
    for (const [first, rule] of [
      ['2026-11-01T08:30Z', 'clock_change'],
      ['2026-10-27T08:30Z', 'revised'],
    ] as const) {
      const view = new MapView(true);
      const startMs = Date.parse(first);
      for (let back = 6; back >= 0; back--)
        view.feed(demandEvent(startMs - back * STEP_MS, 20_000 - back), profile);
      const second = demandEvent(startMs, 20_300, {
        revision: 1,
        availableAtMs: startMs + HOUR_MS + STEP_MS + 1,
      });
      expect(view.feed(second, profile).findings.map((finding) => finding.rule)).toContain(rule);
    }
  });
});

describe('distribution', () => {
  it('is 0 for the same values, 1 for separate ones, symmetric and between', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [x, y] = [a, b].map((one) => [...one].sort((p, q) => p - q)) as [number[], number[]];
        const distance = ksDistance(x, y);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1);
        expect(ksDistance(y, x)).toBeCloseTo(distance, 12);
        expect(ksDistance(x, x)).toBe(0);
        expect(
          ksDistance(
            x,
            y.map((value) => value + 2000),
          ),
        ).toBe(1);
      }),
    );
  });
});

describe('degrees Fahrenheit', () => {
  const nothing = () => Number.NaN;
  const weather = (temperatureC: number) => ({
    type: 'weather' as const,
    zone: 'Z',
    validTimeMs: START_MS,
    availableAtMs: START_MS,
    values: { temperatureC, shortwaveWm2: 0, cloudPct: 0, humidityPct: 0, windMs: 0 },
  });

  it('are told from Celsius by what is known, and Celsius is never taken for them', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -15, max: 45, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (expected, off) => {
          const view = { observedAt: () => expected, forecastAt: nothing };
          const actual = expected + off;
          expect(isFahrenheit(weather(actual * 1.8 + 32), view)).toBe(true);
          expect(isFahrenheit(weather(actual), view)).toBe(false);
          // A change of up to 12 degrees is weather, also where it is so cold that both scales are near each other.
          expect(isFahrenheit(weather(actual + 8.9 * Math.sign(off)), view)).toBe(false);
        },
      ),
    );
  });

  it('are not told where nothing is known', () => {
    expect(isFahrenheit(weather(70), { observedAt: nothing, forecastAt: nothing })).toBe(false);
  });
});
