/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { BinnedMatrix } from './bins.js';
import type { GrowMemory } from './grow-memory.js';
import { chooseFeatures, searchLeaves, type Split, type SplitRules } from './leaf-search.js';
import type { GbdtOptions } from './options.js';
import type { Packing } from './packing.js';
import type { Tree } from './tree.js';
import { CONTROL } from './wasm/layout.js';

/** A leaf of the tree that is being grown: rows[from..to) of the shared row order. */
interface OpenLeaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  /** Sums of its rows, in packed units. */
  readonly sum: number;
  readonly weight: number;
  /** Address, 0 for none. */
  histogram: number;
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

export interface GrownTree {
  readonly tree: Tree;
  /** Leaf ranges in `grow.rows`. */
  readonly leaves: readonly { readonly node: number; readonly from: number; readonly to: number }[];
}

/** What one tree is grown from. */
interface Growing {
  readonly grow: GrowMemory;
  readonly matrix: BinnedMatrix;
  readonly features: Int32Array;
  readonly options: GbdtOptions;
  readonly rules: SplitRules;
  readonly gainUnit: number;
  readonly nodes: NodeArrays;
}

/**
 * Grows one tree leaf by leaf, always splitting the leaf with the largest gain. `grow.rows` and `grow.packed` hold the
 * rows to grow on; they are reordered so that every leaf is one range. Leaf values are left at zero.
 */
export function growTree(
  grow: GrowMemory,
  matrix: BinnedMatrix,
  rowCount: number,
  features: Int32Array,
  packing: Packing,
  options: GbdtOptions,
): GrownTree {
  chooseFeatures(grow, features, matrix);
  const { unit, weightUnit, sum, weight } = packing;
  const rules = {
    lambda: options.lambda / weightUnit,
    minWeight: Math.max(1, Math.ceil(options.minRowsPerLeaf / weightUnit)),
  };
  const nodes: NodeArrays = {
    feature: [],
    threshold: [],
    thresholdBin: [],
    missingLeft: [],
    left: [],
    right: [],
    gain: [],
  };
  const growing = { grow, matrix, features, options, rules, gainUnit: (unit * unit) / weightUnit, nodes };
  const root = openLeaf(addLeaf(nodes), 0, rowCount, 0, sum, weight);
  searchRoot(growing, root);
  const open = [root];
  while (open.length < options.leaves) {
    const at = indexOfBest(open);
    if (at < 0) break;
    const [left, right] = splitLeaf(growing, open[at]!, open.length + 1 >= options.leaves);
    open[at] = left;
    open.push(right);
  }
  for (const leaf of open) giveHistogram(grow, leaf);
  return { tree: freeze(nodes), leaves: open };
}

function searchRoot({ grow, rules, features }: Growing, root: OpenLeaf): void {
  if (root.weight < 2 * rules.minWeight) return;
  root.histogram = takeHistogram(grow);
  [root.split] = searchLeaves(grow, root, root.histogram, 0, [root, null], rules, features);
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

function splitLeaf(growing: Growing, leaf: OpenLeaf, isLast: boolean): [OpenLeaf, OpenLeaf] {
  const { grow, matrix, options, nodes } = growing;
  const split = leaf.split!;
  const { middle, sum, weight } = partition(grow, leaf, split, matrix);
  nodes.feature[leaf.node] = split.feature;
  nodes.threshold[leaf.node] = matrix.bins[split.feature]!.cuts[split.thresholdBin]!;
  nodes.thresholdBin[leaf.node] = split.thresholdBin;
  nodes.gain[leaf.node] = split.gain * growing.gainUnit;
  nodes.missingLeft[leaf.node] = split.missingLeft ? 1 : 0;
  const depth = leaf.depth + 1;
  const left = openLeaf(addLeaf(nodes), leaf.from, middle, depth, sum, weight);
  const right = openLeaf(addLeaf(nodes), middle, leaf.to, depth, leaf.sum - sum, leaf.weight - weight);
  nodes.left[leaf.node] = left.node;
  nodes.right[leaf.node] = right.node;
  if (isLast || depth >= options.maxDepth) giveHistogram(grow, leaf);
  else searchChildren(growing, leaf, left, right);
  return [left, right];
}

/** The parent's histogram becomes that of the child with more rows. */
function searchChildren(growing: Growing, parent: OpenLeaf, left: OpenLeaf, right: OpenLeaf): void {
  const { grow, rules, features } = growing;
  const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
  const searched = (leaf: OpenLeaf) => (leaf.weight >= 2 * rules.minWeight ? leaf : null);
  const [searchedSmall, searchedLarge] = [searched(small), searched(large)];
  large.histogram = parent.histogram;
  parent.histogram = 0;
  if (searchedSmall !== null || searchedLarge !== null) {
    small.histogram = takeHistogram(grow);
    [small.split, large.split] = searchLeaves(
      grow,
      small,
      small.histogram,
      large.histogram,
      [searchedSmall, searchedLarge],
      rules,
      features,
    );
  }
  for (const child of [small, large]) if (child.split === null) giveHistogram(grow, child);
}

function openLeaf(
  node: number,
  from: number,
  to: number,
  depth: number,
  sum: number,
  weight: number,
): OpenLeaf {
  return { node, from, to, depth, sum, weight, histogram: 0, split: null };
}

/** Reorders the leaf's rows, left ones first, each side keeping its order; gives the sums of the left side. */
function partition(
  { at, kernels, ints }: GrowMemory,
  leaf: OpenLeaf,
  split: Split,
  matrix: BinnedMatrix,
): { middle: number; sum: number; weight: number } {
  const missingBin = matrix.bins[split.feature]!.cuts.length + 1;
  const middle = kernels.partition(
    at.rows,
    at.packed,
    at.spareRows,
    at.sparePacked,
    at.columns[split.feature]!,
    leaf.from,
    leaf.to,
    split.thresholdBin,
    // The missing bin is the highest number, so one comparison sends it right; only "missing left" needs another.
    split.missingLeft ? missingBin : -1,
    CONTROL.leftTotal,
  );
  const sum = ints[CONTROL.leftTotal >> 2]!;
  return { middle, sum, weight: ints[(CONTROL.leftTotal >> 2) + 1]! + (sum < 0 ? 1 : 0) };
}

function takeHistogram(grow: GrowMemory): number {
  return grow.spareHistograms.pop()!;
}

function giveHistogram(grow: GrowMemory, leaf: OpenLeaf): void {
  if (leaf.histogram !== 0) grow.spareHistograms.push(leaf.histogram);
  leaf.histogram = 0;
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
