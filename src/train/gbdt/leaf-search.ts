/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { BinnedMatrix } from './bins.js';
import type { GrowMemory } from './grow-memory.js';
import { COMMAND, CONTROL, GROUP, JOB, LEAF, PART, SPLIT } from './wasm/layout.js';

export interface Split {
  readonly feature: number;
  /** Rows with bin <= thresholdBin go left. */
  readonly thresholdBin: number;
  /** Where a leaf has no missing value, a later one goes right. */
  readonly missingLeft: boolean;
  /** Reduction of the second-order loss, in packed units. */
  readonly gain: number;
}

/** Both in packed weights. */
export interface SplitRules {
  readonly lambda: number;
  readonly minWeight: number;
}

/** A leaf as the search sees it. */
export interface SearchedLeaf {
  readonly from: number;
  readonly to: number;
  /** Sums of its rows, in packed units. */
  readonly sum: number;
  readonly weight: number;
}

/** Tells the kernels which features the next tree has, and has their bins packed. */
export function chooseFeatures(grow: GrowMemory, features: Int32Array, matrix: BinnedMatrix): void {
  const { at, ints, threads } = grow;
  const groups = Math.ceil(features.length / GROUP);
  for (let i = 0; i < groups * GROUP; i += 1) {
    const feature = features[i];
    ints[(at.columnTable >> 2) + i] = feature === undefined ? at.noColumn : at.columns[feature]!;
    ints[(at.cuts >> 2) + i] = feature === undefined ? 0 : matrix.bins[feature]!.cuts.length;
  }
  ints[(at.job + JOB.features) >> 2] = features.length;
  for (let thread = 0; thread < threads; thread += 1) {
    const part = CONTROL.parts + thread * PART.bytes;
    ints[(part + PART.first) >> 2] = Math.round((groups * thread) / threads);
    ints[(part + PART.last) >> 2] = Math.round((groups * (thread + 1)) / threads);
  }
  grow.kernels.run(COMMAND.pack, at.job);
}

/**
 * Fills the histogram of one leaf and searches it; with a sibling also turns the parent's histogram into the sibling's
 * and searches that. A leaf that is null is not searched.
 * @param rows the rows to fill the histogram from
 * @param parent address of the parent's histogram, 0 for none
 */
export function searchLeaves(
  grow: GrowMemory,
  rows: { readonly from: number; readonly to: number },
  histogram: number,
  parent: number,
  leaves: readonly [SearchedLeaf | null, SearchedLeaf | null],
  rules: SplitRules,
  features: Int32Array,
): [Split | null, Split | null] {
  const { at, ints } = grow;
  const job = at.job >> 2;
  ints[job + (JOB.from >> 2)] = rows.from;
  ints[job + (JOB.to >> 2)] = rows.to;
  ints[job + (JOB.small >> 2)] = histogram;
  ints[job + (JOB.large >> 2)] = parent;
  const floors = leaves.map((leaf, side) => {
    ints[job + ((side === 0 ? JOB.smallLeaf : JOB.largeLeaf) >> 2)] =
      leaf === null ? 0 : leafAddress(grow, side);
    return leaf === null ? 0 : describeLeaf(grow, side, leaf, rules);
  });
  grow.kernels.run(COMMAND.search, at.job);
  const read = (side: 0 | 1): Split | null => {
    const leaf = leaves[side];
    return leaf === null ? null : bestOfThreads(grow, side, leaf, floors[side]!, rules, features);
  };
  return [read(0), read(1)];
}

function leafAddress({ at }: GrowMemory, side: number): number {
  return at.leaves + side * LEAF.bytes;
}

/** Scores below this share of the slope squared are rounding errors of float32, for a split of equal halves. */
const NOISE = 1e-12;

/** Writes the LEAF record and empty SPLIT records; gives the score to beat. */
function describeLeaf(grow: GrowMemory, side: number, leaf: SearchedLeaf, rules: SplitRules): number {
  const { ints, floats, threads, at } = grow;
  const { lambda, minWeight } = rules;
  const size = leaf.weight + 2 * lambda;
  const slope = leaf.sum / size;
  const floor = Math.fround(
    (slope * slope * lambda) / (leaf.weight + lambda) + (NOISE * slope * slope * leaf.weight) / minWeight,
  );
  const word = leafAddress(grow, side) >> 2;
  floats[word + (LEAF.slope >> 2)] = slope;
  floats[word + (LEAF.size >> 2)] = size;
  floats[word + (LEAF.floor >> 2)] = floor;
  floats[word + (LEAF.lambda >> 2)] = lambda;
  setAtLeast(ints, word + (LEAF.enough >> 2), minWeight);
  setAtLeast(ints, word + (LEAF.tooMuch >> 2), leaf.weight - minWeight + 1);
  for (let thread = 0; thread < threads; thread += 1) {
    const split = (at.splits + thread * PART.bytes + side * SPLIT.bytes) >> 2;
    floats[split + (SPLIT.score >> 2)] = floor;
    ints[split + (SPLIT.feature >> 2)] = -1;
  }
  return floor;
}

/** The least packed sum of a given weight: its gradient sum may be as low as -2^31. */
function setAtLeast(ints: Int32Array, word: number, weight: number): void {
  ints[word] = -(2 ** 31);
  ints[word + 1] = weight - 1;
}

/** The highest score; of equal ones that of the first feature, as one thread would find it. */
function bestOfThreads(
  grow: GrowMemory,
  side: number,
  leaf: SearchedLeaf,
  floor: number,
  rules: SplitRules,
  features: Int32Array,
): Split | null {
  const { ints, floats, threads, at } = grow;
  let best = -1;
  let score = floor;
  for (let thread = 0; thread < threads; thread += 1) {
    const split = (at.splits + thread * PART.bytes + side * SPLIT.bytes) >> 2;
    if (floats[split + (SPLIT.score >> 2)]! > score) {
      best = split;
      score = floats[split + (SPLIT.score >> 2)]!;
    }
  }
  if (best < 0) return null;
  return {
    feature: features[ints[best + (SPLIT.feature >> 2)]!]!,
    thresholdBin: ints[best + (SPLIT.bin >> 2)]!,
    missingLeft: ints[best + (SPLIT.missingLeft >> 2)] === 1,
    gain: (score - floor) * (leaf.weight + 2 * rules.lambda),
  };
}
