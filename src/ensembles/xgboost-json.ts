// XGBoost's JSON model (save_model), and the same document as UBJSON. Its schema: doc/model.schema of XGBoost, 1.0 and later.

import { ENSEMBLE_TREES_MAX } from '../../assembly/shared/limits.js';
import { type Ensemble, newTree, type Tree } from './ensemble.js';
import { fault } from './fault.js';
import { finishTree } from './finish-tree.js';
import {
  integerAt,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  member,
  numberOf,
  numbersAt,
  objectAt,
  objectOf,
  parseNumber,
  textAt,
  textsAt,
} from './json-value.js';
import { MODEL_FEATURES_MAX } from './limits.js';
import { NodeBudget } from './node-budget.js';
import type { ReadOptions } from './options.js';
import { checkBooster, numberedNames, setSplit, toEnsemble } from './xgboost.js';

/** Whether a document looks like one of XGBoost's. */
export function isXgboost(value: Json): value is JsonObject {
  return isObject(value) && Object.hasOwn(value, 'learner');
}

/** @param format words for what it was read from */
export function readXgboostJson(value: JsonObject, format: string, options: ReadOptions): Ensemble {
  const learner = objectAt(value, 'learner', 'model');
  const path = 'learner';
  const parameters = objectAt(learner, 'learner_model_param', path);
  const objective = textAt(objectAt(learner, 'objective', path), 'name', `${path}.objective`);
  const outer = objectAt(learner, 'gradient_booster', path);
  const booster = textAt(outer, 'name', `${path}.gradient_booster`);
  checkBooster(booster);
  const isDart = booster === 'dart';
  const inner = isDart ? objectAt(outer, 'gbtree', `${path}.gradient_booster`) : outer;
  const model = objectAt(inner, 'model', `${path}.gradient_booster`);
  const treeParameters = member(model, 'gbtree_model_param');
  const ofTrees = isObject(treeParameters) ? treeParameters : {};
  const list = listAt(model, 'trees', `${path}.gradient_booster.model`);
  if (list.length > ENSEMBLE_TREES_MAX) fault(`the file has ${list.length} trees, more than ${ENSEMBLE_TREES_MAX}`);
  const featureCount = integerAt(parameters, 'num_feature', `${path}.learner_model_param`, 0, MODEL_FEATURES_MAX, 0);
  const names = textsAt(learner, 'feature_names', path);
  if (names !== undefined && names.length > MODEL_FEATURES_MAX) fault(`the file names more than ${MODEL_FEATURES_MAX} features`);
  const budget = new NodeBudget();
  const trees = Array.from({ length: list.length }, (_, index) => readTree(list[index], index, budget));
  const classCount = integerAt(parameters, 'num_class', `${path}.learner_model_param`, 0, 1_000_000, 0);
  const targetCount = integerAt(parameters, 'num_target', `${path}.learner_model_param`, 0, 1_000_000, 1);
  const parallel = integerAt(ofTrees, 'num_parallel_tree', 'gbtree_model_param', 0, 1_000_000, 1);
  const attributes = member(learner, 'attributes');
  const indptr = member(model, 'iteration_indptr') === undefined ? undefined : numbersAt(model, 'iteration_indptr', 'model');
  return toEnsemble(
    {
      format,
      objective,
      classCount,
      targetCount,
      baseScore: baseScoresOf(parameters),
      isBaseMargin: false,
      featureNames: names ?? numberedNames(Math.max(featureCount, largestFeature(trees) + 1)),
      trees,
      outputOfTree: numbersAt(model, 'tree_info', `${path}.gradient_booster.model`, list.length),
      weights: isDart ? numbersAt(outer, 'weight_drop', `${path}.gradient_booster`, list.length) : undefined,
      treesOfIterations: indptr,
      treesPerIteration: Math.max(1, classCount, targetCount) * Math.max(1, parallel),
      bestIteration: isObject(attributes) ? bestOf(attributes) : undefined,
    },
    options,
  );
}

function bestOf(attributes: JsonObject): number | undefined {
  return member(attributes, 'best_iteration') === undefined
    ? undefined
    : integerAt(attributes, 'best_iteration', 'learner.attributes', 0, 2_147_483_647);
}

