/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { type BinnedMatrix, binRows, planBins, type RowMatrix } from './bins.js';
import { type GrowBuffers, growTree } from './grow.js';
import { histogramLength, layoutOf, packResidual, planPacking } from './histogram.js';
import type { GbdtOptions } from './options.js';
import { type Ensemble, leafOfBinned, type Tree } from './tree.js';
import { sampleSorted, seededRandom } from '../random.js';

export interface BoostRows {
  readonly matrix: RowMatrix;
  /** One a row. */
  readonly target: Float32Array;
}

export interface BoostResult {
  readonly ensemble: Ensemble;
  /** Mean squared error on the training rows after each tree. */
  readonly trainLoss: readonly number[];
  /** Same on the validation rows; empty without them. */
  readonly validationLoss: readonly number[];
}

export interface BoostProgress {
  (treesDone: number, treesAtMost: number): void;
}

/**
 * Least-squares gradient boosting (Friedman 2001) with leaf-wise histogram trees (Ke et al. 2017).
 * Deterministic: the same rows, options and seed give the same ensemble to the last bit.
 * @param validation later rows that early stopping looks at; the ensemble is cut at its best tree
 */
export function boost(
  train: BoostRows,
  validation: BoostRows | null,
  options: GbdtOptions,
  onProgress?: BoostProgress,
): BoostResult {
  const bins = planBins(train.matrix, options.maxBins);
  const binned = binRows(train.matrix, bins);
  const random = seededRandom(options.seed);
  const baseValue = Math.fround(mean(train.target));
  const residual = residualsOf(train.target, baseValue);
  const held = validation === null ? null : binRows(validation.matrix, bins);
  const heldResidual = validation === null ? null : residualsOf(validation.target, baseValue);
  const usable = usableFeatures(binned);
  const buffers = buffersFor(binned);
  const trees: Tree[] = [];
  const trainLoss: number[] = [];
  const validationLoss: number[] = [];
  let best = 0;
  for (let round = 0; round < options.trees && usable.length > 0; round += 1) {
    const tree = growOne(binned, residual, usable, buffers, options, random);
    trees.push(tree);
    trainLoss.push(meanSquare(residual));
    if (held !== null && heldResidual !== null) {
      subtractTree(tree, held, heldResidual);
      validationLoss.push(meanSquare(heldResidual));
      if (validationLoss[round]! < validationLoss[best]!) best = round;
      if (options.earlyStoppingRounds > 0 && round - best >= options.earlyStoppingRounds) break;
    }
    onProgress?.(round + 1, options.trees);
  }
  const keep = held !== null && options.earlyStoppingRounds > 0 ? best + 1 : trees.length;
  const ensemble = { baseValue, trees: trees.slice(0, keep), featureCount: train.matrix.width };
  return { ensemble, trainLoss, validationLoss };
}

function growOne(
  binned: BinnedMatrix,
  residual: Float64Array,
  usable: Int32Array,
  buffers: GrowBuffers,
  options: GbdtOptions,
  random: () => number,
): Tree {
  const featureCount = Math.max(1, Math.round(options.featureFraction * usable.length));
  const chosen = sampleSorted(usable.length, featureCount, random);
  const features = chosen.map((index) => usable[index]!);
  const rowCount = Math.max(1, Math.round(options.rowFraction * binned.rows));
  const bagged = rowCount < binned.rows;
  if (bagged) buffers.rows.set(sampleSorted(binned.rows, rowCount, random));
  else for (let row = 0; row < binned.rows; row += 1) buffers.rows[row] = row;

  const packing = planPacking(rowCount, largest(residual));
  for (let i = 0; i < rowCount; i += 1)
    buffers.packed[i] = packResidual(residual[buffers.rows[i]!]!, packing);
  const layout = layoutOf(features, binned);
  const { tree, leaves } = growTree(binned, rowCount, layout, packing, buffers, options);
  for (const leaf of leaves) {
    let sum = 0;
    for (let i = leaf.from; i < leaf.to; i += 1) sum += residual[buffers.rows[i]!]!;
    tree.value[leaf.node] = (options.learningRate * sum) / (leaf.to - leaf.from + options.lambda);
  }
  if (bagged) {
    subtractTree(tree, binned, residual);
  } else {
    for (const leaf of leaves) {
      const value = tree.value[leaf.node]!;
      for (let i = leaf.from; i < leaf.to; i += 1) residual[buffers.rows[i]!]! -= value;
    }
  }
  return tree;
}

function subtractTree(tree: Tree, matrix: BinnedMatrix, residual: Float64Array): void {
  for (let row = 0; row < matrix.rows; row += 1)
    residual[row]! -= tree.value[leafOfBinned(tree, matrix, row)]!;
}

/** Features with at least one cut; the others cannot split anything. */
function usableFeatures(binned: BinnedMatrix): Int32Array {
  return Int32Array.from(binned.bins.flatMap((plan, feature) => (plan.cuts.length > 0 ? [feature] : [])));
}

function buffersFor(binned: BinnedMatrix): GrowBuffers {
  const { rows } = binned;
  return {
    histogramLength: histogramLength(binned),
    rows: new Int32Array(rows),
    packed: new Float64Array(rows),
    spareRows: new Int32Array(rows),
    sparePacked: new Float64Array(rows),
    histograms: [],
  };
}

function residualsOf(target: Float32Array, baseValue: number): Float64Array {
  return Float64Array.from(target, (value) => value - baseValue);
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function meanSquare(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return values.length === 0 ? 0 : sum / values.length;
}

function largest(values: Float64Array): number {
  let best = 0;
  for (const value of values) best = Math.max(best, Math.abs(value));
  return best;
}
