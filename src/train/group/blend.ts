/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */

/** How strongly weights are held to the prior, against the spread of the prior blend's own errors. */
const HOLD = 0.1;
const SWEEPS = 200;

/**
 * Weights of a blend: least squares of what is left on later rows, none negative, together at most 1 (the rest goes to
 * the baseline), held to a prior so that few rows do not decide by luck (Breiman 1996, stacked regressions).
 * @param forecasts one column a member, differences from the baseline
 * @param prior one a member
 */
export function blendWeights(
  forecasts: readonly Float32Array[],
  target: Float32Array,
  rowWeights: Float32Array,
  prior: readonly number[],
): Float32Array {
  const members = forecasts.length;
  const { gram, product, total } = momentsOf(forecasts, target, rowWeights);
  if (!(total > 0)) return Float32Array.from(prior);
  const hold = HOLD * priorLoss(forecasts, target, rowWeights, prior);
  const weights = Float64Array.from(prior);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let m = 0; m < members; m += 1) {
      let left = product[m]! + hold * prior[m]!;
      let others = 0;
      for (let k = 0; k < members; k += 1) {
        if (k === m) continue;
        left -= gram[m * members + k]! * weights[k]!;
        others += weights[k]!;
      }
      const free = left / (gram[m * members + m]! + hold);
      weights[m] = Math.max(0, Math.min(1 - others, free || 0));
    }
    transfer(weights, gram, product, prior, hold);
  }
  return Float32Array.from(weights);
}

function momentsOf(forecasts: readonly Float32Array[], target: Float32Array, rowWeights: Float32Array) {
  const members = forecasts.length;
  const gram = new Float64Array(members * members);
  const product = new Float64Array(members);
  let total = 0;
  for (let row = 0; row < target.length; row += 1) {
    const w = rowWeights[row]!;
    total += w;
    for (let m = 0; m < members; m += 1) {
      const x = w * forecasts[m]![row]!;
      product[m]! += x * target[row]!;
      for (let k = 0; k < members; k += 1) gram[m * members + k]! += x * forecasts[k]![row]!;
    }
  }
  return { gram, product, total };
}

function priorLoss(
  forecasts: readonly Float32Array[],
  target: Float32Array,
  rowWeights: Float32Array,
  prior: readonly number[],
): number {
  let loss = 0;
  for (let row = 0; row < target.length; row += 1) {
    let error = -target[row]!;
    for (let m = 0; m < forecasts.length; m += 1) error += prior[m]! * forecasts[m]![row]!;
    loss += rowWeights[row]! * error * error;
  }
  return loss;
}

/** Moves weight between pairs: single steps cannot leave the face where the weights add up to 1. */
function transfer(
  weights: Float64Array,
  gram: Float64Array,
  product: Float64Array,
  prior: readonly number[],
  hold: number,
): void {
  const members = weights.length;
  const slope = (m: number): number => {
    let sum = hold * (weights[m]! - prior[m]!) - product[m]!;
    for (let k = 0; k < members; k += 1) sum += gram[m * members + k]! * weights[k]!;
    return sum;
  };
  for (let to = 0; to < members; to += 1) {
    for (let from = 0; from < members; from += 1) {
      if (from === to || weights[from] === 0) continue;
      const bend =
        gram[to * members + to]! + gram[from * members + from]! - 2 * gram[to * members + from]! + 2 * hold;
      const step = bend > 0 ? (slope(from) - slope(to)) / bend : 0;
      if (step <= 0) continue;
      const moved = Math.min(step, weights[from]!);
      weights[to]! += moved;
      weights[from]! -= moved;
    }
  }
}
