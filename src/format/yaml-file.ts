// YAML in one form: keys in the order of the documentation, quotes where they are needed, long conditions as blocks. Comments and
// blank lines stay, and so does the author's choice between `{ }` and lines, unless a text needs several.

import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  type ScalarTag,
  type Tags,
  visit,
  type YAMLMap,
  YAMLSeq,
} from 'yaml';
import { parseBounded, YAML_OPTIONS } from '../bundle/document.js';
import type { FileKind } from '../editor/document-kind.js';
import type { Key } from '../editor/document-tree.js';
import { schemaAt } from '../editor/schema-at.js';
import type { TableShape } from '../editor/table-shape.js';
import { EXPRESSION_WIDTH, formatByRole, formattedRole, LINE_WIDTH } from './scalar.js';

const PLAIN_CELL = /^[A-Za-z0-9_][\w .-]*$/;

/** Formats a document; undefined where it cannot be read. */
export function formatYaml(kind: FileKind, text: string, shape: TableShape | undefined): string | undefined {
  let document: Document;
  try {
    document = parseBounded(text, { ...YAML_OPTIONS, compat: 'yaml-1.1', customTags });
  } catch {
    return undefined;
  }
  // That older readers take a word as something else is why it gets quotes, and no fault.
  const warnings = document.warnings.filter(({ message }) => !message.startsWith('Value may be parsed as either'));
  if (document.errors.length > 0 || warnings.length > 0) return undefined;
  if (document.contents === null) return text;
  let hasReferences = false;
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) hasReferences = true;
    },
  });
  // An alias has to stand behind its anchor.
  if (!hasReferences && kind !== 'model') sortKeys(kind, document.contents as Node, []);
  formatNode(document.contents as Node, [], [], kind, shape);
  const written = document.toString({ lineWidth: LINE_WIDTH, singleQuote: true, flowCollectionPadding: true, indent: 2 });
  return written.endsWith('\n') ? written : `${written}\n`;
}

/** Numbers keep their spelling: decimals are taken from it. */
function customTags(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || tag.collection !== undefined || !/:(int|float)$/.test(tag.tag)) return tag;
    const own = tag as ScalarTag;
    const written: ScalarTag = {
      ...own,
      stringify: (item, ...rest) => item.source ?? own.stringify?.(item, ...rest) ?? String(item.value),
    };
    return written;
  });
}

/** Puts keys into the order of the schema. Those of names that authors give, and of the model, stay as they are. */
function sortKeys(kind: FileKind, node: Node | null, path: readonly Key[]): void {
  if (isSeq(node)) for (const [index, item] of node.items.entries()) sortKeys(kind, item as Node | null, [...path, index]);
  if (!isMap(node)) return;
  const order = Object.keys(schemaAt(kind, path)?.properties ?? {});
  const rank = (key: unknown): number => {
    const at = order.indexOf(isScalar(key) ? String(key.value) : '');
    return at === -1 ? order.length : at;
  };
  if (order.length > 0 && node.items.every(({ key }) => rank(key) < order.length)) {
    const first = node.items[0]?.key as Node | undefined;
    const sorted = [...node.items].sort((a, b) => rank(a.key) - rank(b.key));
    if (sorted[0]?.key !== first) keepHead(first, sorted[0]?.key as Node | undefined);
    node.items = sorted;
  }
  for (const { key, value } of node.items) if (isScalar(key)) sortKeys(kind, value as Node | null, [...path, String(key.value)]);
}

/** A blank line before an item belongs to the item, not to the key that happened to be its first. */
function keepHead(from: Node | undefined, to: Node | undefined): void {
  if (from?.spaceBefore !== true || to === undefined) return;
  delete from.spaceBefore;
  to.spaceBefore = true;
}

/** @param around the collections that a node lies in, the outermost first */
function formatNode(
  node: Node | null,
  path: readonly Key[],
  around: readonly (YAMLMap | YAMLSeq)[],
  kind: FileKind,
  shape: TableShape | undefined,
): void {
  if (isScalar(node)) formatScalar(node, path, around, kind, shape);
  if (!isCollection(node) || isAlias(node)) return;
  const inside = [...around, node as YAMLMap | YAMLSeq];
  // Written as [1, 2] beside { a: 1 }.
  const own = node.toString.bind(node);
  node.toString = (context, ...rest) =>
    own(context === undefined ? context : { ...context, flowCollectionPadding: node instanceof YAMLSeq ? '' : ' ' }, ...rest);
  if (isSeq(node))
    for (const [index, item] of node.items.entries()) formatNode(item as Node | null, [...path, index], inside, kind, shape);
  else if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      formatKey(key);
      formatNode(
        value as Node | null,
        [...path, typeof key.value === 'string' ? key.value : String(key.source)],
        inside,
        kind,
        shape,
      );
    }
  }
}

function formatKey(key: Scalar): void {
  if (typeof key.value === 'string') delete key.type;
}

function formatScalar(
  scalar: Scalar,
  path: readonly Key[],
  around: readonly (YAMLMap | YAMLSeq)[],
  kind: FileKind,
  shape: TableShape | undefined,
): void {
  if (typeof scalar.value !== 'string') return;
  const isBlock = scalar.type === Scalar.BLOCK_FOLDED || scalar.type === Scalar.BLOCK_LITERAL;
  const role = formattedRole(kind, path, shape);
  if (role === undefined) {
    // Prose in blocks is laid out by its author.
    if (!isBlock && !scalar.value.includes('\n')) delete scalar.type;
    return;
  }
  const room = EXPRESSION_WIDTH - 2 * around.length;
  const formatted = formatByRole(role, scalar.value, room).trim();
  if (formatted === '') return;
  if (role.kind !== 'expression' || (!formatted.includes('\n') && formatted.length <= room)) {
    scalar.value = formatted;
    delete scalar.type;
    // Of one column, `> 5` needs quotes and `< 5` does not: both have them.
    if (role.kind !== 'expression' && !PLAIN_CELL.test(formatted)) scalar.type = Scalar.QUOTE_SINGLE;
    return;
  }
  scalar.value = `${formatted}\n`;
  scalar.type = Scalar.BLOCK_LITERAL;
  // A block needs lines of its own.
  for (const collection of around) delete collection.flow;
}
