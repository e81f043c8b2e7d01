// The three operators of ONNX that are ensembles of trees.

import { ENSEMBLE_NODES_MAX, ENSEMBLE_OUTPUTS_MAX, ENSEMBLE_TREES_MAX } from '../../assembly/shared/limits.js';
import type { Ensemble, Link, Tree } from './ensemble.js';
import { fault } from './fault.js';
import type { OnnxNode } from './onnx-node.js';
import { buildTrees, Mode, type OnnxBranch, type OnnxLeaf } from './onnx-trees.js';
import { linkOf, type ReadOptions } from './options.js';

const MODES: Readonly<Record<string, Mode | 'LEAF'>> = {
  BRANCH_LEQ: Mode.LEQ,
  BRANCH_LT: Mode.LT,
  BRANCH_GTE: Mode.GTE,
  BRANCH_GT: Mode.GT,
  BRANCH_EQ: Mode.EQ,
  BRANCH_NEQ: Mode.NEQ,
  LEAF: 'LEAF',
};

const AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
const TRANSFORMS = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

/** TreeEnsembleRegressor (ai.onnx.ml 1 to 4). */
export function readRegressor(node: OnnxNode, features: number, options: ReadOptions): Ensemble {
  const outputs = outputsOf(node.integer('n_targets', 1));
  const { trees, isDouble } = treesOf(node, 'target', outputs);
  return finish(node, { trees, isDouble, outputs, features, classes: undefined }, options, {
    aggregate: node.text('aggregate_function', 'SUM'),
    transform: node.text('post_transform', 'NONE'),
  });
}

/** TreeEnsembleClassifier (ai.onnx.ml 1 to 4). Of two classes of which trees add to one only, the second is the output. */
export function readClassifier(node: OnnxNode, features: number, options: ReadOptions): Ensemble {
  const labels = node.has('classlabels_strings')
    ? node.texts('classlabels_strings')
    : node.integers('classlabels_int64s').map(String);
  const classCount = outputsOf(labels.length);
  const ids = new Set(node.integers('class_ids'));
  const isBinary = classCount === 2 && ids.size <= 1;
  const { trees, isDouble } = treesOf(node, 'class', classCount, isBinary);
  const transform = node.text('post_transform', 'NONE');
  const common = { trees, isDouble, features };
  if (!isBinary) {
    return finish(node, { ...common, outputs: classCount, classes: labels }, options, { aggregate: 'SUM', transform });
  }
  // Where all weights are positive they are probabilities, and no function is put on top.
  const isPositive = node.numbers('class_weights').values.every((weight) => weight >= 0);
  const transformed = isPositive && transform === 'LOGISTIC' ? 'NONE' : transform;
  return finish(node, { ...common, outputs: 1, classes: labels }, options, { aggregate: 'SUM', transform: transformed });
}

/** TreeEnsemble (ai.onnx.ml 5). */
export function readTreeEnsemble(node: OnnxNode, features: number, options: ReadOptions): Ensemble {
  const outputs = outputsOf(node.integer('n_targets', 1));
  const modes = node.numbers('nodes_modes').values;
  const count = modes.length;
  if (count > ENSEMBLE_NODES_MAX) fault(`the trees have ${count} nodes, more than ${ENSEMBLE_NODES_MAX}`);
  const featureIds = node.integers('nodes_featureids', count);
  const splits = node.numbers('nodes_splits', count);
  const isTrueLeaf = node.integers('nodes_trueleafs', count);
  const isFalseLeaf = node.integers('nodes_falseleafs', count);
  const whenTrue = node.integers('nodes_truenodeids', count);
  const whenFalse = node.integers('nodes_falsenodeids', count);
  const tracks = node.has('nodes_missing_value_tracks_true') ? node.integers('nodes_missing_value_tracks_true', count) : [];
  const targets = node.integers('leaf_targetids');
  const weights = node.numbers('leaf_weights', targets.length);
  const members = membersOf(node.numbers('membership_values').values);
  const branches = modes.map((mode, index): OnnxBranch => {
    if (!Number.isInteger(mode) || mode < 0 || mode > Mode.MEMBER) fault(`node ${index} has the mode ${mode}`);
    return {
      feature: featureIds[index]!,
      mode,
      value: splits.values[index]!,
      members: mode === Mode.MEMBER ? (members.shift() ?? fault(`node ${index} has no membership_values`)) : [],
      whenTrue: { isLeaf: isTrueLeaf[index] === 1, index: whenTrue[index]! },
      whenFalse: { isLeaf: isFalseLeaf[index] === 1, index: whenFalse[index]! },
      tracksTrue: tracks[index] === 1,
    };
  });
  const leaves = targets.map(
    (target, index): OnnxLeaf => [{ target: checkTarget(target, outputs), weight: weights.values[index]! }],
  );
  const roots = node.integers('tree_roots').map((index) => ({ isLeaf: false, index }));
  const isDouble = splits.isDouble;
  const trees = buildTrees(roots, branches, leaves, outputs, isDouble);
  const aggregate = AGGREGATES[node.integer('aggregate_function', 1)] ?? 'unknown';
  const transform = TRANSFORMS[node.integer('post_transform', 0)] ?? 'unknown';
  return finish(node, { trees, isDouble, outputs, features, classes: undefined }, options, { aggregate, transform });
}

