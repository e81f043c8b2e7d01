// Random ensembles as a library would have trained them, the files that it would have saved, and what it would predict: written by
// the documentation of those libraries alone, and sharing no code with the readers.

export interface AuthoredSplit {
  feature: number;
  threshold: number;
  /** Instead of a threshold. */
  categories?: number[];
  defaultLeft: boolean;
  /** LightGBM: 0 none, 1 zero, 2 NaN. */
  missing: 0 | 1 | 2;
  left: AuthoredNode;
  right: AuthoredNode;
}

export type AuthoredNode = AuthoredSplit | { value: number };

export interface Authored {
  trees: AuthoredNode[];
  features: number;
  /** Features from here on hold categories. */
  categoriesFrom: number;
  classes: number;
  /** DART. */
  weights?: number[];
  /** Before any link: a probability where the objective is logistic. */
  base: number;
}

/** Numbers from 0 to 1 by xorshift. */
export function randomOf(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const isSplit = (node: AuthoredNode): node is AuthoredSplit => 'left' in node;

/** An ensemble; trees are full to about `depth`, or one-sided and deeper. */
export function author(random: () => number, options: { trees?: number; depth?: number; features?: number } = {}): Authored {
  const features = options.features ?? 1 + Math.floor(random() * 8);
  const depth = options.depth ?? Math.floor(random() * 9);
  const categoriesFrom = random() < 0.5 ? features : Math.floor(random() * features);
  const classes = random() < 0.6 ? 1 : 2 + Math.floor(random() * 4);
  const iterations = Math.max(1, Math.floor((options.trees ?? 1 + random() * 20) / classes));
  const isOneSided = random() < 0.2;
  const grow = (level: number): AuthoredNode => {
    const isLeaf = level >= (isOneSided ? depth * 3 : depth) || random() < (isOneSided ? 0.02 : 0.15);
    if (isLeaf) return { value: Math.fround(random() * 2 - 1) };
    const feature = Math.floor(random() * features);
    const isCategory = feature >= categoriesFrom;
    const count = 1 + Math.floor(random() * 5);
    const range = random() < 0.2 ? 100_000 : 40;
    return {
      feature,
      threshold: random() < 0.1 ? 0 : Math.fround(random() * 4 - 2),
      ...(isCategory
        ? { categories: [...new Set(Array.from({ length: count }, () => Math.floor(random() * range)))].sort((a, b) => a - b) }
        : {}),
      defaultLeft: random() < 0.5,
      missing: Math.floor(random() * 3) as 0 | 1 | 2,
      left: isOneSided ? { value: Math.fround(random() - 0.5) } : grow(level + 1),
      right: grow(level + 1),
    };
  };
  return {
    trees: Array.from({ length: iterations * classes }, () => grow(0)),
    features,
    categoriesFrom,
    classes,
    base: random() * 0.8 + 0.1,
  };
}

/** Values that trees find hard: missing ones, thresholds themselves, categories that are none. */
export function authorRow(random: () => number, { features, categoriesFrom, trees }: Authored): number[] {
  const thresholds: number[] = [];
  const visit = (node: AuthoredNode): void => {
    if (!isSplit(node) || thresholds.length > 200) return;
    thresholds.push(node.threshold);
    visit(node.left);
    visit(node.right);
  };
  for (const tree of trees) visit(tree);
  return Array.from({ length: features }, (_, feature) => {
    const kind = random();
    if (kind < 0.1) return Number.NaN;
    if (kind < 0.2) return [0, -0, 1e-36, -1e-35, 1e300, -1e300, 4e9, 2 ** 40][Math.floor(random() * 8)]!;
    if (feature >= categoriesFrom) return kind < 0.3 ? random() * 40 - 1 : Math.floor(random() * (kind < 0.5 ? 100_000 : 40));
    if (kind < 0.5 && thresholds.length > 0) return thresholds[Math.floor(random() * thresholds.length)]!;
    return random() * 4 - 2;
  });
}

/** Sums of XGBoost, in float32; without a link. `margin`: what a base score is in them. */
export function xgboostMargins({ trees, classes, weights }: Authored, row: readonly number[], margin: number): number[] {
  const f = Math.fround;
  const sums = new Array<number>(classes).fill(f(margin));
  for (const [index, tree] of trees.entries()) {
    let node = tree;
    while (isSplit(node)) {
      const x = f(row[node.feature]!);
      let isLeft: boolean;
      if (Number.isNaN(x)) isLeft = node.defaultLeft;
      else if (node.categories === undefined) isLeft = x < f(node.threshold);
      // A category in the set goes right; what can be none goes left.
      else isLeft = x < 0 || x >= 2 ** 24 || !node.categories.includes(Math.trunc(x));
      node = isLeft ? node.left : node.right;
    }
    const value = weights === undefined ? node.value : f(node.value * f(weights[index]!));
    sums[index % classes] = f(sums[index % classes]! + value);
  }
  return sums;
}

/** Sums of LightGBM, in float64. */
export function lightgbmMargins({ trees, classes }: Authored, row: readonly number[]): number[] {
  const sums = new Array<number>(classes).fill(0);
  for (const [index, tree] of trees.entries()) {
    let node = tree;
    while (isSplit(node)) {
      let x = row[node.feature]!;
      let isLeft: boolean;
      if (node.categories !== undefined) {
        const category = Math.trunc(x);
        isLeft = !Number.isNaN(x) && category >= 0 && category < 2 ** 31 && node.categories.includes(category);
      } else {
        if (Number.isNaN(x) && node.missing !== 2) x = 0;
        const isZero = Math.abs(x) <= Math.fround(1e-35);
        const isMissing = (node.missing === 1 && isZero) || (node.missing === 2 && Number.isNaN(x));
        isLeft = isMissing ? node.defaultLeft : x <= node.threshold;
      }
      node = isLeft ? node.left : node.right;
    }
    sums[index % classes]! += node.value;
  }
  return sums;
}

interface Numbered {
  splits: { node: AuthoredSplit; left: number; right: number }[];
  leaves: number[];
}

/** Splits by number and leaves as -1 - number, as LightGBM counts them. */
function numbered(tree: AuthoredNode): Numbered {
  const result: Numbered = { splits: [], leaves: [] };
  const place = (node: AuthoredNode): number => {
    if (!isSplit(node)) return -result.leaves.push(node.value);
    const own = { node, left: 0, right: 0 };
    const index = result.splits.push(own) - 1;
    own.left = place(node.left);
    own.right = place(node.right);
    return index;
  };
  place(tree);
  return result;
}

export function lightgbmText(authored: Authored, objective: string): string {
  const { trees, classes, features, categoriesFrom } = authored;
  const names = Array.from({ length: features }, (_, index) => `Column_${index}`);
  const infos = names.map((_, index) => (index >= categoriesFrom ? '0:1:2' : '[-2:2]'));
  const blocks = trees.map((tree, index) => {
    const { splits, leaves } = numbered(tree);
    const sets = splits.flatMap(({ node }) => (node.categories === undefined ? [] : [node.categories]));
    const words = sets.map((set) => {
      const bits = new Uint32Array(((set[set.length - 1] ?? 0) >>> 5) + 1);
      for (const one of set) bits[one >>> 5]! |= 1 << (one & 31);
      return bits;
    });
    const boundaries = [0];
    for (const bits of words) boundaries.push(boundaries[boundaries.length - 1]! + bits.length);
    let set = 0;
    const lines = [
      `Tree=${index}`,
      `num_leaves=${leaves.length}`,
      `num_cat=${sets.length}`,
      ...(splits.length === 0
        ? []
        : [
            `split_feature=${splits.map(({ node }) => node.feature).join(' ')}`,
            `threshold=${splits.map(({ node }) => (node.categories === undefined ? node.threshold : set++)).join(' ')}`,
            `decision_type=${splits.map(({ node }) => (node.categories === undefined ? (node.missing << 2) | (node.defaultLeft ? 2 : 0) : 1)).join(' ')}`,
            `left_child=${splits.map(({ left }) => left).join(' ')}`,
            `right_child=${splits.map(({ right }) => right).join(' ')}`,
          ]),
      `leaf_value=${leaves.join(' ')}`,
      ...(splits.length === 0
        ? []
        : [`leaf_count=${leaves.map((_, leaf) => leaf + 1).join(' ')}`, `internal_count=${splits.map(() => 7).join(' ')}`]),
      ...(sets.length === 0
        ? []
        : [`cat_boundaries=${boundaries.join(' ')}`, `cat_threshold=${words.flatMap((bits) => [...bits]).join(' ')}`]),
      'shrinkage=1',
    ];
    return `${lines.join('\n')}\n\n`;
  });
  return `tree\nversion=v4\nnum_class=${classes}\nnum_tree_per_iteration=${classes}\nlabel_index=0\nmax_feature_idx=${features - 1}\nobjective=${objective}\nfeature_names=${names.join(' ')}\nfeature_infos=${infos.join(' ')}\ntree_sizes=${trees.map(() => 1).join(' ')}\n\n${blocks.join('')}end of trees\n\nfeature_importances:\n\nparameters:\n[boosting: gbdt]\n\nend of parameters\n\npandas_categorical:null\n`;
}

/** XGBoost's document, as `save_model("x.json")` of 2.0 has it. */
export function xgboostDocument(authored: Authored, objective: string): object {
  const { trees, classes, features, weights } = authored;
  const model = {
    gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length) },
    tree_info: trees.map((_, index) => index % classes),
    trees: trees.map((tree, id) => xgboostTree(tree, id, features)),
  };
  const booster =
    weights === undefined ? { model, name: 'gbtree' } : { gbtree: { model, name: 'gbtree' }, name: 'dart', weight_drop: weights };
  return {
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: booster,
      learner_model_param: {
        base_score: authored.base.toExponential(),
        boost_from_average: '1',
        num_class: classes === 1 ? '0' : String(classes),
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name: objective },
    },
    version: [2, 0, 3],
  };
}

