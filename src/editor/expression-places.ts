// The expressions in a scalar or a cell, with what they may name beside the names of the bundle: one in an expression, one for each
// operand in a cell.

import { part, type ScalarText, trimmed } from '../bundle/scalar-text.js';
import { operandsOfCell, parseCell } from '../compiler/tables/cell-syntax.js';
import type { Type } from '../compiler/types.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { nameOfFile } from './document-kind.js';
import type { Key, PlacedScalar } from './document-tree.js';
import type { Role } from './role.js';
import type { BundleSession } from './session.js';
import { type Understood, understand } from './understand.js';

export interface ExpressionPlace {
  source: ScalarText;
  /** Types of names that are bound around it. */
  locals: ReadonlyMap<string, Type>;
  /** What a lone word may stand for by the column of its cell: a member of an enum or a text. */
  column: Type | undefined;
  /** It stands in a cell. */
  isCell: boolean;
}

/** What the elements of an output's list are called: `each: items`, `as: item`. */
export interface ElementName {
  name: string;
  /** Undefined where it is a row of a table, or not known. */
  type: Type | undefined;
  /** The table whose rows they are. */
  table: string | undefined;
}

/** The element that an expression at a path may name. @param scalars of the document around */
export function elementAt(
  session: BundleSession,
  scalars: readonly Pick<PlacedScalar, 'path' | 'isKey' | 'source'>[],
  path: readonly Key[],
): ElementName | undefined {
  if (path[1] !== 'values' || path.length !== 3) return undefined;
  const textOf = (key: string): string | undefined =>
    scalars
      .find((one) => !one.isKey && one.path.length === 2 && one.path[0] === path[0] && one.path[1] === key)
      ?.source.text.trim();
  const [each, name] = [textOf('each'), textOf('as')];
  const understood = each === undefined ? undefined : understand(each, session.names);
  const receiver = understood?.receiver(understood.root);
  if (name === undefined || receiver === undefined) return undefined;
  if (receiver.kind === 'group') return { name, type: undefined, table: receiver.name };
  const type = receiver.kind === 'value' ? receiver.ir.type : undefined;
  const element = receiver.kind === 'list' ? receiver.list.element : type?.kind === 'list' ? type.element : undefined;
  return { name, type: element, table: undefined };
}

const NO_LOCALS: ReadonlyMap<string, Type> = new Map();
/** The name of a cell's input in its expressions. */
const VALUE_NAME = 'value';
const WORD = /^[A-Za-z_$][\w$-]*$/;

/** The expressions of a scalar that has a role. @param path of the file, for outputs of its table */
export function expressionsOf(
  session: BundleSession,
  path: string,
  role: Role | undefined,
  source: ScalarText,
  element?: ElementName,
): ExpressionPlace[] {
  switch (role?.kind) {
    case 'expression':
      return [{ source, locals: localsOf(element), column: undefined, isCell: false }];
    case 'test': {
      const column = session.typeOf(role.input);
      const locals = column === undefined ? NO_LOCALS : new Map([[VALUE_NAME, column]]);
      const cell = parseCell(source, new DiagnosticBag());
      return cell === undefined
        ? [{ source: trimmed(source), locals, column, isCell: true }]
        : operandsOfCell(cell).map((operand) => ({ source: operand.source, locals, column, isCell: true }));
    }
    case 'result': {
      if (['score', 'outcome', 'reason'].includes(role.column ?? '')) return [];
      const column = session.typeOfOutput(nameOfFile(path), role.column);
      return [{ source: trimmed(source), locals: NO_LOCALS, column, isCell: true }];
    }
    default:
      return [];
  }
}

/** Types of names that are bound around the expressions of an output. */
export function localsOf(element: ElementName | undefined): ReadonlyMap<string, Type> {
  return element?.type === undefined ? NO_LOCALS : new Map([[element.name, element.type]]);
}

/** Understands an expression in its place; undefined for a word that is a text or a member of an enum, and no name. */
export function understandPlace(
  session: BundleSession,
  { source, locals, column, isCell }: ExpressionPlace,
): Understood | undefined {
  if (isCell && WORD.test(source.text) && isWordOf(column, source.text, session)) return undefined;
  return understand(source.text, session.names, locals);
}

function isWordOf(column: Type | undefined, word: string, session: BundleSession): boolean {
  if (column?.kind === 'enum' && column.members.some(({ name }) => name === word)) return true;
  // A word in a column of texts is a text where nothing has its name.
  return session.typeOf(word) === undefined && session.names?.scope.names.has(word) !== true;
}

/** A part of an expression's source, with its place in the file. */
export function placeIn(source: ScalarText, start: number, end: number): { file: string; start: number; end: number } {
  return part(source, start, end).span;
}
