import { NowcastError } from '../contracts/errors.js';
import { toIso } from '../contracts/time.js';
import type { OperatorSeries, ZoneOperatorForecast } from '../sources/csv/operator-csv.js';
import { inferStepMinutes } from '../sources/csv/series.js';
import type { Lane } from './replay-lanes.js';

const PRODUCT = 'csv';
/** Of a file with a single target. */
const USUAL_STEP_MINUTES = 60;

/**
 * Refuses a file whose forecasts may have been issued at any time: as inputs they would tell what nobody knew.
 * @throws NowcastError INPUT_INVALID
 */
export function requireIssueTimes(file: string, { zones }: OperatorSeries): void {
  if (zones.every(({ issuedAtMs }) => issuedAtMs !== null)) return;
  throw new NowcastError(
    'INPUT_INVALID',
    `${file} does not say when its forecasts were issued, so they cannot be inputs of a nowcast; add a column issued_at`,
  );
}

/**
 * The operator's forecasts of one zone, available when they were issued. What was issued before the zone's demand begins
 * counts as known from its first value on; what was issued after its last one is left out.
 * @param demand of the zone
 */
export function operatorLane(
  { zone, timesMs, mw, issuedAtMs }: ZoneOperatorForecast,
  demand: Lane,
  source: string,
): Lane {
  const stepMinutes = inferStepMinutes(Float64Array.from(timesMs).sort()) ?? USUAL_STEP_MINUTES;
  const firstMs = demand.availableAtMs(0);
  const lastMs = demand.availableAtMs(demand.length - 1);
  const issuedMs = (row: number): number => issuedAtMs?.[row] ?? Number.NaN;
  const order = Uint32Array.from(timesMs.keys())
    .filter((row) => issuedMs(row) <= lastMs)
    .sort((a, b) => issuedMs(a) - issuedMs(b) || a - b);
  const rowOf = (at: number): number => order[at] ?? 0;
  const availableAtMs = (at: number): number => Math.max(firstMs, issuedMs(rowOf(at)));
  return {
    length: order.length,
    availableAtMs,
    record: (at) => ({
      topic: 'demand.forecast',
      availableAtMs: availableAtMs(at),
      value: {
        zone,
        kind: 'forecast',
        product: PRODUCT,
        validTime: toIso(timesMs[rowOf(at)] ?? Number.NaN),
        stepMinutes,
        demandMw: mw[rowOf(at)] ?? Number.NaN,
        issuedAt: toIso(issuedMs(rowOf(at))),
        availableAt: toIso(availableAtMs(at)),
        source,
        revision: 0,
      },
    }),
  };
}
