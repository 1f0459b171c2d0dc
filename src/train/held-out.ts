import type { ModelManifest } from '../contracts/records.js';
import { type Bands, fitBands, type Residuals } from './bands.js';
import type { Dataset } from './dataset.js';
import { ErrorSums } from './error-sums.js';

export type Metrics = ModelManifest['metrics'];

export interface HeldOutResult {
  readonly metrics: Metrics;
  readonly bands: Bands;
}

/**
 * Scores forecasts of the held-out rows. The bands that go out are the residual quantiles of the whole block; coverage
 * and pinball are measured crosswise (quantiles of one half of the time on the other), as no band may be judged by the
 * rows that made it.
 * @param rows row numbers of the held-out block in the dataset, in rising origin
 * @param predicted model output for those rows, in units of scale
 */
export function scoreHeldOut(
  dataset: Dataset,
  rows: readonly number[],
  predicted: Float32Array,
  scaleMw: readonly number[],
  kernel: Float64Array,
): HeldOutResult {
  const horizonIndex = Uint16Array.from(rows, (row) => dataset.horizonIndex[row] ?? 0);
  const difference = (row: number): number => (dataset.actualMw[row] ?? 0) - (dataset.baselineMw[row] ?? 0);
  const scaled = Float64Array.from(rows, (row, i) => {
    return difference(row) / (scaleMw[horizonIndex[i] ?? 0] ?? 1) - (predicted[i] ?? 0);
  });
  const residuals: Residuals = { scaled, horizonIndex };
  const middle = dataset.originMs[rows[rows.length >> 1] ?? 0] ?? 0;
  const isEarly = (i: number): boolean => (dataset.originMs[rows[i] ?? 0] ?? 0) < middle;
  const early = fitBands(residuals, scaleMw, kernel, isEarly);
  const late = fitBands(residuals, scaleMw, kernel, (i) => !isEarly(i));
  const model = scaleMw.map(() => new ErrorSums());
  const baseline = scaleMw.map(() => new ErrorSums());
  rows.forEach((row, i) => {
    const h = horizonIndex[i] ?? 0;
    const actual = dataset.actualMw[row] ?? 0;
    const base = dataset.baselineMw[row] ?? 0;
    const mw = base + (predicted[i] ?? 0) * (scaleMw[h] ?? 1);
    const band = isEarly(i) ? late : early;
    model[h]?.add(actual, mw, mw + (band.p10Mw[h] ?? 0), mw + (band.p90Mw[h] ?? 0));
    baseline[h]?.add(actual, base, base, base);
  });
  const metrics = dataset.profile.horizonsMinutes.map((horizonMinutes, h) => ({
    horizonMinutes,
    ...(model[h] ?? new ErrorSums()).summary(),
    baselineMape: (baseline[h] ?? new ErrorSums()).summary().mape,
  }));
  return { metrics, bands: fitBands(residuals, scaleMw, kernel) };
}
