// Walks the trees of an ensemble, block by block in their order, and adds up what their leaves say. T is f32 or f64: that of
// thresholds, values and sums.
//
// Walking and adding are apart: a block's walk leaves the address of each tree's leaf value, and a loop for the kind of sum adds them
// in the order of the trees. To ask the header about each value took as long as the walk itself: 100 trees of 31 leaves 2,680 ns,
// of 5 classes and depth 6 2,350; now 1,340 and 1,550.

import {
  Aggregate,
  BlockKind,
  ENSEMBLE_AGGREGATE,
  ENSEMBLE_BASE_BYTES,
  ENSEMBLE_BLOCK_BYTES,
  ENSEMBLE_BLOCK_COUNT,
  ENSEMBLE_BLOCK_KIND,
  ENSEMBLE_BLOCK_OUTPUTS,
  ENSEMBLE_BLOCK_TREES,
  ENSEMBLE_BLOCKS,
  ENSEMBLE_DIVISOR,
  ENSEMBLE_OUTPUTS,
  ENSEMBLE_WIDTH,
} from '../shared/ensemble';
import { baseSection, blockSection, LEAF_BYTES, leavesOf, nodeSection, sumsOf } from './layout';
import { walkPlain } from './plain';
import { walkEight, walkFour, walkHeap } from './walk';

/** The leaves of a block. */
const LEAVES_BYTES: usize = ENSEMBLE_BLOCK_TREES * (LEAF_BYTES as i32);

/** Sums of all outputs, with what they begin with and end with. */
export function sumTrees<T>(blob: usize, inputs: usize): void {
  const outputs = load<u32>(blob, ENSEMBLE_OUTPUTS);
  const sums = sumsOf();
  const bases = baseSection(blob);
  const isSum = load<u32>(blob, ENSEMBLE_AGGREGATE) === Aggregate.SUM;
  for (let output: usize = 0; output < outputs; output++)
    store<f64>(sums + (output << 3), isSum ? load<f64>(bases + output * ENSEMBLE_BASE_BYTES) : NaN);
  if (!isSum || load<u32>(blob, ENSEMBLE_WIDTH) !== 1) addAny<T>(blob, inputs);
  else if (outputs === 1) addToOne<T>(blob, inputs);
  else addToSeveral<T>(blob, inputs);
  const divisor = load<f64>(blob, ENSEMBLE_DIVISOR) as T;
  for (let output: usize = 0; output < outputs; output++) {
    const at = sums + (output << 3);
    let sum = load<f64>(at) as T;
    if (sum !== sum) sum = 0;
    if (divisor !== (1 as T)) sum = sum / divisor;
    store<f64>(at, (sum + (load<f64>(bases + output * ENSEMBLE_BASE_BYTES, 8) as T)) as f64);
  }
}

function endOfBlocks(blob: usize): usize {
  return blockSection(blob) + load<u32>(blob, ENSEMBLE_BLOCKS) * ENSEMBLE_BLOCK_BYTES;
}

/**
 * Walks a block, or two at once, and leaves the addresses of its leaves' values at leavesOf(): ENSEMBLE_BLOCK_TREES for each block.
 *
 * @returns the next block
 */
function walk<T>(blob: usize, allNodes: usize, block: usize, end: usize, inputs: usize, width: usize): usize {
  const kind = load<u32>(block, ENSEMBLE_BLOCK_KIND);
  const next = block + ENSEMBLE_BLOCK_BYTES;
  if (kind === BlockKind.HEAP) {
    walkHeap<T>(allNodes, block, width);
  } else if (kind === BlockKind.PLAIN) {
    walkPlain<T>(blob, block, inputs);
  } else if (next < end && load<u32>(next, ENSEMBLE_BLOCK_KIND) === BlockKind.WALK) {
    walkEight<T>(allNodes, block, next, width);
    return next + ENSEMBLE_BLOCK_BYTES;
  } else {
    walkFour<T>(allNodes, block, width);
  }
  return next;
}

/** One output: its sum is in a register. */
function addToOne<T>(blob: usize, inputs: usize): void {
  const end = endOfBlocks(blob);
  const allNodes = nodeSection(blob);
  let sum = load<f64>(sumsOf()) as T;
  let block = blockSection(blob);
  while (block < end) {
    const next = walk<T>(blob, allNodes, block, end, inputs, 1);
    let leaf = leavesOf();
    for (; block < next; block += ENSEMBLE_BLOCK_BYTES) {
      const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT) as usize;
      if (count === (ENSEMBLE_BLOCK_TREES as usize)) {
        sum += load<T>(load<u32>(leaf) as usize);
        sum += load<T>(load<u32>(leaf, 4) as usize);
        sum += load<T>(load<u32>(leaf, 8) as usize);
        sum += load<T>(load<u32>(leaf, 12) as usize);
      } else {
        for (let tree: usize = 0; tree < count; tree++) sum += load<T>(load<u32>(leaf + tree * LEAF_BYTES) as usize);
      }
      leaf += LEAVES_BYTES;
    }
  }
  store<f64>(sumsOf(), sum as f64);
}

/** Several outputs, each tree for one of them. */
function addToSeveral<T>(blob: usize, inputs: usize): void {
  const end = endOfBlocks(blob);
  const allNodes = nodeSection(blob);
  const sums = sumsOf();
  let block = blockSection(blob);
  while (block < end) {
    const next = walk<T>(blob, allNodes, block, end, inputs, 1);
    let leaf = leavesOf();
    for (; block < next; block += ENSEMBLE_BLOCK_BYTES) {
      const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT) as usize;
      for (let tree: usize = 0; tree < count; tree++) {
        const at = sums + ((load<u16>(block + (tree << 1), ENSEMBLE_BLOCK_OUTPUTS) as usize) << 3);
        const value = load<T>(load<u32>(leaf + tree * LEAF_BYTES) as usize);
        store<f64>(at, ((load<f64>(at) as T) + value) as f64);
      }
      leaf += LEAVES_BYTES;
    }
  }
}

/** Leaves with a value for each output, least and greatest values. */
function addAny<T>(blob: usize, inputs: usize): void {
  const end = endOfBlocks(blob);
  const allNodes = nodeSection(blob);
  const width = load<u32>(blob, ENSEMBLE_WIDTH) as usize;
  const aggregate = load<u32>(blob, ENSEMBLE_AGGREGATE);
  let block = blockSection(blob);
  while (block < end) {
    const next = walk<T>(blob, allNodes, block, end, inputs, width);
    let leaf = leavesOf();
    for (; block < next; block += ENSEMBLE_BLOCK_BYTES) {
      const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT) as usize;
      for (let tree: usize = 0; tree < count; tree++) {
        const output: usize = width === 1 ? (load<u16>(block + (tree << 1), ENSEMBLE_BLOCK_OUTPUTS) as usize) : 0;
        addValues<T>(aggregate, sumsOf() + (output << 3), load<u32>(leaf + tree * LEAF_BYTES) as usize, width);
      }
      leaf += LEAVES_BYTES;
    }
  }
}

/** Adds the `width` values of a leaf to as many sums. */
function addValues<T>(aggregate: u32, sums: usize, values: usize, width: usize): void {
  for (let index: usize = 0; index < width; index++) {
    const at = sums + (index << 3);
    const value = load<T>(values + index * sizeof<T>());
    const sum = load<f64>(at) as T;
    let result: T;
    if (aggregate === Aggregate.SUM) result = sum + value;
    else if (sum !== sum) result = value;
    else result = aggregate === Aggregate.MIN ? min<T>(sum, value) : max<T>(sum, value);
    store<f64>(at, result as f64);
  }
}
