import { fromHalf, toHalf } from '../accuracy/half-float.js';
import type { SavedBands } from './band-tracker.js';
import type { Adjustment } from './error-memory.js';

/** Where the event that a nowcast answers stands in the log: `topic/partition:offset`. */
export const TRIGGER_HEADER = 'trigger';
/** State of the zone's band correction when the nowcast was issued: float64, little-endian, base64. */
export const BANDS_HEADER = 'bands';
/** State of the correction of the zone's further quantiles, beside that of its bands and in the same form. */
export const QUANTILES_HEADER = 'quantiles';
/** State of what is remembered of the zone's recent errors, beside that of its bands: float32, little-endian, base64. */
export const ERROR_STATE_HEADER = 'error-memory';
/**
 * By what recent errors moved the nowcast: for each step the megawatts, then the two errors that they follow from, see
 * `Adjustment`; float16, little-endian, base64. Exact, so that learning goes on the same after a restart.
 */
export const ERRORS_HEADER = 'errors';
/**
 * What the 24 h ramp baseline said at each step of the nowcast, less the forecast, MW: float16, little-endian, base64.
 * As exact as the scores keep it, so that skill is the same after a restart.
 */
export const RAMP_HEADER = 'ramp24h';

/** Shift, recent error, error of the hour. */
const ADJUSTMENT_WIDTH = 3;

/** The headers of a nowcast that carries the state of its zone's bands. */
export function encodeBands({ bands, quantiles, errors }: SavedBands): Record<string, string> {
  return {
    [BANDS_HEADER]: encodeNumbers(bands),
    ...(quantiles === null ? {} : { [QUANTILES_HEADER]: encodeNumbers(quantiles) }),
    ...(errors === null ? {} : { [ERROR_STATE_HEADER]: encodeNumbers(errors) }),
  };
}

/** Null without the header. */
export function decodeBands(headers: Readonly<Record<string, string>>): SavedBands | null {
  const bands = decodeDoubles(headers[BANDS_HEADER]);
  if (bands === null) return null;
  return {
    bands,
    quantiles: decodeDoubles(headers[QUANTILES_HEADER]),
    errors: decodeSingles(headers[ERROR_STATE_HEADER]),
  };
}

function encodeNumbers(state: Float64Array | Float32Array): string {
  const size = state.BYTES_PER_ELEMENT;
  const bytes = Buffer.alloc(size * state.length);
  state.forEach((value: number, i: number) =>
    size === 8 ? bytes.writeDoubleLE(value, size * i) : bytes.writeFloatLE(value, size * i),
  );
  return bytes.toString('base64');
}

function decodeDoubles(header: string | undefined): Float64Array | null {
  const bytes = bytesOf(header);
  return bytes && Float64Array.from({ length: bytes.length >> 3 }, (_, i) => bytes.readDoubleLE(8 * i));
}

function decodeSingles(header: string | undefined): Float32Array | null {
  const bytes = bytesOf(header);
  return bytes && Float32Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readFloatLE(4 * i));
}

function bytesOf(header: string | undefined): Buffer | null {
  return header === undefined ? null : Buffer.from(header, 'base64');
}

export function encodeAdjustment({ shiftMw, recent, ofHour }: Adjustment): string {
  const bytes = Buffer.alloc(2 * ADJUSTMENT_WIDTH * shiftMw.length);
  let at = 0;
  for (let i = 0; i < shiftMw.length; i++) {
    at = bytes.writeUInt16LE(toHalf(shiftMw[i] ?? Number.NaN), at);
    at = bytes.writeUInt16LE(toHalf(recent[i] ?? Number.NaN), at);
    at = bytes.writeUInt16LE(toHalf(ofHour[i] ?? Number.NaN), at);
  }
  return bytes.toString('base64');
}

/**
 * Null without the header.
 * @param at positions of the wanted horizons among the steps of the nowcast
 */
export function decodeAdjustment(header: string | undefined, at: readonly number[]): Adjustment | null {
  if (header === undefined) return null;
  const bytes = Buffer.from(header, 'base64');
  const column = (part: number): Float32Array =>
    Float32Array.from(at, (position) => {
      const from = 2 * (ADJUSTMENT_WIDTH * position + part);
      return from + 2 <= bytes.length ? fromHalf(bytes.readUInt16LE(from)) : Number.NaN;
    });
  return { shiftMw: column(0), recent: column(1), ofHour: column(2) };
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
