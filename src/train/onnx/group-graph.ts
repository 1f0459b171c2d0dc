import { BASELINE_RAMP, type Reference, YESTERDAY_RAMP } from '../group/reference.js';
import { type GroupModel, type Member, NET_PROBABILITIES } from '../group/group-model.js';
import type { Ensemble } from '../gbdt/tree.js';
import type { Net } from '../mlp/net.js';
import {
  DAY_OF_WEEK,
  DAY_OF_YEAR,
  DAY_TYPE,
  DAY_TYPES,
  DAY_WAVES,
  type InputScaling,
  LARGEST_INPUT,
  MINUTE_OF_DAY,
  PLAIN_FEATURES,
  WEEK_DAYS,
  YEAR_WAVES,
} from '../mlp/net-inputs.js';
import { floatTensor, integer } from './builders.js';
import type { GraphWriter } from './graph-writer.js';
import { treeEnsembleNode } from './tree-ensemble.js';

/**
 * The models of one group of horizons as plain ONNX operators.
 * @param input name of float32 [rows, F]
 * @param prefix of every name in it
 * @returns name of the output, float32 [rows, MODEL_OUTPUTS]
 */
export function writeGroup(graph: GraphWriter, model: GroupModel, input: string, prefix: string): string {
  const inputs = writeInputs(graph, model.scaling, input, `${prefix}inputs`);
  const weights = Array.from(model.blend);
  const terms = [writeRidge(graph, model, inputs, prefix, weights[0] ?? 0)];
  const answers = model.nets.map((net, i) => writeNet(graph, net.model, inputs, `${prefix}net_${String(i)}`));
  model.nets.forEach((member, i) => {
    const median = graph.columns(answers[i] ?? '', [0], `${prefix}net_${String(i)}_median`);
    terms.push(weighted(graph, model, member, median, weights[1 + i] ?? 0));
  });
  model.trees.forEach((member, i) => {
    const name = writeTrees(graph, member.model, input, `${prefix}trees_${String(i)}`);
    terms.push(weighted(graph, model, member, name, weights[1 + model.nets.length + i] ?? 0));
  });
  terms.push(...writeReferences(graph, model, input, prefix));
  const point = graph.add('Sum', terms, `${prefix}point`);
  const low = writeQuantile(graph, model, answers, 1, `${prefix}low`);
  const high = writeQuantile(graph, model, answers, 2, `${prefix}high`);
  return graph.add('Concat', [point, low, high], `${prefix}answer`, [integer('axis', 1)]);
}

function weighted(
  graph: GraphWriter,
  model: GroupModel,
  member: Member<unknown>,
  answer: string,
  weight: number,
): string {
  return graph.scale(answer, (weight * member.scaleMw) / model.scaleMw, `${answer}_weighted`);
}

function writeInputs(graph: GraphWriter, scaling: InputScaling, input: string, name: string): string {
  const plain = graph.columns(input, PLAIN_FEATURES, `${name}_plain`);
  const centred = graph.add('Sub', [plain, graph.row(`${name}_mean`, scaling.mean)], `${name}_centred`);
  const scaled = graph.add(
    'Mul',
    [centred, graph.row(`${name}_inverse`, scaling.inverseDeviation)],
    `${name}_scaled`,
  );
  const missing = graph.add('IsNaN', [scaled], `${name}_missing`);
  const known = graph.add('Where', [missing, graph.scalar(`${name}_zero`, 0), scaled], `${name}_known`);
  const bounds = [graph.scalar(`${name}_least`, -LARGEST_INPUT), graph.scalar(`${name}_most`, LARGEST_INPUT)];
  const parts = [
    graph.add('Clip', [known, ...bounds], `${name}_clipped`),
    ...writeWaves(graph, input, MINUTE_OF_DAY, DAY_WAVES, `${name}_day`),
    ...writeWaves(graph, input, DAY_OF_YEAR, YEAR_WAVES, `${name}_year`),
    writeSwitches(graph, input, DAY_OF_WEEK, WEEK_DAYS, `${name}_week_day`),
    writeSwitches(graph, input, DAY_TYPE, DAY_TYPES, `${name}_day_type`),
  ];
  return graph.add('Concat', parts, name, [integer('axis', 1)]);
}

function writeWaves(
  graph: GraphWriter,
  input: string,
  column: number,
  waves: Float32Array,
  name: string,
): string[] {
  const position = graph.columns(input, [column], `${name}_position`);
  const angle = graph.add('Mul', [position, graph.row(`${name}_waves`, waves)], `${name}_angle`);
  return [graph.add('Sin', [angle], `${name}_sine`), graph.add('Cos', [angle], `${name}_cosine`)];
}

