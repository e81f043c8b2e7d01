// An ensemble of trees in the one form that all readers give and everything else takes.

/** What a node asks of its feature. Every test is brought into one of these forms; the children are swapped where that needs it. */
export enum Test {
  /** No node of a test: a leaf. */
  LEAF = 0,
  /** value <= threshold goes left; a threshold that is NaN never holds. */
  LESS_EQUAL = 1,
  /** The value, cut to an integer, is a member of a set of categories: goes left. */
  CATEGORY = 2,
  /** The value equals one of a sorted list of numbers: goes left. */
  POINT = 3,
}

/** Which values a node takes for missing; those go where the node says. */
export enum Missing {
  /** NaN. */
  NAN = 0,
  /** NaN, and what is no further from zero than 1e-35 as a float. */
  ZERO = 1,
  /** None: NaN counts as zero. */
  NONE = 2,
}

/** What is made of the sums. */
export type Link =
  | { kind: 'identity' }
  /** 1 / (1 + exp(-scale x)), for each output. */
  | { kind: 'logistic'; scale: number }
  /** The same, of x < 0 as 1 - 1 / (1 + exp(x)): as onnxruntime computes it, which differs in the last places. */
  | { kind: 'logistic-folded' }
  | { kind: 'softmax' }
  /** Softmax in which an output of about zero (up to 1e-7) becomes zero (ONNX). */
  | { kind: 'softmax-zero' }
  | { kind: 'exp' }
  /** log(1 + exp(x)) */
  | { kind: 'log1p-exp' }
  /** sign(x) x² */
  | { kind: 'signed-square' }
  /** 1 where x > 0, else 0. */
  | { kind: 'hinge' };

export type LinkKind = Link['kind'];

/** A tree; nodes by number, 0 is the root, and each node but the root has one parent. */
export interface Tree {
  /** The output that its leaves add to; 0 where each leaf has a value for every output. */
  output: number;
  test: Uint8Array;
  /** Feature of each node, -1 of a leaf. */
  feature: Int32Array;
  /** LESS_EQUAL. */
  threshold: Float64Array;
  /** Children; -1 of a leaf. */
  left: Int32Array;
  right: Int32Array;
  /** Missing of each node. */
  missing: Uint8Array;
  /** 1: what is missing goes left. */
  missingLeft: Uint8Array;
  /** By node: categories in rising order (CATEGORY), or numbers in rising order (POINT). */
  sets: Map<number, Float64Array>;
  /** Values of leaves: leafWidth of the ensemble for each node. */
  value: Float64Array;
  /** Weight of the training rows that reached each node; undefined where the file does not say. */
  cover: Float64Array | undefined;
}

export interface Ensemble {
  /** What it was read from, in words: `XGBoost, JSON`. */
  format: string;
  /** In the order of the file. */
  features: readonly EnsembleFeature[];
  /** Outputs that trees add to. */
  outputs: number;
  /** Names of classes by output, where the file has some. */
  classes: readonly string[] | undefined;
  trees: readonly Tree[];
  /** Values at each leaf: 1, or one for each output. */
  leafWidth: number;
  /** Inputs, thresholds and sums are float32, as in the library that trained it; else float64. */
  isSingle: boolean;
  /** What each sum begins with, and what is added once all trees are in: float32 sums depend on the order. */
  start: Float64Array;
  end: Float64Array;
  /** What sums are divided by before `end` is added: the number of trees of an average. */
  divisor: number;
  /** min, max: the least or greatest of the trees' values instead of their sum. */
  aggregate: 'sum' | 'min' | 'max';
  link: Link;
  /** A value between 0 and -1 counts as the category 0 (LightGBM), not as none. */
  isNegativeFractionZero: boolean;
}

export interface EnsembleFeature {
  /** As the file calls it, or `f0`, `f1`, ... where it gives no names. */
  name: string;
  /** Words that the file gives numbers to, by number; for a feature of categories whose words are known. */
  categories?: readonly string[];
}

/** A tree of `count` nodes, all leaves of value 0 so far. */
export function newTree(count: number, leafWidth: number, hasCover: boolean): Tree {
  return {
    output: 0,
    test: new Uint8Array(count),
    feature: new Int32Array(count).fill(-1),
    threshold: new Float64Array(count),
    left: new Int32Array(count).fill(-1),
    right: new Int32Array(count).fill(-1),
    missing: new Uint8Array(count),
    missingLeft: new Uint8Array(count),
    sets: new Map(),
    value: new Float64Array(count * leafWidth),
    cover: hasCover ? new Float64Array(count) : undefined,
  };
}

/** The next float32 below; of the least one, -Infinity; of -Infinity and NaN, NaN: nothing is less or equal. */
export function floatBelow(value: number): number {
  if (Number.isNaN(value) || value === Number.NEGATIVE_INFINITY) return Number.NaN;
  const floats = new Float32Array([value]);
  const bits = new Int32Array(floats.buffer);
  if (floats[0] === 0) return -1.401298464324817e-45;
  bits[0]! += floats[0]! > 0 ? -1 : 1;
  return floats[0]!;
}

/** As floatBelow, of float64. */
export function doubleBelow(value: number): number {
  if (Number.isNaN(value) || value === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (value === 0) return -5e-324;
  const doubles = new Float64Array([value]);
  const bits = new BigInt64Array(doubles.buffer);
  bits[0]! += value > 0 ? -1n : 1n;
  return doubles[0]!;
}
