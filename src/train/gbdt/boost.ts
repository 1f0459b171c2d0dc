/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { NowcastError } from '../../contracts/errors.js';
import { type BinnedMatrix, binForTraining, binRows, type RowMatrix } from './bins.js';
import { growTree } from './grow.js';
import { type GrowMemory, growMemory } from './grow-memory.js';
import { type Loss, lossOf } from './losses.js';
import type { GbdtOptions } from './options.js';
import { packRows, packWeights } from './packing.js';
import { formTeam, type Team } from './team.js';
import { type Ensemble, leafOfBinned, type Tree } from './tree.js';
import { sampleSorted, seededRandom } from '../random.js';

export interface BoostRows {
  readonly matrix: RowMatrix;
  /** One a row. */
  readonly target: Float32Array;
  /** One a row, none negative; without them every row weighs 1. */
  readonly weights?: Float32Array | null;
}

/** Rows that are binned already: see `binForTraining`, and `binRows` with the training rows' bins for later rows. */
export interface BinnedRows {
  readonly binned: BinnedMatrix;
  readonly target: Float32Array;
  readonly weights?: Float32Array | null;
}

export interface BoostResult {
  readonly ensemble: Ensemble;
  /** Mean loss (squared error for L2) on the training rows after each tree. */
  readonly trainLoss: readonly number[];
  /** Same on the validation rows; empty without them. */
  readonly validationLoss: readonly number[];
}

export interface BoostProgress {
  (treesDone: number, treesAtMost: number): void;
}

/**
 * Gradient boosting (Friedman 2001) with leaf-wise histogram trees (Ke et al. 2017).
 * Deterministic: the same rows, options and seed give the same ensemble to the last bit.
 * @param validation later rows that early stopping looks at; the ensemble is cut at its best tree
 * @throws NowcastError INPUT_INVALID for rows and targets, weights or columns that do not fit each other
 */
export function boost(
  train: BoostRows,
  validation: BoostRows | null,
  options: GbdtOptions,
  onProgress?: BoostProgress,
): BoostResult {
  const binned = binForTraining(train.matrix, options.maxBins);
  const held = validation && { ...validation, binned: binRows(validation.matrix, binned.bins) };
  return boostBinned({ ...train, binned }, held, options, onProgress);
}

/** The same on rows that are binned already; `options.maxBins` has no say here. */
export function boostBinned(
  train: BinnedRows,
  validation: BinnedRows | null,
  options: GbdtOptions,
  onProgress?: BoostProgress,
): BoostResult {
  for (const rows of [train, validation]) if (rows !== null) checkRows(rows);
  const loss = lossOf(options.loss, train.target, train.weights ?? null);
  const state = stateOf(train, loss, Math.fround(loss.baseValue), options);
  const team = formTeam(state.grow, options.threads);
  try {
    return growAll(state, team, validation, options, onProgress);
  } finally {
    void team.end();
  }
}

function growAll(
  state: BoostState,
  team: Team,
  validation: BinnedRows | null,
  options: GbdtOptions,
  onProgress: BoostProgress | undefined,
): BoostResult {
  const { loss, baseValue } = state;
  const held = validation && { ...validation, residual: residualsOf(validation.target, baseValue) };
  const trees: Tree[] = [];
  const trainLoss: number[] = [];
  const validationLoss: number[] = [];
  let best = 0;
  for (let round = 0; round < options.trees && state.usable.length > 0; round += 1) {
    team.gather();
    const tree = growOne(state, options);
    trees.push(tree);
    trainLoss.push(loss.mean(state.residual, state.weights));
    if (held !== null) {
      subtractTree(tree, held.binned, held.residual);
      validationLoss.push(loss.mean(held.residual, held.weights ?? null));
      if (validationLoss[round]! < validationLoss[best]!) best = round;
      if (options.earlyStoppingRounds > 0 && round - best >= options.earlyStoppingRounds) break;
    }
    onProgress?.(round + 1, options.trees);
  }
  const keep = held !== null && options.earlyStoppingRounds > 0 ? best + 1 : trees.length;
  const ensemble = { baseValue, trees: trees.slice(0, keep), featureCount: state.binned.bins.length };
  return { ensemble, trainLoss, validationLoss };
}