function writeSwitches(
  graph: GraphWriter,
  input: string,
  column: number,
  count: number,
  name: string,
): string {
  const value = graph.columns(input, [column], `${name}_value`);
  const choices = graph.row(
    `${name}_choices`,
    Array.from({ length: count }, (_, i) => i),
  );
  return graph.toFloat(graph.add('Equal', [value, choices], `${name}_equal`), name);
}

function writeRidge(
  graph: GraphWriter,
  { ridge, scaleMw }: GroupModel,
  inputs: string,
  prefix: string,
  weight: number,
): string {
  const { weights, intercept } = ridge.model;
  const matrix = graph.floats(`${prefix}ridge_weights`, [weights.length, 1], weights);
  const bias = graph.row(`${prefix}ridge_intercept`, [intercept]);
  const answer = graph.add('Gemm', [inputs, matrix, bias], `${prefix}ridge`);
  return graph.scale(answer, (weight * ridge.scaleMw) / scaleMw, `${answer}_weighted`);
}

function writeNet(graph: GraphWriter, net: Net, inputs: string, name: string): string {
  return net.layers.reduce((values, layer, index) => {
    const label = `${name}_${String(index)}`;
    const weights = graph.floats(`${label}_weights`, [layer.inputs, layer.outputs], layer.weights);
    const bias = graph.row(`${label}_bias`, layer.bias);
    const sums = graph.add('Gemm', [values, weights, bias], label);
    if (index === net.layers.length - 1) return sums;
    return graph.add('Mul', [sums, graph.add('Sigmoid', [sums], `${label}_gate`)], `${label}_silu`);
  }, inputs);
}

/** An ensemble without trees says its base value. */
function writeTrees(graph: GraphWriter, ensemble: Ensemble, input: string, name: string): string {
  if (ensemble.trees.length > 0) {
    graph.node(treeEnsembleNode(ensemble, input, name));
    return name;
  }
  const zero = graph.scale(graph.columns(input, [MINUTE_OF_DAY], `${name}_any`), 0, `${name}_zero`);
  return graph.add('Add', [zero, graph.scalar(`${name}_base`, ensemble.baseValue)], name);
}

/** What the members' references lie from the baseline, by weight. */
function writeReferences(graph: GraphWriter, model: GroupModel, input: string, prefix: string): string[] {
  const members = [model.ridge, ...model.nets, ...model.trees];
  const weightOf = (reference: Reference): number =>
    members.reduce((sum, member, i) => sum + (member.reference === reference ? (model.blend[i] ?? 0) : 0), 0);
  const ramp = graph.columns(input, [BASELINE_RAMP], `${prefix}ramp`);
  const yesterday = graph.columns(input, [YESTERDAY_RAMP], `${prefix}yesterday`);
  const difference = graph.add('Sub', [yesterday, ramp], `${prefix}yesterday_difference`);
  const missing = graph.add('IsNaN', [difference], `${prefix}yesterday_missing`);
  const zero = graph.scalar(`${prefix}yesterday_none`, 0);
  const known = graph.add('Where', [missing, zero, difference], `${prefix}yesterday_known`);
  return [
    graph.scale(ramp, -weightOf('last') / model.scaleMw, `${prefix}last_weighted`),
    graph.scale(known, weightOf('yesterday') / model.scaleMw, `${prefix}yesterday_weighted`),
  ];
}

/** Mean distance of a quantile from the median over the networks; 0 where it has the wrong sign. */
function writeQuantile(
  graph: GraphWriter,
  model: GroupModel,
  answers: readonly string[],
  column: number,
  name: string,
): string {
  const below = (NET_PROBABILITIES[column] ?? 0.5) < 0.5;
  const zero = `${name}_zero`;
  graph.constants.push(floatTensor(zero, [1, 1], Float32Array.of(0)));
  const parts = answers.map((answer, i) => {
    const own = `${name}_${String(i)}`;
    const difference = graph.add(
      'Sub',
      [graph.columns(answer, [column], `${own}_value`), graph.columns(answer, [0], `${own}_median`)],
      `${own}_difference`,
    );
    const share = (model.nets[i]?.scaleMw ?? 0) / model.scaleMw / answers.length;
    return graph.scale(difference, share, own);
  });
  const mean = graph.add('Sum', parts, `${name}_mean`);
  return graph.add(below ? 'Min' : 'Max', [mean, zero], name);
}
