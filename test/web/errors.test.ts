import { describe, expect, it } from 'vitest';
import { calibrationOf, mapeBy, scoredPoints } from '../../src/web/state/errors.js';
import { TimeSeries } from '../../src/web/state/time-series.js';
import { outcomeOf } from '../../src/web/state/travel.js';
import { newZoneSeries, predictedOf, versionMarks } from '../../src/web/state/zone-series.js';

const HOUR_MS = 3_600_000;

/** Demand of 100, 200, 0, 400 MW at hours 0 to 3, and a prediction for each and one beyond. */
function zone(): ReturnType<typeof newZoneSeries> {
  const series = newZoneSeries();
  [100, 200, 0, 400].forEach((mw, hour) => series.demand.set(hour * HOUR_MS, mw));
  [
    { mw: 110, p10: 105, p90: 120, modelVersion: 'a' },
    { mw: 190, p10: 180, p90: 210, modelVersion: 'a' },
    { mw: 5, p10: 0, p90: 10, modelVersion: 'b' },
    { mw: 400, p10: null, p90: null, modelVersion: 'b' },
    { mw: 500, p10: 480, p90: 520, modelVersion: 'c' },
  ].forEach((point, hour) => predictedOf(series, 60).set(hour * HOUR_MS, point));
  return series;
}

describe('how past predictions turned out', () => {
  it('scores what was measured, in percent, and leaves out what has no percentage', () => {
    const series = zone();
    expect(scoredPoints(series.demand, predictedOf(series, 60), 0)).toEqual([
      { timeMs: 0, absPct: 10, quarter: 'belowP10' },
      { timeMs: HOUR_MS, absPct: 5, quarter: 'belowP90' },
      { timeMs: 3 * HOUR_MS, absPct: 0, quarter: null },
    ]);
    expect(scoredPoints(series.demand, predictedOf(series, 60), HOUR_MS)).toHaveLength(2);
  });

  it('groups by any key, and shares out the band', () => {
    const series = zone();
    const points = scoredPoints(series.demand, predictedOf(series, 60), 0);
    expect(mapeBy(points, (timeMs) => (timeMs < 2 * HOUR_MS ? 'early' : 'late'))).toEqual([
      { key: 'early', n: 2, mape: 7.5 },
      { key: 'late', n: 1, mape: 0 },
    ]);
    expect([...(calibrationOf(points) ?? [])]).toEqual([
      ['belowP10', 50],
      ['belowP50', 0],
      ['belowP90', 50],
      ['aboveP90', 0],
    ]);
    expect(calibrationOf([])).toBeNull();
  });

  it('marks the origins at which another version took over', () => {
    expect(versionMarks(predictedOf(zone(), 60), 60)).toEqual([
      { timeMs: HOUR_MS, modelVersion: 'b' },
      { timeMs: 3 * HOUR_MS, modelVersion: 'c' },
    ]);
    expect(versionMarks(new TimeSeries(), 60)).toEqual([]);
  });

  it('compares a path with what came of it', () => {
    const step = (
      hour: number,
      mw: number,
      band: number,
    ): { target: string; horizonMinutes: number; mw: number; p10: number; p90: number } => ({
      target: new Date(hour * HOUR_MS).toISOString(),
      horizonMinutes: hour * 60,
      mw,
      p10: mw - band,
      p90: mw + band,
    });
    const series = zone();
    expect(outcomeOf({ steps: [step(0, 110, 5), step(1, 200, 5), step(9, 1, 1)] }, series)).toEqual({
      n: 2,
      steps: 3,
      mape: 5,
      inBand: 1,
    });
    expect(outcomeOf({ steps: [step(9, 1, 1)] }, series)).toBeNull();
  });
});
