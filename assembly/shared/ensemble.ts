// The blob of an ensemble of trees, written by src/ensembles/encode-ensemble.ts and run by assembly/trees/.
//
//   0        96                                                        each section begins at a multiple of 8
//   | header | slots x 16 | bases | results | codes | sets | blocks x 48 | nodes and values |
//
// Inputs are numbers, NaN where they are missing. A slot is what nodes test: an input of which what is missing has become -Infinity
// or Infinity, whichever leads where its nodes want it; or, of a test of membership, -Infinity for members and Infinity for others.
// So each node is `slot <= threshold ? left : right`, and nothing else. Slot 0 is -Infinity: what leaves test, so that one more step
// stays where it is.
//
// Trees stand in blocks of up to four, in their order, which float32 sums depend on. Measured on 100 trees of depth 6 over 30
// inputs, nanoseconds a row on one core of a noisy 2 GHz machine, gcc -O3 if-else code over the same trees beside it: HEAP in fours
// 1,420 (in eights 1,480; with thresholds as ranks of 16 bits 3,700, 280 of them finding the ranks), WALK 3,080, one tree at a time
// with a branch at each leaf 5,830, QuickScorer 9,050; gcc 2,760. Nodes of four trees side by side 1.17 of the time of apart ones,
// of eight 0.91, for twice the padding of small forests. On 100 trees of 31 leaves grown leaf by leaf, float64: four at once 1,440,
// as many steps as the deepest has, instead of asking whether any moves, 1,590, nodes of two levels with four children 1,550, two
// blocks with eight trees at once 1,040, which is what stands.

export const ENSEMBLE_HEADER_BYTES = 96;
export const ENSEMBLE_INPUTS = 0; // u32
export const ENSEMBLE_SLOTS = 4; // u32, slot 0 included
export const ENSEMBLE_EAGER = 8; // u32, slots below it are computed before the trees, the others where a node of a PLAIN block asks
export const ENSEMBLE_OUTPUTS = 12; // u32
export const ENSEMBLE_WIDTH = 16; // u32, values at each leaf: 1, or one for each output
export const ENSEMBLE_TREES = 20; // u32
export const ENSEMBLE_BLOCKS = 24; // u32
export const ENSEMBLE_RESULTS = 28; // u32, values that the instruction gives
export const ENSEMBLE_CODES = 32; // u32, reason codes that inputs may have; 0: none
export const ENSEMBLE_PRECISION = 36; // u32, Precision
export const ENSEMBLE_LINK = 40; // u32, LinkFunction
export const ENSEMBLE_AGGREGATE = 44; // u32, Aggregate
export const ENSEMBLE_CONTRIBUTION = 48; // u32, Contribution
export const ENSEMBLE_CONTRIBUTION_OUTPUT = 52; // u32, the output whose value is explained
export const ENSEMBLE_UNITS = 56; // f64, what the instruction costs beyond its dispatch; the verifier recomputes it
export const ENSEMBLE_SCALE = 64; // f64, of a logistic link
export const ENSEMBLE_DIVISOR = 72; // f64, of the sums
export const ENSEMBLE_SET_BYTES = 80; // u32, a multiple of 8
export const ENSEMBLE_NODE_BYTES = 84; // u32, nodes and values, a multiple of 8
export const ENSEMBLE_FLAGS = 88; // u32, ENSEMBLE_FLAG_*; bytes 92 to 95 are 0
/** Reasons are what makes the output small. */
export const ENSEMBLE_FLAG_REASONS_LOW = 1;

export const ENSEMBLE_SLOT_BYTES = 16;
export const ENSEMBLE_SLOT_KIND = 0; // u8, SlotKind
export const ENSEMBLE_SLOT_MISSING = 1; // u8, SlotMissing
export const ENSEMBLE_SLOT_LEFT = 2; // u8, 1: what is missing goes left; byte 3 is 0
export const ENSEMBLE_SLOT_INPUT = 4; // u32
export const ENSEMBLE_SLOT_SET = 8; // u32, offset in the sets, a multiple of 8
export const ENSEMBLE_SLOT_COUNT = 12; // u32, words of a BITS, numbers of a CATEGORIES or POINTS

export enum SlotKind {
  /** -Infinity, whatever comes. Slot 0 alone. */
  LEAF = 0,
  /** The input. */
  VALUE = 1,
  /** Right, unless it is missing and goes left; left, unless it is missing and goes right. */
  RIGHT = 2,
  LEFT = 3,
  /** Membership in a set of categories: a bit for each, 32 to a u32. It is cut to an integer; no negative one is a member. */
  BITS = 4,
  /** As BITS, from a list of u32 in rising order. */
  CATEGORIES = 5,
  /** Equality with one of a list of f64 in rising order. */
  POINTS = 6,
}

/** Which inputs are missing, as `Missing` of src/ensembles/ensemble.ts. */
export enum SlotMissing {
  NAN = 0,
  ZERO = 1,
  NONE = 2,
}
/** Added to SlotMissing of BITS and CATEGORIES: what lies between -1 and 0 is the category 0. */
export const SLOT_NEGATIVE_FRACTION = 16;

export enum Precision {
  NONE = 0,
  SINGLE = 1,
  DOUBLE = 2,
}

export enum LinkFunction {
  IDENTITY = 0,
  LOGISTIC = 1,
  LOGISTIC_FOLDED = 2,
  SOFTMAX = 3,
  SOFTMAX_ZERO = 4,
  EXP = 5,
  LOG1P_EXP = 6,
  SIGNED_SQUARE = 7,
  HINGE = 8,
}

export enum Aggregate {
  SUM = 0,
  MIN = 1,
  MAX = 2,
}

