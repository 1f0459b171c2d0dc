import { MINUTE_MS } from '../contracts/time.js';
import { type BandCorrection, ConformalBands, correctedBand } from '../nowcast/conformal.js';
import { MODEL_OUTPUTS } from '../model/model-outputs.js';

/** Rows in rising origin, with what came. */
export interface BandRows {
  readonly rows: number;
  readonly originMs: Float64Array;
  readonly horizonIndex: Uint16Array;
  readonly horizonsMinutes: readonly number[];
  readonly baselineMw: Float64Array;
  readonly actualMw: Float64Array;
}

/** Forecasts of rows with bands before and after the online correction, megawatts. */
export interface CorrectedBlock {
  readonly mw: Float64Array;
  readonly p10Raw: Float64Array;
  readonly p90Raw: Float64Array;
  readonly p10: Float64Array;
  readonly p90: Float64Array;
  /** Where the correction stands after the last row. */
  readonly end: BandCorrection;
}

/**
 * Lets the online correction of the stream run over rows as it would have run live: at each origin it has learnt from the
 * targets that had come by then, and from no other.
 * @param output of the model, [rows x MODEL_OUTPUTS]
 * @param scaleMw one a horizon
 * @param begin where it stands before the first row; by default at no correction
 */
export function correctBlock(
  block: BandRows,
  output: Float32Array,
  scaleMw: readonly number[],
  begin?: BandCorrection,
): CorrectedBlock {
  const { rows, horizonsMinutes } = block;
  const bands = new ConformalBands(horizonsMinutes.length);
  if (begin !== undefined) bands.begin(begin);
  const result = {
    mw: new Float64Array(rows),
    p10Raw: new Float64Array(rows),
    p90Raw: new Float64Array(rows),
    p10: new Float64Array(rows),
    p90: new Float64Array(rows),
  };
  const waiting = horizonsMinutes.map((): number[] => []);
  const learn = (h: number, untilMs: number): void => {
    const queue = waiting[h] ?? [];
    let next = 0;
    for (; next < queue.length; next += 1) {
      const row = queue[next] ?? 0;
      const targetMs = targetOf(block, row);
      if (targetMs > untilMs) break;
      bands.observe(
        h,
        targetMs,
        block.actualMw[row] ?? Number.NaN,
        result.mw[row] ?? Number.NaN,
        result.p10[row] ?? Number.NaN,
        result.p90[row] ?? Number.NaN,
      );
    }
    if (next > 0) waiting[h] = queue.slice(next);
  };
  for (let row = 0; row < rows; row += 1) {
    const h = block.horizonIndex[row] ?? 0;
    const scale = scaleMw[h] ?? Number.NaN;
    const at = row * MODEL_OUTPUTS;
    const mw = (block.baselineMw[row] ?? Number.NaN) + scale * (output[at] ?? Number.NaN);
    const p10Raw = mw + scale * (output[at + 1] ?? Number.NaN);
    const p90Raw = mw + scale * (output[at + 2] ?? Number.NaN);
    learn(h, block.originMs[row] ?? 0);
    const { p10, p90 } = correctedBand(mw, p10Raw, p90Raw, bands, h);
    result.mw[row] = mw;
    result.p10Raw[row] = p10Raw;
    result.p90Raw[row] = p90Raw;
    result.p10[row] = p10;
    result.p90[row] = p90;
    waiting[h]?.push(row);
  }
  horizonsMinutes.forEach((_, h) => {
    learn(h, Number.POSITIVE_INFINITY);
  });
  return { ...result, end: { p10Mw: bands.p10Mw, p90Mw: bands.p90Mw } };
}

function targetOf(block: BandRows, row: number): number {
  const minutes = block.horizonsMinutes[block.horizonIndex[row] ?? 0] ?? 0;
  return (block.originMs[row] ?? 0) + minutes * MINUTE_MS;
}
