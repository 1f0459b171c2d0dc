/** Residual quantiles a horizon: how far the 10 % and 90 % quantiles of demand lie from the expected value. */
export interface Bands {
  /** Additive, megawatts, one a horizon. */
  readonly p10Mw: number[];
  readonly p90Mw: number[];
}

/** Errors of forecasts on rows that the model was not fitted on. */
export interface Residuals {
  /** actual - forecast, in units of the horizon's scale. */
  readonly scaled: Float64Array;
  readonly horizonIndex: Uint16Array;
}

/**
 * Quantiles of the residuals, pooled over close horizons with the kernel's weights: few rows a horizon then still give
 * quantiles that change smoothly along the path.
 * @param use which rows count; by default all
 */
export function fitBands(
  residuals: Residuals,
  scaleMw: readonly number[],
  kernel: Float64Array,
  use: (row: number) => boolean = () => true,
): Bands {
  const horizons = scaleMw.length;
  const byHorizon = scaleMw.map((): number[] => []);
  residuals.scaled.forEach((value, row) => {
    if (use(row)) byHorizon[residuals.horizonIndex[row] ?? 0]?.push(value);
  });
  const sorted = byHorizon.map((values) => Float64Array.from(values).sort());
  const p10Mw: number[] = [];
  const p90Mw: number[] = [];
  scaleMw.forEach((scale, h) => {
    const weights = kernel.subarray(h * horizons, (h + 1) * horizons);
    p10Mw.push(scale * pooledQuantile(sorted, weights, 0.1));
    p90Mw.push(scale * pooledQuantile(sorted, weights, 0.9));
  });
  return { p10Mw, p90Mw };
}

/** Weighted mean of each horizon's own quantile, by rows times kernel weight. 0 where nothing is known. */
function pooledQuantile(sorted: readonly Float64Array[], weights: Float64Array, probability: number): number {
  let sum = 0;
  let total = 0;
  sorted.forEach((values, h) => {
    const weight = (weights[h] ?? 0) * values.length;
    if (weight === 0) return;
    sum += weight * quantile(values, probability);
    total += weight;
  });
  return total === 0 ? 0 : sum / total;
}

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996). */
export function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (position - below) * (high - low);
}
