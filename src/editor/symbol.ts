// The names of a bundle as things that are declared in one place and used in others. Two places that stand for the same thing give
// the same key.

import type { Receiver } from '../compiler/checker/receiver.js';
import type { EsNode, Identifier, MemberExpression } from '../compiler/estree.js';
import { unwrap } from '../compiler/estree.js';
import type { Model } from '../schema/model.js';
import type { FileKind } from './document-kind.js';
import type { Key } from './document-tree.js';
import { type ModelPlaces, placeName } from './model-places.js';
import type { Understood } from './understand.js';

export type SymbolKind =
  | 'field'
  | 'feature'
  | 'table'
  | 'output'
  | 'scorecard'
  | 'ensemble'
  | 'list'
  | 'set'
  | 'parameter'
  | 'rule'
  | 'reason'
  | 'result';

export interface BundleSymbol {
  kind: SymbolKind;
  /** Unique among its kind: `limit.maximum` for an output; for a field the place of its declaration. */
  id: string;
  /** What stands where it is used. */
  name: string;
}

export function sameSymbol(a: BundleSymbol, b: BundleSymbol): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** What a symbol is found by beside its receiver. */
export interface SymbolContext {
  model: Model | undefined;
  places: ModelPlaces | undefined;
}

/** What a name in an expression stands for; undefined for names of the language, parameters of functions, and unknown ones. */
export function symbolOfName(
  understood: Understood,
  node: Identifier,
  member: MemberExpression | undefined,
  context: SymbolContext,
): BundleSymbol | undefined {
  if (member === undefined) return ofRoot(understood.receiver(node), node.name, context);
  return ofMember(receiverOf(understood, member.object), node.name, context);
}

/** The receiver of what stands before a point, parentheses aside. */
export function receiverOf(understood: Understood, node: EsNode): Receiver | undefined {
  return understood.receiver(node) ?? understood.receiver(unwrap(node));
}

function ofRoot(receiver: Receiver | undefined, name: string, context: SymbolContext): BundleSymbol | undefined {
  if (receiver?.kind === 'group') return groupSymbol(receiver);
  if (receiver?.kind === 'list') {
    const { plain } = receiver.list;
    return plain?.op === 'field' ? fieldSymbol(plain.field.path, context) : undefined;
  }
  if (receiver?.kind !== 'value') return undefined;
  const { ir } = receiver;
  if (ir.op === 'field') return fieldSymbol(ir.field.path, context);
  return ir.op === 'feature' && ir.feature.name === name ? { kind: 'feature', id: name, name } : undefined;
}

function groupSymbol(group: Receiver & { kind: 'group' }): BundleSymbol | undefined {
  const { name, what } = group;
  if (what === 'parameters') return undefined;
  // Groups of an ensemble may lie in one another.
  const root = name.split('.')[0]!;
  return { kind: what, id: root, name: root };
}

function ofMember(before: Receiver | undefined, name: string, context: SymbolContext): BundleSymbol | undefined {
  switch (before?.kind) {
    case 'lists':
      return { kind: 'list', id: name, name };
    case 'payload':
      return fieldSymbol(name, context);
    case 'group': {
      if (before.what === 'table') return { kind: 'output', id: `${before.name}.${name}`, name };
      if (before.what !== 'parameters') return undefined;
      const set = before.name.split('.')[1];
      return set === undefined ? { kind: 'set', id: name, name } : { kind: 'parameter', id: `${set}.${name}`, name };
    }
    case 'value': {
      const { type } = before.ir;
      if (type.kind !== 'object') return undefined;
      const field = context.model?.tables[type.table]?.fields.find((candidate) => candidate.name === name);
      return field && fieldSymbol(field.path, context);
    }
    default:
      return undefined;
  }
}

/** The symbol of the field at a path. */
export function fieldSymbol(path: string, { places }: SymbolContext): BundleSymbol | undefined {
  const place = places?.placeOf(path);
  return place === undefined ? undefined : { kind: 'field', id: place, name: path.replace(/\[\]$/, '').split('.').at(-1)! };
}

/** A symbol that a scalar of a document declares or uses by itself, outside of expressions. */
export interface WrittenSymbol {
  symbol: BundleSymbol;
  isDeclaration: boolean;
}

/**
 * What a key or a value of a document names.
 * @param name of the file, where that is a name of the bundle
 */
