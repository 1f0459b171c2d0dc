import type {
  Accuracy,
  DemandForecast,
  DemandObservation,
  Nowcast,
  SupplyForecast,
  SupplyObservation,
  WeatherObservation,
} from '../../../src/contracts/records.js';
import { DAY_MS, MINUTE_MS, toIso } from '../../../src/contracts/time.js';

/** 2019-03-10T08:00Z: two hours before California's clocks go forward. */
export const T0 = Date.UTC(2019, 2, 10, 8);
export const STEP_MS = 5 * MINUTE_MS;
export const ALL = { fromMs: Date.UTC(2015, 0, 1), toMs: Date.UTC(2030, 0, 1) };

export function demandOf(
  zone: string,
  timeMs: number,
  demandMw: number,
  more: Partial<DemandObservation> = {},
): DemandObservation {
  return {
    zone,
    kind: 'actual',
    validTime: toIso(timeMs),
    stepMinutes: 5,
    demandMw,
    availableAt: toIso(timeMs + STEP_MS),
    source: 'test',
    revision: 0,
    ...more,
  };
}

export function weatherOf(
  zone: string,
  timeMs: number,
  values: Partial<WeatherObservation>,
): WeatherObservation {
  return {
    zone,
    kind: 'observed',
    validTime: toIso(timeMs),
    availableAt: toIso(timeMs),
    source: 'test',
    revision: 0,
    ...values,
  };
}

export function demandForecastOf(
  zone: string,
  timeMs: number,
  demandMw: number,
  more: Partial<DemandForecast> = {},
): DemandForecast {
  return {
    zone,
    kind: 'forecast',
    product: 'day-ahead',
    validTime: toIso(timeMs),
    stepMinutes: 60,
    demandMw,
    issuedAt: null,
    availableAt: toIso(timeMs - DAY_MS),
    source: 'test',
    revision: 0,
    ...more,
  };
}

export function supplyOf(
  zone: string,
  timeMs: number,
  valuesMw: Record<string, number>,
  more: Partial<SupplyObservation> = {},
): SupplyObservation {
  return {
    zone,
    kind: 'actual',
    product: 'fuel-mix',
    area: null,
    validTime: toIso(timeMs),
    stepMinutes: 5,
    valuesMw,
    availableAt: toIso(timeMs + STEP_MS),
    source: 'test',
    revision: 0,
    ...more,
  };
}

export function supplyForecastOf(
  zone: string,
  timeMs: number,
  valuesMw: Record<string, number>,
  more: Partial<SupplyForecast> = {},
): SupplyForecast {
  const { kind: _observed, ...common } = supplyOf(zone, timeMs, valuesMw);
  return { ...common, kind: 'forecast', product: 'renewables', issuedAt: null, ...more };
}

/** A nowcast whose values follow from its origin, so that a mix-up shows. */
export function nowcastOf(
  zone: string,
  originMs: number,
  more: Partial<Nowcast> = {},
  horizons = [5, 10, 60],
): Nowcast {
  const base = 20_000 + ((originMs / MINUTE_MS) % 1_000) + (more.revision ?? 0) / 8;
  return {
    zone,
    origin: toIso(originMs),
    issuedAt: toIso(originMs + 61_234),
    modelVersion: 'gbdt-1',
    revision: 0,
    quality: 'ok',
    reasons: [],
    latestDemandMw: base,
    inputs: { demandAgeMs: 61_234, weatherAgeMs: 600_000 },
    steps: horizons.map((horizonMinutes) => ({
      target: toIso(originMs + horizonMinutes * MINUTE_MS),
      horizonMinutes,
      mw: base + horizonMinutes / 3,
      p10: base + horizonMinutes / 3 - 101.7,
      p90: base + horizonMinutes / 3 + 99.3,
    })) as Nowcast['steps'],
    ...more,
  };
}

/** The same nowcast with further quantiles. */
export function withQuantiles(nowcast: Nowcast, quantiles: readonly number[]): Nowcast {
  const steps = (nowcast.steps as Nowcast['steps'][number][]).map((step) => ({
    ...step,
    quantiles: quantiles.map((q) => ({ q, mw: step.mw + 100 * (q - 0.5) })),
  }));
  return { ...nowcast, steps: steps as Nowcast['steps'] };
}

/** The same nowcast without an honest band. */
export function withoutBand(nowcast: Nowcast): Nowcast {
  const steps = (nowcast.steps as Nowcast['steps'][number][]).map((step) => ({
    ...step,
    p10: null,
    p90: null,
  }));
  return { ...nowcast, steps: steps as Nowcast['steps'] };
}

export function accuracyOf(
  zone: string,
  atMs: number,
  horizonMinutes: number,
  more: Partial<Accuracy> = {},
): Accuracy {
  return {
    zone,
    horizonMinutes,
    window: '24h',
    at: toIso(atMs),
    n: 288,
    mape: 1.234 + horizonMinutes / 100,
    bias: -3.5,
    coverage80: 81.25,
    skill: 0.4,
    ...more,
  };
}
