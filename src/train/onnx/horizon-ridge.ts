import type { RidgeModel } from '../ridge.js';
import {
  floatTensor,
  integer,
  integerTensor,
  type NodeProto,
  operator,
  type TensorProto,
  onnx,
} from './builders.js';

/** Which horizon a row is of, from the feature that carries it in minutes. */
export interface HorizonColumn {
  readonly column: number;
  /** Rising; the order of the ridge's rows. */
  readonly horizonsMinutes: readonly number[];
}

export interface SubGraph {
  readonly nodes: NodeProto[];
  readonly constants: TensorProto[];
}

/**
 * The per-horizon linear model as plain ONNX operators:
 * index = table[round(minutes / unit)]; output = sum(where(isNaN(x), 0, x - mean) * weights[index]) + intercept[index].
 * A look-up table (not a comparison with every horizon) keeps the cost at rows x features; a horizon that the model was
 * not trained for takes the row of the nearest one.
 */
export function horizonRidge(
  model: RidgeModel,
  horizon: HorizonColumn,
  input: string,
  output: string,
): SubGraph {
  const width = model.mean.length;
  const count = horizon.horizonsMinutes.length;
  const unit = horizon.horizonsMinutes.reduce(greatestDivisor);
  const table = nearestHorizons(horizon.horizonsMinutes, unit);
  const toInteger = [integer('to', onnx.TensorProto.DataType.INT64)];
  return {
    constants: [
      integerTensor('horizon_column', [], [horizon.column]),
      floatTensor('horizon_unit', [], Float32Array.of(unit)),
      floatTensor('half', [], Float32Array.of(0.5)),
      floatTensor('zero', [], Float32Array.of(0)),
      integerTensor('table_first', [], [0]),
      integerTensor('table_last', [], [table.length - 1]),
      integerTensor('horizon_table', [table.length], table),
      integerTensor('feature_axis', [1], [1]),
      floatTensor('feature_mean', [width], model.mean),
      floatTensor('ridge_weights', [count, width], model.weights),
      floatTensor('ridge_intercepts', [count, 1], model.intercept),
    ],
    nodes: [
      operator('Gather', [input, 'horizon_column'], 'minutes', [integer('axis', 1)]),
      operator('Div', ['minutes', 'horizon_unit'], 'units'),
      operator('Add', ['units', 'half'], 'units_up'),
      operator('Cast', ['units_up'], 'slot', toInteger),
      operator('Clip', ['slot', 'table_first', 'table_last'], 'slot_inside'),
      operator('Gather', ['horizon_table', 'slot_inside'], 'horizon_index', [integer('axis', 0)]),
      operator('Gather', ['ridge_weights', 'horizon_index'], 'row_weights', [integer('axis', 0)]),
      operator('Gather', ['ridge_intercepts', 'horizon_index'], 'row_intercept', [integer('axis', 0)]),
      operator('Sub', [input, 'feature_mean'], 'centred_or_missing'),
      operator('IsNaN', ['centred_or_missing'], 'is_missing'),
      operator('Where', ['is_missing', 'zero', 'centred_or_missing'], 'centred'),
      operator('Mul', ['centred', 'row_weights'], 'terms'),
      operator('ReduceSum', ['terms', 'feature_axis'], 'linear', [integer('keepdims', 1)]),
      operator('Add', ['linear', 'row_intercept'], output),
    ],
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Index of the nearest horizon for 0, unit, 2 unit .. up to the longest. */
function nearestHorizons(horizonsMinutes: readonly number[], unit: number): number[] {
  const longest = horizonsMinutes.at(-1) ?? unit;
  return Array.from({ length: longest / unit + 1 }, (_, slot) => {
    const distance = (index: number): number => Math.abs((horizonsMinutes[index] ?? 0) - slot * unit);
    return horizonsMinutes.reduce(
      (best, _minutes, index) => (distance(index) < distance(best) ? index : best),
      0,
    );
  });
}
