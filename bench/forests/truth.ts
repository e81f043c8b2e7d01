// What every engine must answer: sums of the trees, node by node, with no code in common with any engine.

import { FEATURE_COUNT, type Forest } from './forest.js';

/** Margins, `classes` for each row: what the trees say, before any link. */
export function marginsOf(forest: Forest, rows: Float64Array): Float64Array {
  const { trees, classes, library } = forest;
  const isSingle = library === 'xgboost';
  const values = isSingle ? Float32Array.from(rows) : rows;
  const count = rows.length / FEATURE_COUNT;
  // XGBoost begins with its base score: 0.5 for each of several classes, and for one the margin of 0.5, which is 0.
  const start = isSingle && classes > 1 ? 0.5 : 0;
  const margins = isSingle ? new Float32Array(count * classes).fill(start) : new Float64Array(count * classes).fill(start);
  // Tree by tree: a tree stays in the cache.
  for (const [index, { feature, threshold, missingLeft, left, right, value }] of trees.entries()) {
    const output = index % classes;
    for (let row = 0; row < count; row++) {
      let node = 0;
      while (feature[node]! >= 0) {
        const x = values[row * FEATURE_COUNT + feature[node]!]!;
        const isLeft = Number.isNaN(x) ? missingLeft[node]! : isSingle ? x < threshold[node]! : x <= threshold[node]!;
        node = isLeft ? left[node]! : right[node]!;
      }
      // A store to a Float32Array rounds, as the library does after each tree.
      margins[row * classes + output]! += value[node]!;
    }
  }
  return Float64Array.from(margins);
}

/** Scores from margins: logistic of one, softmax of several, in the precision of the library but for the last place. */
export function scoresOf({ classes }: Forest, margins: Float64Array): Float64Array {
  if (classes === 1) return margins.map((margin) => 1 / (1 + Math.exp(-margin)));
  const scores = margins.map(Math.exp);
  for (let first = 0; first < scores.length; first += classes) {
    const sum = scores.subarray(first, first + classes).reduce((a, b) => a + b, 0);
    for (let output = first; output < first + classes; output++) scores[output]! /= sum;
  }
  return scores;
}

/** All bits of a number folded into a whole number below 2^32: sums of these tell any difference. */
export function fold(doubles: Float64Array, words: Uint32Array, value: number): number {
  doubles[0] = value;
  return (words[0]! ^ words[1]!) >>> 0;
}

/** By block of rows: sum of the folded margins. */
export function blockFolds(margins: Float64Array, classes: number, blockCount: number): Float64Array {
  const doubles = new Float64Array(1);
  const words = new Uint32Array(doubles.buffer);
  const sums = new Float64Array(Math.ceil(margins.length / classes / blockCount));
  for (let i = 0; i < margins.length; i++) sums[Math.floor(i / classes / blockCount)]! += fold(doubles, words, margins[i]!);
  return sums;
}
