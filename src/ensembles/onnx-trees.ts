// Branches and leaves of ONNX, in lists, -> trees.

import { ENSEMBLE_NODES_MAX, ENSEMBLE_TREES_MAX } from '../../assembly/shared/limits.js';
import { doubleBelow, floatBelow, newTree, Test, type Tree } from './ensemble.js';
import { fault } from './fault.js';
import { finishTree } from './finish-tree.js';
import { MODEL_FEATURES_MAX } from './limits.js';

/** Numbers as TreeEnsemble of version 5 has them. */
export enum Mode {
  LEQ = 0,
  LT = 1,
  GTE = 2,
  GT = 3,
  EQ = 4,
  NEQ = 5,
  MEMBER = 6,
}

export interface OnnxPlace {
  isLeaf: boolean;
  index: number;
}

export interface OnnxBranch {
  feature: number;
  mode: Mode;
  value: number;
  /** MEMBER. */
  members: readonly number[];
  whenTrue: OnnxPlace;
  whenFalse: OnnxPlace;
  /** NaN goes to whenTrue. */
  tracksTrue: boolean;
}

/** What a leaf adds. */
export type OnnxLeaf = readonly { target: number; weight: number }[];

/** Values of leaves have the width 1 where each tree adds to one output, else one for each output; all trees alike. */
export function buildTrees(
  roots: readonly OnnxPlace[],
  branches: readonly OnnxBranch[],
  leaves: readonly OnnxLeaf[],
  outputs: number,
  isDouble: boolean,
): Tree[] {
  if (roots.length > ENSEMBLE_TREES_MAX) fault(`the file has ${roots.length} trees, more than ${ENSEMBLE_TREES_MAX}`);
  const walked = roots.map((root, index) => walk(root, branches, leaves, `tree ${index}`));
  const isNarrow = walked.every((places) => targetsOf(places, leaves).size <= 1);
  const width = isNarrow ? 1 : outputs;
  let count = 0;
  for (const places of walked) count += places.length;
  if (count * width > ENSEMBLE_NODES_MAX) fault(`the trees have more than ${ENSEMBLE_NODES_MAX} values`);
  return walked.map((places, index) => {
    const tree = build(places, branches, leaves, width, isDouble);
    if (isNarrow) tree.output = targetsOf(places, leaves).values().next().value ?? 0;
    return finishTree(tree, width, `tree ${index}`);
  });
}

function targetsOf(places: readonly OnnxPlace[], leaves: readonly OnnxLeaf[]): Set<number> {
  return new Set(places.flatMap(({ isLeaf, index }) => (isLeaf ? leaves[index]!.map(({ target }) => target) : [])));
}

/** The places of a tree in breadth-first order: a leaf as often as something leads to it, a branch once. */
function walk(root: OnnxPlace, branches: readonly OnnxBranch[], leaves: readonly OnnxLeaf[], what: string): OnnxPlace[] {
  const places = [root];
  const seen = new Set<number>();
  for (let at = 0; at < places.length; at++) {
    const { isLeaf, index } = places[at]!;
    if (index < 0 || index >= (isLeaf ? leaves : branches).length)
      fault(`${what}: there is no ${isLeaf ? 'leaf' : 'node'} ${index}`);
    if (isLeaf) continue;
    if (seen.has(index)) fault(`${what}: node ${index} has two parents`);
    seen.add(index);
    places.push(branches[index]!.whenTrue, branches[index]!.whenFalse);
  }
  return places;
}

function build(
  places: readonly OnnxPlace[],
  branches: readonly OnnxBranch[],
  leaves: readonly OnnxLeaf[],
  width: number,
  isDouble: boolean,
): Tree {
  const tree = newTree(places.length, width, false);
  const single = (value: number): number => (isDouble ? value : Math.fround(value));
  const below = isDouble ? doubleBelow : floatBelow;
  // Children of the n-th branch in this order stand side by side.
  let next = 1;
  for (const [node, { isLeaf, index }] of places.entries()) {
    if (isLeaf) {
      for (const { target, weight } of leaves[index]!) {
        const at = node * width + (width === 1 ? 0 : target);
        tree.value[at] = single(tree.value[at]! + single(weight));
      }
      continue;
    }
    const { feature, mode, value, members, tracksTrue } = branches[index]!;
    if (!Number.isInteger(feature) || feature < 0 || feature >= MODEL_FEATURES_MAX)
      fault(`node ${index} tests the feature ${feature}`);
    const isSwapped = mode === Mode.GT || mode === Mode.GTE || mode === Mode.NEQ;
    tree.feature[node] = feature;
    tree.left[node] = isSwapped ? next + 1 : next;
    tree.right[node] = isSwapped ? next : next + 1;
    next += 2;
    tree.missingLeft[node] = tracksTrue !== isSwapped ? 1 : 0;
    if (mode === Mode.EQ || mode === Mode.NEQ || mode === Mode.MEMBER) {
      const points = mode === Mode.MEMBER ? members : Number.isNaN(value) ? [] : [value];
      tree.test[node] = Test.POINT;
      tree.sets.set(node, new Float64Array(new Set(points.map((point) => single(point) + 0))).sort());
    } else {
      tree.test[node] = Test.LESS_EQUAL;
      tree.threshold[node] = mode === Mode.LT || mode === Mode.GTE ? below(single(value)) : single(value);
    }
  }
  return tree;
}
