import { fromHalf, toHalf } from '../accuracy/half-float.js';
import type { SavedBands } from './band-tracker.js';

/** Where the event that a nowcast answers stands in the log: `topic/partition:offset`. */
export const TRIGGER_HEADER = 'trigger';
/** State of the zone's band correction when the nowcast was issued: float64, little-endian, base64. */
export const BANDS_HEADER = 'bands';
/** State of the correction of the zone's further quantiles, beside that of its bands and in the same form. */
export const QUANTILES_HEADER = 'quantiles';
/**
 * What the 24 h ramp baseline said at each step of the nowcast, less the forecast, MW: float16, little-endian, base64.
 * As exact as the scores keep it, so that skill is the same after a restart.
 */
export const RAMP_HEADER = 'ramp24h';

/** The headers of a nowcast that carries the state of its zone's bands. */
export function encodeBands({ bands, quantiles }: SavedBands): Record<string, string> {
  const header = { [BANDS_HEADER]: encodeNumbers(bands) };
  return quantiles === null ? header : { ...header, [QUANTILES_HEADER]: encodeNumbers(quantiles) };
}

/** Null without the header. */
export function decodeBands(headers: Readonly<Record<string, string>>): SavedBands | null {
  const bands = decodeNumbers(headers[BANDS_HEADER]);
  return bands === null ? null : { bands, quantiles: decodeNumbers(headers[QUANTILES_HEADER]) };
}

function encodeNumbers(state: Float64Array): string {
  const bytes = Buffer.alloc(8 * state.length);
  state.forEach((value, i) => bytes.writeDoubleLE(value, 8 * i));
  return bytes.toString('base64');
}

function decodeNumbers(header: string | undefined): Float64Array | null {
  if (header === undefined) return null;
  const bytes = Buffer.from(header, 'base64');
  return Float64Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => bytes.readDoubleLE(8 * i));
}

/**
 * @param rampMw the baseline of each step, megawatts
 * @param mw the forecast of each step, megawatts
 */
export function encodeRamp(rampMw: Float64Array, mw: ArrayLike<number>): string {
  const bytes = Buffer.alloc(2 * rampMw.length);
  rampMw.forEach((ramp, i) => bytes.writeUInt16LE(toHalf(ramp - Math.fround(mw[i] ?? Number.NaN)), 2 * i));
  return bytes.toString('base64');
}

/**
 * Differences from the forecast, MW; NaN where the header says nothing.
 * @param steps of the nowcast
 */
export function decodeRamp(header: string | undefined, steps: number): Float32Array {
  const differences = new Float32Array(steps).fill(Number.NaN);
  if (header === undefined) return differences;
  const bytes = Buffer.from(header, 'base64');
  const known = Math.min(steps, Math.floor(bytes.length / 2));
  for (let i = 0; i < known; i++) differences[i] = fromHalf(bytes.readUInt16LE(2 * i));
  return differences;
}