function xgboostTree(tree: AuthoredNode, id: number, features: number): object {
  const nodes: AuthoredNode[] = [tree];
  const left: number[] = [];
  const right: number[] = [];
  for (const node of nodes) {
    left.push(isSplit(node) ? nodes.push(node.left) - 1 : -1);
    right.push(isSplit(node) ? nodes.push(node.right) - 1 : -1);
  }
  const split = <T>(of: (node: AuthoredSplit) => T, otherwise: T): T[] =>
    nodes.map((node) => (isSplit(node) ? of(node) : otherwise));
  const withSets = nodes.flatMap((node, index) =>
    isSplit(node) && node.categories !== undefined ? [{ index, set: node.categories }] : [],
  );
  const segments: number[] = [];
  let segment = 0;
  for (const { set } of withSets) {
    segments.push(segment);
    segment += set.length;
  }
  return {
    base_weights: nodes.map(() => 0),
    categories: withSets.flatMap(({ set }) => set),
    categories_nodes: withSets.map(({ index }) => index),
    categories_segments: segments,
    categories_sizes: withSets.map(({ set }) => set.length),
    default_left: split(({ defaultLeft }) => (defaultLeft ? 1 : 0), 0),
    id,
    left_children: left,
    loss_changes: nodes.map(() => 0),
    parents: nodes.map(() => 0),
    right_children: right,
    split_conditions: nodes.map((node) => (isSplit(node) ? node.threshold : node.value)),
    split_indices: split(({ feature }) => feature, 0),
    split_type: split(({ categories }) => (categories === undefined ? 0 : 1), 0),
    sum_hessian: nodes.map((_, index) => index + 1),
    tree_param: { num_deleted: '0', num_feature: String(features), num_nodes: String(nodes.length), size_leaf_vector: '1' },
  };
}

