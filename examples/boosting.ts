// Gradient boosting of small trees for a yes or no, after the method of XGBoost (second-order gains, learned directions for what is
// missing), without any library: enough to train the sample model. Equal rows and options give equal trees.

export interface TrainingRow {
  /** A number for each feature, NaN where it is missing. */
  features: readonly number[];
  isPositive: boolean;
}

export interface BoostingOptions {
  rounds: number;
  depth: number;
  /** Share of each tree's advice that is taken. */
  rate: number;
  /** What holds leaves back: added to the weight of their rows. */
  regularisation: number;
  /** Least weight of the rows on each side of a test. */
  weightMin: number;
}

/** Nodes by number, 0 is the root. `value < threshold` goes left. */
export interface BoostedTree {
  /** -1: a leaf. */
  feature: number[];
  /** Of a leaf, its value. */
  threshold: number[];
  left: number[];
  right: number[];
  missingLeft: boolean[];
  /** Weight of the rows that reached the node. */
  cover: number[];
}

interface Sums {
  gradient: number;
  weight: number;
}

interface Split {
  gain: number;
  feature: number;
  threshold: number;
  missingLeft: boolean;
}

/** Trains `rounds` trees, each on what the ones before leave unexplained. */
export function boost(rows: readonly TrainingRow[], options: BoostingOptions): BoostedTree[] {
  const margins = new Float64Array(rows.length);
  const featureCount = rows[0]?.features.length ?? 0;
  // Rows by the value of each feature, those without one left out.
  const orders = Array.from({ length: featureCount }, (_, feature) => {
    const value = (row: number): number => rows[row]!.features[feature]!;
    const known = [...rows.keys()].filter((row) => !Number.isNaN(value(row)));
    return Uint32Array.from(known.sort((a, b) => value(a) - value(b) || a - b));
  });
  return Array.from({ length: options.rounds }, () => {
    const gradients = rows.map(({ isPositive }, row) => 1 / (1 + Math.exp(-margins[row]!)) - (isPositive ? 1 : 0));
    const weights = rows.map((_, row) => {
      const score = 1 / (1 + Math.exp(-margins[row]!));
      return score * (1 - score);
    });
    const tree = new TreeGrower(rows, orders, gradients, weights, options).grow();
    for (const [row, { features }] of rows.entries()) margins[row]! += treeValue(tree, features);
    return tree;
  });
}

/** What a tree says of a row. */
export function treeValue({ feature, threshold, left, right, missingLeft }: BoostedTree, features: readonly number[]): number {
  let node = 0;
  while (feature[node]! >= 0) {
    const x = Math.fround(features[feature[node]!]!);
    node = (Number.isNaN(x) ? missingLeft[node]! : x < threshold[node]!) ? left[node]! : right[node]!;
  }
  return threshold[node]!;
}

class TreeGrower {
  readonly #tree: BoostedTree = { feature: [], threshold: [], left: [], right: [], missingLeft: [], cover: [] };
  /** The node that each row has come to. */
  readonly #nodeOf: Uint32Array;

  constructor(
    private readonly rows: readonly TrainingRow[],
    private readonly orders: readonly Uint32Array[],
    private readonly gradients: readonly number[],
    private readonly weights: readonly number[],
    private readonly options: BoostingOptions,
  ) {
    this.#nodeOf = new Uint32Array(rows.length);
  }

  grow(): BoostedTree {
    let level = [this.#leaf()];
    for (let depth = 0; depth < this.options.depth; depth++) level = level.flatMap((node) => this.#split(node));
    return this.#tree;
  }

  #sums(has: (row: number) => boolean): Sums {
    const sums = { gradient: 0, weight: 0 };
    for (let row = 0; row < this.rows.length; row++) {
      if (!has(row)) continue;
      sums.gradient += this.gradients[row]!;
      sums.weight += this.weights[row]!;
    }
    return sums;
  }

  /** A leaf for the rows whose node has the number that the leaf gets. */
  #leaf(): number {
    const tree = this.#tree;
    const node = tree.feature.push(-1) - 1;
    const { gradient, weight } = this.#sums((row) => this.#nodeOf[row] === node);
    tree.threshold.push(Math.fround((-this.options.rate * gradient) / (weight + this.options.regularisation)));
    tree.left.push(-1);
    tree.right.push(-1);
    tree.missingLeft.push(false);
    tree.cover.push(Math.fround(weight));
    return node;
  }

