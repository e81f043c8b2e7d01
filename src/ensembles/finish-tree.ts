// What readers have filled in becomes a tree that everything else may trust: each node but the root has one parent, nothing runs in
// a circle, and no tree is deeper than the engine goes.

import { ENSEMBLE_DEPTH_MAX } from '../../assembly/shared/limits.js';
import { Test, type Tree } from './ensemble.js';
import { fault } from './fault.js';

const LISTS = ['test', 'feature', 'threshold', 'left', 'right', 'missing', 'missingLeft'] as const;

/**
 * Checks a tree, and drops nodes that its root does not reach (deleted ones; subtrees of a test that never holds).
 *
 * @param what names it in faults: `tree 3`
 */
export function finishTree(tree: Tree, leafWidth: number, what: string): Tree {
  const count = tree.test.length;
  if (count === 0) fault(`${what} has no nodes`);
  const order: number[] = [0];
  const isSeen = new Uint8Array(count);
  isSeen[0] = 1;
  let depth = 0;
  let levelEnd = 1;
  for (let index = 0; index < order.length; index++) {
    if (index === levelEnd) {
      depth++;
      levelEnd = order.length;
      if (depth > ENSEMBLE_DEPTH_MAX) fault(`${what} is more than ${ENSEMBLE_DEPTH_MAX} tests deep`, 'train with a `max_depth`');
    }
    const node = order[index]!;
    if (tree.test[node] === Test.LEAF) continue;
    for (const child of [tree.left[node]!, tree.right[node]!]) {
      if (child < 0 || child >= count) fault(`${what}: node ${node} has a child ${child}, which is none of its ${count} nodes`);
      if (isSeen[child] === 1) fault(`${what}: node ${child} has two parents`);
      isSeen[child] = 1;
      order.push(child);
    }
  }
  return order.length === count && order.every((node, index) => node === index) ? tree : inOrder(tree, order, leafWidth);
}

/** The nodes in breadth-first order: children behind their parents, those of a node side by side. */
function inOrder(tree: Tree, order: readonly number[], leafWidth: number): Tree {
  const place = new Int32Array(tree.test.length).fill(-1);
  for (const [index, node] of order.entries()) place[node] = index;
  const result: Tree = {
    output: tree.output,
    test: new Uint8Array(order.length),
    feature: new Int32Array(order.length),
    threshold: new Float64Array(order.length),
    left: new Int32Array(order.length),
    right: new Int32Array(order.length),
    missing: new Uint8Array(order.length),
    missingLeft: new Uint8Array(order.length),
    sets: new Map(),
    value: new Float64Array(order.length * leafWidth),
    cover: tree.cover === undefined ? undefined : new Float64Array(order.length),
  };
  for (const [index, node] of order.entries()) {
    for (const list of LISTS) result[list][index] = tree[list][node]!;
    if (result.test[index] !== Test.LEAF) {
      result.left[index] = place[tree.left[node]!]!;
      result.right[index] = place[tree.right[node]!]!;
    }
    const set = tree.sets.get(node);
    if (set !== undefined) result.sets.set(index, set);
    for (let j = 0; j < leafWidth; j++) result.value[index * leafWidth + j] = tree.value[node * leafWidth + j]!;
    if (tree.cover !== undefined) result.cover![index] = tree.cover[node]!;
  }
  return result;
}
