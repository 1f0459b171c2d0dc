/**
 * How much horizons may borrow from their neighbours. Horizons that are close in ratio (3 h and 3 h 15) behave almost
 * alike; close in minutes is not enough (5 and 10 minutes do not).
 */

/** ln(ratio) at which nothing is borrowed any more: 0.3 is about a third longer. */
const REACH = 0.3;

/** Row-major [H x H]; a weight of 1 on the diagonal, falling to 0 with the ratio of the two horizons. */
export function horizonKernel(horizonsMinutes: readonly number[]): Float64Array {
  const size = horizonsMinutes.length;
  const weights = new Float64Array(size * size);
  horizonsMinutes.forEach((own, i) => {
    horizonsMinutes.forEach((other, j) => {
      weights[i * size + j] = Math.max(0, 1 - Math.abs(Math.log(own / other)) / REACH);
    });
  });
  return weights;
}