function membersOf(values: readonly number[]): number[][] {
  const sets: number[][] = [[]];
  for (const value of values) {
    if (Number.isNaN(value)) sets.push([]);
    else sets[sets.length - 1]!.push(value);
  }
  return sets;
}

function outputsOf(count: number): number {
  if (!(count >= 1 && count <= ENSEMBLE_OUTPUTS_MAX))
    fault(`the trees have ${count} outputs; 1 to ${ENSEMBLE_OUTPUTS_MAX} can be taken`);
  return count;
}

function checkTarget(target: number, outputs: number): number {
  return target >= 0 && target < outputs ? target : fault(`a leaf adds to output ${target} of ${outputs}`);
}

/** Nodes of versions 1 to 4, named by (tree, node). @param isOne all leaves add to one output, whatever its number */
function treesOf(node: OnnxNode, what: 'target' | 'class', outputs: number, isOne = false): { trees: Tree[]; isDouble: boolean } {
  const treeIds = node.integers('nodes_treeids');
  const count = treeIds.length;
  if (count > ENSEMBLE_NODES_MAX) fault(`the trees have ${count} nodes, more than ${ENSEMBLE_NODES_MAX}`);
  const nodeIds = node.integers('nodes_nodeids', count);
  const modes = node.texts('nodes_modes', count);
  const featureIds = node.integers('nodes_featureids', count);
  const values = node.numbers('nodes_values', count);
  const whenTrue = node.integers('nodes_truenodeids', count);
  const whenFalse = node.integers('nodes_falsenodeids', count);
  const tracks = node.has('nodes_missing_value_tracks_true') ? node.integers('nodes_missing_value_tracks_true', count) : [];
  const places = new Map<string, { isLeaf: boolean; index: number }>();
  const roots = new Map<number, { isLeaf: boolean; index: number }>();
  let leafCount = 0;
  for (let index = 0; index < count; index++) {
    const isLeaf = modes[index] === 'LEAF';
    const place = { isLeaf, index: isLeaf ? leafCount++ : index };
    const key = `${treeIds[index]} ${nodeIds[index]}`;
    if (places.has(key)) fault(`tree ${treeIds[index]} has two nodes ${nodeIds[index]}`);
    places.set(key, place);
    if (!roots.has(treeIds[index]!)) roots.set(treeIds[index]!, place);
  }
  const at = (tree: number, child: number): { isLeaf: boolean; index: number } =>
    places.get(`${tree} ${child}`) ?? fault(`tree ${tree} has no node ${child}`);
  const nowhere = { isLeaf: true, index: 0 };
  const branches = modes.map((name, index): OnnxBranch => {
    const mode = MODES[name];
    if (mode === undefined) fault(`a node has the mode ${JSON.stringify(name.slice(0, 40))}`);
    const tree = treeIds[index]!;
    return {
      feature: featureIds[index]!,
      mode: mode === 'LEAF' ? Mode.LEQ : mode,
      value: values.values[index]!,
      members: [],
      whenTrue: mode === 'LEAF' ? nowhere : at(tree, whenTrue[index]!),
      whenFalse: mode === 'LEAF' ? nowhere : at(tree, whenFalse[index]!),
      tracksTrue: tracks[index] === 1,
    };
  });
  const leaves = Array.from({ length: leafCount }, (): { target: number; weight: number }[] => []);
  const ids = node.integers(`${what}_ids`);
  const ofTree = node.integers(`${what}_treeids`, ids.length);
  const ofNode = node.integers(`${what}_nodeids`, ids.length);
  const weights = node.numbers(`${what}_weights`, ids.length);
  for (const [index, id] of ids.entries()) {
    const place = at(ofTree[index]!, ofNode[index]!);
    if (!place.isLeaf) fault(`node ${ofNode[index]} of tree ${ofTree[index]} has a weight and is no leaf`);
    leaves[place.index]!.push({ target: isOne ? 0 : checkTarget(id, outputs), weight: weights.values[index]! });
  }
  const isDouble = values.isDouble;
  return { trees: buildTrees([...roots.values()], branches, leaves, isOne ? 1 : outputs, isDouble), isDouble };
}

