/**
 * Keys of the embedded history: u32 series id, then the time as a biased 48-bit integer, then an optional u32;
 * big-endian, so byte order is (series, time, suffix) order.
 */

/** Half of the 48-bit range: times before 1970 sort right, too. */
const TIME_BIAS = 2 ** 47;
const TIME_MAX = 2 ** 48 - 1;

/** @param timeMs clamped to about +-4,400 years, so that open-ended ranges may use any large number */
export function seriesKey(series: number, timeMs: number, suffix?: number): Buffer {
  const key = Buffer.allocUnsafe(suffix === undefined ? 10 : 14);
  key.writeUInt32BE(series, 0);
  key.writeUIntBE(Math.min(TIME_MAX, Math.max(0, Math.ceil(timeMs) + TIME_BIAS)), 4, 6);
  if (suffix !== undefined) key.writeUInt32BE(suffix, 10);
  return key;
}

export function timeOfKey(key: Uint8Array): number {
  return asBuffer(key).readUIntBE(4, 6) - TIME_BIAS;
}

export function suffixOfKey(key: Uint8Array): number {
  return asBuffer(key).readUInt32BE(10);
}

function asBuffer(key: Uint8Array): Buffer {
  return Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength);
}