/** `5E-1`, or since version 3.1 one for each output: `[5E-1,2E-1]`. */
function baseScoresOf(parameters: JsonObject): number[] {
  const written = member(parameters, 'base_score');
  if (written === undefined) return [0.5];
  const path = 'learner.learner_model_param.base_score';
  if (typeof written !== 'string') return [numberOf(written, path)];
  const text = written.trim();
  if (!text.startsWith('[')) return [parseNumber(text, path)];
  if (!text.endsWith(']') || text.length > 65_536) return fault(`${path} is no list of numbers`);
  return text
    .slice(1, -1)
    .split(',')
    .map((part) => parseNumber(part, path));
}

function largestFeature(trees: readonly Tree[]): number {
  return trees.reduce((most, { feature }) => feature.reduce((a, b) => Math.max(a, b), most), -1);
}

function readTree(value: Json, index: number, budget: NodeBudget): Tree {
  const path = `trees[${index}]`;
  const object = objectOf(value, path);
  const left = numbersAt(object, 'left_children', path);
  const count = left.length;
  budget.take(count);
  const parameters = objectAt(object, 'tree_param', path);
  if (integerAt(parameters, 'size_leaf_vector', `${path}.tree_param`, 0, 1_000_000, 0) > 1) {
    fault('leaves of the trees hold several values (`multi_strategy: multi_output_tree`)', 'train with `one_output_per_tree`');
  }
  const right = numbersAt(object, 'right_children', path, count);
  const features = numbersAt(object, 'split_indices', path, count);
  const conditions = numbersAt(object, 'split_conditions', path, count);
  const defaultLeft = numbersAt(object, 'default_left', path, count);
  const hasCover = member(object, 'sum_hessian') !== undefined;
  const cover = hasCover ? numbersAt(object, 'sum_hessian', path, count) : undefined;
  const types = member(object, 'split_type') === undefined ? undefined : numbersAt(object, 'split_type', path);
  const categories = categoriesOf(object, path, count);
  const tree = newTree(count, 1, hasCover);
  for (let node = 0; node < count; node++) {
    if (cover !== undefined) tree.cover![node] = cover[node]!;
    if (left[node] === -1) {
      tree.value[node] = Math.fround(conditions[node]!);
      continue;
    }
    const feature = features[node]!;
    if (!Number.isInteger(feature) || feature < 0 || feature >= MODEL_FEATURES_MAX)
      fault(`${path}: node ${node} tests the feature ${feature}`);
    const isNode = (child: number): boolean => Number.isInteger(child) && child >= 0 && child < count;
    if (!isNode(left[node]!) || !isNode(right[node]!))
      fault(`${path}: node ${node} has children ${left[node]} and ${right[node]}, which are none of its ${count} nodes`);
    const isCategory = types?.[node] === 1;
    setSplit(tree, node, {
      feature,
      threshold: conditions[node]!,
      left: left[node]!,
      right: right[node]!,
      defaultLeft: defaultLeft[node] === 1,
      ...(isCategory ? { categories: categories.get(node) ?? fault(`${path}: node ${node} has no categories`) } : {}),
    });
  }
  return finishTree(tree, 1, path);
}

/** The categories of each node that tests some, in rising order. */
function categoriesOf(object: JsonObject, path: string, count: number): Map<number, Float64Array> {
  const found = new Map<number, Float64Array>();
  if (member(object, 'categories_nodes') === undefined) return found;
  const nodes = numbersAt(object, 'categories_nodes', path);
  const segments = numbersAt(object, 'categories_segments', path, nodes.length);
  const sizes = numbersAt(object, 'categories_sizes', path, nodes.length);
  const categories = numbersAt(object, 'categories', path);
  let taken = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    const first = segments[index]!;
    const size = sizes[index]!;
    taken += size;
    const isInside = Number.isInteger(first) && Number.isInteger(size) && first >= 0 && size >= 0;
    if (!isInside || first + size > categories.length || taken > categories.length || !(node >= 0 && node < count))
      fault(`${path}.categories: those of node ${node} are not in the file`);
    const own = new Float64Array(size);
    for (let i = 0; i < size; i++) own[i] = categories[first + i]!;
    found.set(node, checkCategories(own.sort(), path));
  }
  return found;
}

/** XGBoost takes categories from 0 to 2^24, which a float32 holds exactly. */
export const CATEGORIES_END = 16_777_216;

/** @param sorted in rising order */
export function checkCategories(sorted: Float64Array, path: string): Float64Array {
  for (const category of sorted)
    if (!Number.isInteger(category) || category < 0 || category >= CATEGORIES_END)
      fault(`${path}: ${category} is no category: they are whole numbers from 0 to ${CATEGORIES_END - 1}`);
  return sorted;
}
