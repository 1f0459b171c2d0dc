import type { Nowcast, NowcastStep } from '../contracts/records.js';
import type { SavedBands } from './band-tracker.js';
import type { Adjustment } from './error-memory.js';
import { type IssuedColumns, standsOnEarlier } from './issued-columns.js';
import { decodeAdjustment, decodeBands, decodeRamp, ERRORS_HEADER, RAMP_HEADER } from './nowcast-headers.js';
import { type QuantileColumn, quantileColumns } from './quantile-columns.js';

/** Forecast, P10, P90 (megawatts) and the 24 h ramp's difference from the forecast. */
const COLUMNS = 4;

/**
 * A nowcast of before a restart, as scores and bands need it. In columns of single precision, a fraction of the decoded
 * record: a week of them is held until the actuals have been read back up to it.
 */
export interface IssuedEarlier {
  readonly originMs: number;
  readonly issuedAtMs: number;
  readonly revision: number;
  readonly modelVersion: string;
  readonly horizonsMinutes: readonly number[];
  /** One column after another. */
  readonly values: Float32Array;
  /** Null for most: one an hour carries it. */
  readonly bandState: SavedBands | null;
  /** Empty for the older ones, too: their targets have come. */
  readonly quantiles: readonly QuantileColumn[];
  /** By what recent errors had moved it; null for the older ones, too. */
  readonly adjustment: Adjustment | null;
  /** As in IssuedNowcast. */
  readonly isFromEarlier: boolean;
}

/** Which of a nowcast's horizons are kept. */
export interface KeptHorizons {
  readonly minutes: readonly number[];
  /** Their positions among the nowcast's steps. */
  readonly at: readonly number[];
}

/** @param withBands false where the state of the bands is of no use any more */
export function issuedEarlier(
  nowcast: Nowcast,
  headers: Readonly<Record<string, string>>,
  { minutes, at }: KeptHorizons,
  withBands: boolean,
): IssuedEarlier {
  const { steps, origin, issuedAt, revision, modelVersion } = nowcast;
  const ramp = decodeRamp(headers[RAMP_HEADER], steps.length);
  const count = at.length;
  const values = new Float32Array(COLUMNS * count);
  at.forEach((position, i) => {
    const step = steps[position];
    values[i] = step?.mw ?? Number.NaN;
    values[count + i] = step?.p10 ?? Number.NaN;
    values[2 * count + i] = step?.p90 ?? Number.NaN;
    values[3 * count + i] = ramp[position] ?? Number.NaN;
  });
  return {
    originMs: Date.parse(origin),
    issuedAtMs: Date.parse(issuedAt),
    revision,
    modelVersion,
    horizonsMinutes: minutes,
    values,
    bandState: withBands ? decodeBands(headers) : null,
    quantiles: withBands ? quantileColumns(at.map((position) => steps[position]).filter(isStep)) : [],
    adjustment: withBands ? decodeAdjustment(headers[ERRORS_HEADER], at) : null,
    isFromEarlier: standsOnEarlier(nowcast),
  };
}

function isStep(step: NowcastStep | undefined): step is NowcastStep {
  return step !== undefined;
}

/** As the accuracy tracker and the bands take it. */
export function columnsOf({ values, ...issued }: IssuedEarlier): IssuedColumns {
  const { originMs, modelVersion, horizonsMinutes, quantiles, adjustment, isFromEarlier } = issued;
  const count = horizonsMinutes.length;
  const column = (at: number): Float32Array => values.subarray(at * count, (at + 1) * count);
  const mw = column(0);
  // The difference is kept, not the sum: in single precision a small one would be lost.
  const ramp24hMw = Float64Array.from(column(3), (difference, i) => (mw[i] ?? Number.NaN) + difference);
  return {
    originMs,
    modelVersion,
    horizonsMinutes,
    mw,
    p10: column(1),
    p90: column(2),
    quantiles,
    adjustment,
    ramp24hMw,
    isFromEarlier,
  };
}
