// Formats a text of a document by its role.

import type { FileKind } from '../editor/document-kind.js';
import type { Key } from '../editor/document-tree.js';
import { type Role, roleOf } from '../editor/role.js';
import type { TableShape } from '../editor/table-shape.js';
import { cellKey, formatResult, formatTest } from './cell.js';
import { formatExpression, isSameExpression } from './expression.js';

/** Characters of a line. */
export const LINE_WIDTH = 132;
/** Characters of an expression beside its key. */
export const EXPRESSION_WIDTH = 100;

/** The role of a text, where that has one way to be written. */
export function formattedRole(kind: FileKind, path: readonly Key[], shape: TableShape | undefined): Role | undefined {
  const role = roleOf(kind, path, false, shape);
  if (role?.kind === 'result' && ['score', 'outcome', 'reason'].includes(role.column ?? '')) return undefined;
  return role?.kind === 'expression' || role?.kind === 'test' || role?.kind === 'result' ? role : undefined;
}

/** Formats a text. @param width see formatExpression; cells are never broken */
export function formatByRole(role: Role, text: string, width: number): string {
  if (role.kind === 'test') return formatTest(text);
  if (role.kind === 'result') return formatResult(text);
  return formatExpression(text, width) ?? text;
}

/** Whether two texts mean the same in a role. */
export function isSameByRole(role: Role | undefined, a: string, b: string): boolean {
  switch (role?.kind) {
    case 'expression':
      return isSameExpression(a, b);
    case 'test':
      return cellKey(a) === cellKey(b);
    case 'result':
      return a.trim() === b.trim() || (formatResult(a) === formatResult(b) && isSameExpression(a, b));
    default:
      return a === b;
  }
}
