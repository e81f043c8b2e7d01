// What may be written at a place.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { signatureOf } from '../compiler/checker/calls.js';
import type { Receiver } from '../compiler/checker/receiver.js';
import { type BinaryExpression, type EsNode, type Identifier, type MemberExpression, unwrap } from '../compiler/estree.js';
import type { LibraryEntry } from '../compiler/library/entry.js';
import { LIBRARY, type ReceiverKind } from '../compiler/library/library.js';
import type { ScopeEntry } from '../compiler/scope.js';
import { looseSource } from '../compiler/source.js';
import { operandsOfCell, parseCell } from '../compiler/tables/cell-syntax.js';
import { type Type, typeName, typeOfField } from '../compiler/types.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { PAYLOAD_NAME, writtenPath } from '../schema/field-name.js';
import { completionsOfKeys, completionsOfWords } from './complete-keys.js';
import { CURSOR, type Cursor, cursorsAt } from './cursor.js';
import { describeFunction, fieldText, typeText } from './describe.js';
import { nameOfFile } from './document-kind.js';
import { type ElementName, localsOf } from './expression-places.js';
import { kindOfReceiver } from './hover.js';
import { mended } from './mend.js';
import type { BundleSession } from './session.js';
import { receiverOf } from './symbol.js';
import { eachName, nodesAt, type Understood } from './understand.js';

export type CompletionKind =
  | 'field'
  | 'value'
  | 'function'
  | 'property'
  | 'keyword'
  | 'member'
  | 'group'
  | 'key'
  | 'reason'
  | 'variable';

export interface Completion {
  label: string;
  kind: CompletionKind;
  /** Its type, or what it belongs to. */
  detail?: string;
  /** Markdown. */
  documentation?: string;
  /** What is written instead of the label; `$0` is where the cursor goes. */
  snippet?: string;
  text?: string;
  /** What is likelier stands first. */
  rank?: number;
}

export interface Completions {
  /** What they replace. */
  start: number;
  end: number;
  items: Completion[];
}

/** What may be written at an offset of a file. */
export function completeAt(session: BundleSession, path: string, offset: number): Completions | undefined {
  const cursors = cursorsAt(session, path, offset);
  const [first] = cursors;
  if (first === undefined) return undefined;
  const items = new Map<string, Completion>();
  for (const cursor of cursors)
    for (const item of itemsOf(session, path, cursor)) if (!items.has(item.label)) items.set(item.label, item);
  return { start: first.start, end: first.end, items: [...items.values()] };
}

function itemsOf(session: BundleSession, path: string, cursor: Cursor): Completion[] {
  const kind = session.kind(path)!;
  if (cursor.isKey) return completionsOfKeys(session, path, cursor);
  const { role, text } = cursor;
  switch (role?.kind) {
    case 'expression':
      return inExpression(session, cursor, text, localsOf(cursor.element));
    case 'test':
      return inCell(session, cursor, session.typeOf(role.input));
    case 'result':
      if (role.column === 'reason') return reasons(session);
      if (role.column === 'outcome') return ['approve', 'review', 'decline'].map((label) => ({ label, kind: 'member' }));
      return inResult(session, cursor, session.typeOfOutput(nameOfFile(path), role.column));
    case 'reason':
      return reasons(session);
    case 'field':
      return (session.model?.fields ?? []).map((field) => ({ label: field.path, kind: 'field', detail: fieldText(field) }));
    default:
      return completionsOfWords(session, path, kind, cursor);
  }
}

function reasons(session: BundleSession): Completion[] {
  const { bundle } = session;
  const codes = [
    ...(bundle?.rules.map(({ reason }) => reason) ?? []),
    ...(bundle?.scorecards.flatMap(({ characteristics }) => characteristics.map(({ reason }) => reason)) ?? []),
    ...(bundle?.tables.flatMap(({ outputs, rows }) => {
      const at = outputs.findIndex(({ name }) => name === 'reason');
      return at === -1 ? [] : rows.map(({ then }) => then[at]?.text.trim());
    }) ?? []),
  ];
  return [...new Set(codes)].flatMap((label) =>
    label === null || label === undefined || label === '' ? [] : [{ label, kind: 'reason' as const }],
  );
}

/** Cells: members and values of the column, and what an expression may name. */
function inCell(session: BundleSession, cursor: Cursor, column: Type | undefined): Completion[] {
  const locals = column === undefined ? new Map<string, Type>() : new Map([['value', column]]);
  const tests = parseCell(looseSource('', cursor.text), new DiagnosticBag());
  const operand = tests && operandsOfCell(tests).find(({ text }) => text.includes(CURSOR))?.text;
  const text = operand ?? cursor.text.slice(cursor.text.lastIndexOf(',', cursor.text.indexOf(CURSOR)) + 1);
  if (text.trim() !== CURSOR) return inExpression(session, cursor, text, locals);
  const words: Completion[] = ['-', 'null', 'not()'].map((label) => ({
    label,
    kind: 'keyword',
    rank: 2,
    ...(label === 'not()' ? { snippet: 'not($0)' } : {}),
  }));
  return [...valuesOf(column, ''), ...words, ...inExpression(session, cursor, text, locals).map(later)];
}

