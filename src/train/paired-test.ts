import { upperTail } from './student-t.js';

export interface PairedTest {
  readonly mean: number;
  /** Of the mean; NaN with fewer than two values. */
  readonly standardError: number;
  /** Chance of such a mean or a larger one if the true one were not above 0; NaN with fewer than two values. */
  readonly pValue: number;
}

/**
 * Is the mean of these differences, in order of time, above 0 beyond noise?
 *
 * The test of equal accuracy of Diebold and Mariano (1995, J. Business & Economic Statistics 13:253) with the
 * small-sample correction and Student's t of Harvey, Leybourne and Newbold (1997, Int. J. Forecasting 13:281). Days
 * resemble their neighbours (weather lasts, a forecast reaches into the next day), so the variance of the mean is
 * that of Newey and West (1987) with a third root of n lags. It is never taken below that of independent days: a
 * negative autocorrelation estimated from a few days must not make the noise look small.
 */
export function pairedTest(differences: readonly number[]): PairedTest {
  const n = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, standardError: Number.NaN, pValue: Number.NaN };
  const centred = differences.map((value) => value - mean);
  const lags = Math.min(n - 1, Math.floor(Math.cbrt(n)));
  const own = autocovariance(centred, 0);
  let longRun = own;
  for (let lag = 1; lag <= lags; lag += 1) {
    longRun += 2 * (1 - lag / (lags + 1)) * autocovariance(centred, lag);
  }
  const horizon = lags + 1;
  const correction = (n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n;
  const standardError = Math.sqrt(Math.max(own, longRun) / n / correction);
  if (standardError === 0) return { mean, standardError, pValue: mean > 0 ? 0 : 1 };
  return { mean, standardError, pValue: upperTail(mean / standardError, n - 1) };
}

function autocovariance(centred: readonly number[], lag: number): number {
  let sum = 0;
  for (let i = lag; i < centred.length; i += 1) sum += (centred[i] ?? 0) * (centred[i - lag] ?? 0);
  return sum / centred.length;
}
