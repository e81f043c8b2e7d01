// XGBoost's old binary files, field by field of its structs, as version 1.0 wrote them.

import type { Authored, AuthoredNode, AuthoredSplit } from './ensemble-author.js';

const LEAF_FEATURE = 0;
const DEFAULT_LEFT = 2 ** 31;

class Bytes {
  readonly #bytes: number[] = [];

  scalar(bytes: number, set: (view: DataView) => void): this {
    const view = new DataView(new ArrayBuffer(bytes));
    set(view);
    this.#bytes.push(...new Uint8Array(view.buffer));
    return this;
  }
  f32(value: number): this {
    return this.scalar(4, (view) => view.setFloat32(0, value, true));
  }
  i32(...values: readonly number[]): this {
    for (const value of values) this.scalar(4, (view) => view.setUint32(0, value, true));
    return this;
  }
  i64(value: number): this {
    return this.scalar(8, (view) => view.setBigInt64(0, BigInt(value), true));
  }
  zeros(bytes: number): this {
    return this.scalar(bytes, () => undefined);
  }
  text(value: string): this {
    this.i64(value.length);
    for (const character of value) this.#bytes.push(character.charCodeAt(0));
    return this;
  }
  get all(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

const isSplit = (node: AuthoredNode): node is AuthoredSplit => 'left' in node;

/** The file of trees without categories. */
export function xgboostBinary({ trees, classes, features, base }: Authored, objective: string): Uint8Array {
  const bytes = new Bytes();
  // LearnerModelParam: base score, features, classes, attributes, metrics, version, reserved.
  bytes
    .f32(base)
    .i32(features, classes === 1 ? 0 : classes, 0, 0, 1, 0)
    .zeros(27 * 4);
  bytes.text(objective).text('gbtree');
  // GBTreeModelParam: trees, roots, features, padding, buffer, groups, leaf vectors, reserved.
  bytes
    .i32(trees.length, 1, features, 0)
    .i64(0)
    .i32(1, 0)
    .zeros(32 * 4);
  for (const tree of trees) writeTree(bytes, tree, features);
  bytes.i32(...trees.map((_, index) => index % classes));
  return bytes.all;
}

function writeTree(bytes: Bytes, tree: AuthoredNode, features: number): void {
  const nodes: AuthoredNode[] = [tree];
  const children = new Map<AuthoredNode, number>();
  for (const node of nodes) if (isSplit(node)) children.set(node, nodes.push(node.left, node.right) - 2);
  // TreeParam: roots, nodes, deleted, depth, features, leaf vectors, reserved.
  bytes.i32(1, nodes.length, 0, 0, features, 0).zeros(31 * 4);
  for (const node of nodes) {
    const left = children.get(node);
    bytes.i32(0);
    if (isSplit(node) && left !== undefined) {
      bytes.i32(left, left + 1, node.feature + (node.defaultLeft ? DEFAULT_LEFT : 0)).f32(node.threshold);
    } else {
      bytes.i32(0xffffffff, 0xffffffff, LEAF_FEATURE).f32((node as { value: number }).value);
    }
  }
  // RTreeNodeStat: change of the loss, weight of the rows, weight of the node, children that are leaves.
  for (const _ of nodes) bytes.f32(0).f32(1).f32(0).i32(0);
}
