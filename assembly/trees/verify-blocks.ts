// Verifies the blocks of an ensemble: blocks, nodes and values stand one behind the other, in the order of the trees.

import {
  BlockKind,
  ENSEMBLE_BLOCK_BYTES,
  ENSEMBLE_BLOCK_COUNT,
  ENSEMBLE_BLOCK_DEPTH,
  ENSEMBLE_BLOCK_KIND,
  ENSEMBLE_BLOCK_NODES,
  ENSEMBLE_BLOCK_OUTPUTS,
  ENSEMBLE_BLOCK_ROOTS,
  ENSEMBLE_BLOCK_SIZE,
  ENSEMBLE_BLOCK_TREES,
  ENSEMBLE_BLOCK_VALUES,
  ENSEMBLE_BLOCKS,
  ENSEMBLE_CONTRIBUTION,
  ENSEMBLE_EAGER,
  ENSEMBLE_NODE_BYTES,
  ENSEMBLE_OUTPUTS,
  ENSEMBLE_SLOTS,
  ENSEMBLE_TREES,
  ENSEMBLE_WIDTH,
  HEAP_DEPTH_MAX,
} from '../shared/ensemble';
import { ENSEMBLE_DEPTH_MAX, ENSEMBLE_NODES_MAX } from '../shared/limits';
import { blockSection, nodeSection } from './layout';
import { heapNodeBytes, nodeBytes } from './nodes';

/** No end of a block. */
const REFUSED: u64 = u64.MAX_VALUE;

export function verifyBlocks<T>(blob: usize): bool {
  const count = load<u32>(blob, ENSEMBLE_BLOCKS);
  let trees: u32 = load<u32>(blob, ENSEMBLE_TREES);
  let end: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const block = blockSection(blob) + index * ENSEMBLE_BLOCK_BYTES;
    // All blocks but the last are full, as their number says.
    if (load<u32>(block, ENSEMBLE_BLOCK_COUNT) !== min<u32>(trees, ENSEMBLE_BLOCK_TREES)) return false;
    trees -= load<u32>(block, ENSEMBLE_BLOCK_COUNT);
    end = blockEnd<T>(blob, block, end);
    if (end === REFUSED) return false;
  }
  return end === (load<u32>(blob, ENSEMBLE_NODE_BYTES) as u64);
}

/** Checks a block whose nodes have to begin at `start` of the nodes. @returns where the next one begins */
function blockEnd<T>(blob: usize, block: usize, start: u64): u64 {
  const kind = load<u32>(block, ENSEMBLE_BLOCK_KIND);
  const depth = load<u32>(block, ENSEMBLE_BLOCK_DEPTH);
  const size = load<u32>(block, ENSEMBLE_BLOCK_SIZE);
  const width = load<u32>(blob, ENSEMBLE_WIDTH);
  const isHeap = kind === BlockKind.HEAP;
  if (kind === BlockKind.NONE || kind > (BlockKind.PLAIN as u32)) return REFUSED;
  // Contributions are added up where trees are walked one by one.
  if (kind !== BlockKind.PLAIN && load<u32>(blob, ENSEMBLE_CONTRIBUTION) !== 0) return REFUSED;
  if (depth > ((isHeap ? HEAP_DEPTH_MAX : ENSEMBLE_DEPTH_MAX) as u32) || size === 0) return REFUSED;
  const nodesMax: u32 = (ENSEMBLE_NODES_MAX as u32) * 2;
  if (size > nodesMax || (isHeap && size !== (ENSEMBLE_BLOCK_TREES as u32) << depth)) return REFUSED;
  for (let tree: usize = 0; tree < (ENSEMBLE_BLOCK_TREES as usize); tree++) {
    if ((load<u16>(block + (tree << 1), ENSEMBLE_BLOCK_OUTPUTS) as u32) >= load<u32>(blob, ENSEMBLE_OUTPUTS)) return REFUSED;
  }
  const bytesOfNode: u64 = isHeap ? (heapNodeBytes<T>() as u64) : (nodeBytes<T>() as u64);
  let end = start + (((size as u64) * bytesOfNode + 7) & ~7);
  if ((load<u32>(block, ENSEMBLE_BLOCK_NODES) as u64) !== start || end > (load<u32>(blob, ENSEMBLE_NODE_BYTES) as u64))
    return REFUSED;
  const hasValues = kind !== BlockKind.WALK || width > 1;
  if ((load<u32>(block, ENSEMBLE_BLOCK_VALUES) as u64) !== (hasValues ? end : 0)) return REFUSED;
  if (hasValues) end += ((size as u64) * (width as u64) * (sizeof<T>() as u64) + 7) & ~7;
  if (end > (load<u32>(blob, ENSEMBLE_NODE_BYTES) as u64)) return REFUSED;
  const nodes = nodeSection(blob) + (start as usize);
  if (isHeap) return rootsAreZero(block, 0) && heapFits<T>(blob, nodes, size) ? end : REFUSED;
  return treesFit<T>(blob, block, nodes, kind, depth, size) ? end : REFUSED;
}