export function symbolOfScalar(
  kind: FileKind,
  name: string,
  path: readonly Key[],
  isKey: boolean,
  text: string,
  context: SymbolContext,
): WrittenSymbol | undefined {
  const last = path.at(-1);
  const declares = (symbol: BundleSymbol): WrittenSymbol => ({ symbol, isDeclaration: true });
  const uses = (symbol: BundleSymbol | undefined): WrittenSymbol | undefined => symbol && { symbol, isDeclaration: false };
  const reason = (): WrittenSymbol => ({ symbol: { kind: 'reason', id: text, name: text }, isDeclaration: false });
  switch (kind) {
    case 'rules':
      if (isKey) return undefined;
      if (path.length === 2 && last === 'id') return declares({ kind: 'rule', id: text, name: text });
      return path.length === 3 && last === 'reason' ? reason() : undefined;
    case 'features':
      return !isKey && path.length === 2 && last === 'name' ? declares({ kind: 'feature', id: text, name: text }) : undefined;
    case 'outputs':
      return !isKey && path.length === 2 && last === 'name' ? declares(resultSymbol(text)) : undefined;
    case 'table':
      return ofTable(name, path, isKey, text, context);
    case 'scorecard':
      return !isKey && last === 'reason' ? reason() : undefined;
    case 'ensemble':
      return !isKey && path[0] === 'reasons' && path[1] === 'codes' && path.length === 3 ? reason() : undefined;
    case 'parameters':
      if (isKey && path.length === 2 && path[0] === 'values')
        return declares({ kind: 'parameter', id: `${name}.${text}`, name: text });
      return !isKey && path.length === 4 && path[2] === 'type' && last === 'enum' ? uses(fieldSymbol(text, context)) : undefined;
    case 'input':
      return isKey && path.length === 2 && path[0] === 'columns' ? uses(fieldSymbol(text, context)) : undefined;
    case 'tests':
      return ofTest(path, isKey, text, context);
    case 'model':
      return ofModel(path, isKey, text, context);
    default:
      return undefined;
  }
}

function ofTable(
  name: string,
  path: readonly Key[],
  isKey: boolean,
  text: string,
  context: SymbolContext,
): WrittenSymbol | undefined {
  const output: BundleSymbol = { kind: 'output', id: `${name}.${text}`, name: text };
  const reason: BundleSymbol = { kind: 'reason', id: text, name: text };
  if (path[0] === 'outputs' && !isKey) {
    if (path.length === 2 || (path.length === 3 && path[2] === 'name')) return { symbol: output, isDeclaration: true };
    const field = path.length === 4 && path[2] === 'type' && path[3] === 'field' ? fieldSymbol(text, context) : undefined;
    return field && { symbol: field, isDeclaration: false };
  }
  if (path[0] !== 'rows') return undefined;
  if (!isKey && path.length === 3 && path[2] === 'id')
    return { symbol: { kind: 'rule', id: text, name: text }, isDeclaration: true };
  if (path.length !== 4 || path[2] !== 'then') return undefined;
  if (isKey) return { symbol: output, isDeclaration: false };
  return path[3] === 'reason' ? { symbol: reason, isDeclaration: false } : undefined;
}

function ofTest(path: readonly Key[], isKey: boolean, text: string, context: SymbolContext): WrittenSymbol | undefined {
  if (!isKey) {
    const isReason = path.length === 4 && path[1] === 'expect' && path[2] === 'reasons';
    return isReason ? { symbol: { kind: 'reason', id: text, name: text }, isDeclaration: false } : undefined;
  }
  if (path[1] === 'payload' && path.length > 2) {
    const symbol = fieldSymbol(fieldPath(path.slice(2)), context);
    return symbol && { symbol, isDeclaration: false };
  }
  if (path[1] === 'expect' && path[2] === 'outputs' && path.length > 3) {
    // What lies in the elements of a list are members of it, and no outputs.
    const names = path.slice(3);
    return names.some((name) => typeof name === 'number')
      ? undefined
      : { symbol: resultSymbol(names.join('.')), isDeclaration: false };
  }
  if (path[1] !== 'parameters') return undefined;
  if (path.length === 3) return { symbol: { kind: 'set', id: text, name: text }, isDeclaration: false };
  return path.length === 4
    ? { symbol: { kind: 'parameter', id: `${String(path[2])}.${text}`, name: text }, isDeclaration: false }
    : undefined;
}

/** An output of the decision, or what outputs of names with points lie in, by its path. */
export function resultSymbol(path: string): BundleSymbol {
  return { kind: 'result', id: path, name: path.slice(path.lastIndexOf('.') + 1) };
}

/** Keys of a payload as the path of a field: `items`, 0, `price` as `items[].price`. */
export function fieldPath(keys: readonly Key[]): string {
  return keys.reduce<string>((path, key) => (typeof key === 'number' ? `${path}[]` : path === '' ? key : `${path}.${key}`), '');
}

function ofModel(path: readonly Key[], isKey: boolean, text: string, context: SymbolContext): WrittenSymbol | undefined {
  const declaration = (place: string): BundleSymbol | undefined =>
    (context.places?.fieldsAt(place).length ?? 0) > 0 ? { kind: 'field', id: place, name: text } : undefined;
  if (isKey) {
    const symbol = path.at(-2) === 'properties' ? declaration(placeName(path)) : undefined;
    return symbol && { symbol, isDeclaration: true };
  }
  if (path.at(-2) !== 'required') return undefined;
  const symbol = declaration(placeName([...path.slice(0, -2), 'properties', text]));
  return symbol && { symbol, isDeclaration: false };
}
