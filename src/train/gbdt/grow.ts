/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { BinnedMatrix } from './bins.js';
import { accumulate, countOf, type HistogramLayout, type Packing, subtract } from './histogram.js';
import type { GbdtOptions } from './options.js';
import { bestSplit, type Split, type SplitRules } from './split.js';
import type { Tree } from './tree.js';

/** A leaf of the tree that is being grown: rows[from..to) of the shared row order. */
interface OpenLeaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly total: number;
  histogram: Float64Array | null;
  split: Split | null;
}

interface NodeArrays {
  feature: number[];
  threshold: number[];
  thresholdBin: number[];
  missingLeft: number[];
  left: number[];
  right: number[];
  gain: number[];
}

/** Memory that is kept from tree to tree. */
export interface GrowBuffers {
  readonly rows: Int32Array;
  readonly packed: Float64Array;
  readonly spareRows: Int32Array;
  readonly sparePacked: Float64Array;
  /** Longest histogram of any choice of features. */
  readonly histogramLength: number;
  readonly histograms: Float64Array[];
}

export interface GrownTree {
  readonly tree: Tree;
  /** Leaf ranges in `buffers.rows`. */
  readonly leaves: readonly { readonly node: number; readonly from: number; readonly to: number }[];
}

/**
 * Grows one tree leaf by leaf, always splitting the leaf with the largest gain. `buffers.rows` and `buffers.packed`
 * hold the rows to grow on; they are reordered so that every leaf is one range. Leaf values are left at zero.
 */
export function growTree(
  matrix: BinnedMatrix,
  rowCount: number,
  layout: HistogramLayout,
  packing: Packing,
  buffers: GrowBuffers,
  options: GbdtOptions,
): GrownTree {
  const nodes: NodeArrays = {
    feature: [],
    threshold: [],
    thresholdBin: [],
    missingLeft: [],
    left: [],
    right: [],
    gain: [],
  };
  const rules: SplitRules = {
    lambda: options.lambda / packing.weightUnit,
    minRowsPerLeaf: options.minRowsPerLeaf / packing.weightUnit,
  };
  let total = 0;
  for (let i = 0; i < rowCount; i += 1) total += buffers.packed[i]!;
  const open: OpenLeaf[] = [
    { node: addLeaf(nodes), from: 0, to: rowCount, depth: 0, total, histogram: null, split: null },
  ];
  const root = open[0]!;
  root.histogram = takeHistogram(buffers, layout);
  accumulate(root.histogram, layout, buffers.rows, buffers.packed, 0, rowCount);
  root.split = bestSplit(root.histogram, layout, matrix, total, packing, rules);

  while (open.length < options.leaves) {
    const at = indexOfBest(open);
    if (at < 0) break;
    const leaf = open[at]!;
    const isLast = open.length + 1 >= options.leaves;
    const [left, right] = splitLeaf(leaf, nodes, matrix, layout, packing, buffers, options, rules, isLast);
    open[at] = left;
    open.push(right);
  }
  for (const leaf of open) giveHistogram(buffers, leaf.histogram);
  return { tree: freeze(nodes), leaves: open };
}

function indexOfBest(open: readonly OpenLeaf[]): number {
  let best = -1;
  let gain = 0;
  for (let i = 0; i < open.length; i += 1) {
    const split = open[i]!.split;
    if (split !== null && split.gain > gain) {
      best = i;
      gain = split.gain;
    }
  }
  return best;
}

