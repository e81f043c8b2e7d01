// A forest as the file that its library would save.

import { FEATURE_COUNT, type Forest, type ForestTree } from './forest.js';

/** Name of the file in a bundle, and its bytes. */
export function forestFile(forest: Forest): { path: string; bytes: Uint8Array } {
  const isXgboost = forest.library === 'xgboost';
  const text = isXgboost ? JSON.stringify(xgboostDocument(forest)) : lightgbmText(forest);
  return { path: isXgboost ? 'models/forest.json' : 'models/forest.txt', bytes: new TextEncoder().encode(text) };
}

/** As `save_model("forest.json")` of XGBoost 2.0 has it. */
function xgboostDocument({ trees, classes }: Forest): object {
  const several = classes > 1;
  return {
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length) },
          tree_info: trees.map((_, index) => index % classes),
          trees: trees.map(xgboostTree),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: '5E-1',
        boost_from_average: '1',
        num_class: several ? String(classes) : '0',
        num_feature: String(FEATURE_COUNT),
        num_target: '1',
      },
      objective: several
        ? { name: 'multi:softprob', softmax_multiclass_param: { num_class: String(classes) } }
        : { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
    },
    version: [2, 0, 3],
  };
}

function xgboostTree({ feature, threshold, missingLeft, left, right, value }: ForestTree, id: number): object {
  const isLeaf = feature.map((one) => one < 0);
  return {
    base_weights: feature.map(() => 0),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: missingLeft.map(Number),
    id,
    left_children: left,
    loss_changes: feature.map(() => 0),
    parents: feature.map((_, node) => Math.max(left.indexOf(node), right.indexOf(node))),
    right_children: right,
    split_conditions: threshold.map((one, node) => (isLeaf[node] ? value[node] : one)),
    split_indices: feature.map((one) => Math.max(one, 0)),
    split_type: feature.map(() => 0),
    sum_hessian: feature.map(() => 1),
    tree_param: {
      num_deleted: '0',
      num_feature: String(FEATURE_COUNT),
      num_nodes: String(feature.length),
      size_leaf_vector: '1',
    },
  };
}

/** As `save_model("forest.txt")` of LightGBM 4 has it. */
function lightgbmText({ trees, classes }: Forest): string {
  const names = Array.from({ length: FEATURE_COUNT }, (_, index) => `Column_${index}`);
  const objective = classes > 1 ? `multiclass num_class:${classes}` : 'binary sigmoid:1';
  const blocks = trees.map(lightgbmTree);
  const head = [
    'tree',
    'version=v4',
    `num_class=${classes}`,
    `num_tree_per_iteration=${classes}`,
    'label_index=0',
    `max_feature_idx=${FEATURE_COUNT - 1}`,
    `objective=${objective}`,
    `feature_names=${names.join(' ')}`,
    `feature_infos=${names.map(() => '[0:1]').join(' ')}`,
    `tree_sizes=${blocks.map(({ length }) => length).join(' ')}`,
  ];
  return `${head.join('\n')}\n\n${blocks.join('')}end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n`;
}

const MISSING_IS_NAN = 2 << 2;
const DEFAULT_LEFT = 2;

function lightgbmTree({ feature, threshold, missingLeft, left, right, value }: ForestTree, id: number): string {
  // Splits count from 0, leaves as -1, -2, ...
  const splits = [...feature.keys()].filter((node) => feature[node]! >= 0);
  const leaves = [...feature.keys()].filter((node) => feature[node]! < 0);
  const number = new Map([
    ...splits.map((node, index): [number, number] => [node, index]),
    ...leaves.map((node, index): [number, number] => [node, -1 - index]),
  ]);
  const ofSplits = (of: (node: number) => number): string => splits.map(of).join(' ');
  const lines = [
    `Tree=${id}`,
    `num_leaves=${leaves.length}`,
    'num_cat=0',
    `split_feature=${ofSplits((node) => feature[node]!)}`,
    `threshold=${ofSplits((node) => threshold[node]!)}`,
    `decision_type=${ofSplits((node) => MISSING_IS_NAN | (missingLeft[node] ? DEFAULT_LEFT : 0))}`,
    `left_child=${ofSplits((node) => number.get(left[node]!)!)}`,
    `right_child=${ofSplits((node) => number.get(right[node]!)!)}`,
    `leaf_value=${leaves.map((node) => value[node]!).join(' ')}`,
    `leaf_count=${leaves.map(() => 1).join(' ')}`,
    `internal_count=${splits.map(() => 2).join(' ')}`,
    'shrinkage=1',
  ];
  return `${lines.join('\n')}\n\n`;
}
