import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, toIso } from '../../src/contracts/time.js';
import { OperatorForecasts } from '../../src/feed/operator-forecasts.js';
import { makeForecast, START_MS } from './records.js';

const at = (hour: number, demandMw = 1000, revision = 0, product = 'dam'): ReturnType<typeof makeForecast> =>
  makeForecast({ validTime: toIso(START_MS + hour * HOUR_MS), demandMw, revision, product });

describe('the operator’s forecasts in memory', () => {
  it('keeps the highest revision of each interval, whatever the order of arrival', () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(arrivals, (pairs) => {
        const forecasts = new OperatorForecasts();
        for (const [hour, revision] of pairs) forecasts.add(at(hour, 1000 + revision, revision));
        const expected = new Map<number, number>();
        for (const [hour, revision] of pairs) expected.set(hour, Math.max(expected.get(hour) ?? 0, revision));
        const found = forecasts.between('A', START_MS, START_MS + DAY_MS).get('dam') ?? [];
        expect(found.map(({ validTime, revision }) => [validTime, revision])).toEqual(
          [...expected].sort(([a], [b]) => a - b).map(([hour, r]) => [toIso(START_MS + hour * HOUR_MS), r]),
        );
      }),
    );
  });

  it('keeps products apart, ends before the end, and knows nothing of other zones', () => {
    const forecasts = new OperatorForecasts();
    for (const forecast of [at(0), at(1), at(1, 900, 0, '2da')]) forecasts.add(forecast);
    const found = forecasts.between('A', START_MS, START_MS + HOUR_MS);
    expect([...found.keys()]).toEqual(['dam']);
    expect([...forecasts.between('A', START_MS, START_MS + DAY_MS).keys()]).toEqual(['2da', 'dam']);
    expect(forecasts.between('B', START_MS, START_MS + DAY_MS).size).toBe(0);
  });

  it('forgets what is more than eight days older than the newest', () => {
    const forecasts = new OperatorForecasts();
    for (let hour = 0; hour <= 24 * 20; hour++) forecasts.add(at(hour));
    const kept = forecasts.between('A', 0, START_MS + 30 * DAY_MS).get('dam') ?? [];
    expect(kept).toHaveLength(8 * 24 + 1);
  });
});
