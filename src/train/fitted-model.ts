import { FEATURE_COUNT, featureIndex } from '../features/feature-names.js';
import { boost, type BoostProgress } from './gbdt/boost.js';
import type { GbdtOptions } from './gbdt/options.js';
import { predictRows } from './gbdt/tree.js';
import type { FittedModel } from './onnx/write-model.js';
import { predictRidge, type RidgeModel } from './ridge.js';
import type { TrainingRows } from './training-rows.js';

/**
 * Grows trees on what the ridge leaves. The linear part extrapolates (levels and ramps never seen before), the trees
 * bend it; together they beat either alone at short horizons and equal the trees at long ones.
 * @param validation rows for early stopping; null grows exactly `options.trees`
 */
export function fitModel(
  ridge: RidgeModel,
  rows: TrainingRows,
  validation: TrainingRows | null,
  horizonsMinutes: readonly number[],
  options: GbdtOptions,
  onProgress?: BoostProgress,
): FittedModel {
  const left = leftBy(ridge, rows);
  const leftLater = validation === null ? null : leftBy(ridge, validation);
  const { ensemble } = boost(left, leftLater, options, onProgress);
  return { ridge, ensemble, horizon: { column: featureIndex('horizon_minutes'), horizonsMinutes } };
}

function leftBy(ridge: RidgeModel, rows: TrainingRows) {
  const linear = predictRidge(ridge, rows.matrix, rows.horizonIndex);
  return { matrix: rows.matrix, target: rows.target.map((value, row) => value - (linear[row] ?? 0)) };
}

/** What the ONNX model answers for the rows, in units of the horizon's scale. */
export function predictModel(
  model: FittedModel,
  features: Float32Array,
  horizonIndex: Uint16Array,
): Float32Array {
  const matrix = { rows: horizonIndex.length, width: FEATURE_COUNT, data: features };
  const linear = predictRidge(model.ridge, matrix, horizonIndex);
  return predictRows(model.ensemble, matrix).map((value, row) => value + (linear[row] ?? 0));
}
