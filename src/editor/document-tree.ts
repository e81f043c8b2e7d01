// The scalars of a YAML or JSON document with their paths, of documents too that are being written and have faults. A list is cut
// where an item begins a line, so that a place in a file of ten thousand rules costs one rule.

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, visit } from 'yaml';
import { parseBounded } from '../bundle/document.js';
import { DOCUMENT_BYTES_MAX } from '../bundle/limits.js';
import type { ScalarStyle } from '../bundle/places.js';
import { type ScalarText, scalarText } from '../bundle/scalar-text.js';
import { styleOf } from '../bundle/yaml-places.js';

export type Key = string | number;

/** A part of a file that is read by itself: all of it, or an item of a list. */
export interface Piece {
  text: string;
  /** Offset in the file. */
  start: number;
}

/** A scalar of a document. */
export interface PlacedScalar {
  /** From the root; in an item of a list from that, its index being 0. Of a key: the key itself comes last. */
  path: readonly Key[];
  isKey: boolean;
  /** As an expression reads it, with its place in the file. */
  source: ScalarText;
  style: ScalarStyle;
  /** A text, and no number or such. */
  isText: boolean;
  /** Offsets in the file, quotes included. */
  start: number;
  end: number;
  /** Where the place of its value is known: of a key, behind its value. */
  valueEnd: number;
}

/** Nodes below which nothing is looked at: what is deeper means nothing to a bundle. */
const DEPTH_MAX = 64;

/** Cuts a list at its items; a text that is none, or is JSON, is one piece. */
export function piecesOf(file: string, text: string, isList: boolean): Piece[] {
  const starts = isList && !file.endsWith('.json') ? itemStarts(text) : [];
  if (starts.length === 0) return [{ text, start: 0 }];
  return starts.map((start, index) => ({ text: text.slice(start, starts[index + 1] ?? text.length), start }));
}

/** The piece that a place lies in. */
export function pieceAt(file: string, text: string, isList: boolean, offset: number): Piece {
  if (!isList || file.endsWith('.json')) return { text, start: 0 };
  const lineEnd = text.indexOf('\n', offset);
  const head = text.slice(0, lineEnd === -1 ? text.length : lineEnd);
  const before = head.startsWith('- ') || head === '-' ? 0 : -1;
  const start = Math.max(before, head.lastIndexOf('\n- ') + 1 || before, /\n-$/.test(head) ? head.length - 1 : -1);
  if (start === -1) return { text, start: 0 };
  const next = text.indexOf('\n- ', Math.max(offset, start));
  return { text: text.slice(start, next === -1 ? text.length : next + 1), start };
}

function itemStarts(text: string): number[] {
  const starts: number[] = [];
  for (let at = text.startsWith('- ') ? 0 : text.indexOf('\n- ') + 1 || -1; at !== -1; at = text.indexOf('\n- ', at) + 1 || -1)
    starts.push(at);
  return starts;
}

/** All scalars of a piece, in the order written. */
export function scalarsOf(file: string, { text, start }: Piece): PlacedScalar[] {
  const found: PlacedScalar[] = [];
  const root = parse(text)?.contents;
  if (root === undefined || root === null) return found;
  const add = (node: Scalar, path: readonly Key[], isKey: boolean, valueEnd: number): void => {
    const [from, to] = node.range ?? [0, 0];
    const style = styleOf(node);
    const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value ?? ''));
    const isText = typeof node.value === 'string';
    const source = moved(scalarText(value, text, file, from, to, style), start);
    found.push({ path, isKey, source, style, isText, start: start + from, end: start + to, valueEnd: start + valueEnd });
  };
  const visit = (node: Node | null, path: readonly Key[]): void => {
    if (node === null || isAlias(node) || path.length > DEPTH_MAX) return;
    if (isScalar(node)) add(node, path, false, node.range?.[1] ?? 0);
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item as Node | null, [...path, index]);
    else if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const name = typeof key.value === 'string' ? key.value : (key.source ?? '');
        const below = [...path, name];
        const valueNode = value as Node | null;
        add(key, below, true, valueNode?.range?.[1] ?? key.range?.[1] ?? 0);
        visit(valueNode, below);
      }
    }
  };
  visit(root as Node, []);
  return found;
}

/** The plain value of a text that may have faults; undefined where nothing can be made of it. */
export function tolerantValue(text: string): unknown {
  try {
    return parse(text)?.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** The lines of all comments of a document, sorted, as one text. */
export function commentsOf(text: string): string {
  const document = parse(text);
  if (document === undefined) return '';
  const found: (string | null | undefined)[] = [document.comment, document.commentBefore];
  visit(document, {
    Node: (_, node) => {
      found.push(node.comment, node.commentBefore);
    },
  });
  return found
    .flatMap((comment) => comment?.split('\n') ?? [])
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort()
    .join('\n');
}

function parse(text: string): Document | undefined {
  if (text.length > DOCUMENT_BYTES_MAX) return undefined;
  try {
    return parseBounded(text);
  } catch {
    return undefined; // nested too deeply
  }
}

function moved(source: ScalarText, by: number): ScalarText {
  if (by === 0) return source;
  const shift = ({ file, start, end }: ScalarText['span']): ScalarText['span'] => ({ file, start: start + by, end: end + by });
  return {
    text: source.text,
    span: shift(source.span),
    spanAt: (start, end) => shift(source.spanAt(start, end)),
    fixAt: (start, end, replacement) => {
      const fix = source.fixAt?.(start, end, replacement);
      return fix && { ...fix, span: shift(fix.span) };
    },
  };
}

/** Offset in a source's text of a place in its file, between 0 and the text's length. */
export function offsetIn(source: ScalarText, place: number): number {
  let low = 0;
  let high = source.text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.spanAt(middle, middle).start <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
