import { FEATURE_COUNT } from '../features/feature-names.js';
import { MODEL_OUTPUTS } from '../model/model-outputs.js';
import { fitGroup, type GroupChoice, type GroupRows } from './group/fit-group.js';
import { type GroupModel, runGroup } from './group/group-model.js';
import { groupHorizons, groupOfHorizon, type HorizonGroup } from './group/horizon-groups.js';
import { type HeldOutBlock, selectBlock } from './held-out-block.js';
import type { TrainingPlan } from './plan.js';
import { seedFor } from './random.js';

/** The models of a zone, a group of horizons each. */
export interface FittedModel {
  readonly horizonsMinutes: readonly number[];
  readonly groups: readonly GroupModel[];
  /** One a horizon: the answer is in units of it. */
  readonly scaleMw: readonly number[];
}

export interface ModelFit {
  readonly model: FittedModel;
  /** One a group. */
  readonly choices: readonly GroupChoice[];
}

/**
 * Trains every group of horizons.
 * @param validation later rows that choose; null takes what `settled` chose before
 */
export async function fitGroups(
  train: HeldOutBlock,
  validation: HeldOutBlock | null,
  plan: TrainingPlan,
  seed: number,
  settled: readonly GroupChoice[] | null,
  onProgress: (fraction: number) => void,
): Promise<ModelFit> {
  const { horizonsMinutes } = train;
  const groups = groupHorizons(horizonsMinutes);
  const models: GroupModel[] = [];
  const choices: GroupChoice[] = [];
  for (const [i, group] of groups.entries()) {
    const later = validation && rowsOfGroup(validation, group);
    const own = seedFor(seed, `group ${String(i)}`);
    const rows = rowsOfGroup(train, group);
    const fit = await fitGroup(group, rows, later, plan, own, settled?.[i] ?? null, (fraction) => {
      onProgress((i + fraction) / groups.length);
    });
    models.push(fit.model);
    choices.push(fit.choice);
  }
  const groupOf = groupOfHorizon(groups);
  const scaleMw = horizonsMinutes.map((_, h) => models[groupOf[h] ?? 0]?.scaleMw ?? 1);
  return { model: { horizonsMinutes, groups: models, scaleMw }, choices };
}

function rowsOfGroup(block: HeldOutBlock, { first, horizonsMinutes }: HorizonGroup): GroupRows {
  const last = first + horizonsMinutes.length;
  const own = selectBlock(block, (row) => {
    const h = block.horizonIndex[row] ?? 0;
    return h >= first && h < last;
  });
  return {
    rows: own.rows,
    features: own.features,
    differenceMw: Float32Array.from(own.actualMw, (mw, row) => mw - (own.baselineMw[row] ?? 0)),
    actualMw: Float32Array.from(own.actualMw),
  };
}

/**
 * What the ONNX model answers for rows, computed without ONNX Runtime.
 * @returns [rows x MODEL_OUTPUTS], in units of the horizon's scale
 */
export function runModel(
  model: FittedModel,
  features: Float32Array,
  horizonIndex: Uint16Array,
): Float32Array {
  const output = new Float32Array(horizonIndex.length * MODEL_OUTPUTS);
  for (const group of model.groups) {
    const { first, horizonsMinutes } = group.group;
    const rows: number[] = [];
    horizonIndex.forEach((h, row) => {
      if (h >= first && h < first + horizonsMinutes.length) rows.push(row);
    });
    const own = new Float32Array(rows.length * FEATURE_COUNT);
    rows.forEach((row, at) => {
      own.set(features.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT);
    });
    const answers = runGroup(group, own, rows.length);
    rows.forEach((row, at) => {
      output.set(answers.subarray(at * MODEL_OUTPUTS, (at + 1) * MODEL_OUTPUTS), row * MODEL_OUTPUTS);
    });
  }
  return output;
}
