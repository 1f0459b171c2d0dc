import type { BacktestHorizon } from './backtest-rows.js';

/** How a figure differs between folds. Null where no fold has it. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null for a single fold. */
  readonly sd: number | null;
  readonly min: number;
  readonly max: number;
}

export interface FoldHorizon {
  readonly minutes: number;
  /** Folds that scored a row of the horizon. */
  readonly folds: number;
  readonly mape: Spread | null;
  readonly rmse: Spread | null;
  readonly bias: Spread | null;
  readonly pinball: Spread | null;
  readonly coverage80: Spread | null;
  /** Against the 24 h ramp, on MAE. */
  readonly skillRamp24h: Spread | null;
}

/** Mean and spread over the folds, a horizon each; every fold weighs the same. */
export function summariseFolds(
  folds: readonly { readonly horizons: readonly BacktestHorizon[] }[],
): FoldHorizon[] {
  return (folds[0]?.horizons ?? []).map(({ minutes }, h) => {
    const scored = folds.flatMap(({ horizons }) => {
      const horizon = horizons[h];
      return horizon === undefined || horizon.n === 0 ? [] : [horizon];
    });
    const spread = (of: (horizon: BacktestHorizon) => number | null): Spread | null =>
      spreadOf(scored.map(of).filter((value) => value !== null));
    return {
      minutes,
      folds: scored.length,
      mape: spread(({ mape }) => mape),
      rmse: spread(({ rmse }) => rmse),
      bias: spread(({ bias }) => bias),
      pinball: spread(({ pinball }) => pinball),
      coverage80: spread(({ coverage80 }) => coverage80),
      skillRamp24h: spread(({ skill }) => skill.ramp24h),
    };
  });
}

function spreadOf(values: readonly number[]): Spread | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    sd: n < 2 ? null : Math.sqrt(squares / (n - 1)),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
