/**
 * Quantiles beside P10, P50 and P90 in the measurement `nowcast`: a field each, named by its percentage in two digits,
 * with a third after an underscore where it has one: 0.05 is `p05`, 0.25 `p25`, 0.975 `p97_5`. They count where
 * `banded` is true. A point that is issued again after a quantile was taken out of the configuration keeps its field.
 */
import type { NowcastStep } from '../contracts/records.js';

type Quantiles = NonNullable<NowcastStep['quantiles']>;

const FIELD = /^p(\d\d)(?:_(\d))?$/;
const BAND = new Set(['p10', 'p90']);

/** All of them with P10 and P90, in a SELECT of InfluxQL. */
export const QUANTILE_FIELDS = '/^p[0-9][0-9](_[0-9])?$/';

/** @param q in steps of 0.001 */
export function quantileField(q: number): string {
  const digits = Math.round(1000 * q)
    .toString()
    .padStart(3, '0');
  return `p${digits.slice(0, 2)}${digits.endsWith('0') ? '' : `_${digits.slice(2)}`}`;
}

/** In line protocol, each after a comma. */
export function quantileFields(quantiles: Quantiles): string {
  return quantiles.map(({ q, mw }) => `,${quantileField(q)}=${mw}`).join('');
}

/** From a row with `QUANTILE_FIELDS`, ascending; nothing where it has none. */
export function quantilesOf(row: Readonly<Record<string, unknown>>): { readonly quantiles?: Quantiles } {
  const quantiles: Quantiles = [];
  for (const [name, mw] of Object.entries(row)) {
    const [, percent, tenth = '0'] = FIELD.exec(name) ?? [];
    if (percent === undefined || BAND.has(name) || typeof mw !== 'number') continue;
    quantiles.push({ q: Number(`0.${percent}${tenth}`), mw });
  }
  if (quantiles.length === 0) return {};
  return { quantiles: quantiles.sort((a, b) => a.q - b.q) };
}
