import { FEATURE_COUNT } from '../../features/feature-names.js';
import { binForTraining, binRows } from '../gbdt/bins.js';
import { boostBinned } from '../gbdt/boost.js';
import { DEFAULT_GBDT_OPTIONS, type GbdtOptions } from '../gbdt/options.js';
import type { Ensemble } from '../gbdt/tree.js';
import { fitNet, type NetRows } from '../mlp/fit-net.js';
import type { Net } from '../mlp/net.js';
import { INPUT_WIDTH, netInputs, scaleInputs } from '../mlp/net-inputs.js';
import { seedFor } from '../random.js';
import type { TrainingPlan } from '../plan.js';
import { fitRidge } from '../ridge.js';
import { blendWeights } from './blend.js';
import { type GroupModel, type Member, NET_PROBABILITIES, runMembers } from './group-model.js';
import type { HorizonGroup } from './horizon-groups.js';
import { knownFeatures } from './known-features.js';
import { type Reference, referenceOffsets } from './reference.js';

/** Rows of one group of horizons. */
export interface GroupRows {
  readonly rows: number;
  /** Row-major [rows x FEATURE_COUNT]. */
  readonly features: Float32Array;
  /** actual - baseline, megawatts. */
  readonly differenceMw: Float32Array;
  readonly actualMw: Float32Array;
}

/** What a first fit learnt that a second one on more rows takes over. */
export interface GroupChoice {
  readonly lambda: number;
  readonly treeCounts: readonly number[];
  readonly blend: Float32Array;
  /** Columns that were known well enough; what the first fit did not use, nobody has judged. */
  readonly features: readonly number[];
}

export interface GroupFit {
  readonly model: GroupModel;
  readonly choice: GroupChoice;
}

/** A row counts by what its error means in percent, up to this many times the mean. */
const LARGEST_WEIGHT = 5;
/** Shares of ridge, all networks and all trees before anything is known. */
const PRIOR = { ridge: 0.05, nets: 0.55, trees: 0.4 };

/**
 * Trains the models of one group of horizons.
 * @param validation later rows: they choose the penalty, the number of trees and the blend; null takes `settled`
 */