export enum Contribution {
  NONE = 0,
  /** Each test on the way adds what the mean of its tree changes by. */
  PATH = 1,
  /** The tests on the way share what the leaf differs from its tree's mean by. */
  LEAF = 2,
}

/** Base: what the sum of an output begins with, and what is added to it at the end. */
export const ENSEMBLE_BASE_BYTES = 16;
export const ENSEMBLE_BASE_START = 0; // f64
export const ENSEMBLE_BASE_END = 8; // f64

/** Result: a u32 ResultKind, a u32 index. */
export const ENSEMBLE_RESULT_BYTES = 8;
export enum ResultKind {
  /** Sum of output `index`. */
  MARGIN = 0,
  /** What the link makes of it. */
  SCORE = 1,
  /** The output with the largest sum, the first of several; of one output, 1 where its score is 0.5 or more, else 0. */
  CLASS = 2,
  /** What input `index` contributes to the sum of ENSEMBLE_CONTRIBUTION_OUTPUT. */
  CONTRIBUTION = 3,
  /** Number of the reason code with the largest contribution but `index`; 0 where it contributes nothing. */
  CODE = 4,
  /** That contribution; 0 where there is none. */
  CODE_CONTRIBUTION = 5,
}

/** Codes: a u32 for each input, 0 where it has none. */
export const ENSEMBLE_CODE_BYTES = 4;

/** A block: up to ENSEMBLE_BLOCK_TREES trees in their order. */
export const ENSEMBLE_BLOCK_TREES = 4;
export const ENSEMBLE_BLOCK_BYTES = 48;
export const ENSEMBLE_BLOCK_KIND = 0; // u32, BlockKind
export const ENSEMBLE_BLOCK_DEPTH = 4; // u32, of the deepest of its trees
export const ENSEMBLE_BLOCK_COUNT = 8; // u32, its trees
export const ENSEMBLE_BLOCK_NODES = 12; // u32, offset in the nodes, a multiple of 8
export const ENSEMBLE_BLOCK_VALUES = 16; // u32, offset in the nodes, a multiple of 8; 0 where nodes hold the values
export const ENSEMBLE_BLOCK_SIZE = 20; // u32, nodes of all its trees
export const ENSEMBLE_BLOCK_OUTPUTS = 24; // u16 x 4, the output of each tree
export const ENSEMBLE_BLOCK_ROOTS = 32; // u32 x 4, number of each tree's first node; 0 for trees that there are not

export enum BlockKind {
  NONE = 0,
  /**
   * Full trees of one depth d, of 2^d nodes each of which the first is unused: the children of node i are 2i and 2i + 1. Values of
   * leaves stand behind one another, 2^d for each tree. Four trees are walked at once, so that each waits for memory beside the
   * others, and no branch is guessed. For trees up to HEAP_DEPTH_MAX.
   */
  HEAP = 1,
  /** Nodes in breadth-first order, children side by side; four trees at once, until all stand at leaves. */
  WALK = 2,
  /** As WALK, one tree after the other: slots that are computed only where they are asked, and contributions. */
  PLAIN = 3,
}

/** Four blocks of trees deeper than that take more memory than they save time. */
export const HEAP_DEPTH_MAX = 8;

/**
 * A node: threshold, then the slot as a u32 offset of its value. WALK and PLAIN: then a u32, the offset of its left child from the
 * block's first node; a leaf's is its own, and its slot is 0. Its threshold is its value where values have no place of their own.
 */
export const NODE_BYTES_SINGLE_HEAP = 8;
export const NODE_BYTES_SINGLE = 12;
export const NODE_BYTES_DOUBLE = 16;

/** Bytes of the values of the slots that are computed before the trees. */
export const ENSEMBLE_EAGER_BYTES_MAX = 10240;
/** Inputs of an ensemble whose contributions are computed, and reason codes. */
export const ENSEMBLE_EXPLAINED_INPUTS_MAX = 512;
export const ENSEMBLE_CODES_MAX = 128;
/** Values that one instruction may give. */
export const ENSEMBLE_RESULTS_MAX = 1024;
/** Slots that are not computed before the trees, and the others. */
export const ENSEMBLE_SLOTS_MAX = 1048576;

/** Units of computing a slot. @param setCount see ENSEMBLE_SLOT_COUNT */
export function slotUnits(kind: SlotKind, setCount: number): number {
  if (kind === SlotKind.CATEGORIES || kind === SlotKind.POINTS) {
    let units: number = 8;
    for (let left: number = setCount; left >= 1; left = left / 2) units = units + 2;
    return units;
  }
  return kind === SlotKind.BITS ? 8 : 4;
}

/** Units of walking the trees of a block. @param slotUnitsMax of the dearest slot that is computed where it is asked, 0 for none */
export function blockUnits(kind: BlockKind, depth: number, count: number, width: number, slotUnitsMax: number): number {
  const values = count * (2 + width);
  if (kind === BlockKind.HEAP) return 10 + 2 * 4 * depth + values;
  if (kind === BlockKind.WALK) return 10 + 3 * 4 * (depth + 1) + values;
  return 10 + (8 + slotUnitsMax) * count * (depth + 1) + values;
}

/**
 * Units of what is made of the sums.
 *
 * @param explained inputs where contributions are computed, else 0
 * @param ranks of all codes asked for, from 1, added up: each looks at all codes as often
 */
export function resultUnits(outputs: number, results: number, explained: number, codes: number, ranks: number): number {
  // exp takes some 40.
  return 20 + outputs * 60 + results * 4 + explained * 4 + codes * 2 + ranks * codes * 2;
}
