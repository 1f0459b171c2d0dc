/**
 * The part of a stored path (see path-codec.ts) that holds the quantiles beside P10, P50 and P90. It stands at the end of
 * paths that have any, little-endian: u8 count, then f64 q[count], then the values f64[n] of one quantile after another
 * (NaN for none).
 */
import type { NowcastStep } from '../contracts/records.js';

export type StoredQuantiles = NonNullable<NowcastStep['quantiles']>;

const MOST = 0xff;

/** Quantiles of any step, ascending. */
export function quantilesOf(steps: readonly NowcastStep[]): readonly number[] {
  const first = steps[0]?.quantiles;
  // Steps have the same ones as a rule; the union costs nothing where there are none.
  if (first === undefined && !steps.some(({ quantiles }) => quantiles !== undefined)) return [];
  const all = new Set(steps.flatMap(({ quantiles = [] }) => quantiles.map(({ q }) => q)));
  return [...all].sort((a, b) => a - b).slice(0, MOST);
}

/** Bytes that they take; none without quantiles. */
export function quantileBytes(quantiles: readonly number[], steps: number): number {
  return quantiles.length === 0 ? 0 : 1 + 8 * quantiles.length * (1 + steps);
}

export function writeQuantiles(
  out: Buffer,
  at: number,
  quantiles: readonly number[],
  steps: readonly NowcastStep[],
): void {
  out[at] = quantiles.length;
  quantiles.forEach((q, j) => {
    out.writeDoubleLE(q, at + 1 + 8 * j);
    steps.forEach((step, i) => {
      const mw = step.quantiles?.find((one) => one.q === q)?.mw ?? Number.NaN;
      out.writeDoubleLE(mw, valueAt(at, quantiles.length, steps.length, j, i));
    });
  });
}

/** Those of one step; undefined where it has none. @param at where this part begins, @param steps of the path */
export function readQuantiles(
  path: Buffer,
  at: number,
  steps: number,
  index: number,
): StoredQuantiles | undefined {
  const count = path[at] ?? 0;
  const quantiles: StoredQuantiles = [];
  for (let j = 0; j < count; j += 1) {
    const mw = path.readDoubleLE(valueAt(at, count, steps, j, index));
    if (!Number.isNaN(mw)) quantiles.push({ q: path.readDoubleLE(at + 1 + 8 * j), mw });
  }
  return quantiles.length === 0 ? undefined : quantiles;
}

function valueAt(at: number, count: number, steps: number, quantile: number, step: number): number {
  return at + 1 + 8 * (count + quantile * steps + step);
}
