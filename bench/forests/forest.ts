// Forests to measure: trees as a library would train them, grown from a seed, and rows for them. Thresholds are quantiles of their
// features: of even ones no branch predictor can guess much, and of lopsided ones nearly everything. Trained trees lie between.

import { randomNumbers } from '../workload.js';

export interface ForestShape {
  readonly name: string;
  /** XGBoost: float32, `<`, trees full to `depth`. LightGBM: float64, `<=`, trees grown leaf by leaf to `leaves`. */
  readonly library: 'xgboost' | 'lightgbm';
  /** Rounds of boosting; of several classes, each has a tree for every class. */
  readonly rounds: number;
  readonly classes: number;
  readonly depth?: number;
  readonly leaves?: number;
  /** One side of each test takes at least nine rows of ten. */
  readonly isLopsided?: boolean;
}

/** Nodes by number, children behind their parents; node 0 is the root. */
export interface ForestTree {
  /** -1: a leaf. */
  readonly feature: number[];
  readonly threshold: number[];
  /** Whether what is missing goes left. */
  readonly missingLeft: boolean[];
  readonly left: number[];
  readonly right: number[];
  /** Of leaves. */
  readonly value: number[];
}

export interface Forest extends ForestShape {
  /** In rounds: the tree of class 0, 1, ... of each. */
  readonly trees: readonly ForestTree[];
}

/** Features of every forest. */
export const FEATURE_COUNT = 30;
/** Features from here on may be missing. */
export const NULLABLE_FROM = 20;
const MISSING_SHARE = 0.1;
/** Values of feature i are uniform from 0 to the i-th of these, in turns. */
const RANGES = [1, 100, 10_000];

export function rangeOf(feature: number): number {
  return RANGES[feature % RANGES.length]!;
}

/** Grows a forest; equal shapes and seeds give equal forests. */
export function growForest(shape: ForestShape, seed: number): Forest {
  const next = randomNumbers(seed);
  const round = shape.library === 'xgboost' ? Math.fround : (value: number): number => value;
  const trees = Array.from({ length: shape.rounds * shape.classes }, () => growTree(shape, next, round));
  return { ...shape, trees };
}

function growTree({ depth, leaves, isLopsided }: ForestShape, next: () => number, round: (value: number) => number): ForestTree {
  const tree: ForestTree = { feature: [], threshold: [], missingLeft: [], left: [], right: [], value: [] };
  const addLeaf = (): number => {
    tree.threshold.push(0);
    tree.missingLeft.push(false);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.value.push(round((next() - 0.5) * 0.4));
    return tree.feature.push(-1) - 1;
  };
  const split = (node: number): void => {
    const feature = Math.floor(next() * FEATURE_COUNT);
    tree.feature[node] = feature;
    const share = next();
    const quantile = isLopsided !== true ? 0.1 + 0.8 * share : share < 0.5 ? 0.02 + 0.16 * share : 0.82 + 0.16 * share;
    tree.threshold[node] = round(quantile * rangeOf(feature));
    tree.missingLeft[node] = next() < 0.5;
    tree.left[node] = addLeaf();
    tree.right[node] = addLeaf();
  };
  addLeaf();
  if (depth !== undefined) {
    for (let node = 0; node < 2 ** depth - 1; node++) split(node);
  } else {
    const open = [0];
    while (open.length < (leaves ?? 1)) {
      // Any leaf may be the one that gains most: of 31, the deepest lie some 10 tests down.
      const [node] = open.splice(Math.floor(next() * open.length), 1) as [number];
      split(node);
      open.push(tree.left[node]!, tree.right[node]!);
    }
  }
  return tree;
}

/** Rows of numbers, NaN where one is missing: FEATURE_COUNT each, side by side. */
export function makeRows(count: number): Float64Array {
  const next = randomNumbers(71);
  return Float64Array.from({ length: count * FEATURE_COUNT }, (_, i) => {
    const feature = i % FEATURE_COUNT;
    const value = Math.round(next() * rangeOf(feature) * 1e4) / 1e4;
    return feature >= NULLABLE_FROM && next() < MISSING_SHARE ? Number.NaN : value;
  });
}