function inResult(session: BundleSession, cursor: Cursor, column: Type | undefined): Completion[] {
  return [...valuesOf(column, ''), ...inExpression(session, cursor, cursor.text, new Map()).map(later)];
}

function later(item: Completion): Completion {
  return { ...item, rank: (item.rank ?? 0) + 3 };
}

/** The values of a type that are few. @param quote around members */
function valuesOf(type: Type | undefined, quote: string): Completion[] {
  if (type?.kind === 'boolean') return ['true', 'false'].map((label) => ({ label, kind: 'keyword' }));
  if (type?.kind !== 'enum') return [];
  const detail = typeName(type);
  return type.members.map(({ name }) => {
    // A member that is no word needs its quotes in a cell too.
    const written = quote === '' && !/^[A-Za-z_$][\w$]*$/.test(name) ? `"${name}"` : quote + name + quote;
    return { label: name, kind: 'member', detail, text: written };
  });
}

function inExpression(session: BundleSession, cursor: Cursor, text: string, locals: ReadonlyMap<string, Type>): Completion[] {
  const { names } = session;
  const understood = mended(text, names, locals);
  if (understood === undefined) return rootNames(session, new Map(locals), cursor.element);
  const at = understood.text.indexOf(CURSOR);
  const around = nodesAt(understood.root, at + 1);
  const node = around.at(-1);
  if (node?.type === 'Literal' || node?.type === 'TemplateElement') {
    // Inside a text: a member of the enum beside it.
    return valuesOf(typeBeside(understood, around), '').map((item) => ({ ...item, text: item.label }));
  }
  const member = around.at(-2);
  if (member?.type === 'MemberExpression' && (member as MemberExpression).property === node)
    return membersOf(session, understood, (member as MemberExpression).object, cursor.element);
  const types = new Map(locals);
  for (const parent of around) {
    if (parent.type !== 'ArrowFunctionExpression') continue;
    for (const parameter of (parent as EsNode & { params: EsNode[] }).params)
      if (parameter.type === 'Identifier')
        types.set((parameter as Identifier).name, typeOfParameter(understood, parameter as Identifier));
  }
  const quote = cursor.isEscaped ? "'" : '"';
  return [...valuesOf(typeBeside(understood, around), quote), ...rootNames(session, types, cursor.element)];
}

/** The type of a parameter of an arrow function, by what uses it. */
function typeOfParameter(understood: Understood, parameter: Identifier): Type {
  let type: Type = { kind: 'error' };
  eachName(understood.root, (name, member) => {
    if (member !== undefined || name.name !== parameter.name) return;
    const receiver = understood.receiver(name);
    if (receiver?.kind === 'value') type = receiver.ir.type;
  });
  return type;
}

/** The type of what a value is compared with, or is looked for in. */
function typeBeside(understood: Understood, around: readonly EsNode[]): Type | undefined {
  let inner = around.at(-1);
  for (let index = around.length - 2; index >= 0; index--) {
    const parent = around[index]!;
    if (parent.type === 'ParenthesizedExpression') {
      inner = parent;
      continue;
    }
    if (parent.type === 'BinaryExpression') {
      const { operator, left, right } = parent as BinaryExpression;
      if (!['===', '!==', '<', '<=', '>', '>='].includes(operator)) return undefined;
      return typeOfReceiver(receiverOf(understood, left === inner ? right : left));
    }
    // ["US", "GB"].includes(country), both ways around.
    if (parent.type === 'CallExpression' || parent.type === 'ArrayExpression') {
      const call = (
        parent.type === 'CallExpression' ? parent : around.slice(0, index).findLast(({ type }) => type === 'CallExpression')
      ) as (EsNode & { callee: EsNode; arguments: EsNode[] }) | undefined;
      if (call?.callee.type !== 'MemberExpression') return undefined;
      const { object, property } = call.callee as MemberExpression;
      if ((property as Identifier).name !== 'includes') return undefined;
      if (parent.type === 'ArrayExpression') return call.arguments[0] && typeOfReceiver(receiverOf(understood, call.arguments[0]));
      const receiver = receiverOf(understood, object);
      return receiver?.kind === 'list' ? receiver.list.element : elementOf(typeOfReceiver(receiver));
    }
    return undefined;
  }
  return undefined;
}

function elementOf(type: Type | undefined): Type | undefined {
  return type?.kind === 'list' ? type.element : undefined;
}

function typeOfReceiver(receiver: Receiver | undefined): Type | undefined {
  return receiver?.kind === 'value' ? receiver.ir.type : undefined;
}