function checkRows({ binned, target, weights }: BinnedRows): void {
  if (target.length !== binned.rows || (weights ?? target).length !== binned.rows) {
    throw new NowcastError(
      'INPUT_INVALID',
      `boosting needs one target and one weight for each of ${String(binned.rows)} rows`,
    );
  }
  if (weights?.some((weight) => !(weight >= 0 && weight < Infinity)) === true) {
    throw new NowcastError('INPUT_INVALID', 'row weights must be numbers that are not negative');
  }
}

/** What lives from tree to tree. */
interface BoostState {
  readonly binned: BinnedMatrix;
  readonly baseValue: number;
  readonly loss: Loss;
  readonly residual: Float64Array;
  readonly weights: Float32Array | null;
  readonly packedWeights: ReturnType<typeof packWeights>;
  readonly gradients: Float64Array;
  readonly usable: Int32Array;
  readonly featuresATree: number;
  readonly grow: GrowMemory;
  readonly random: () => number;
}

function stateOf(train: BinnedRows, loss: Loss, baseValue: number, options: GbdtOptions): BoostState {
  const weights = train.weights ?? null;
  const usable = usableFeatures(train.binned, options.features);
  const featuresATree = Math.max(1, Math.round(options.featureFraction * usable.length));
  return {
    binned: train.binned,
    baseValue,
    loss,
    residual: residualsOf(train.target, baseValue),
    weights,
    packedWeights: packWeights(weights),
    gradients: new Float64Array(train.binned.rows),
    usable,
    featuresATree,
    grow: growMemory(train.binned, usable, {
      leaves: options.leaves,
      features: featuresATree,
      threads: options.threads,
    }),
    random: seededRandom(options.seed),
  };
}

function growOne(state: BoostState, options: GbdtOptions): Tree {
  const { binned, grow, residual, weights, usable } = state;
  const chosen = sampleSorted(usable.length, state.featuresATree, state.random);
  const features = chosen.map((index) => usable[index]!);
  const rowCount = Math.max(1, Math.round(options.rowFraction * binned.rows));
  const bagged = rowCount < binned.rows;
  if (bagged) grow.rows.set(sampleSorted(binned.rows, rowCount, state.random));
  else for (let row = 0; row < binned.rows; row += 1) grow.rows[row] = row;

  const gradients = state.loss.gradient(residual, weights, state.gradients);
  const packing = packRows(grow.rows, rowCount, gradients, state.packedWeights, grow.packed);
  const { tree, leaves } = growTree(grow, binned, rowCount, features, packing, options);
  for (const { node, from, to } of leaves) {
    const leaf = { order: grow.rows, from, to };
    tree.value[node] = options.learningRate * state.loss.leafValue(residual, weights, leaf, options.lambda);
    if (!bagged) subtractFrom(residual, leaf, tree.value[node]);
  }
  if (bagged) subtractTree(tree, binned, residual);
  return tree;
}

function subtractFrom(
  residual: Float64Array,
  leaf: { order: Int32Array; from: number; to: number },
  value: number,
) {
  for (let i = leaf.from; i < leaf.to; i += 1) residual[leaf.order[i]!]! -= value;
}

function subtractTree(tree: Tree, matrix: BinnedMatrix, residual: Float64Array): void {
  for (let row = 0; row < matrix.rows; row += 1)
    residual[row]! -= tree.value[leafOfBinned(tree, matrix, row)]!;
}

/** Allowed features with at least one cut; the others cannot split anything. */
function usableFeatures(binned: BinnedMatrix, allowed: readonly number[] | null): Int32Array {
  const outside = allowed?.find((feature) => binned.bins[feature] === undefined);
  if (outside !== undefined) {
    throw new NowcastError('INPUT_INVALID', `there is no column ${String(outside)} that trees could use`);
  }
  const may = allowed === null ? null : new Set(allowed);
  return Int32Array.from(
    binned.bins.flatMap((plan, feature) =>
      plan.cuts.length > 0 && (may?.has(feature) ?? true) ? [feature] : [],
    ),
  );
}

function residualsOf(target: Float32Array, baseValue: number): Float64Array {
  return Float64Array.from(target, (value) => value - baseValue);
}