export async function fitGroup(
  group: HorizonGroup,
  train: GroupRows,
  validation: GroupRows | null,
  plan: TrainingPlan,
  seed: number,
  settled: GroupChoice | null,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<GroupFit> {
  const matrix = { rows: train.rows, width: FEATURE_COUNT, data: train.features };
  const features = settled?.features ?? knownFeatures(matrix);
  const scaling = scaleInputs(matrix, features);
  const inputs = netInputs(matrix, scaling);
  const later =
    validation &&
    netInputs({ rows: validation.rows, width: FEATURE_COUNT, data: validation.features }, scaling);
  const weights = weightsOf(train);
  const rowsFor = (reference: Reference): ScaledRows => scaledRows(train, reference, inputs, weights);
  const base = rowsFor('baseline');
  const laterRows = validation &&
    later && { ...netRows(validation, 'baseline', base.scaleMw, later, weightsOf(validation)) };
  const ridge = fitRidge(base, laterRows, settled?.lambda);
  onProgress(0.05);
  const parts = plan.nets.length + plan.trees.length;
  const nets: Member<Net>[] = [];
  for (const [i, reference] of plan.nets.entries()) {
    const rows = rowsFor(reference);
    const options = {
      ...plan.net,
      probabilities: NET_PROBABILITIES,
      seed: seedFor(seed, `net ${String(i)}`),
    };
    const net = await fitNet(rows, options, (fraction) => {
      onProgress(0.05 + (0.95 * (i + fraction)) / parts);
    });
    nets.push({ reference, scaleMw: rows.scaleMw, model: net });
  }
  const trees = fitTrees(train, validation, plan, seed, settled, features, rowsFor);
  onProgress(1);
  const unblended = {
    group,
    scaleMw: base.scaleMw,
    scaling,
    ridge: { reference: 'baseline' as const, scaleMw: base.scaleMw, model: ridge.model },
    nets,
    trees,
  };
  const blend = settled?.blend ?? blendOf(unblended, validation, plan);
  const treeCounts = trees.map(({ model }) => model.trees.length);
  return { model: { ...unblended, blend }, choice: { lambda: ridge.lambda, treeCounts, blend, features } };
}

type ScaledRows = NetRows & { readonly scaleMw: number };

function scaledRows(
  rows: GroupRows,
  reference: Reference,
  inputs: Float32Array,
  weights: Float32Array,
): ScaledRows {
  const offsets = referenceOffsets(reference, rows.features, rows.rows);
  let squares = 0;
  rows.differenceMw.forEach((difference, row) => {
    squares += (difference - (offsets[row] ?? 0)) ** 2;
  });
  // Demand that equals its reference throughout leaves nothing to learn; any scale will do.
  const scaleMw = Math.fround(Math.sqrt(squares / Math.max(1, rows.rows))) || 1;
  return { ...netRows(rows, reference, scaleMw, inputs, weights), scaleMw };
}

function netRows(
  rows: GroupRows,
  reference: Reference,
  scaleMw: number,
  inputs: Float32Array,
  weights: Float32Array,
): NetRows {
  return { rows: rows.rows, inputs, width: INPUT_WIDTH, target: targetOf(rows, reference, scaleMw), weights };
}

/** The measure is percent of the actual, so a megawatt weighs more where demand is low. */
function weightsOf({ actualMw, rows }: GroupRows): Float32Array {
  let mean = 0;
  for (const mw of actualMw) mean += mw / Math.max(1, rows);
  return actualMw.map((mw) => (mw > 0 && mean > 0 ? Math.min(LARGEST_WEIGHT, mean / mw) : 1));
}

function fitTrees(
  train: GroupRows,
  validation: GroupRows | null,
  plan: TrainingPlan,
  seed: number,
  settled: GroupChoice | null,
  features: readonly number[],
  rowsFor: (reference: Reference) => ScaledRows,
): Member<Ensemble>[] {
  if (plan.trees.length === 0) return [];
  const options = { ...DEFAULT_GBDT_OPTIONS, ...leafRules(train.rows), features, ...plan.gbdt };
  const binned = binForTraining(
    { rows: train.rows, width: FEATURE_COUNT, data: train.features },
    options.maxBins,
  );
  const held =
    validation &&
    binRows({ rows: validation.rows, width: FEATURE_COUNT, data: validation.features }, binned.bins);
  return plan.trees.map((reference, i) => {
    const { target, scaleMw } = rowsFor(reference);
    const later = validation && held && { binned: held, target: targetOf(validation, reference, scaleMw) };
    const settledCount = settled?.treeCounts[i];
    const own: GbdtOptions = {
      ...options,
      seed: seedFor(seed, `trees ${String(i)}`),
      ...(settledCount === undefined ? {} : { trees: settledCount, earlyStoppingRounds: 0 }),
    };
    const { ensemble } = boostBinned({ binned, target }, later, own);
    return { reference, scaleMw, model: ensemble };
  });
}

function targetOf(rows: GroupRows, reference: Reference, scaleMw: number): Float32Array {
  const offsets = referenceOffsets(reference, rows.features, rows.rows);
  return rows.differenceMw.map((difference, row) => (difference - (offsets[row] ?? 0)) / scaleMw);
}

/** Neighbouring rows of one day err together, so a leaf needs many of them before it says something. */
function leafRules(rows: number): Partial<GbdtOptions> {
  const minRowsPerLeaf = Math.round(Math.min(100, Math.max(15, rows / 400)));
  return { minRowsPerLeaf, lambda: 5 };
}

function blendOf(
  model: Omit<GroupModel, 'blend'>,
  validation: GroupRows | null,
  plan: TrainingPlan,
): Float32Array {
  const prior = priorOf(plan);
  if (validation === null || validation.rows === 0) return Float32Array.from(prior);
  const { points } = runMembers(model, validation.features, validation.rows);
  const target = validation.differenceMw.map((difference) => difference / model.scaleMw);
  return blendWeights(points, target, weightsOf(validation), prior);
}

function priorOf({ nets, trees }: TrainingPlan): number[] {
  const shares = [
    PRIOR.ridge,
    ...nets.map(() => PRIOR.nets / nets.length),
    ...trees.map(() => PRIOR.trees / trees.length),
  ];
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}
