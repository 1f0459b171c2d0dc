import type { Ensemble } from '../gbdt/tree.js';
import { floats, integer, integers, type NodeProto, operator, text, texts } from './builders.js';

/**
 * The ensemble as one TreeEnsembleRegressor (ai.onnx.ml 1). `BRANCH_LEQ` compares float32 with float32, as the trainer
 * did; a missing value goes where `nodes_missing_value_tracks_true` says.
 */
export function treeEnsembleNode(ensemble: Ensemble, input: string, output: string): NodeProto {
  const nodes = flatten(ensemble);
  const attributes = [
    integer('n_targets', 1),
    text('aggregate_function', 'SUM'),
    text('post_transform', 'NONE'),
    floats('base_values', [ensemble.baseValue]),
    integers('nodes_treeids', nodes.treeIds),
    integers('nodes_nodeids', nodes.nodeIds),
    integers('nodes_featureids', nodes.featureIds),
    texts('nodes_modes', nodes.modes),
    floats('nodes_values', nodes.values),
    integers('nodes_truenodeids', nodes.trueIds),
    integers('nodes_falsenodeids', nodes.falseIds),
    integers('nodes_missing_value_tracks_true', nodes.missingTracksTrue),
    integers('target_treeids', nodes.leafTreeIds),
    integers('target_nodeids', nodes.leafNodeIds),
    integers(
      'target_ids',
      nodes.leafTreeIds.map(() => 0),
    ),
    floats('target_weights', nodes.leafValues),
  ];
  return operator('TreeEnsembleRegressor', [input], output, attributes, 'ai.onnx.ml');
}

function flatten(ensemble: Ensemble) {
  const nodes = {
    treeIds: [] as number[],
    nodeIds: [] as number[],
    featureIds: [] as number[],
    modes: [] as string[],
    values: [] as number[],
    trueIds: [] as number[],
    falseIds: [] as number[],
    missingTracksTrue: [] as number[],
    leafTreeIds: [] as number[],
    leafNodeIds: [] as number[],
    leafValues: [] as number[],
  };
  ensemble.trees.forEach((tree, treeId) => {
    tree.feature.forEach((feature, nodeId) => {
      const isLeaf = feature < 0;
      nodes.treeIds.push(treeId);
      nodes.nodeIds.push(nodeId);
      nodes.featureIds.push(isLeaf ? 0 : feature);
      nodes.modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      nodes.values.push(tree.threshold[nodeId] ?? 0);
      nodes.trueIds.push(isLeaf ? 0 : (tree.left[nodeId] ?? 0));
      nodes.falseIds.push(isLeaf ? 0 : (tree.right[nodeId] ?? 0));
      nodes.missingTracksTrue.push(tree.missingLeft[nodeId] ?? 0);
      if (isLeaf) {
        nodes.leafTreeIds.push(treeId);
        nodes.leafNodeIds.push(nodeId);
        nodes.leafValues.push(tree.value[nodeId] ?? 0);
      }
    });
  });
  return nodes;
}
