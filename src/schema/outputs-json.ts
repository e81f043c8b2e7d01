// The outputs of a decision as JSON text, from its bytes: the same as JSON.stringify of readOutputs, but for decimals, whose digits
// are exact.

import { formatDecimal } from './decimal.js';
import {
  bigLongAt,
  currentView,
  field,
  follow,
  holdsText,
  longAt,
  type TextWords,
  textAt,
  u32,
  vtableOf,
} from './decision-bytes.js';
import { type Piece, pieceOf, putAscii, putDouble, putPiece, putUtf8 } from './json-pieces.js';
import type { ReadType } from './output-shape.js';
import type { TreeNode } from './output-tree.js';
import { decimalAt, type NodeIs, readWidth, treeOf } from './outputs.js';
import { formatDate, formatTimestamp } from './time.js';

/** How outputs of one shape are written. */
export interface OutputsPlan {
  readonly shape: TextWords;
  readonly nodes: readonly PlannedNode[];
}

interface PlannedNode {
  /** `"name":`, after a comma but for the first. */
  readonly key: Piece;
  readonly content: { readonly entry: number; readonly is: PlannedIs } | readonly PlannedNode[];
}

type PlannedIs = ReadType | { readonly list: ReadType } | { readonly members: readonly PlannedNode[] };

const OPEN = pieceOf('{');
const CLOSE = pieceOf('}');
const OPEN_LIST = pieceOf('[');
const CLOSE_LIST = pieceOf(']');
const COMMA = pieceOf(',');
const NULL = pieceOf('null');
const TRUE = pieceOf('true');
const FALSE = pieceOf('false');
/** Plans by the text of their shape: see treeOf. */
const plans = new Map<string, OutputsPlan>();
const PLANS_MAX = 256;

/**
 * Puts the outputs that begin at `at` of the buffer that is open.
 *
 * @param known the plan of an earlier decision of the same image
 * @returns the plan, for the next
 */
export function putOutputs(at: number, known: OutputsPlan | undefined): OutputsPlan {
  const table = follow(at);
  const vtable = vtableOf(table);
  const plan = known ?? planAt(follow(table + field(vtable, 4)));
  putNodes(table, vtable, plan.nodes);
  return plan;
}

/** The plan of the shape that lies there. The last one is asked first: decisions of one bundle follow each other. */
let last: OutputsPlan | undefined;

function planAt(shapeAt: number): OutputsPlan {
  if (last !== undefined && holdsText(shapeAt, last.shape)) return last;
  const { text, length, words } = textAt(shapeAt);
  let plan = plans.get(text);
  if (plan === undefined) {
    if (plans.size >= PLANS_MAX) plans.clear();
    plan = { shape: { length, words }, nodes: planned(treeOf(text)) };
    plans.set(text, plan);
  }
  // Of a long text there are no words to compare: it is looked up each time.
  last = words.length > 0 ? plan : undefined;
  return plan;
}

function planned(nodes: readonly TreeNode<NodeIs>[]): PlannedNode[] {
  return nodes.map(({ name, content }, index) => ({
    key: keyOf(name, index),
    content: 'field' in content ? { entry: 4 + 2 * content.field, is: plannedIs(content.is) } : planned(content),
  }));
}

function plannedIs(is: NodeIs): PlannedIs {
  return typeof is === 'string' || !('members' in is) ? is : { members: planned(is.members) };
}

function keyOf(name: string, index: number): Piece {
  return pieceOf(`${index === 0 ? '' : ','}${JSON.stringify(name)}:`);
}

function putNodes(table: number, vtable: number, nodes: readonly PlannedNode[]): void {
  putPiece(OPEN);
  for (const { key, content } of nodes) {
    putPiece(key);
    if ('entry' in content) {
      const at = field(vtable, content.entry);
      if (at === 0) putPiece(NULL);
      else putOutput(table + at, content.is);
    } else putNodes(table, vtable, content);
  }
  putPiece(CLOSE);
}

function putOutput(at: number, is: PlannedIs): void {
  if (typeof is === 'string' || 'scale' in is) {
    putScalar(at, is);
    return;
  }
  const vector = follow(at);
  const count = u32(vector);
  putPiece(OPEN_LIST);
  if ('list' in is) {
    const width = readWidth(is.list);
    for (let i = 0; i < count; i++) {
      if (i > 0) putPiece(COMMA);
      putScalar(vector + 4 + width * i, is.list);
    }
  } else {
    for (let i = 0; i < count; i++) {
      if (i > 0) putPiece(COMMA);
      const element = follow(vector + 4 + 4 * i);
      putNodes(element, vtableOf(element), is.members);
    }
  }
  putPiece(CLOSE_LIST);
}

function putScalar(at: number, type: ReadType): void {
  switch (type) {
    case 'boolean':
      putPiece(currentView().getUint8(at) === 1 ? TRUE : FALSE);
      return;
    case 'number':
      putDouble(currentView().getFloat64(at, true));
      return;
    case 'string':
      putUtf8(textAt(follow(at)).json);
      return;
    case 'timestamp':
      putAscii(`"${formatTimestamp(bigLongAt(at))}"`);
      return;
    case 'date':
      putAscii(`"${formatDate(currentView().getInt32(at, true))}"`);
      return;
    default:
      putDecimal(at, type.scale, type.wide);
  }
}

/** Puts the digits of a decimal, without zeros at the end. */
function putDecimal(at: number, scale: number, wide: boolean): void {
  const value = wide ? Number.NaN : longAt(at);
  if (scale === 0 && Number.isSafeInteger(value)) putDouble(value);
  else putAscii(trimmed(formatDecimal(Number.isSafeInteger(value) ? BigInt(value) : decimalAt(currentView(), at, wide), scale)));
}

function trimmed(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 0x2e ? end - 1 : end);
}
