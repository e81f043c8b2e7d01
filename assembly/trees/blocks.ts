// Walks the trees of an ensemble, block by block in their order, and adds up what their leaves say. T is f32 or f64: that of
// thresholds, values and sums.

import {
  Aggregate,
  BlockKind,
  ENSEMBLE_AGGREGATE,
  ENSEMBLE_BASE_BYTES,
  ENSEMBLE_BLOCK_BYTES,
  ENSEMBLE_BLOCK_COUNT,
  ENSEMBLE_BLOCK_DEPTH,
  ENSEMBLE_BLOCK_KIND,
  ENSEMBLE_BLOCK_NODES,
  ENSEMBLE_BLOCK_ROOTS,
  ENSEMBLE_BLOCK_VALUES,
  ENSEMBLE_BLOCKS,
  ENSEMBLE_DIVISOR,
  ENSEMBLE_OUTPUTS,
  ENSEMBLE_WIDTH,
} from '../shared/ensemble';
import { baseSection, blockSection, nodeSection, slotValues, sumsOf } from './layout';
import { addValues, heapNodeBytes, nodeBytes } from './nodes';
import { walkPlain } from './plain';

/** 1 where the node leads right. */
function turn<T>(node: usize, slots: usize): usize {
  return load<T>(slots + load<u32>(node, sizeof<T>())) <= load<T>(node) ? 0 : 1;
}

/** The node that comes after one of a block of WALK. */
function next<T>(node: usize, nodes: usize, slots: usize): usize {
  return nodes + load<u32>(node, sizeof<T>() + 4) + (turn<T>(node, slots) !== 0 ? nodeBytes<T>() : 0);
}

/** Sums of all outputs, with what they begin with and end with. */
export function sumTrees<T>(blob: usize, inputs: usize): void {
  const outputs = load<u32>(blob, ENSEMBLE_OUTPUTS);
  const sums = sumsOf();
  const bases = baseSection(blob);
  const isSum = load<u32>(blob, ENSEMBLE_AGGREGATE) === Aggregate.SUM;
  for (let output: usize = 0; output < outputs; output++)
    store<f64>(sums + (output << 3), isSum ? load<f64>(bases + output * ENSEMBLE_BASE_BYTES) : NaN);
  let block = blockSection(blob);
  const end = block + load<u32>(blob, ENSEMBLE_BLOCKS) * ENSEMBLE_BLOCK_BYTES;
  const isSimple = isSum && outputs === 1 && load<u32>(blob, ENSEMBLE_WIDTH) === 1;
  if (isSimple) block = sumSimple<T>(blob, block, end);
  for (; block < end; block += ENSEMBLE_BLOCK_BYTES) runBlock<T>(blob, block, inputs);
  const divisor = load<f64>(blob, ENSEMBLE_DIVISOR) as T;
  for (let output: usize = 0; output < outputs; output++) {
    const at = sums + (output << 3);
    let sum = load<f64>(at) as T;
    if (sum !== sum) sum = 0;
    if (divisor !== (1 as T)) sum = sum / divisor;
    store<f64>(at, (sum + (load<f64>(bases + output * ENSEMBLE_BASE_BYTES, 8) as T)) as f64);
  }
}

/**
 * Blocks of full trees from the first on, of an ensemble with one output: the common case, with its sum in a register.
 *
 * @returns the block behind them
 */
function sumSimple<T>(blob: usize, first: usize, end: usize): usize {
  const slots = slotValues();
  const allNodes = nodeSection(blob);
  let sum = load<f64>(sumsOf()) as T;
  let block = first;
  for (; block < end; block += ENSEMBLE_BLOCK_BYTES) {
    if (load<u32>(block, ENSEMBLE_BLOCK_KIND) !== BlockKind.HEAP || load<u32>(block, ENSEMBLE_BLOCK_COUNT) !== 4) break;
    const depth = load<u32>(block, ENSEMBLE_BLOCK_DEPTH) as usize;
    const size: usize = heapNodeBytes<T>() << depth;
    const a = allNodes + load<u32>(block, ENSEMBLE_BLOCK_NODES);
    const b = a + size;
    const c = b + size;
    const d = c + size;
    let ia: usize = 1;
    let ib: usize = 1;
    let ic: usize = 1;
    let id: usize = 1;
    for (let level: usize = 0; level < depth; level++) {
      ia = (ia << 1) + turn<T>(a + ia * heapNodeBytes<T>(), slots);
      ib = (ib << 1) + turn<T>(b + ib * heapNodeBytes<T>(), slots);
      ic = (ic << 1) + turn<T>(c + ic * heapNodeBytes<T>(), slots);
      id = (id << 1) + turn<T>(d + id * heapNodeBytes<T>(), slots);
    }
    // Leaves are numbered from 0, places of the last level from 2^depth.
    const leaves: usize = sizeof<T>() << depth;
    const values = allNodes + load<u32>(block, ENSEMBLE_BLOCK_VALUES) - leaves;
    sum += load<T>(values + ia * sizeof<T>());
    sum += load<T>(values + leaves + ib * sizeof<T>());
    sum += load<T>(values + 2 * leaves + ic * sizeof<T>());
    sum += load<T>(values + 3 * leaves + id * sizeof<T>());
  }
  store<f64>(sumsOf(), sum as f64);
  return block;
}

