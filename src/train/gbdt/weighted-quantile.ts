/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
/**
 * The p-quantile of weighted values: the least value at which the weight of all values up to it reaches the share p.
 * So n equal values count like one of n times the weight. 0 for no values.
 * @param weights none negative; null weighs all alike
 */
export function weightedQuantile(
  values: Float32Array | Float64Array,
  weights: Float32Array | null,
  p: number,
): number {
  if (values.length === 0) return 0;
  if (weights === null) {
    const rank = Math.min(values.length - 1, Math.max(0, Math.ceil(p * values.length) - 1));
    return selectRank(values.slice(), rank);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return select(Float64Array.from(values), Float64Array.from(weights), p * total);
}

/** Quickselect (Hoare 1961): the value that would stand at `rank` if the values were sorted. Reorders them. */
function selectRank(values: Float32Array | Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = middleOf(values[low]!, values[(low + high) >>> 1]!, values[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i += 1;
      while (values[j]! > pivot) j -= 1;
      if (i > j) break;
      const value = values[i]!;
      values[i] = values[j]!;
      values[j] = value;
      i += 1;
      j -= 1;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return values[rank]!;
  }
  return values[rank]!;
}

/** Quickselect by weight: narrows [low, high) around the value at which the weight reaches `wanted`. Reorders both. */
function select(values: Float64Array, weights: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  let below = 0;
  while (high - low > 1) {
    const pivot = middleOf(values[low]!, values[(low + high) >>> 1]!, values[high - 1]!);
    let less = low;
    let lessWeight = 0;
    let equal = low;
    let equalWeight = 0;
    let more = high;
    while (equal < more) {
      const value = values[equal]!;
      if (value < pivot) {
        lessWeight += weights[equal]!;
        swap(values, weights, equal, less);
        less += 1;
        equal += 1;
      } else if (value > pivot) {
        more -= 1;
        swap(values, weights, equal, more);
      } else {
        equalWeight += weights[equal]!;
        equal += 1;
      }
    }
    if (less > low && below + lessWeight >= wanted && lessWeight > 0) {
      high = less;
    } else if (below + lessWeight + equalWeight >= wanted || more === high) {
      return pivot;
    } else {
      below += lessWeight + equalWeight;
      low = more;
    }
  }
  return values[low]!;
}

function swap(values: Float64Array, weights: Float64Array, a: number, b: number): void {
  const value = values[a]!;
  const weight = weights[a]!;
  values[a] = values[b]!;
  weights[a] = weights[b]!;
  values[b] = value;
  weights[b] = weight;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
