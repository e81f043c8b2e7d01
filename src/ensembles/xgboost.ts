// What XGBoost's formats have in common: objectives, base scores, which trees count. After src/objective/*.cu, src/learner.cc and
// src/gbm/gbtree.cc of XGBoost: inputs, thresholds and sums are float32; `value < threshold` goes left; NaN goes where the node says;
// a member of a node's categories goes right.

import { ENSEMBLE_OUTPUTS_MAX } from '../../assembly/shared/limits.js';
import { type Ensemble, floatBelow, type Link, Test, type Tree } from './ensemble.js';
import { fault } from './fault.js';
import { linkOf, type ReadOptions } from './options.js';

export interface XgboostModel {
  format: string;
  objective: string;
  /** 0 or 1: a single output. */
  classCount: number;
  targetCount: number;
  /** One, or one for each output. */
  baseScore: readonly number[];
  /** The base score is what sums begin with already: files of versions before 1.0. */
  isBaseMargin: boolean;
  featureNames: readonly string[];
  /** Checked by finishTree; leaves hold their values as the file has them. */
  trees: readonly Tree[];
  /** Of each tree. */
  outputOfTree: ArrayLike<number>;
  /** DART: what each tree's values are multiplied by. */
  weights: ArrayLike<number> | undefined;
  /** Number of trees after each iteration, from 0; where the file says it. */
  treesOfIterations: ArrayLike<number> | undefined;
  treesPerIteration: number;
  /** The last iteration that counts, from 0. */
  bestIteration: number | undefined;
}

type Base = 'identity' | 'logit' | 'log';

const LOGISTIC: Link = { kind: 'logistic', scale: 1 };
const IDENTITY: Link = { kind: 'identity' };

function objectiveOf(name: string): { link: Link; base: Base } | undefined {
  switch (name) {
    case 'binary:logistic':
    case 'reg:logistic':
      return { link: LOGISTIC, base: 'logit' };
    case 'binary:logitraw':
      return { link: IDENTITY, base: 'logit' };
    case 'binary:hinge':
      return { link: { kind: 'hinge' }, base: 'identity' };
    case 'multi:softmax':
    case 'multi:softprob':
      return { link: { kind: 'softmax' }, base: 'identity' };
    case 'count:poisson':
    case 'reg:gamma':
    case 'reg:tweedie':
    case 'survival:cox':
    case 'survival:aft':
      return { link: { kind: 'exp' }, base: 'log' };
    case 'reg:squarederror':
    case 'reg:linear':
    case 'reg:squaredlogerror':
    case 'reg:pseudohubererror':
    case 'reg:absoluteerror':
    case 'reg:quantileerror':
    case 'reg:expectileerror':
    case 'rank:pairwise':
    case 'rank:ndcg':
    case 'rank:map':
      return { link: IDENTITY, base: 'identity' };
    default:
      return undefined;
  }
}

/** Refuses boosters that are no trees. */
export function checkBooster(name: string): void {
  if (name === 'gbtree' || name === 'dart') return;
  if (name === 'gblinear')
    fault(
      'the file holds a linear booster (`gblinear`), which has no trees',
      'write its weights as a feature: `0.4 * a + 1.7 * b`',
    );
  fault(`the file holds a booster \`${name.slice(0, 40)}\`, which is not known`, 'train with `booster: gbtree` or `dart`');
}

/** What sums begin with, from a base score as it is written; in float32, as XGBoost has it. */
function marginOf(score: number, base: Base): number {
  const single = Math.fround(score);
  if (base === 'identity') return single;
  if (base === 'log') {
    if (!(single > 0)) fault(`the base score ${score} is not above 0, which its objective needs`);
    return Math.fround(Math.log(single));
  }
  if (!(single > 0 && single < 1)) fault(`the base score ${score} is not between 0 and 1, which its objective needs`);
  return Math.fround(-Math.fround(Math.log(Math.fround(Math.fround(1 / single) - 1))));
}

