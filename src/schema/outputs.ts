// The outputs of a decision as an object. They say themselves what they are (output-shape.ts): neither the image nor its schema is
// needed, and nothing of Node is, since browsers read decisions too.

import { formatDecimal } from './decimal.js';
import { parseShape, type ReadOutput, type ReadType } from './output-shape.js';
import { type TreeNode, treeFrom } from './output-tree.js';
import { formatDate, formatTimestamp } from './time.js';

/** A value of an output: decimals are the nearest number, timestamps and dates ISO texts; NaN and infinities are null. */
export type OutputScalar = boolean | number | string | null;

/** An output, or what outputs with a common beginning of their names lie in. */
export type OutputValue = OutputScalar | OutputScalar[] | OutputObject[] | Outputs;

/** An element of a list of objects. */
export interface OutputObject {
  [name: string]: OutputScalar | OutputObject;
}

/** Outputs by name, as JSON has them. */
export interface Outputs {
  [name: string]: OutputValue;
}

/** The value of an output by its name, such as `fee.total`; undefined where there is none. */
export function outputNamed(outputs: Outputs | undefined, name: string): unknown {
  let value: unknown = outputs;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** What an output is, its members as they nest. */
export type NodeIs = ReadType | { readonly list: ReadType } | { readonly members: readonly TreeNode<ReadType>[] };

/** Outputs as they nest: names with points between them become objects. */
export type OutputNode = TreeNode<NodeIs>;

/** The outputs of a shape as a tree. */
export function outputTree(outputs: readonly ReadOutput[]): readonly OutputNode[] {
  const leaves = outputs.map(({ path, is }) => ({
    path,
    is: typeof is !== 'string' && 'members' in is ? { members: treeFrom(is.members, 0) } : is,
  }));
  // The shape is field 0.
  return treeFrom<NodeIs>(leaves, 1);
}

/** Shapes that have been read: those of the bundles whose decisions a process reads are few. */
const trees = new Map<string, readonly OutputNode[]>();
const TREES_MAX = 256;

/** The tree of a shape's text. */
export function treeOf(shape: string): readonly OutputNode[] {
  let tree = trees.get(shape);
  if (tree === undefined) {
    if (trees.size >= TREES_MAX) trees.clear();
    tree = outputTree(parseShape(shape));
    trees.set(shape, tree);
  }
  return tree;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads outputs.
 *
 * @param bytes the content of `Decision.outputs`
 */
export function readOutputs(bytes: Uint8Array): Outputs {
  const reader = new OutputReader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return reader.read(0);
}

/** The same where they begin somewhere in a buffer. */
export function readOutputsAt(view: DataView, at: number): Outputs {
  return new OutputReader(view).read(at);
}

class OutputReader {
  constructor(private readonly view: DataView) {}

  read(at: number): Outputs {
    const table = this.#follow(at);
    const shape = this.#field(table, 0);
    if (shape === 0) throw new RangeError('the outputs of a decision do not say what they are');
    return this.#nodes(table, treeOf(this.#text(shape)));
  }

  #nodes(table: number, nodes: readonly OutputNode[]): Outputs {
    // fromEntries: a name may be __proto__.
    return Object.fromEntries(
      nodes.map(({ name, content }): [string, OutputValue] => {
        if (!('field' in content)) return [name, this.#nodes(table, content)];
        const at = this.#field(table, content.field);
        return [name, at === 0 ? null : this.#output(at, content.is)];
      }),
    );
  }

  #output(at: number, is: NodeIs): OutputValue {
    if (typeof is === 'string' || 'scale' in is) return this.#scalar(at, is);
    const vector = this.#follow(at);
    const count = this.view.getUint32(vector, true);
    if ('list' in is) {
      const width = readWidth(is.list);
      return Array.from({ length: count }, (_, index) => this.#scalar(vector + 4 + width * index, is.list));
    }
    return Array.from({ length: count }, (_, index) => this.#element(this.#follow(vector + 4 + 4 * index), is.members));
  }

  #element(table: number, members: readonly TreeNode<ReadType>[]): OutputObject {
    return Object.fromEntries(
      members.map(({ name, content }): [string, OutputScalar | OutputObject] => {
        if (!('field' in content)) return [name, this.#element(table, content)];
        const at = this.#field(table, content.field);
        return [name, at === 0 ? null : this.#scalar(at, content.is)];
      }),
    );
  }

  #scalar(at: number, type: ReadType): OutputScalar {
    const { view } = this;
    switch (type) {
      case 'boolean':
        return view.getUint8(at) === 1;
      case 'number': {
        const value = view.getFloat64(at, true);
        // As JSON has it, which knows one zero.
        return Number.isFinite(value) ? value + 0 : null;
      }
      case 'string':
        return this.#text(at);
      case 'timestamp':
        return formatTimestamp(view.getBigInt64(at, true));
      case 'date':
        return formatDate(view.getInt32(at, true));
      default:
        return Number(formatDecimal(decimalAt(view, at, type.wide), type.scale));
    }
  }

  #text(at: number): string {
    const text = this.#follow(at);
    const { buffer, byteOffset } = this.view;
    // A copy: TextDecoder refuses views of shared memory.
    return decoder.decode(new Uint8Array(buffer, byteOffset + text + 4, this.view.getUint32(text, true)).slice());
  }

  #follow(at: number): number {
    return at + this.view.getUint32(at, true);
  }

  /** Where a field lies, 0 where it is absent. */
  #field(table: number, id: number): number {
    const { view } = this;
    const vtable = table - view.getInt32(table, true);
    const entry = 4 + 2 * id;
    const offset = entry < view.getUint16(vtable, true) ? view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? 0 : table + offset;
  }
}

/** A decimal as an integer of its smallest units. */
export function decimalAt(view: DataView, at: number, wide: boolean): bigint {
  const low = view.getBigInt64(at, true);
  return wide ? (view.getBigInt64(at + 8, true) << 64n) | BigInt.asUintN(64, low) : low;
}

/** Bytes that a value takes in a vector. */
export function readWidth(type: ReadType): number {
  switch (type) {
    case 'boolean':
      return 1;
    case 'string':
    case 'date':
      return 4;
    case 'number':
    case 'timestamp':
      return 8;
    default:
      return type.wide ? 16 : 8;
  }
}
