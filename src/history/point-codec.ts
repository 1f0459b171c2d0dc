/** The stored form of the single points: packed little-endian doubles, NaN for what is not known. */
import type { Accuracy, WeatherObservation } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { DemandPoint, WeatherPoint } from './history-store.js';

export const WEATHER_VARIABLES = [
  'temperatureC',
  'humidityPct',
  'windMs',
  'cloudPct',
  'shortwaveWm2',
] as const;

/** u32 source id, f64 megawatts. */
export function encodeDemand(demandMw: number, sourceId: number): Buffer {
  const out = Buffer.allocUnsafe(12);
  out.writeUInt32LE(sourceId, 0);
  out.writeDoubleLE(demandMw, 4);
  return out;
}

export function decodeDemand(timeMs: number, value: Buffer, sourceOf: (id: number) => string): DemandPoint {
  return { timeMs, demandMw: value.readDoubleLE(4), source: sourceOf(value.readUInt32LE(0)) };
}

/** u32 source id, one f64 a variable. */
export function encodeWeather(observation: WeatherObservation, sourceId: number): Buffer {
  const out = Buffer.allocUnsafe(4 + 8 * WEATHER_VARIABLES.length);
  out.writeUInt32LE(sourceId, 0);
  for (const [i, variable] of WEATHER_VARIABLES.entries()) {
    out.writeDoubleLE(observation[variable] ?? Number.NaN, 4 + 8 * i);
  }
  return out;
}

export function decodeWeather(timeMs: number, value: Buffer, sourceOf: (id: number) => string): WeatherPoint {
  const point: { -readonly [K in keyof WeatherPoint]: WeatherPoint[K] } = {
    timeMs,
    source: sourceOf(value.readUInt32LE(0)),
  };
  for (const [i, variable] of WEATHER_VARIABLES.entries()) {
    const known = value.readDoubleLE(4 + 8 * i);
    if (!Number.isNaN(known)) point[variable] = known;
  }
  return point;
}

/** f64 each of n, mape, bias, coverage80, skill. */
export function encodeAccuracy(accuracy: Accuracy): Buffer {
  const out = Buffer.allocUnsafe(40);
  out.writeDoubleLE(accuracy.n, 0);
  out.writeDoubleLE(accuracy.mape, 8);
  out.writeDoubleLE(accuracy.bias, 16);
  out.writeDoubleLE(accuracy.coverage80 ?? Number.NaN, 24);
  out.writeDoubleLE(accuracy.skill ?? Number.NaN, 32);
  return out;
}

export interface AccuracyIdentity {
  readonly zone: string;
  readonly window: Accuracy['window'];
  readonly horizonMinutes: number;
  readonly atMs: number;
}

export function decodeAccuracy(identity: AccuracyIdentity, value: Buffer): Accuracy {
  const coverage80 = value.readDoubleLE(24);
  const skill = value.readDoubleLE(32);
  return {
    zone: identity.zone,
    horizonMinutes: identity.horizonMinutes,
    window: identity.window,
    at: toIso(identity.atMs),
    n: value.readDoubleLE(0),
    mape: value.readDoubleLE(8),
    bias: value.readDoubleLE(16),
    coverage80: Number.isNaN(coverage80) ? null : coverage80,
    skill: Number.isNaN(skill) ? null : skill,
  };
}

/** One f64. */
export function encodeNumber(value: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeDoubleLE(value, 0);
  return out;
}