function rootsAreZero(block: usize, first: usize): bool {
  for (let tree = first; tree < (ENSEMBLE_BLOCK_TREES as usize); tree++) {
    if (load<u32>(block + (tree << 2), ENSEMBLE_BLOCK_ROOTS) !== 0) return false;
  }
  return true;
}

/** Places of full trees are counted, not read: only slots have to exist. */
function heapFits<T>(blob: usize, nodes: usize, size: u32): bool {
  const end = nodes + (size as usize) * heapNodeBytes<T>();
  for (let node = nodes; node < end; node += heapNodeBytes<T>()) {
    if (!slotFits<T>(load<u32>(node, sizeof<T>()), load<u32>(blob, ENSEMBLE_EAGER))) return false;
  }
  return true;
}

function slotFits<T>(offset: u32, slots: u32): bool {
  return (offset & ((sizeof<T>() as u32) - 1)) === 0 && offset / (sizeof<T>() as u32) < slots;
}

/**
 * Trees in breadth-first order: the children of the n-th inner node are the places 2n + 1 and 2n + 2 of its tree, so that each is
 * known before it is read, levels are told from one another by counting, and every step leads on.
 */
function treesFit<T>(blob: usize, block: usize, nodes: usize, kind: u32, depthSaid: u32, size: u32): bool {
  const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT) as usize;
  const isWalk = kind === BlockKind.WALK;
  const slots = isWalk ? load<u32>(blob, ENSEMBLE_EAGER) : load<u32>(blob, ENSEMBLE_SLOTS);
  if (!rootsAreZero(block, count)) return false;
  let place: u32 = 0;
  let deepest: u32 = 0;
  for (let tree: usize = 0; tree < count; tree++) {
    if (load<u32>(block + (tree << 2), ENSEMBLE_BLOCK_ROOTS) !== place) return false;
    let depth: u32 = 0;
    let known: u32 = place + 1;
    let levelEnd = known;
    while (place < known) {
      if (place === levelEnd) {
        depth += 1;
        levelEnd = known;
      }
      if (place >= size) return false;
      const node = nodes + (place as usize) * nodeBytes<T>();
      const offset = load<u32>(node, sizeof<T>());
      const left = load<u32>(node, sizeof<T>() + 4);
      if (left === place * (nodeBytes<T>() as u32)) {
        // One more step stays at a leaf: -Infinity is less than or equal to anything but NaN.
        if (offset !== 0 || load<T>(node) !== load<T>(node)) return false;
      } else {
        if (left !== known * (nodeBytes<T>() as u32) || !slotFits<T>(offset, slots)) return false;
        known += 2;
      }
      place += 1;
    }
    deepest = max(deepest, depth);
  }
  return place === size && deepest === depthSaid;
}
