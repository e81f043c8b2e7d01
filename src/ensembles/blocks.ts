// Trees -> blocks of up to four, each in the form that is fastest for its shape.

import * as at from '../../assembly/shared/ensemble.js';
import type { Ensemble, Tree } from './ensemble.js';
import type { NodeTest, Slots } from './slots.js';

export interface BuiltBlock {
  kind: at.BlockKind;
  depth: number;
  /** Output of each tree. */
  outputs: number[];
  roots: number[];
  /** Nodes of all trees. */
  size: number;
  nodes: Uint8Array;
  values: Uint8Array;
}

/** Full trees may have so many times the nodes that there are. */
const HEAP_FILL_MAX = 8;

/** @param means of each tree's nodes, where contributions are computed */
export function buildBlocks(ensemble: Ensemble, slots: Slots, means: readonly Float64Array[] | undefined): BuiltBlock[] {
  const blocks: BuiltBlock[] = [];
  const { trees } = ensemble;
  for (let first = 0; first < trees.length; first += at.ENSEMBLE_BLOCK_TREES) {
    const group = trees.slice(first, first + at.ENSEMBLE_BLOCK_TREES);
    blocks.push(new BlockWriter(ensemble, slots, group, means?.slice(first, first + group.length)).build());
  }
  return blocks;
}

class BlockWriter {
  readonly #width: number;
  readonly #isSingle: boolean;

  constructor(
    ensemble: Ensemble,
    private readonly slots: Slots,
    private readonly trees: readonly Tree[],
    private readonly means: readonly Float64Array[] | undefined,
  ) {
    this.#width = ensemble.leafWidth;
    this.#isSingle = ensemble.isSingle;
  }

  build(): BuiltBlock {
    const { trees, slots } = this;
    const depth = Math.max(...trees.map(({ left }) => depthOf(left)));
    const isLazy = trees.some((tree) => slots.testsOf(tree).some((test) => test !== undefined && test.slot >= slots.eagerCount));
    if (this.means !== undefined || isLazy) return this.#walk(at.BlockKind.PLAIN, depth);
    const nodes = trees.reduce((sum, { test }) => sum + test.length, 0);
    const isHeap = depth <= at.HEAP_DEPTH_MAX && trees.length * 2 ** (depth + 1) <= HEAP_FILL_MAX * nodes;
    return isHeap ? this.#heap(depth) : this.#walk(at.BlockKind.WALK, depth);
  }

  #heap(depth: number): BuiltBlock {
    const { trees } = this;
    const size = 2 ** depth;
    const nodeBytes = this.#isSingle ? at.NODE_BYTES_SINGLE_HEAP : at.NODE_BYTES_DOUBLE;
    // The engine walks four trees, whatever their number.
    const nodes = new Uint8Array(at.ENSEMBLE_BLOCK_TREES * size * nodeBytes);
    const view = new DataView(nodes.buffer);
    const values = this.#newValues(at.ENSEMBLE_BLOCK_TREES * size);
    for (const [index, tree] of trees.entries()) {
      const tests = this.slots.testsOf(tree);
      // The node of the tree that stands at each place of the full one.
      const places = new Int32Array(2 * size);
      for (let place = 2; place < 2 * size; place++) {
        const parent = places[place >> 1]!;
        const left = tree.left[parent]!;
        places[place] = left < 0 ? parent : (place & 1) === 0 ? left : tree.right[parent]!;
      }
      for (let place = 1; place < size; place++)
        this.#node(view, (index * size + place) * nodeBytes, tests[places[place]!], Number.POSITIVE_INFINITY);
      for (let leaf = 0; leaf < size; leaf++) this.#values(values, index * size + leaf, tree.value, places[size + leaf]!);
    }
    const outputs = trees.map(({ output }) => output);
    return {
      kind: at.BlockKind.HEAP,
      depth,
      outputs,
      roots: [],
      size: at.ENSEMBLE_BLOCK_TREES * size,
      nodes,
      values: bytesOf(values),
    };
  }

  #walk(kind: at.BlockKind, depth: number): BuiltBlock {
    const { trees } = this;
    const size = trees.reduce((sum, { test }) => sum + test.length, 0);
    const nodeBytes = this.#isSingle ? at.NODE_BYTES_SINGLE : at.NODE_BYTES_DOUBLE;
    const nodes = new Uint8Array(align8(size * nodeBytes));
    const view = new DataView(nodes.buffer);
    const hasValues = kind === at.BlockKind.PLAIN || this.#width > 1;
    const values = hasValues ? this.#newValues(size) : undefined;
    const roots: number[] = [];
    let first = 0;
    for (const [index, tree] of trees.entries()) {
      roots.push(first);
      const tests = this.slots.testsOf(tree);
      // In breadth-first order, children side by side: finishTree has seen to it but for swapped ones.
      const order = [0];
      for (const node of order) if (tree.left[node]! >= 0) order.push(tree.left[node]!, tree.right[node]!);
      let next = 1;
      for (const [place, node] of order.entries()) {
        const base = (first + place) * nodeBytes;
        const isLeaf = tests[node] === undefined;
        this.#node(view, base, tests[node], hasValues ? 0 : tree.value[node]!);
        view.setUint32(base + (this.#isSingle ? 8 : 12), (first + (isLeaf ? place : next)) * nodeBytes, true);
        if (!isLeaf) next += 2;
        if (values !== undefined) this.#values(values, first + place, this.means?.[index] ?? tree.value, node);
      }
      first += order.length;
    }
    const outputs = trees.map(({ output }) => output);
    return { kind, depth, outputs, roots, size, nodes, values: values === undefined ? new Uint8Array(0) : bytesOf(values) };
  }

  #newValues(count: number): Float32Array | Float64Array {
    const length = count * this.#width;
    return this.#isSingle ? new Float32Array((length + 1) & ~1) : new Float64Array(length);
  }

  #values(to: Float32Array | Float64Array, place: number, from: Float64Array, node: number): void {
    for (let j = 0; j < this.#width; j++) to[place * this.#width + j] = from[node * this.#width + j]!;
  }

  /** @param otherwise the threshold of a leaf */
  #node(view: DataView, base: number, test: NodeTest | undefined, otherwise: number): void {
    const threshold = test === undefined ? otherwise : test.threshold;
    const slot = test === undefined ? 0 : test.slot;
    if (this.#isSingle) {
      view.setFloat32(base, threshold, true);
      view.setUint32(base + 4, slot * 4, true);
    } else {
      view.setFloat64(base, threshold, true);
      view.setUint32(base + 8, slot * 8, true);
    }
  }
}

/** Little-endian, as all that this runs on is. */
function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer);
}

export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Depth of the tree with the nodes in breadth-first order. */
function depthOf(left: Int32Array): number {
  let depth = 0;
  let levelEnd = 1;
  let known = 1;
  for (let node = 0; node < left.length; node++) {
    if (node === levelEnd) {
      depth++;
      levelEnd = known;
    }
    if (left[node]! >= 0) known += 2;
  }
  return depth;
}