function runBlock<T>(blob: usize, block: usize, inputs: usize): void {
  const kind = load<u32>(block, ENSEMBLE_BLOCK_KIND);
  if (kind === BlockKind.HEAP) runHeap<T>(blob, block);
  else if (kind === BlockKind.WALK) runWalk<T>(blob, block);
  else walkPlain<T>(blob, block, inputs);
}

/** Any block of full trees. */
function runHeap<T>(blob: usize, block: usize): void {
  const slots = slotValues();
  const depth = load<u32>(block, ENSEMBLE_BLOCK_DEPTH) as usize;
  const size: usize = heapNodeBytes<T>() << depth;
  const a = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_NODES);
  const b = a + size;
  const c = b + size;
  const d = c + size;
  let ia: usize = 1;
  let ib: usize = 1;
  let ic: usize = 1;
  let id: usize = 1;
  for (let level: usize = 0; level < depth; level++) {
    ia = (ia << 1) + turn<T>(a + ia * heapNodeBytes<T>(), slots);
    ib = (ib << 1) + turn<T>(b + ib * heapNodeBytes<T>(), slots);
    ic = (ic << 1) + turn<T>(c + ic * heapNodeBytes<T>(), slots);
    id = (id << 1) + turn<T>(d + id * heapNodeBytes<T>(), slots);
  }
  const width = load<u32>(blob, ENSEMBLE_WIDTH) as usize;
  const leaf = width * sizeof<T>();
  const leaves: usize = leaf << depth;
  const values = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_VALUES) - leaves;
  const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT);
  addValues<T>(blob, block, 0, values + ia * leaf, width);
  if (count > 1) addValues<T>(blob, block, 1, values + leaves + ib * leaf, width);
  if (count > 2) addValues<T>(blob, block, 2, values + 2 * leaves + ic * leaf, width);
  if (count > 3) addValues<T>(blob, block, 3, values + 3 * leaves + id * leaf, width);
}

/** A block of other trees: all four go on until none moves. */
function runWalk<T>(blob: usize, block: usize): void {
  const slots = slotValues();
  const nodes = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_NODES);
  let a: usize = nodes;
  let b: usize = nodes + (load<u32>(block, ENSEMBLE_BLOCK_ROOTS + 4) as usize) * nodeBytes<T>();
  let c: usize = nodes + (load<u32>(block, ENSEMBLE_BLOCK_ROOTS + 8) as usize) * nodeBytes<T>();
  let d: usize = nodes + (load<u32>(block, ENSEMBLE_BLOCK_ROOTS + 12) as usize) * nodeBytes<T>();
  let moves = true;
  while (moves) {
    const na = next<T>(a, nodes, slots);
    const nb = next<T>(b, nodes, slots);
    const nc = next<T>(c, nodes, slots);
    const nd = next<T>(d, nodes, slots);
    moves = ((na ^ a) | (nb ^ b) | (nc ^ c) | (nd ^ d)) !== 0;
    a = na;
    b = nb;
    c = nc;
    d = nd;
  }
  const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT);
  addLeaf<T>(blob, block, 0, nodes, a);
  if (count > 1) addLeaf<T>(blob, block, 1, nodes, b);
  if (count > 2) addLeaf<T>(blob, block, 2, nodes, c);
  if (count > 3) addLeaf<T>(blob, block, 3, nodes, d);
}

function addLeaf<T>(blob: usize, block: usize, tree: usize, nodes: usize, leaf: usize): void {
  const width = load<u32>(blob, ENSEMBLE_WIDTH) as usize;
  if (width === 1) {
    // A leaf's threshold is its value.
    addValues<T>(blob, block, tree, leaf, 1);
    return;
  }
  const values = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_VALUES);
  addValues<T>(blob, block, tree, values + ((leaf - nodes) / nodeBytes<T>()) * width * sizeof<T>(), width);
}
