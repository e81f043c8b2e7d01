// What LightGBM's formats have in common. After src/io/tree.cpp, include/LightGBM/tree.h and src/objective/*.hpp of LightGBM: inputs,
// thresholds and sums are float64; `value <= threshold` goes left; a member of a node's categories goes left, and what is missing of
// a feature of categories goes right.

import { ENSEMBLE_OUTPUTS_MAX } from '../../assembly/shared/limits.js';
import { type Ensemble, type EnsembleFeature, type Link, Missing, newTree, Test, type Tree } from './ensemble.js';
import { fault } from './fault.js';
import { finishTree } from './finish-tree.js';
import { parseNumber } from './json-value.js';
import { MODEL_FEATURES_MAX } from './limits.js';
import { linkOf, type ReadOptions } from './options.js';

export interface LightgbmModel {
  format: string;
  /** `binary sigmoid:1`; undefined where the file has none: an objective of the author's own. */
  objective: string | undefined;
  treesPerIteration: number;
  isAverage: boolean;
  /** Leaves of a random forest hold what the objective makes of them already: files of versions before 2.3. */
  isConverted: boolean;
  featureNames: readonly string[];
  /** Features of categories, by number, with the words that pandas had for them. */
  categories: ReadonlyMap<number, readonly string[]>;
  trees: readonly Tree[];
}

const IDENTITY: Link = { kind: 'identity' };

function linkOfObjective(objective: string): Link | undefined {
  const [name = '', ...parameters] = objective.trim().split(/\s+/);
  const parameter = (key: string): string | undefined =>
    parameters.find((text) => text.startsWith(`${key}:`))?.slice(key.length + 1);
  const scale = (): number => {
    const value = parseNumber(parameter('sigmoid') ?? '1', 'the objective');
    return value > 0 && Number.isFinite(value) ? value : fault(`the objective has the sigmoid ${value}`);
  };
  switch (name) {
    case 'binary':
    case 'multiclassova':
    case 'multiclass_ova':
    case 'ova':
    case 'ovr':
      return { kind: 'logistic', scale: scale() };
    case 'multiclass':
    case 'softmax':
      return { kind: 'softmax' };
    case 'cross_entropy':
    case 'xentropy':
      return { kind: 'logistic', scale: 1 };
    case 'cross_entropy_lambda':
    case 'xentlambda':
      return { kind: 'log1p-exp' };
    case 'poisson':
    case 'gamma':
    case 'tweedie':
      return { kind: 'exp' };
    case 'regression':
    case 'regression_l2':
    case 'l2':
    case 'mean_squared_error':
    case 'mse':
      return parameters.includes('sqrt') ? { kind: 'signed-square' } : IDENTITY;
    case 'regression_l1':
    case 'l1':
    case 'mae':
    case 'huber':
    case 'fair':
    case 'quantile':
    case 'mape':
    case 'lambdarank':
    case 'rank_xendcg':
    case 'custom':
    case 'none':
      return IDENTITY;
    default:
      return undefined;
  }
}

export function toEnsemble(model: LightgbmModel, options: ReadOptions): Ensemble {
  const outputs = model.treesPerIteration;
  if (outputs < 1 || outputs > ENSEMBLE_OUTPUTS_MAX)
    fault(`the file has ${outputs} outputs; 1 to ${ENSEMBLE_OUTPUTS_MAX} can be taken`);
  const objective = model.objective ?? 'custom';
  let link = options.link === undefined ? linkOfObjective(objective) : linkOf(options.link);
  if (link === undefined) {
    return fault(
      `the objective \`${objective.slice(0, 60)}\` is not known`,
      'say what becomes of the sums: `link: identity`, `logistic`, `softmax` or `exp`',
    );
  }
  if (model.isAverage && model.isConverted && options.link === undefined) link = IDENTITY;
  const iterations = options.iterations ?? 'best';
  const count = typeof iterations === 'number' ? iterations * outputs : model.trees.length;
  if (count > model.trees.length) fault(`the file has fewer than ${iterations} iterations`, 'write `iterations: all`');
  if (count % outputs !== 0) fault(`the file has ${count} trees for ${outputs} outputs: some are missing`);
  const trees = model.trees.slice(0, count).map((tree, index): Tree => ({ ...tree, output: index % outputs }));
  return {
    format: model.format,
    features: model.featureNames.map((name, index): EnsembleFeature => {
      const categories = model.categories.get(index);
      return categories === undefined ? { name } : { name, categories };
    }),
    outputs,
    classes: undefined,
    trees,
    leafWidth: 1,
    isSingle: false,
    start: new Float64Array(outputs),
    end: new Float64Array(outputs),
    divisor: model.isAverage && count > 0 ? count / outputs : 1,
    aggregate: 'sum',
    link,
    isNegativeFractionZero: true,
  };
}

