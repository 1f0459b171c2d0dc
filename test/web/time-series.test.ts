import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeSeries } from '../../src/web/state/time-series.js';

const writes = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: -1000, max: 1000 })), {
  maxLength: 300,
});

function seriesOf(pairs: readonly (readonly [number, number])[]): TimeSeries {
  const series = new TimeSeries();
  for (const [timeMs, value] of pairs) series.set(timeMs, value);
  return series;
}

describe('TimeSeries', () => {
  it('holds the last value written for each time, in rising order, whatever the order of writing', () => {
    fc.assert(
      fc.property(writes, (pairs) => {
        const series = seriesOf(pairs);
        const expected = [...new Map(pairs)].sort((a, b) => a[0] - b[0]);
        expect(series.timesMs.map((t, i) => [t, series.values[i]])).toEqual(expected);
      }),
    );
  });

  it('finds the nearest time as a search through all would', () => {
    fc.assert(
      fc.property(
        writes,
        fc.integer({ min: -20, max: 220 }),
        fc.integer({ min: 0, max: 40 }),
        (pairs, at, tolerance) => {
          const series = seriesOf(pairs);
          const distances = series.timesMs.map((t) => Math.abs(t - at)).filter((d) => d <= tolerance);
          const found = series.nearest(at, tolerance);
          if (distances.length === 0) expect(found).toBeNull();
          else expect(Math.abs((found?.timeMs ?? Infinity) - at)).toBe(Math.min(...distances));
        },
      ),
    );
  });

  it('drops what is before an instant and nothing else', () => {
    const series = seriesOf([
      [10, 1],
      [20, 2],
      [30, 3],
    ]);
    series.dropBefore(20);
    expect(series.timesMs).toEqual([20, 30]);
    expect(series.lastValue).toBe(3);
  });

  it('ignores what is not a number', () => {
    const series = seriesOf([
      [10, Number.NaN],
      [Number.NaN, 1],
    ]);
    expect(series.length).toBe(0);
    expect(series.lastTimeMs).toBeNull();
  });
});
