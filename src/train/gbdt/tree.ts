/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { BinnedMatrix, RowMatrix } from './bins.js';

/**
 * One regression tree as parallel arrays; node 0 is the root. Thresholds and leaf values are float32, as the ONNX
 * file stores them.
 */
export interface Tree {
  /** Feature of an inner node, -1 for a leaf. */
  readonly feature: Int32Array;
  /** Inner node: go left when x <= threshold. */
  readonly threshold: Float32Array;
  /** The same threshold as a bin: go left when bin <= thresholdBin. */
  readonly thresholdBin: Uint8Array;
  /** 1: a missing value goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Inner node: how much its split lowers the (second-order) loss, summed over rows; 0 for a leaf. */
  readonly gain: Float32Array;
  /** Leaf value with shrinkage applied; 0 for an inner node. */
  readonly value: Float32Array;
}

export interface Ensemble {
  /** Added to the sum of the trees; float32. */
  readonly baseValue: number;
  readonly trees: readonly Tree[];
  readonly featureCount: number;
}

/** Summed gain of the splits on each feature: what the trees use a feature for, in the loss's units. */
export function featureImportance(ensemble: Ensemble): Float64Array {
  const importance = new Float64Array(ensemble.featureCount);
  for (const tree of ensemble.trees) {
    tree.feature.forEach((feature, node) => {
      if (feature >= 0) importance[feature]! += tree.gain[node]!;
    });
  }
  return importance;
}

/** Node that a row of raw features ends in. @param at index of the row's first feature */
export function leafOf(tree: Tree, data: Float32Array, at: number): number {
  let node = 0;
  for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
    const x = data[at + feature]!;
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= tree.threshold[node]!;
    node = goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

/** Node that a binned row ends in. */
export function leafOfBinned(tree: Tree, matrix: BinnedMatrix, row: number): number {
  let node = 0;
  for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
    const bin = matrix.columns[feature]![row]!;
    const missing = bin === matrix.bins[feature]!.cuts.length + 1;
    const goesLeft = missing ? tree.missingLeft[node] === 1 : bin <= tree.thresholdBin[node]!;
    node = goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

/** Predicts raw rows, summing in float32 in tree order, as ONNX Runtime does with one thread. */
export function predictRows(ensemble: Ensemble, matrix: RowMatrix): Float32Array {
  const output = new Float32Array(matrix.rows);
  for (const tree of ensemble.trees) {
    for (let row = 0, at = 0; row < matrix.rows; row += 1, at += matrix.width) {
      output[row] = output[row]! + tree.value[leafOf(tree, matrix.data, at)]!;
    }
  }
  for (let row = 0; row < matrix.rows; row += 1) output[row] = output[row]! + ensemble.baseValue;
  return output;
}
