// Cells as one expression: how explanations show why a row matched.

import type { ProfileName } from '../../bundle/bundle.js';
import type { ScalarText } from '../../bundle/scalar-text.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { childrenOf, type EsNode, type Identifier, type MemberExpression, unwrap } from '../estree.js';
import type { Scope } from '../scope.js';
import { type CellTest, type Operand, parseCell } from './cell-syntax.js';
import { isWord, literalOf, namedIn, type Subject, VALUE_NAME } from './check-cell.js';

/** What a column is, for rendering its cells. */
export interface RenderedColumn {
  /** The input's expression as it is written. */
  text: string;
  subject: Subject;
  scope: Scope;
  profile: ProfileName;
}

/** The cells of a row as an expression over the fields: `country === "US" && amount >= 5`. */
export function renderRow(columns: readonly RenderedColumn[], cells: readonly (ScalarText | undefined)[]): string {
  const parts = columns.flatMap((column, index) => {
    const cell = cells[index];
    return cell === undefined ? [] : (renderCell(column, cell) ?? []);
  });
  return parts.length === 0 ? 'true' : parts.join(' && ');
}

function renderCell(column: RenderedColumn, source: ScalarText): string[] | undefined {
  const cell = parseCell(source, new DiagnosticBag());
  if (cell === undefined || cell === 'any') return undefined;
  const isNull = (test: CellTest): boolean => (test.kind === 'value' || test.kind === 'compare') && test.operand.text === 'null';
  const subject = nameOf(column);
  const tests = cell.filter((test) => !isNull(test)).map((test) => renderTest(column, subject, test));
  const takesNull = tests.length < cell.length;
  if (!column.subject.nullable) return [orOf(takesNull ? [`${subject} === null`, ...tests] : tests)];
  if (takesNull) return [orOf([`${subject} === null`, ...tests])];
  return [`${subject} !== null`, orOf(tests)];
}

function orOf(tests: readonly string[]): string {
  return tests.length === 1 ? tests[0]! : `(${tests.join(' || ')})`;
}

/** The input, in parentheses where it is no plain name. */
function nameOf({ text }: RenderedColumn): string {
  const name = text.trim();
  return /^[A-Za-z_$][\w$]*(\??\.[A-Za-z_$][\w$]*)*$/.test(name) ? name : `(${name})`;
}

function renderTest(column: RenderedColumn, subject: string, test: CellTest): string {
  switch (test.kind) {
    case 'compare':
      return `${subject} ${test.relation} ${renderOperand(column, subject, test.operand)}`;
    case 'range': {
      const low = `${subject} ${test.lowOpen ? '>' : '>='} ${renderOperand(column, subject, test.low)}`;
      return `(${low} && ${subject} ${test.highOpen ? '<' : '<='} ${renderOperand(column, subject, test.high)})`;
    }
    case 'not': {
      const tests = test.tests.filter((one) => one.kind !== 'value' || one.operand.text !== 'null');
      return tests.length === 0 ? 'true' : `!(${tests.map((one) => renderTest(column, subject, one)).join(' || ')})`;
    }
    case 'value': {
      const { operand } = test;
      if (isValue(column, operand)) return `${subject} === ${renderOperand(column, subject, operand)}`;
      return `(${renderOperand(column, subject, operand)})`;
    }
  }
}

/** True for an operand that is compared; false for an expression that is a test by itself. */
function isValue({ subject, scope, profile }: RenderedColumn, operand: Operand): boolean {
  const literal = literalOf(operand.text);
  if (literal !== undefined) return true;
  if (subject.ir.type.kind === 'enum' && subject.ir.type.members.some(({ name }) => name === operand.text)) return true;
  if (isWord(operand.text) && namedIn(operand.text, scope) === undefined && operand.text !== VALUE_NAME) return true;
  const root = operand.peek(profile);
  // A name or arithmetic in a column that is not of booleans is a value; what compares, joins or calls is a test.
  const node = root === undefined ? undefined : unwrap(root);
  return subject.ir.type.kind !== 'boolean' && node !== undefined && !isTest(node);
}

function isTest(node: EsNode): boolean {
  if (node.type === 'LogicalExpression' || node.type === 'CallExpression' || node.type === 'ChainExpression') return true;
  const { operator } = node as EsNode & { operator?: string };
  return operator !== undefined && ['<', '<=', '>', '>=', '===', '!==', '!'].includes(operator);
}

function renderOperand({ subject, scope, profile }: RenderedColumn, name: string, operand: Operand): string {
  const { text } = operand;
  const { type } = subject.ir;
  const isMember = type.kind === 'enum' && type.members.some((member) => member.name === text);
  const literal = isMember ? undefined : literalOf(text);
  if (literal !== undefined) return typeof literal.value === 'string' ? JSON.stringify(literal.value) : text;
  const isText =
    (type.kind === 'text' || type.kind === 'enum') && isWord(text) && text !== VALUE_NAME && namedIn(text, scope) === undefined;
  if (isMember || isText) return JSON.stringify(text);
  const root = operand.peek(profile);
  return root === undefined ? text : replaceValue(text, root, name);
}

/** Puts the input in the place of `value`. */
function replaceValue(text: string, root: EsNode, name: string): string {
  const places: EsNode[] = [];
  const walk = (node: EsNode): void => {
    if (node.type === 'Identifier' && (node as Identifier).name === VALUE_NAME) places.push(node);
    if (node.type === 'MemberExpression') {
      walk((node as MemberExpression).object);
      return;
    }
    for (const child of childrenOf(node)) walk(child);
  };
  walk(root);
  let result = text;
  for (const { start, end } of places.sort((a, b) => b.start - a.start)) result = result.slice(0, start) + name + result.slice(end);
  return result;
}
