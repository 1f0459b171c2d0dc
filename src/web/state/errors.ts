/** How past predictions of one horizon turned out. Pure. */
import type { TimeSeries } from './time-series.js';
import type { PredictedPoint } from './zone-series.js';

export interface ScoredPoint {
  /** Target, epoch ms. */
  readonly timeMs: number;
  /** |predicted - actual|, percent of actual. */
  readonly absPct: number;
  /** Where the actual lay: below P10, up to P50, up to P90, above; null without a band. */
  readonly quarter: Quarter | null;
}

export type Quarter = 'belowP10' | 'belowP50' | 'belowP90' | 'aboveP90';
export const QUARTERS: readonly Quarter[] = ['belowP10', 'belowP50', 'belowP90', 'aboveP90'];

function quarterOf(actual: number, { p10, mw, p90 }: PredictedPoint): Quarter | null {
  if (p10 === null || p90 === null) return null;
  if (actual < p10) return 'belowP10';
  if (actual > p90) return 'aboveP90';
  return actual <= mw ? 'belowP50' : 'belowP90';
}

/** Every prediction from the instant on whose demand is known. Zero demand has no error in percent and is left out. */
export function scoredPoints(
  demand: TimeSeries,
  predicted: TimeSeries<PredictedPoint>,
  fromMs: number,
): ScoredPoint[] {
  const scored: ScoredPoint[] = [];
  for (const [timeMs, point] of predicted.between(fromMs)) {
    const actual = demand.at(timeMs);
    if (actual === null || actual === 0) continue;
    const absPct = Math.abs((100 * (point.mw - actual)) / actual);
    scored.push({ timeMs, absPct, quarter: quarterOf(actual, point) });
  }
  return scored;
}

export interface GroupScore {
  readonly key: string;
  readonly n: number;
  readonly mape: number;
}

/** MAPE of each group, in the order in which the groups first come. */
export function mapeBy(points: readonly ScoredPoint[], keyOf: (timeMs: number) => string): GroupScore[] {
  const sums = new Map<string, { n: number; sum: number }>();
  for (const { timeMs, absPct } of points) {
    const key = keyOf(timeMs);
    const group = sums.get(key) ?? { n: 0, sum: 0 };
    group.n += 1;
    group.sum += absPct;
    sums.set(key, group);
  }
  return [...sums].map(([key, { n, sum }]) => ({ key, n, mape: sum / n }));
}

/** Share of actuals in each part of the band, percent, of the points that have one; null without any. */
export function calibrationOf(points: readonly ScoredPoint[]): ReadonlyMap<Quarter, number> | null {
  const banded = points.filter(({ quarter }) => quarter !== null);
  if (banded.length === 0) return null;
  return new Map(
    QUARTERS.map((one) => [
      one,
      (100 * banded.filter(({ quarter }) => quarter === one).length) / banded.length,
    ]),
  );
}
