// The walks of several trees at once: no branch but the one that ends them, so that each tree waits for memory beside the others.
// Each leaves the addresses of its leaves' values at leavesOf(), in the order of the trees. `allNodes` is where the blob's nodes
// begin: finding it again for each block would take as long as two levels of the walk.

import { ENSEMBLE_BLOCK_DEPTH, ENSEMBLE_BLOCK_NODES, ENSEMBLE_BLOCK_ROOTS, ENSEMBLE_BLOCK_VALUES } from '../shared/ensemble';
import { LEAF_BYTES, leavesOf, slotValues } from './layout';
import { heapNodeBytes, nodeBytes } from './nodes';

/** 1 where the node leads right. */
function turn<T>(node: usize, slots: usize): usize {
  return load<T>(slots + load<u32>(node, sizeof<T>())) <= load<T>(node) ? 0 : 1;
}

/** The node that comes after one of WALK, both as offsets from `nodes`; a leaf comes after itself. */
function next<T>(offset: usize, nodes: usize, slots: usize): usize {
  const node = nodes + offset;
  return (load<u32>(node, sizeof<T>() + 4) as usize) + turn<T>(node, slots) * nodeBytes<T>();
}

/** Full trees of one depth. */
export function walkHeap<T>(allNodes: usize, block: usize, width: usize): void {
  const slots = slotValues();
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
  const end: usize = (1 as usize) << depth;
  while (ia < end) {
    ia = (ia << 1) + turn<T>(a + ia * heapNodeBytes<T>(), slots);
    ib = (ib << 1) + turn<T>(b + ib * heapNodeBytes<T>(), slots);
    ic = (ic << 1) + turn<T>(c + ic * heapNodeBytes<T>(), slots);
    id = (id << 1) + turn<T>(d + id * heapNodeBytes<T>(), slots);
  }
  // Leaves are numbered from 0, places of the last level from 2^depth.
  const leaf = width * sizeof<T>();
  const leaves: usize = leaf << depth;
  const values = allNodes + load<u32>(block, ENSEMBLE_BLOCK_VALUES) - leaves;
  const to = leavesOf();
  store<u32>(to, (values + ia * leaf) as u32);
  store<u32>(to, (values + leaves + ib * leaf) as u32, 4);
  store<u32>(to, (values + 2 * leaves + ic * leaf) as u32, 8);
  store<u32>(to, (values + 3 * leaves + id * leaf) as u32, 12);
}

/** Other trees, until all stand at leaves. */
export function walkFour<T>(allNodes: usize, block: usize, width: usize): void {
  const slots = slotValues();
  const nodes = allNodes + load<u32>(block, ENSEMBLE_BLOCK_NODES);
  let a = rootOf<T>(block, 0);
  let b = rootOf<T>(block, 4);
  let c = rootOf<T>(block, 8);
  let d = rootOf<T>(block, 12);
  let moves: usize = 1;
  while (moves !== 0) {
    const na = next<T>(a, nodes, slots);
    const nb = next<T>(b, nodes, slots);
    const nc = next<T>(c, nodes, slots);
    const nd = next<T>(d, nodes, slots);
    moves = (na ^ a) | (nb ^ b) | (nc ^ c) | (nd ^ d);
    a = na;
    b = nb;
    c = nc;
    d = nd;
  }
  const to = leavesOf();
  leave<T>(allNodes, block, width, to, nodes, a);
  leave<T>(allNodes, block, width, to + LEAF_BYTES, nodes, b);
  leave<T>(allNodes, block, width, to + 2 * LEAF_BYTES, nodes, c);
  leave<T>(allNodes, block, width, to + 3 * LEAF_BYTES, nodes, d);
}

/** Two blocks of them. */
export function walkEight<T>(allNodes: usize, block: usize, second: usize, width: usize): void {
  const slots = slotValues();
  const nodes = allNodes + load<u32>(block, ENSEMBLE_BLOCK_NODES);
  const apart = allNodes + load<u32>(second, ENSEMBLE_BLOCK_NODES);
  let a = rootOf<T>(block, 0);
  let b = rootOf<T>(block, 4);
  let c = rootOf<T>(block, 8);
  let d = rootOf<T>(block, 12);
  let e = rootOf<T>(second, 0);
  let f = rootOf<T>(second, 4);
  let g = rootOf<T>(second, 8);
  let h = rootOf<T>(second, 12);
  let moves: usize = 1;
  while (moves !== 0) {
    let to = next<T>(a, nodes, slots);
    moves = to ^ a;
    a = to;
    to = next<T>(b, nodes, slots);
    moves |= to ^ b;
    b = to;
    to = next<T>(c, nodes, slots);
    moves |= to ^ c;
    c = to;
    to = next<T>(d, nodes, slots);
    moves |= to ^ d;
    d = to;
    to = next<T>(e, apart, slots);
    moves |= to ^ e;
    e = to;
    to = next<T>(f, apart, slots);
    moves |= to ^ f;
    f = to;
    to = next<T>(g, apart, slots);
    moves |= to ^ g;
    g = to;
    to = next<T>(h, apart, slots);
    moves |= to ^ h;
    h = to;
  }
  const to = leavesOf();
  leave<T>(allNodes, block, width, to, nodes, a);
  leave<T>(allNodes, block, width, to + LEAF_BYTES, nodes, b);
  leave<T>(allNodes, block, width, to + 2 * LEAF_BYTES, nodes, c);
  leave<T>(allNodes, block, width, to + 3 * LEAF_BYTES, nodes, d);
  leave<T>(allNodes, second, width, to + 4 * LEAF_BYTES, apart, e);
  leave<T>(allNodes, second, width, to + 5 * LEAF_BYTES, apart, f);
  leave<T>(allNodes, second, width, to + 6 * LEAF_BYTES, apart, g);
  leave<T>(allNodes, second, width, to + 7 * LEAF_BYTES, apart, h);
}

/** Offset of a tree's first node. @param tree its number times 4 */
function rootOf<T>(block: usize, tree: usize): usize {
  return (load<u32>(block + tree, ENSEMBLE_BLOCK_ROOTS) as usize) * nodeBytes<T>();
}

function leave<T>(allNodes: usize, block: usize, width: usize, to: usize, nodes: usize, offset: usize): void {
  let value = nodes + offset;
  // The threshold of a leaf with one value is that value.
  if (width !== 1) {
    const values = allNodes + load<u32>(block, ENSEMBLE_BLOCK_VALUES);
    value = values + (offset / nodeBytes<T>()) * width * sizeof<T>();
  }
  store<u32>(to, value as u32);
}
