// Trees walked one after the other: with tests that are only computed where a node asks, and with contributions.

import {
  Contribution,
  ENSEMBLE_BLOCK_COUNT,
  ENSEMBLE_BLOCK_NODES,
  ENSEMBLE_BLOCK_OUTPUTS,
  ENSEMBLE_BLOCK_ROOTS,
  ENSEMBLE_BLOCK_VALUES,
  ENSEMBLE_CONTRIBUTION,
  ENSEMBLE_CONTRIBUTION_OUTPUT,
  ENSEMBLE_EAGER,
  ENSEMBLE_SLOT_BYTES,
  ENSEMBLE_SLOT_INPUT,
  ENSEMBLE_WIDTH,
} from '../shared/ensemble';
import { contributionsOf, LEAF_BYTES, leavesOf, nodeSection, setSection, slotSection, slotValues } from './layout';
import { nodeBytes } from './nodes';
import { slotValue } from './slots';

/** Walks the trees of a block of PLAIN, and leaves the addresses of their leaves' values at leavesOf(). */
export function walkPlain<T>(blob: usize, block: usize, inputs: usize): void {
  const nodes = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_NODES);
  const values = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_VALUES);
  const width = load<u32>(blob, ENSEMBLE_WIDTH) as usize;
  const count = load<u32>(block, ENSEMBLE_BLOCK_COUNT);
  for (let tree: usize = 0; tree < count; tree++) {
    const root = nodes + (load<u32>(block + (tree << 2), ENSEMBLE_BLOCK_ROOTS) as usize) * nodeBytes<T>();
    const leaf = leafOf<T>(blob, nodes, root, inputs);
    store<u32>(leavesOf() + tree * LEAF_BYTES, (values + indexOf<T>(leaf, nodes) * width * sizeof<T>()) as u32);
    if (load<u32>(blob, ENSEMBLE_CONTRIBUTION) !== Contribution.NONE) contribute<T>(blob, block, tree, root, inputs);
  }
}

/** Number of a node in its block. */
function indexOf<T>(node: usize, nodes: usize): usize {
  return (node - nodes) / nodeBytes<T>();
}

function leafOf<T>(blob: usize, nodes: usize, root: usize, inputs: usize): usize {
  let node = root;
  let after = nextOf<T>(blob, nodes, node, inputs);
  while (after !== node) {
    node = after;
    after = nextOf<T>(blob, nodes, node, inputs);
  }
  return node;
}

/** The node that comes after; a leaf itself. */
function nextOf<T>(blob: usize, nodes: usize, node: usize, inputs: usize): usize {
  const left = nodes + load<u32>(node, sizeof<T>() + 4);
  if (left === node) return node;
  const offset = load<u32>(node, sizeof<T>());
  const slot = offset / (sizeof<T>() as u32);
  const value =
    slot < load<u32>(blob, ENSEMBLE_EAGER)
      ? load<T>(slotValues() + offset)
      : slotValue<T>(slotSection(blob) + slot * ENSEMBLE_SLOT_BYTES, setSection(blob), inputs);
  return value <= load<T>(node) ? left : left + nodeBytes<T>();
}

/** Gives each test on the way of a tree its share of what its leaf says. */
function contribute<T>(blob: usize, block: usize, tree: usize, root: usize, inputs: usize): void {
  const nodes = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_NODES);
  const width = load<u32>(blob, ENSEMBLE_WIDTH) as usize;
  const output = load<u32>(blob, ENSEMBLE_CONTRIBUTION_OUTPUT) as usize;
  if (width === 1 && (load<u16>(block + (tree << 1), ENSEMBLE_BLOCK_OUTPUTS) as usize) !== output) return;
  const values = nodeSection(blob) + load<u32>(block, ENSEMBLE_BLOCK_VALUES) + (width === 1 ? 0 : output * sizeof<T>());
  const stride = width * sizeof<T>();
  const before = load<T>(values + indexOf<T>(root, nodes) * stride) as f64;
  let share: f64 = 0;
  if (load<u32>(blob, ENSEMBLE_CONTRIBUTION) === Contribution.LEAF) {
    let tests: f64 = 0;
    let node = root;
    let after = nextOf<T>(blob, nodes, node, inputs);
    while (after !== node) {
      tests += 1;
      node = after;
      after = nextOf<T>(blob, nodes, node, inputs);
    }
    if (tests === 0) return;
    share = ((load<T>(values + indexOf<T>(node, nodes) * stride) as f64) - before) / tests;
  }
  const isPath = load<u32>(blob, ENSEMBLE_CONTRIBUTION) === Contribution.PATH;
  let node = root;
  let mean = before;
  let after = nextOf<T>(blob, nodes, node, inputs);
  while (after !== node) {
    const slot = load<u32>(node, sizeof<T>()) / (sizeof<T>() as u32);
    const input = load<u32>(slotSection(blob) + slot * ENSEMBLE_SLOT_BYTES, ENSEMBLE_SLOT_INPUT) as usize;
    const reached = load<T>(values + indexOf<T>(after, nodes) * stride) as f64;
    const at = contributionsOf() + (input << 3);
    store<f64>(at, load<f64>(at) + (isPath ? reached - mean : share));
    mean = reached;
    node = after;
    after = nextOf<T>(blob, nodes, node, inputs);
  }
}
