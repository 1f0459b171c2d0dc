/** Small seeded input streams for the tests of the pure core. */
import type {
  DemandEvent,
  ForecastEvent,
  OperatorEvent,
  WeatherEvent,
  WeatherValues,
} from '../../src/features/input-event.js';
import { type ZoneProfile, defaultHorizonsMinutes } from '../../src/features/zone-profile.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** mulberry32: uniform in [0, 1). */
export function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function profileOf(stepMinutes: number, overrides: Partial<ZoneProfile> = {}): ZoneProfile {
  return {
    zone: 'TEST',
    stepMs: stepMinutes * MINUTE,
    timeZone: 'America/Los_Angeles',
    holidays: 'US-CA',
    horizonsMinutes: defaultHorizonsMinutes(stepMinutes),
    limits: { minMw: 0, maxMw: 1e6, maxRampMwPerHour: Number.POSITIVE_INFINITY },
    lateAfterMs: Math.max(15, stepMinutes) * MINUTE,
    ...overrides,
  };
}

/** Smooth daily and weekly shape with a little noise: nothing a quality rule would object to. */
export function demandAt(t: number, random: () => number): number {
  const day = (2 * Math.PI * (t % DAY)) / DAY;
  const week = (2 * Math.PI * (t % (7 * DAY))) / (7 * DAY);
  return (
    25_000 - 3000 * Math.cos(day) + 800 * Math.sin(2 * day) + 900 * Math.cos(week) + 60 * (random() - 0.5)
  );
}

export function demandEvent(
  t: number,
  demandMw: number,
  stepMs: number,
  overrides: Partial<DemandEvent> = {},
): DemandEvent {
  return {
    type: 'demand',
    zone: 'TEST',
    validTimeMs: t,
    availableAtMs: t + stepMs,
    demandMw,
    revision: 0,
    source: 'test',
    ...overrides,
  };
}

export function values(temperatureC: number, shortwaveWm2 = Number.NaN): WeatherValues {
  return { temperatureC, shortwaveWm2, cloudPct: Number.NaN, humidityPct: Number.NaN, windMs: Number.NaN };
}

export function weatherEvent(t: number, temperatureC: number, shortwaveWm2 = Number.NaN): WeatherEvent {
  return {
    type: 'weather',
    zone: 'TEST',
    validTimeMs: t,
    availableAtMs: t,
    values: values(temperatureC, shortwaveWm2),
  };
}

export function forecastEvent(
  issued: number,
  points: readonly WeatherValues[],
  spacingMs = HOUR,
): ForecastEvent {
  const validTimesMs = points.map((_, i) => issued + i * spacingMs);
  return {
    type: 'forecast',
    zone: 'TEST',
    issuedAtMs: issued,
    availableAtMs: issued,
    validTimesMs,
    values: points,
  };
}

export function operatorEvent(
  t: number,
  demandMw: number,
  availableAtMs: number,
  overrides: Partial<OperatorEvent> = {},
): OperatorEvent {
  const product = 'day-ahead';
  return {
    type: 'operator',
    zone: 'TEST',
    product,
    validTimeMs: t,
    stepMs: HOUR,
    availableAtMs,
    demandMw,
    ...overrides,
  };
}

/** A curve of the next day at nine, and each half hour one of the next two hours that takes back the one before. */
export function* operatorInputs(t: number, seed: number): Generator<OperatorEvent> {
  const random = seeded(seed ^ (t / MINUTE));
  if (t % DAY === 9 * HOUR)
    for (let at = t + 15 * HOUR; at < t + 39 * HOUR; at += HOUR)
      yield operatorEvent(at, demandAt(at, random) * (1 + 0.02 * random()), t);
  if (t % (30 * MINUTE) !== 0) return;
  for (let at = t; at < t + 2 * HOUR; at += 15 * MINUTE)
    yield operatorEvent(at, demandAt(at, random) - 300 * random(), t, {
      product: 'short',
      stepMs: 15 * MINUTE,
    });
}

/**
 * Demand in order, hourly weather, a forecast each six hours and the operator's forecasts, as they would arrive; `missing`
 * is a share.
 */
export function* inputs(fromMs: number, toMs: number, stepMs: number, seed: number, missing = 0) {
  const random = seeded(seed);
  for (let t = fromMs; t < toMs; t += stepMs) {
    const wave = (at: number): number => 18 + 8 * Math.sin((2 * Math.PI * (at % DAY)) / DAY);
    yield* operatorInputs(t, seed);
    if (t % (6 * HOUR) === 0) {
      const points = Array.from({ length: 49 }, (_, i) =>
        values(wave(t + i * HOUR) + 2 * random(), 500 * random()),
      );
      yield forecastEvent(t, points);
    }
    if (t % HOUR === 0) yield weatherEvent(t, wave(t) + random(), 400 * random());
    const demandMw = demandAt(t, random);
    if (random() >= missing) yield demandEvent(t, demandMw, stepMs);
  }
}