export function toEnsemble(model: XgboostModel, options: ReadOptions): Ensemble {
  const outputs = Math.max(1, model.classCount, model.targetCount);
  if (outputs > ENSEMBLE_OUTPUTS_MAX) fault(`the file has ${outputs} outputs, more than ${ENSEMBLE_OUTPUTS_MAX}`);
  const known = objectiveOf(model.objective);
  if (known === undefined && options.link === undefined) {
    fault(
      `the objective \`${model.objective.slice(0, 60)}\` is not known`,
      'say what becomes of the sums: `link: identity`, `logistic`, `softmax` or `exp`',
    );
  }
  const { link, base } = known ?? { link: IDENTITY, base: 'identity' };
  const scores = model.baseScore;
  if (scores.length !== 1 && scores.length !== outputs) fault(`the file has ${scores.length} base scores for ${outputs} outputs`);
  const margins = new Float64Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const score = scores[scores.length === 1 ? 0 : output]!;
    if (!Number.isFinite(score)) fault(`the base score is ${score}`);
    margins[output] = model.isBaseMargin ? Math.fround(score) : marginOf(score, base);
  }
  const count = treesThatCount(model, options.iterations ?? 'best');
  const trees = model.trees.slice(0, count).map((tree, index): Tree => {
    const output = model.outputOfTree[index]!;
    if (!Number.isInteger(output) || output < 0 || output >= outputs)
      fault(`tree ${index} adds to output ${output} of ${outputs}: the file is damaged`);
    const weight = model.weights?.[index];
    if (weight === undefined) return { ...tree, output };
    return { ...tree, output, value: tree.value.map((value) => Math.fround(value * Math.fround(weight))) };
  });
  return {
    format: model.format,
    features: model.featureNames.map((name) => ({ name })),
    outputs,
    classes: undefined,
    trees,
    leafWidth: 1,
    isSingle: true,
    start: margins,
    end: new Float64Array(outputs),
    divisor: 1,
    aggregate: 'sum',
    link: options.link === undefined ? link : linkOf(options.link),
    isNegativeFractionZero: false,
  };
}

function treesThatCount(model: XgboostModel, iterations: 'best' | 'all' | number): number {
  const { trees, treesOfIterations, treesPerIteration, bestIteration } = model;
  const last = iterations === 'best' ? bestIteration : iterations === 'all' ? undefined : iterations - 1;
  if (last === undefined) return trees.length;
  const count = treesOfIterations === undefined ? (last + 1) * treesPerIteration : treesOfIterations[last + 1];
  if (count === undefined || count > trees.length) {
    if (iterations === 'best') return trees.length;
    fault(`the file has fewer than ${last + 1} iterations`, 'write `iterations: all`');
  }
  return count;
}

/** One node of a tree as XGBoost has it; categories are given for a test of membership. */
export function setSplit(
  tree: Tree,
  node: number,
  split: { feature: number; threshold: number; left: number; right: number; defaultLeft: boolean; categories?: Float64Array },
): void {
  const { feature, threshold, left, right, defaultLeft, categories } = split;
  tree.feature[node] = feature;
  if (categories === undefined) {
    tree.test[node] = Test.LESS_EQUAL;
    // x < t where x is a float32 is x <= the float32 below t.
    tree.threshold[node] = floatBelow(Math.fround(threshold));
    tree.left[node] = left;
    tree.right[node] = right;
    tree.missingLeft[node] = defaultLeft ? 1 : 0;
    return;
  }
  // Members go right here, left in the common form.
  tree.test[node] = Test.CATEGORY;
  tree.sets.set(node, categories);
  tree.left[node] = right;
  tree.right[node] = left;
  tree.missingLeft[node] = defaultLeft ? 0 : 1;
}

/** Names of features where the file has none. */
export function numberedNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `f${index}`);
}
