import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownForecast } from '../../src/features/known-forecast.js';
import { ObservedWeather } from '../../src/features/observed-weather.js';
import { HOUR, MINUTE, forecastEvent, values } from './synthetic.js';

const T0 = Date.UTC(2019, 5, 1);

describe('ObservedWeather', () => {
  it('answers as of an instant like a search through all observations', () => {
    const observation = fc.record({
      at: fc.integer({ min: 0, max: 12 * 30 }),
      temperature: fc.integer({ min: -20, max: 45 }),
    });
    fc.assert(
      fc.property(
        fc.array(observation, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: -40, max: 12 * 32 }),
        (list, query) => {
          const weather = new ObservedWeather();
          const known = new Map<number, number>();
          for (const { at, temperature } of list) {
            weather.set(T0 + at * 5 * MINUTE, values(temperature));
            known.set(at, temperature);
          }
          const best = [...known.keys()]
            .filter((at) => at <= query && at >= query - 36)
            .sort((a, b) => b - a)[0];
          expect(weather.temperatureAt(T0 + query * 5 * MINUTE)).toBe(
            best === undefined ? Number.NaN : known.get(best),
          );
          expect(weather.shortwaveAt(T0 + query * 5 * MINUTE)).toBeNaN();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never shows an observation before its own instant', () => {
    const weather = new ObservedWeather();
    weather.set(T0 + 3 * MINUTE, values(20));
    expect(weather.temperatureAt(T0)).toBeNaN();
    expect(weather.temperatureAt(T0 + 2 * MINUTE)).toBeNaN();
    expect(weather.temperatureAt(T0 + 5 * MINUTE)).toBe(20);
  });

  it('says what changed the newest known weather', () => {
    const weather = new ObservedWeather();
    expect(weather.set(T0, values(20))).toBe(true);
    expect(weather.set(T0, values(20))).toBe(false);
    expect(weather.set(T0, values(21))).toBe(true);
    expect(weather.set(T0 - HOUR, values(15))).toBe(false);
    expect(weather.set(T0 + HOUR, values(Number.NaN))).toBe(false);
    expect(weather.newestMs).toBe(T0);
    expect(weather.set(T0 - 40 * HOUR, values(1))).toBe(false);
    expect(weather.temperatureAt(T0 - 40 * HOUR)).toBeNaN();
  });
});

describe('KnownForecast', () => {
  const forecast = (issued: number, base: number) =>
    forecastEvent(
      issued,
      Array.from({ length: 30 }, (_, i) => values(base + i, 10 * i)),
    );

  it('interpolates between its points and answers nothing outside them', () => {
    const known = new KnownForecast(36 * HOUR);
    known.set(forecast(T0, 10));
    expect(known.temperatureAt(T0)).toBe(10);
    expect(known.temperatureAt(T0 + 15 * MINUTE)).toBeCloseTo(10.25, 6);
    expect(known.shortwaveAt(T0 + 90 * MINUTE)).toBeCloseTo(15, 6);
    expect(known.temperatureAt(T0 + 29 * HOUR)).toBe(39);
    expect(known.temperatureAt(T0 + 29 * HOUR + 1)).toBeNaN();
    expect(known.temperatureAt(T0 - 1)).toBeNaN();
  });

  it('keeps the newest issue only', () => {
    const known = new KnownForecast(36 * HOUR);
    expect(known.set(forecast(T0, 10))).toBe(true);
    expect(known.set(forecast(T0, 10))).toBe(false);
    expect(known.set(forecast(T0 - HOUR, 99))).toBe(false);
    expect(known.set(forecast(T0, 12))).toBe(true);
    expect(known.set(forecast(T0 + HOUR, 20))).toBe(true);
    expect(known.temperatureAt(T0 + HOUR)).toBe(20);
    expect(known.issuedAtMs).toBe(T0 + HOUR);
  });

  it('does not join points across a long gap, and forgets what no target can reach', () => {
    const known = new KnownForecast(36 * HOUR);
    known.set(forecastEvent(T0, [values(1), values(2), values(3)], 12 * HOUR));
    expect(known.temperatureAt(T0 + HOUR)).toBeNaN();
    expect(known.temperatureAt(T0 + 12 * HOUR)).toBe(2);
    known.set(
      forecastEvent(
        T0 + 1,
        Array.from({ length: 100 }, () => values(5)),
        HOUR,
      ),
    );
    expect(known.temperatureAt(T0 + 1 + 36 * HOUR)).toBe(5);
    expect(known.temperatureAt(T0 + 1 + 37 * HOUR)).toBeNaN();
  });
});
