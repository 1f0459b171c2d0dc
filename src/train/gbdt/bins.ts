/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
/**
 * Quantisation of features. Every cut is a float32 that lies between two values of the data (a <= cut < b, both
 * float32), and the rule everywhere is `x <= cut goes left`. A predictor that compares float32 with float32 (ONNX
 * Runtime) therefore takes the same branch as the trainer, to the last bit.
 */

/** Bin number of a missing (NaN) value is `cuts.length + 1`, one past the last ordinary bin. */
export interface FeatureBins {
  /** Rising float32 cuts; value x is in bin = number of cuts < x. */
  readonly cuts: Float32Array;
  /** Ordinary bins (cuts + 1) and the bin of missing values. */
  readonly binCount: number;
}

/** Features as bins, one contiguous column a feature. */
export interface BinnedMatrix {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
  readonly bins: readonly FeatureBins[];
}

/** Row-major float32 features. */
export interface RowMatrix {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Enough rows to place 255 quantiles well; more only cost time. */
const QUANTILE_ROWS = 10_000;

/**
 * Places the cuts of every feature at quantiles of a strided sample of the rows.
 * @param maxBins ordinary bins a feature, 2 .. 254 (bin numbers and the missing bin share one byte)
 */
export function planBins(matrix: RowMatrix, maxBins: number): FeatureBins[] {
  const limit = Math.max(2, Math.min(254, maxBins));
  const stride = Math.max(1, Math.floor(matrix.rows / QUANTILE_ROWS));
  const sampled = Math.ceil(matrix.rows / stride);
  const values = new Float32Array(sampled);
  const plans: FeatureBins[] = [];
  for (let feature = 0; feature < matrix.width; feature += 1) {
    let known = 0;
    for (let row = 0; row < matrix.rows; row += stride) {
      const value = matrix.data[row * matrix.width + feature]!;
      if (!Number.isNaN(value)) {
        values[known] = value;
        known += 1;
      }
    }
    const sorted = values.slice(0, known).sort();
    const cuts = quantileCuts(sorted, limit);
    // Where values are missing, "known or missing" must be a possible question: a cut that all known values are below.
    if (known > 0 && known < sampled) cuts.push(sorted[known - 1]!);
    plans.push({ cuts: Float32Array.from(cuts), binCount: cuts.length + 2 });
  }
  return plans;
}

/** @param sorted rising, without NaN */
function quantileCuts(sorted: Float32Array, maxBins: number): number[] {
  const cuts: number[] = [];
  const binEachValue = distinctFit(sorted, maxBins);
  let taken = 0;
  let inBin = 0;
  for (let i = 0; i + 1 < sorted.length; i += 1) {
    inBin += 1;
    const here = sorted[i]!;
    const next = sorted[i + 1]!;
    if (here === next) continue;
    const wanted = (sorted.length - taken) / (maxBins - cuts.length);
    if (inBin >= wanted || binEachValue) {
      cuts.push(cutBetween(here, next));
      taken += inBin;
      inBin = 0;
      if (cuts.length === maxBins - 1) break;
    }
  }
  return cuts;
}

/** Whether every distinct value can have a bin of its own. */
function distinctFit(sorted: Float32Array, maxBins: number): boolean {
  let distinct = 1;
  for (let i = 1; i < sorted.length && distinct <= maxBins; i += 1) {
    if (sorted[i] !== sorted[i - 1]) distinct += 1;
  }
  return distinct <= maxBins;
}

/** A float32 with low <= cut < high: their middle where float32 has room for one, otherwise low itself. */
function cutBetween(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

/** The bin of one float32 value. */
export function binOf(value: number, bins: FeatureBins): number {
  if (Number.isNaN(value)) return bins.cuts.length + 1;
  let low = 0;
  let high = bins.cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bins.cuts[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Bins training rows once for any number of ensembles (other targets, losses, seeds) on them.
 * @param maxBins ordinary bins a feature, 2 .. 254
 */
export function binForTraining(matrix: RowMatrix, maxBins: number): BinnedMatrix {
  return binRows(matrix, planBins(matrix, maxBins));
}

/** Rows that are binned together: their cache lines are still there when the next feature is read. */
const ROWS_AT_ONCE = 32;

/** Applies planned bins to rows, training and validation rows alike. */
export function binRows(matrix: RowMatrix, bins: readonly FeatureBins[]): BinnedMatrix {
  const { rows, width, data } = matrix;
  const columns = bins.map(() => new Uint8Array(rows));
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const last = Math.min(rows, first + ROWS_AT_ONCE);
    for (let feature = 0; feature < width; feature += 1) {
      const plan = bins[feature]!;
      const column = columns[feature]!;
      for (let row = first; row < last; row += 1) column[row] = binOf(data[row * width + feature]!, plan);
    }
  }
  return { rows, columns, bins };
}
