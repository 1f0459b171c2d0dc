/** How one sample differs from another. */
export interface DistributionShift {
  /** Of the mean, percent. */
  readonly meanChange: number;
  /** Of the standard deviation, percent. */
  readonly spreadChange: number;
  /** Largest difference between the two empirical distribution functions, 0 to 1 (Kolmogorov-Smirnov). */
  readonly ksDistance: number;
}

const LEAST_VALUES = 20;

/** @returns null when either sample is too small to say */
export function distributionShift(
  recent: readonly number[],
  earlier: readonly number[],
): DistributionShift | null {
  if (recent.length < LEAST_VALUES || earlier.length < LEAST_VALUES) return null;
  return {
    meanChange: change(mean(recent), mean(earlier)),
    spreadChange: change(spread(recent), spread(earlier)),
    ksDistance: Number(ksDistance(recent, earlier).toFixed(3)),
  };
}

/** Two-sample Kolmogorov-Smirnov statistic. */
export function ksDistance(a: readonly number[], b: readonly number[]): number {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i] ?? 0, y[j] ?? 0);
    while (i < x.length && (x[i] ?? 0) <= at) i += 1;
    while (j < y.length && (y[j] ?? 0) <= at) j += 1;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function change(now: number, before: number): number {
  return before === 0 ? 0 : Number(((100 * (now - before)) / Math.abs(before)).toFixed(2));
}
