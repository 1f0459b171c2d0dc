/**
 * IEEE 754 half precision (11 significant bits), for differences that need no more: half the memory of single precision.
 */
const bits = new Uint32Array(1);
const single = new Float32Array(bits.buffer);

const NOT_A_NUMBER = 0x7e00;
/** 65,504: larger values are kept as the largest, since a difference that large is nonsense anyway. */
const LARGEST = 0x7bff;
const SMALLEST_NORMAL = 2 ** -14;
const SUBNORMAL_STEP = 2 ** -24;
/** Factor of the significand by exponent bits. */
const SCALE = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));

/** The nearest half-precision number's 16 bits; NaN stays NaN, too large is the largest. */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65_504) return sign | LARGEST;
  if (size < SMALLEST_NORMAL) return sign | Math.round(size / SUBNORMAL_STEP);
  single[0] = size;
  const whole = bits[0] as number;
  // Round to nearest even, then move the exponent's bias from 127 to 15.
  return sign | (((whole + 0xfff + ((whole >>> 13) & 1)) >>> 13) - (112 << 10));
}

export function fromHalf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const significand = half & 0x3ff;
  if (exponent === 31) return Number.NaN;
  const size =
    exponent === 0 ? significand * SUBNORMAL_STEP : (1024 + significand) * (SCALE[exponent] as number);
  return half & 0x8000 ? -size : size;
}
