// The trees as nested if-else in JavaScript, a function for each, in V8: what a generator of JavaScript makes of a trained model.

import { FEATURE_COUNT, type Forest, type ForestTree } from '../forests/forest.js';
import { fold } from '../forests/truth.js';
import type { Row } from '../row.js';
import { BLOCK_COUNT } from '../workload.js';

type TreeFunction = (values: Float32Array | Float64Array, first: number) => number;

function treeSource(forest: Forest, tree: ForestTree, node = 0): string {
  const feature = tree.feature[node]!;
  if (feature < 0) return `return ${tree.value[node]};`;
  const [less, notLess] = forest.library === 'xgboost' ? ['<', '>='] : ['<=', '>'];
  const threshold = tree.threshold[node]!;
  const test = tree.missingLeft[node] ? `!(x[i + ${feature}] ${notLess} ${threshold})` : `x[i + ${feature}] ${less} ${threshold}`;
  const [left, right] = [tree.left[node]!, tree.right[node]!].map((child) => treeSource(forest, tree, child));
  return `if (${test}) { ${left} } else { ${right} }`;
}

/** @param rows numbers, FEATURE_COUNT for each row */
export function v8Trees(forest: Forest, rows: Float64Array): Row {
  const { trees, classes, library } = forest;
  const isSingle = library === 'xgboost';
  const values = isSingle ? Float32Array.from(rows) : rows;
  const functions = trees.map((tree) => new Function('x', 'i', treeSource(forest, tree)) as TreeFunction);
  const start = isSingle && classes > 1 ? 0.5 : 0;
  // A store to a Float32Array rounds, as the library does after each tree.
  const sums = isSingle ? new Float32Array(classes) : new Float64Array(classes);
  const doubles = new Float64Array(1);
  const words = new Uint32Array(doubles.buffer);
  return {
    name: 'V8 if-else, trees alone',
    covers: 'score',
    decide: (first) => {
      let folded = 0;
      for (let row = first; row < first + BLOCK_COUNT; row++) {
        sums.fill(start);
        for (let tree = 0; tree < functions.length; tree++) sums[tree % classes]! += functions[tree]!(values, row * FEATURE_COUNT);
        for (let output = 0; output < classes; output++) folded += fold(doubles, words, sums[output]!);
      }
      return folded;
    },
  };
}
