import type { NowcastStep } from '../contracts/records.js';

/** Values of one further quantile, megawatts, one a horizon; NaN where there is none. */
export interface QuantileColumn {
  readonly q: number;
  readonly mw: ArrayLike<number>;
}

const NONE: readonly QuantileColumn[] = [];

/** The further quantiles of a nowcast in columns, in single precision: those of its first step. */
export function quantileColumns(steps: readonly NowcastStep[]): readonly QuantileColumn[] {
  const quantiles = steps[0]?.quantiles;
  if (quantiles === undefined) return NONE;
  return quantiles.map(({ q }, i) => ({
    q,
    mw: Float32Array.from(steps, (step) => {
      const found = step.quantiles?.[i];
      return found?.q === q ? found.mw : Number.NaN;
    }),
  }));
}
