/** Coefficients of Acklam's rational approximation of the normal quantile (relative error below 1.2e-9). */
const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
  1,
];
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];
/** Below it, and above one minus it, the tails' formula holds. */
const TAIL = 0.02425;

/** Quantile of the standard normal distribution. @param q between 0 and 1, both exclusive */
export function normalQuantile(q: number): number {
  if (q > 0.5) return -normalQuantile(1 - q);
  if (q < TAIL) {
    const r = Math.sqrt(-2 * Math.log(q));
    return polynomial(C, r) / polynomial(D, r);
  }
  const r = q - 0.5;
  return (r * polynomial(A, r * r)) / polynomial(B, r * r);
}

/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** @param coefficients the highest power first */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