function finish(
  node: OnnxNode,
  made: { trees: Tree[]; isDouble: boolean; outputs: number; features: number; classes: readonly string[] | undefined },
  options: ReadOptions,
  { aggregate, transform }: { aggregate: string; transform: string },
): Ensemble {
  const { trees, isDouble, outputs, features, classes } = made;
  if (trees.length > ENSEMBLE_TREES_MAX) fault(`the file has ${trees.length} trees, more than ${ENSEMBLE_TREES_MAX}`);
  if (typeof options.iterations === 'number') fault('an ONNX file has no iterations', 'leave `iterations` out');
  if (!AGGREGATES.includes(aggregate)) fault(`the aggregate_function ${JSON.stringify(aggregate.slice(0, 40))} is not known`);
  const leafWidth = trees.every(({ value, test }) => value.length === test.length) ? 1 : outputs;
  if (leafWidth > 1 && (aggregate === 'MIN' || aggregate === 'MAX'))
    fault(`the trees give several outputs their ${aggregate}`, 'give each output a file of its own');
  const largest = trees.reduce((most, { feature }) => feature.reduce((a, b) => Math.max(a, b), most), -1);
  const base = node.numbers('base_values').values;
  const end = new Float64Array(outputs);
  // The base of one output of two classes stands last.
  if (base.length !== 0 && base.length !== outputs && !(outputs === 1 && base.length === 2))
    fault(`\`base_values\` has ${base.length} values for ${outputs} outputs`);
  for (let output = 0; output < outputs; output++) end[output] = base[base.length - outputs + output] ?? 0;
  return {
    format: `ONNX, ${node.operator}`,
    features: Array.from({ length: Math.max(features, largest + 1) }, (_, index) => ({ name: `f${index}` })),
    outputs,
    classes,
    trees,
    leafWidth,
    isSingle: !isDouble,
    start: new Float64Array(outputs),
    end,
    divisor: aggregate === 'AVERAGE' && trees.length > 0 ? trees.length : 1,
    aggregate: aggregate === 'MIN' ? 'min' : aggregate === 'MAX' ? 'max' : 'sum',
    link: options.link === undefined ? linkOfTransform(transform) : linkOf(options.link),
    isNegativeFractionZero: false,
  };
}

function linkOfTransform(transform: string): Link {
  switch (transform) {
    case 'NONE':
      return { kind: 'identity' };
    case 'SOFTMAX':
      return { kind: 'softmax' };
    case 'LOGISTIC':
      return { kind: 'logistic-folded' };
    case 'SOFTMAX_ZERO':
      return { kind: 'softmax-zero' };
    default:
      return fault(
        `the post_transform ${JSON.stringify(transform.slice(0, 40))} is not taken`,
        'export it with NONE, and write `link`',
      );
  }
}