function splitLeaf(
  leaf: OpenLeaf,
  nodes: NodeArrays,
  matrix: BinnedMatrix,
  layout: HistogramLayout,
  packing: Packing,
  buffers: GrowBuffers,
  options: GbdtOptions,
  rules: SplitRules,
  isLast: boolean,
): [OpenLeaf, OpenLeaf] {
  const split = leaf.split!;
  const { middle, leftTotal } = partition(leaf, split, matrix, buffers);
  const bins = matrix.bins[split.feature]!;
  nodes.feature[leaf.node] = split.feature;
  nodes.threshold[leaf.node] = bins.cuts[split.thresholdBin]!;
  nodes.thresholdBin[leaf.node] = split.thresholdBin;
  nodes.gain[leaf.node] = split.gain * packing.gainUnit;
  nodes.missingLeft[leaf.node] = split.missingLeft ? 1 : 0;
  const depth = leaf.depth + 1;
  const left = openLeaf(addLeaf(nodes), leaf.from, middle, depth, leftTotal);
  const right = openLeaf(addLeaf(nodes), middle, leaf.to, depth, leaf.total - leftTotal);
  nodes.left[leaf.node] = left.node;
  nodes.right[leaf.node] = right.node;
  if (isLast || depth >= options.maxDepth) {
    giveHistogram(buffers, leaf.histogram);
    return [left, right];
  }
  const [smaller, larger] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
  const large = leaf.histogram!;
  const small = takeHistogram(buffers, layout);
  accumulate(small, layout, buffers.rows, buffers.packed, smaller.from, smaller.to);
  subtract(large, small, layout.length);
  smaller.histogram = small;
  larger.histogram = large;
  for (const child of [smaller, larger]) {
    if (countOf(child.total, packing) >= 2 * rules.minRowsPerLeaf) {
      child.split = bestSplit(child.histogram!, layout, matrix, child.total, packing, rules);
    }
    if (child.split === null) {
      giveHistogram(buffers, child.histogram);
      child.histogram = null;
    }
  }
  return [left, right];
}

function openLeaf(node: number, from: number, to: number, depth: number, total: number): OpenLeaf {
  return { node, from, to, depth, total, histogram: null, split: null };
}

/** Reorders the leaf's rows, left ones first, each side keeping its order. */
function partition(
  leaf: OpenLeaf,
  split: Split,
  matrix: BinnedMatrix,
  buffers: GrowBuffers,
): { middle: number; leftTotal: number } {
  const { rows, packed, spareRows, sparePacked } = buffers;
  const column = matrix.columns[split.feature]!;
  const missingBin = matrix.bins[split.feature]!.cuts.length + 1;
  // The missing bin is the highest number, so one comparison sends it right; only "missing left" needs another.
  const alsoLeft = split.missingLeft ? missingBin : -1;
  let middle = leaf.from;
  let spare = 0;
  let leftTotal = 0;
  for (let i = leaf.from; i < leaf.to; i += 1) {
    const row = rows[i]!;
    const bin = column[row]!;
    const value = packed[i]!;
    if (bin <= split.thresholdBin || bin === alsoLeft) {
      rows[middle] = row;
      packed[middle] = value;
      leftTotal += value;
      middle += 1;
    } else {
      spareRows[spare] = row;
      sparePacked[spare] = value;
      spare += 1;
    }
  }
  rows.set(spareRows.subarray(0, spare), middle);
  packed.set(sparePacked.subarray(0, spare), middle);
  return { middle, leftTotal };
}

function takeHistogram(buffers: GrowBuffers, layout: HistogramLayout): Float64Array {
  const spare = buffers.histograms.pop();
  return spare === undefined ? new Float64Array(buffers.histogramLength) : spare.fill(0, 0, layout.length);
}

function giveHistogram(buffers: GrowBuffers, histogram: Float64Array | null): void {
  if (histogram !== null) buffers.histograms.push(histogram);
}

function addLeaf(nodes: NodeArrays): number {
  nodes.feature.push(-1);
  nodes.threshold.push(0);
  nodes.thresholdBin.push(0);
  nodes.missingLeft.push(0);
  nodes.left.push(-1);
  nodes.right.push(-1);
  nodes.gain.push(0);
  return nodes.feature.length - 1;
}

function freeze(nodes: NodeArrays): Tree {
  return {
    feature: Int32Array.from(nodes.feature),
    threshold: Float32Array.from(nodes.threshold),
    thresholdBin: Uint8Array.from(nodes.thresholdBin),
    missingLeft: Uint8Array.from(nodes.missingLeft),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    gain: Float32Array.from(nodes.gain),
    value: new Float32Array(nodes.feature.length),
  };
}