/** Bits of a node's decision_type; missing: 0 none, 1 zero, 2 NaN. */
export const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING_SHIFT = 2;

/** Where a node leads: another node, or a leaf as -1 - number. */
export interface LightgbmNode {
  feature: number;
  decision: number;
  threshold: number;
  left: number;
  right: number;
  /** In rising order. */
  categories?: Float64Array;
}

/** @param cover of the internal nodes, then of the leaves; undefined where the file does not say */
export function buildTree(
  nodes: readonly LightgbmNode[],
  leaves: ArrayLike<number>,
  cover: { internal: ArrayLike<number>; leaves: ArrayLike<number> } | undefined,
  what: string,
): Tree {
  const count = nodes.length;
  const tree = newTree(count + leaves.length, 1, cover !== undefined);
  const place = (child: number): number => (child >= 0 ? child : count - 1 - child);
  for (const [node, { feature, decision, threshold, left, right, categories }] of nodes.entries()) {
    const isChild = (child: number): boolean => Number.isInteger(child) && child < count && child >= -leaves.length;
    if (!isChild(left) || !isChild(right))
      fault(`${what}: node ${node} has children ${left} and ${right}, which are not in the file`);
    if (!Number.isInteger(feature) || feature < 0 || feature >= MODEL_FEATURES_MAX)
      fault(`${what}: node ${node} tests the feature ${feature}`);
    const missing = (decision >> MISSING_SHIFT) & 3;
    if (!Number.isInteger(decision) || decision < 0 || decision > 15 || missing === 3)
      fault(`${what}: node ${node} has the decision_type ${decision}`);
    tree.feature[node] = feature;
    tree.left[node] = place(left);
    tree.right[node] = place(right);
    if (cover !== undefined) tree.cover![node] = cover.internal[node]!;
    if (categories === undefined) {
      tree.test[node] = Test.LESS_EQUAL;
      tree.threshold[node] = threshold;
      tree.missing[node] = missing === 0 ? Missing.NONE : missing === 1 ? Missing.ZERO : Missing.NAN;
      tree.missingLeft[node] = (decision & DEFAULT_LEFT) === 0 ? 0 : 1;
    } else {
      tree.test[node] = Test.CATEGORY;
      tree.sets.set(node, categories);
    }
  }
  for (let leaf = 0; leaf < leaves.length; leaf++) {
    tree.value[count + leaf] = leaves[leaf]!;
    if (cover !== undefined) tree.cover![count + leaf] = cover.leaves[leaf]!;
  }
  return finishTree(tree, 1, what);
}

/** Words by number: `pandas_categorical` lists them for the features of categories, in the order of those. */
export function categoriesOf(
  lists: unknown,
  featureInfos: readonly string[] | undefined,
  count: number,
): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  if (!Array.isArray(lists) || lists.length === 0 || featureInfos === undefined) return found;
  // Of a feature of categories the file says `1:0:2`, of others `[low:high]`, or `none` where nothing splits it.
  const isCategory = (info: string): boolean => !info.startsWith('[') && info !== 'none';
  const features = featureInfos.slice(0, count).flatMap((info, index) => (isCategory(info) ? [index] : []));
  // A feature of categories that nothing splits is not told from others: then the words cannot be given to features.
  if (features.length !== lists.length) return found;
  for (const [at, feature] of features.entries()) {
    const words: unknown = lists[at];
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) found.set(feature, words as string[]);
  }
  return found;
}

/** Names of all features; LightGBM's own where the file has them not. */
export function namesOf(names: readonly string[], count: number): readonly string[] {
  return names.length === count ? names : Array.from({ length: count }, (_, index) => names[index] ?? `Column_${index}`);
}