  /** Splits a leaf where that gains something. @returns its children */
  #split(node: number): number[] {
    const whole = this.#sums((row) => this.#nodeOf[row] === node);
    let best: Split | undefined;
    for (const feature of this.orders.keys()) {
      const split = this.#bestOf(node, feature, whole);
      if (split !== undefined && split.gain > (best?.gain ?? 1e-6)) best = split;
    }
    if (best === undefined) return [];
    const { feature, threshold, missingLeft } = best;
    const tree = this.#tree;
    const [left, right] = [tree.feature.length, tree.feature.length + 1];
    for (let row = 0; row < this.rows.length; row++) {
      if (this.#nodeOf[row] !== node) continue;
      const x = Math.fround(this.rows[row]!.features[feature]!);
      this.#nodeOf[row] = (Number.isNaN(x) ? missingLeft : x < threshold) ? left : right;
    }
    Object.assign(tree.feature, { [node]: feature });
    tree.threshold[node] = threshold;
    tree.missingLeft[node] = missingLeft;
    tree.left[node] = this.#leaf();
    tree.right[node] = this.#leaf();
    return [left, right];
  }

  #gain({ gradient, weight }: Sums): number {
    return gradient ** 2 / (weight + this.options.regularisation);
  }

  /** The best threshold of a feature between two of its values, with what is missing on either side. */
  #bestOf(node: number, feature: number, whole: Sums): Split | undefined {
    const own = Array.from(this.orders[feature]!).filter((row) => this.#nodeOf[row] === node);
    const known = own.reduce(
      (sums, row) => ({ gradient: sums.gradient + this.gradients[row]!, weight: sums.weight + this.weights[row]! }),
      { gradient: 0, weight: 0 },
    );
    const missing = { gradient: whole.gradient - known.gradient, weight: whole.weight - known.weight };
    const below = { gradient: 0, weight: 0 };
    let best: Split | undefined;
    for (const [place, row] of own.entries()) {
      const value = this.rows[row]!.features[feature]!;
      const before = place === 0 ? value : this.rows[own[place - 1]!]!.features[feature]!;
      const threshold = Math.fround((before + value) / 2);
      if (before < value && Math.fround(before) < threshold) {
        for (const missingLeft of [false, true]) {
          const left = missingLeft
            ? { gradient: below.gradient + missing.gradient, weight: below.weight + missing.weight }
            : { ...below };
          const right = { gradient: whole.gradient - left.gradient, weight: whole.weight - left.weight };
          if (left.weight < this.options.weightMin || right.weight < this.options.weightMin) continue;
          const gain = this.#gain(left) + this.#gain(right) - this.#gain(whole);
          if (gain > (best?.gain ?? 0)) best = { gain, feature, threshold, missingLeft };
        }
      }
      below.gradient += this.gradients[row]!;
      below.weight += this.weights[row]!;
    }
    return best;
  }
}

/** The document that XGBoost 2.0 would have saved for these trees. @param names of the features */
export function xgboostDocument(trees: readonly BoostedTree[], names: readonly string[]): object {
  return {
    learner: {
      attributes: {},
      feature_names: names,
      feature_types: names.map(() => 'float'),
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length) },
          tree_info: trees.map(() => 0),
          trees: trees.map((tree, id) => treeDocument(tree, id, names.length)),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: '5E-1',
        boost_from_average: '0',
        num_class: '0',
        num_feature: String(names.length),
        num_target: '1',
      },
      objective: { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
    },
    version: [2, 0, 3],
  };
}

function treeDocument({ feature, threshold, left, right, missingLeft, cover }: BoostedTree, id: number, features: number): object {
  const zeros = feature.map(() => 0);
  return {
    base_weights: zeros,
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: missingLeft.map(Number),
    id,
    left_children: left,
    loss_changes: zeros,
    parents: feature.map((_, node) => (node === 0 ? 2147483647 : Math.max(left.indexOf(node), right.indexOf(node)))),
    right_children: right,
    split_conditions: threshold,
    split_indices: feature.map((one) => Math.max(one, 0)),
    split_type: zeros,
    sum_hessian: cover,
    tree_param: { num_deleted: '0', num_feature: String(features), num_nodes: String(feature.length), size_leaf_vector: '1' },
  };
}