/** What may stand behind a point. */
function membersOf(session: BundleSession, understood: Understood, object: EsNode, element: ElementName | undefined): Completion[] {
  if (element?.table !== undefined && object.type === 'Identifier' && (object as Identifier).name === element.name) {
    const table = session.names?.scope.names.get(element.table);
    return table?.kind === 'group' ? entriesOf(table.members).map(ofRow) : [];
  }
  const receiver = receiverOf(understood, object) ?? receiverOf(understood, unwrap(object));
  if (receiver === undefined) return [];
  if (receiver.kind === 'group') return entriesOf(receiver.members);
  if (receiver.kind === 'lists') return listNames(session);
  if (receiver.kind === 'payload') return fieldsOf(session, 0);
  const kind = kindOfReceiver(understood, object);
  const fields = receiver.kind === 'value' && receiver.ir.type.kind === 'object' ? fieldsOf(session, receiver.ir.type.table) : [];
  return session.names?.profile === 'standard' && kind !== undefined ? [...fields, ...functionsOf(kind)] : fields;
}

/** The fields of an object, by the number of its table. */
function fieldsOf({ model }: BundleSession, table: number, label = (name: string): string => name): Completion[] {
  return (model?.tables[table]?.fields ?? []).map((field) => ({
    label: label(field.name),
    kind: 'field',
    detail: field.kind === FieldKind.LIST ? typeName(typeOfField(field)) : fieldText(field),
    ...(field.description === undefined ? {} : { documentation: field.description }),
  }));
}

function functionsOf(kind: ReceiverKind): Completion[] {
  return LIBRARY.filter(({ on }) => on === kind).map(functionItem);
}

function functionItem(entry: LibraryEntry): Completion {
  const isCall = entry.property !== true;
  return {
    label: entry.name,
    kind: isCall ? 'function' : 'property',
    detail: `${signatureOf(entry)}: ${entry.result}`,
    documentation: describeFunction(entry),
    ...(isCall ? { snippet: `${entry.name}(${entry.parameters.length === 0 ? '' : '$0'})` } : {}),
  };
}

function entriesOf(members: ReadonlyMap<string, ScopeEntry>): Completion[] {
  return [...members].map(([label, entry]): Completion => ({ label, ...ofEntry(entry) }));
}

function ofEntry(entry: ScopeEntry): Omit<Completion, 'label'> {
  switch (entry.kind) {
    case 'feature':
      return { kind: 'value', detail: typeText(entry.feature.type, entry.feature.nullable) };
    case 'elements':
      return { kind: 'value', detail: `${typeName(entry.type)}[]` };
    case 'group':
      return { kind: 'group', detail: entry.what };
    case 'list':
      return { kind: 'group', detail: `list of ${typeName(entry.list.type)}` };
  }
}

/** Of a column of a table, its value in one row. */
function ofRow(item: Completion): Completion {
  return item.detail === undefined ? item : { ...item, detail: item.detail.replace(/\[\]$/, '') };
}

function listNames(session: BundleSession): Completion[] {
  return [...(session.names?.scope.lists ?? [])].map(([label, list]) => ({
    label,
    kind: 'group' as const,
    detail: `list of ${typeName(list.type)}`,
  }));
}

/** Names that may begin an expression. */
function rootNames(session: BundleSession, locals: ReadonlyMap<string, Type>, element?: ElementName): Completion[] {
  const { names, bundle } = session;
  const items: Completion[] = [...locals].map(([label, type]) => ({
    label,
    kind: 'variable',
    ...(type.kind === 'error' ? {} : { detail: typeName(type) }),
  }));
  if (element?.table !== undefined) items.push({ label: element.name, kind: 'variable', detail: `row of ${element.table}` });
  items.push(...fieldsOf(session, 0, writtenPath));
  for (const [label, entry] of names?.scope.names ?? []) {
    const description = bundle?.features.find(({ name }) => name === label)?.description;
    items.push({ label, ...ofEntry(entry), ...(description === undefined ? {} : { documentation: description }) });
  }
  items.push({ label: 'now', kind: 'value', detail: 'timestamp', documentation: 'The time of the decision.', rank: 1 });
  const isHidden = items.some(({ label }) => label === PAYLOAD_NAME);
  if (!isHidden) items.push({ label: PAYLOAD_NAME, kind: 'group', detail: 'the payload', rank: 2 });
  for (const label of ['true', 'false', 'null']) items.push({ label, kind: 'keyword', rank: 2 });
  if (names?.profile !== 'standard') return items;
  if (names.scope.lists.size > 0) items.push({ label: 'lists', kind: 'group', detail: 'lists of the tenant', rank: 1 });
  if (names.scope.parameters.size > 0) items.push({ label: 'parameters', kind: 'group', detail: 'parameters', rank: 1 });
  items.push({ label: 'Math', kind: 'group', detail: 'functions of numbers', rank: 1 });
  items.push(...functionsOf('function').map((item) => ({ ...item, rank: 1 })));
  return items;
}
