// What is shown of a place: a name of the bundle, a function, a parameter of a function, or a key of the document.

import type { EsNode, Identifier, MemberExpression } from '../compiler/estree.js';
import type { LibraryEntry } from '../compiler/library/entry.js';
import { functionOn, propertyOn, type ReceiverKind } from '../compiler/library/library.js';
import type { Span } from '../diagnostic/diagnostic.js';
import { describeFunction, describeSymbol, typeText } from './describe.js';
import { placeIn, understandPlace } from './expression-places.js';
import { expressionsAround, scalarAt, symbolAt } from './occurrences.js';
import { schemaAt } from './schema-at.js';
import type { BundleSession } from './session.js';
import { receiverOf } from './symbol.js';
import { eachName, nodesAt, parameterAround, type Understood } from './understand.js';

export interface Hover {
  markdown: string;
  span: Span;
}

export function hoverAt(session: BundleSession, path: string, offset: number): Hover | undefined {
  const found = symbolAt(session, path, offset);
  const shown = found && describeSymbol(session, found.symbol);
  if (found !== undefined && shown !== undefined) return { markdown: shown, span: found.span };
  for (const { place, at } of expressionsAround(session, path, offset)) {
    const understood = understandPlace(session, place);
    const word = understood && hoverOfWord(understood, at);
    if (word !== undefined) return { markdown: word.markdown, span: placeIn(place.source, word.node.start, word.node.end) };
  }
  return hoverOfKey(session, path, offset);
}

function hoverOfWord(understood: Understood, at: number): { markdown: string; node: EsNode } | undefined {
  let found: { markdown: string; node: EsNode } | undefined;
  eachName(understood.root, (node, member, around) => {
    if (found !== undefined || at < node.start || at > node.end) return;
    const entry = entryOf(understood, node, member, around.at(-1));
    if (entry !== undefined) found = { markdown: describeFunction(entry), node };
    else if (member === undefined) {
      const markdown = wordText(understood, node, parameterAround(around, node.name) !== undefined);
      if (markdown !== undefined) found = { markdown, node };
    }
  });
  return found ?? literalHover(understood, at);
}

/** A parameter, `now`, `value`, `payload`: what is no name of the bundle. */
function wordText(understood: Understood, node: Identifier, isParameter: boolean): string | undefined {
  const receiver = understood.receiver(node);
  if (receiver?.kind === 'payload')
    return `${code(node.name)}\n\nThe payload: its fields stand behind it, whatever they are called.`;
  if (receiver?.kind !== 'value' || receiver.ir.type.kind === 'error') return isParameter ? code(node.name) : undefined;
  const type = typeText(receiver.ir.type, false);
  const text = node.name === 'now' ? '\n\nThe time of the decision.' : '';
  return `${code(`${node.name}: ${type}`)}${text}`;
}

/** A text that stands for a member of an enum. */
function literalHover(understood: Understood, at: number): { markdown: string; node: EsNode } | undefined {
  const path = nodesAt(understood.root, at);
  const node = path.at(-1);
  const parent = path.at(-2) as (EsNode & { left?: EsNode; right?: EsNode }) | undefined;
  if (node?.type !== 'Literal' || parent?.type !== 'BinaryExpression') return undefined;
  const other = parent.left === node ? parent.right : parent.left;
  const receiver = other && receiverOf(understood, other);
  if (receiver?.kind !== 'value' || receiver.ir.type.kind !== 'enum') return undefined;
  const { field, members } = receiver.ir.type;
  const text = String((node as EsNode & { value?: unknown }).value);
  if (!members.some(({ name }) => name === text)) return undefined;
  return { markdown: `${code(`"${text}"`)}\n\nA member of \`${field.path}\`.`, node };
}

function code(text: string): string {
  return `\`\`\`typescript\n${text}\n\`\`\``;
}

/** The function or property of the library that a name calls. */
export function entryOf(
  understood: Understood,
  node: Identifier,
  member: MemberExpression | undefined,
  parent: EsNode | undefined,
): LibraryEntry | undefined {
  if (member === undefined)
    return parent?.type === 'CallExpression' && (parent as EsNode & { callee?: EsNode }).callee === node
      ? functionOn('function', node.name)
      : undefined;
  const kind = kindOfReceiver(understood, member.object);
  return kind && (functionOn(kind, node.name) ?? propertyOn(kind, node.name));
}

/** What the library is asked by for a value before a point. */
export function kindOfReceiver(understood: Understood, object: EsNode): ReceiverKind | undefined {
  const receiver = receiverOf(understood, object);
  switch (receiver?.kind) {
    case 'namespace':
      return 'Math';
    case 'tenant-list':
      return 'lists';
    case 'list':
      return 'list';
    case 'value':
      return receiver.ir.type.kind;
    default:
      return undefined;
  }
}

function hoverOfKey(session: BundleSession, path: string, offset: number): Hover | undefined {
  const kind = session.kind(path);
  const scalar = kind === undefined ? undefined : scalarAt(session, path, offset);
  if (scalar === undefined || !scalar.isKey) return undefined;
  const schema = schemaAt(kind!, scalar.path);
  const span = { file: path, start: scalar.start, end: scalar.end };
  const words = schema?.enum === undefined ? '' : `\n\nOne of ${schema.enum.map((word) => `\`${String(word)}\``).join(', ')}.`;
  const initial = schema?.default === undefined ? '' : `\n\nDefault: \`${JSON.stringify(schema.default)}\``;
  return schema?.description === undefined ? undefined : { markdown: schema.description + words + initial, span };
}
