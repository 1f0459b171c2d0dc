import type { Ensemble } from '../gbdt/tree.js';
import type { RidgeModel } from '../ridge.js';
import { floatTensor, matrixInfo, onnx, operator } from './builders.js';
import { horizonRidge, type HorizonColumn } from './horizon-ridge.js';
import { treeEnsembleNode } from './tree-ensemble.js';

/** Names of the graph's only input and output. */
const INPUT = 'features';
const OUTPUT = 'difference';
/** IR 8 and these operator sets are read by every ONNX Runtime since 1.11. */
const IR_VERSION = 8;
const OPSET = 13;
const ML_OPSET = 1;

export interface FittedModel {
  readonly ridge: RidgeModel;
  readonly ensemble: Ensemble;
  readonly horizon: HorizonColumn;
}

/**
 * Writes ridge + trees as one ONNX graph: `features` float32 [rows, F] to `difference` float32 [rows, 1], in units of the
 * horizon's scale. The same model gives the same bytes.
 */
export function writeOnnx(model: FittedModel): Uint8Array {
  const ridge = horizonRidge(model.ridge, model.horizon, INPUT, 'ridge');
  const nodes = [...ridge.nodes];
  if (model.ensemble.trees.length > 0) {
    nodes.push(treeEnsembleNode(model.ensemble, INPUT, 'trees'), operator('Add', ['ridge', 'trees'], OUTPUT));
  } else {
    ridge.constants.push(floatTensor('base', [], Float32Array.of(model.ensemble.baseValue)));
    nodes.push(operator('Add', ['ridge', 'base'], OUTPUT));
  }
  const proto = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'power-nowcast',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'ai.onnx.ml', version: ML_OPSET },
    ],
    graph: {
      name: 'nowcast',
      node: nodes,
      initializer: ridge.constants,
      input: [matrixInfo(INPUT, 'rows', model.ensemble.featureCount)],
      output: [matrixInfo(OUTPUT, 'rows', 1)],
    },
  });
  return onnx.ModelProto.encode(proto).finish();
}