/** UBJSON as XGBoost writes it: lists of numbers with their type said once, lengths as int64. */
export function writeUbjson(value: unknown): Uint8Array {
  const bytes: number[] = [];
  const scalar = (size: number, set: (view: DataView) => void): void => {
    const view = new DataView(new ArrayBuffer(size));
    set(view);
    bytes.push(...new Uint8Array(view.buffer));
  };
  const char = (text: string): void => {
    bytes.push(text.charCodeAt(0));
  };
  const length = (count: number): void => {
    char('L');
    scalar(8, (view) => view.setBigInt64(0, BigInt(count)));
  };
  const text = (words: string): void => {
    const encoded = new TextEncoder().encode(words);
    length(encoded.length);
    for (const byte of encoded) bytes.push(byte);
  };
  const write = (one: unknown): void => {
    if (typeof one === 'string') {
      char('S');
      text(one);
    } else if (typeof one === 'number') {
      char(Number.isInteger(one) ? 'l' : 'D');
      if (Number.isInteger(one)) scalar(4, (view) => view.setInt32(0, one));
      else scalar(8, (view) => view.setFloat64(0, one));
    } else if (Array.isArray(one)) {
      char('[');
      const isNumbers = one.length > 0 && one.every((item) => typeof item === 'number');
      const isFloat = isNumbers && one.some((item) => !Number.isInteger(item));
      if (isNumbers) {
        char('$');
        char(isFloat ? 'd' : 'l');
      }
      char('#');
      length(one.length);
      for (const item of one) {
        if (isFloat) scalar(4, (view) => view.setFloat32(0, item as number));
        else if (isNumbers) scalar(4, (view) => view.setInt32(0, item as number));
        else write(item);
      }
    } else {
      char('{');
      for (const [key, item] of Object.entries(one as object)) {
        text(key);
        write(item);
      }
      char('}');
    }
  };
  write(value);
  return Uint8Array.from(bytes);
}
