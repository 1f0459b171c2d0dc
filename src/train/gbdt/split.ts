/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { BinnedMatrix } from './bins.js';
import { countOf, type HistogramLayout, type Packing } from './histogram.js';

export interface Split {
  readonly feature: number;
  /** Rows with bin <= thresholdBin go left. */
  readonly thresholdBin: number;
  readonly missingLeft: boolean;
  /** Reduction of the squared loss, in packed units squared. */
  readonly gain: number;
}

/** Both in packed weights (Packing.weightUnit). */
export interface SplitRules {
  readonly lambda: number;
  readonly minRowsPerLeaf: number;
}

/**
 * Best split of a leaf over all features of its histogram; null when none lowers the loss.
 * gain = L^2/(nL+lambda) + R^2/(nR+lambda) - T^2/(n+lambda), with L, R, T sums of residuals (Chen & Guestrin 2016,
 * eq. 7, for L2 loss). Rows with a missing value are tried on both sides; where a leaf has none, a later missing value
 * goes right.
 */
export function bestSplit(
  histogram: Float64Array,
  layout: HistogramLayout,
  matrix: BinnedMatrix,
  total: number,
  packing: Packing,
  rules: SplitRules,
): Split | null {
  const rows = countOf(total, packing);
  const sum = total - rows * packing.one;
  const parentScore = (sum * sum) / (rows + rules.lambda);
  const best: Best = { feature: -1, bin: 0, missingLeft: false, score: parentScore + 1e-9 };
  for (let i = 0; i < layout.features.length; i += 1) {
    const feature = layout.features[i]!;
    const start = layout.offsets[i]!;
    const cuts = matrix.bins[feature]!.cuts.length;
    const missing = histogram[start + cuts + 1]!;
    scan(histogram, start, cuts, feature, 0, rows, sum, packing, rules, best);
    if (missing !== 0) scan(histogram, start, cuts, feature, missing, rows, sum, packing, rules, best);
  }
  if (best.feature < 0) return null;
  return {
    feature: best.feature,
    thresholdBin: best.bin,
    missingLeft: best.missingLeft,
    gain: best.score - parentScore,
  };
}

interface Best {
  feature: number;
  bin: number;
  missingLeft: boolean;
  score: number;
}

/** Tries every cut of one feature. @param missing packed sum of the missing values when they go left, else 0 */
function scan(
  histogram: Float64Array,
  start: number,
  cuts: number,
  feature: number,
  missing: number,
  rows: number,
  sum: number,
  packing: Packing,
  rules: SplitRules,
  best: Best,
): void {
  const { one, inverseOne } = packing;
  const { lambda, minRowsPerLeaf } = rules;
  let left = missing;
  let bestScore = best.score;
  for (let bin = 0; bin < cuts; bin += 1) {
    const here = histogram[start + bin]!;
    if (here === 0) continue;
    left += here;
    const leftRows = Math.floor(left * inverseOne + 0.5);
    if (leftRows < minRowsPerLeaf) continue;
    const rightRows = rows - leftRows;
    if (rightRows < minRowsPerLeaf) break;
    const leftSum = left - leftRows * one;
    const rightSum = sum - leftSum;
    const leftWeight = leftRows + lambda;
    const rightWeight = rightRows + lambda;
    // L^2/a + R^2/b on one denominator: the division is what this loop costs.
    const score =
      (leftSum * leftSum * rightWeight + rightSum * rightSum * leftWeight) / (leftWeight * rightWeight);
    if (score > bestScore) {
      bestScore = score;
      best.feature = feature;
      best.bin = bin;
      best.missingLeft = missing !== 0;
    }
  }
  best.score = bestScore;
}
