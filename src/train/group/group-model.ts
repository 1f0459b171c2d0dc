import { FEATURE_COUNT } from '../../features/feature-names.js';
import { MODEL_OUTPUTS } from '../../model/model-outputs.js';
import { type Ensemble, predictRows } from '../gbdt/tree.js';
import { type Net, runNet } from '../mlp/net.js';
import { type InputScaling, netInputs } from '../mlp/net-inputs.js';
import { type LinearModel, runLinear } from '../ridge.js';
import type { HorizonGroup } from './horizon-groups.js';
import { type Reference, referenceOffsets } from './reference.js';

/** Probabilities of the outputs of a network: the median first. */
export const NET_PROBABILITIES: readonly number[] = [0.5, 0.1, 0.9];
/** Probabilities of the quantile columns of a model's answer. */
export const OUTPUT_QUANTILES: readonly number[] = [0.1, 0.9];

/** One forecaster of a group: its answer x scaleMw is the difference from its reference. */
export interface Member<Model> {
  readonly reference: Reference;
  readonly scaleMw: number;
  readonly model: Model;
}

/** The blend of models that answers for one group of horizons. */
export interface GroupModel {
  readonly group: HorizonGroup;
  /** The answer is in units of it. */
  readonly scaleMw: number;
  readonly scaling: InputScaling;
  readonly ridge: Member<LinearModel>;
  readonly nets: readonly Member<Net>[];
  readonly trees: readonly Member<Ensemble>[];
  /** Weights of ridge, networks and trees, in this order. */
  readonly blend: Float32Array;
}

/** What each member says to rows, as differences from the baseline in units of the group's scale. */
export interface MemberForecasts {
  /** Ridge, networks, trees. */
  readonly points: readonly Float32Array[];
  /** Mean of the networks: how far P10 lies below their median, and P90 above; none of the wrong sign. */
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** @param features row-major rows of the group's horizons */
export function runMembers(
  model: Omit<GroupModel, 'blend'>,
  features: Float32Array,
  rows: number,
): MemberForecasts {
  const matrix = { rows, width: FEATURE_COUNT, data: features };
  const inputs = netInputs(matrix, model.scaling);
  const points = [toPoint(model.ridge, runLinear(model.ridge.model, inputs, rows), 1)];
  const low = new Float32Array(rows);
  const high = new Float32Array(rows);
  for (const member of model.nets) {
    const answers = runNet(member.model, inputs, rows);
    points.push(toPoint(member, answers, NET_PROBABILITIES.length));
    const share = member.scaleMw / model.scaleMw / model.nets.length;
    for (let row = 0; row < rows; row += 1) {
      const at = row * NET_PROBABILITIES.length;
      low[row] = (low[row] ?? 0) + share * ((answers[at + 1] ?? 0) - (answers[at] ?? 0));
      high[row] = (high[row] ?? 0) + share * ((answers[at + 2] ?? 0) - (answers[at] ?? 0));
    }
  }
  for (const member of model.trees) points.push(toPoint(member, predictRows(member.model, matrix), 1));
  return {
    points,
    low: low.map((value) => Math.min(0, value)),
    high: high.map((value) => Math.max(0, value)),
  };

  function toPoint(member: Member<unknown>, answers: Float32Array, stride: number): Float32Array {
    const offsets = referenceOffsets(member.reference, features, rows);
    return offsets.map(
      (offset, row) => (offset + member.scaleMw * (answers[row * stride] ?? 0)) / model.scaleMw,
    );
  }
}

/** What the ONNX graph of the group answers: [rows x MODEL_OUTPUTS], in units of the group's scale. */
export function runGroup(model: GroupModel, features: Float32Array, rows: number): Float32Array {
  const { points, low, high } = runMembers(model, features, rows);
  const output = new Float32Array(rows * MODEL_OUTPUTS);
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    points.forEach((column, member) => {
      sum += (model.blend[member] ?? 0) * (column[row] ?? 0);
    });
    output[row * MODEL_OUTPUTS] = sum;
    output[row * MODEL_OUTPUTS + 1] = low[row] ?? 0;
    output[row * MODEL_OUTPUTS + 2] = high[row] ?? 0;
  }
  return output;
}
