// JSON in one form: two blanks a level, keys in the order of the documentation, what is short on one line.

import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { parseBounded } from '../bundle/document.js';
import type { FileKind } from '../editor/document-kind.js';
import type { Key } from '../editor/document-tree.js';
import { schemaAt } from '../editor/schema-at.js';
import type { TableShape } from '../editor/table-shape.js';
import { formatByRole, formattedRole, LINE_WIDTH } from './scalar.js';

/** Formats a document; undefined where it is no JSON. */
export function formatJson(kind: FileKind, text: string, shape: TableShape | undefined): string | undefined {
  try {
    JSON.parse(text);
    const { contents } = parseBounded(text);
    return `${write(contents as Node, [], '', kind, shape)}\n`;
  } catch {
    return undefined;
  }
}

function write(node: Node | null, path: readonly Key[], indent: string, kind: FileKind, shape: TableShape | undefined): string {
  if (isScalar(node)) {
    if (typeof node.value !== 'string') return node.source ?? JSON.stringify(node.value);
    const role = formattedRole(kind, path, shape);
    return JSON.stringify(role === undefined ? node.value : formatByRole(role, node.value, Number.POSITIVE_INFINITY));
  }
  const below = `${indent}  `;
  if (isSeq(node)) {
    const parts = node.items.map((item, index) => write(item as Node | null, [...path, index], below, kind, shape));
    return enclosed('[', parts, ']', indent);
  }
  if (!isMap(node)) return 'null';
  const parts = inOrder(node, kind, path).map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    return `${JSON.stringify(name)}: ${write(value as Node | null, [...path, name], below, kind, shape)}`;
  });
  return enclosed('{', parts, '}', indent);
}

function inOrder(node: YAMLMap, kind: FileKind, path: readonly Key[]): Pair[] {
  const order = kind === 'model' ? [] : Object.keys(schemaAt(kind, path)?.properties ?? {});
  const rank = ({ key }: Pair): number => order.indexOf(isScalar(key) ? String(key.value) : '');
  const isKnown = order.length > 0 && node.items.every((pair) => rank(pair) !== -1);
  return isKnown ? [...node.items].sort((a, b) => rank(a) - rank(b)) : node.items;
}

function enclosed(open: string, parts: readonly string[], close: string, indent: string): string {
  if (parts.length === 0) return open + close;
  const pad = open === '{' ? ' ' : '';
  const flat = `${open}${pad}${parts.join(', ')}${pad}${close}`;
  // What holds something on lines of its own has lines too.
  if (indent !== '' && !flat.includes('\n') && indent.length + flat.length <= LINE_WIDTH) return flat;
  const below = `${indent}  `;
  return `${open}\n${parts.map((part) => below + part).join(',\n')}\n${indent}${close}`;
}
