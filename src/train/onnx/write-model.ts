import { FEATURE_COUNT, featureIndex } from '../../features/feature-names.js';
import { INPUT_NAME, OUTPUT_NAME } from '../../model/loaded-model.js';
import { MODEL_OUTPUTS } from '../../model/model-outputs.js';
import type { GroupModel } from '../group/group-model.js';
import { integer, matrixInfo, onnx } from './builders.js';
import { GraphWriter } from './graph-writer.js';
import { writeGroup } from './group-graph.js';

/** IR 8 and these operator sets are read by every ONNX Runtime since 1.11. */
const IR_VERSION = 8;
const OPSET = 13;
const ML_OPSET = 1;

/**
 * Writes a model as one ONNX graph: `features` float32 [rows, F] to `difference` float32 [rows, MODEL_OUTPUTS], in units of
 * the scale of the row's horizon. Each row is answered by the models of its group of horizons alone. The same model
 * gives the same bytes.
 * @param groups in rising horizon
 */
export function writeOnnx(groups: readonly GroupModel[]): Uint8Array {
  const graph = new GraphWriter();
  if (groups.length === 1 && groups[0] !== undefined) {
    const answer = writeGroup(graph, groups[0], INPUT_NAME, '');
    graph.add('Identity', [answer], OUTPUT_NAME);
  } else {
    writeRouted(graph, groups);
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
      node: graph.nodes,
      initializer: graph.constants,
      input: [matrixInfo(INPUT_NAME, 'rows', FEATURE_COUNT)],
      output: [matrixInfo(OUTPUT_NAME, 'rows', MODEL_OUTPUTS)],
    },
  });
  return onnx.ModelProto.encode(proto).finish();
}

/** Rows go to their group by horizon, and the answers back into the order of the rows. */
function writeRouted(graph: GraphWriter, groups: readonly GroupModel[]): void {
  const column = featureIndex('horizon_minutes');
  const minutes = graph.add(
    'Gather',
    [INPUT_NAME, graph.integers('horizon_column', [], [column])],
    'minutes',
    [integer('axis', 1)],
  );
  graph.integers('first_axis', [1], [0]);
  const places: string[] = [];
  const answers: string[] = [];
  groups.forEach((model, i) => {
    const prefix = `group_${String(i)}_`;
    const inside = writeInside(graph, groups, i, minutes, prefix);
    const found = graph.add('NonZero', [inside], `${prefix}found`);
    const rows = graph.add('Squeeze', [found, 'first_axis'], `${prefix}rows`);
    const features = graph.add('Gather', [INPUT_NAME, rows], `${prefix}features`, [integer('axis', 0)]);
    places.push(rows);
    answers.push(writeGroup(graph, model, features, prefix));
  });
  const place = graph.add('Concat', places, 'places', [integer('axis', 0)]);
  const indexes = graph.add('Unsqueeze', [place, graph.integers('second_axis', [1], [1])], 'place_indexes');
  const updates = graph.add('Concat', answers, 'answers', [integer('axis', 0)]);
  const shape = graph.add('Shape', [updates], 'answers_shape');
  const empty = graph.add('ConstantOfShape', [shape], 'no_answers');
  graph.add('ScatterND', [empty, indexes, updates], OUTPUT_NAME);
}

/** Whether a row is of the group: a horizon that the model was not trained for goes to the nearest. */
function writeInside(
  graph: GraphWriter,
  groups: readonly GroupModel[],
  index: number,
  minutes: string,
  prefix: string,
): string {
  const bound = (before: GroupModel | undefined, after: GroupModel | undefined): number => {
    const last = before?.group.horizonsMinutes.at(-1);
    const first = after?.group.horizonsMinutes[0];
    if (last === undefined || first === undefined) return last === undefined ? -1 : 1e9;
    return (last + first) / 2;
  };
  const low = graph.scalar(`${prefix}from`, bound(groups[index - 1], groups[index]));
  const high = graph.scalar(`${prefix}until`, bound(groups[index], groups[index + 1]));
  const above = graph.add('GreaterOrEqual', [minutes, low], `${prefix}above`);
  const below = graph.add('Less', [minutes, high], `${prefix}below`);
  return graph.add('And', [above, below], `${prefix}inside`);
}
