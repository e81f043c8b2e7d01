// Cells of a table as unary tests. A cell of a bundle is false for null unless it says otherwise; FEEL's `not(...)` and `!=` are true
// for it, and so say it here.

import type { ScalarText } from '../../bundle/scalar-text.js';
import { type CellTest, type Operand, parseCell } from '../../compiler/tables/cell-syntax.js';
import { isWord, literalOf } from '../../compiler/tables/check-cell.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { type FeelKind, type FeelText, feelOf, literalAs, NoFeel, type Resolve, within } from './feel-text.js';

export interface CellColumn {
  /** What its expression is. */
  readonly kind: FeelKind;
  /** Members, where it is an enum. */
  readonly members: readonly string[];
  readonly nullable: boolean;
}

/** The tests of a cell. Throws NoFeel. */
export function feelCell(cell: ScalarText | undefined, column: CellColumn, resolve: Resolve): string {
  if (cell === undefined) return '-';
  const tests = parseCell(cell, new DiagnosticBag());
  if (tests === undefined) throw new NoFeel('the cell has faults', 'see `verdict check`');
  if (tests === 'any') return '-';
  const inner: Resolve = (name) => (name === 'value' ? { text: '?', level: 9, kind: column.kind } : resolve(name));
  const [only] = tests;
  if (tests.length === 1 && only!.kind === 'not') return negated(only!.tests, column, inner);
  const texts = tests.map((test) => testText(test, column, inner));
  return texts.join(', ');
}

function negated(tests: readonly CellTest[], column: CellColumn, resolve: Resolve): string {
  const texts = tests.map((test) => testText(test, column, resolve));
  if (column.nullable && !texts.includes('null')) texts.push('null');
  return `not(${texts.join(', ')})`;
}

function testText(test: CellTest, column: CellColumn, resolve: Resolve): string {
  const there = column.nullable ? '? != null and ' : '';
  switch (test.kind) {
    case 'value': {
      const value = operandText(test.operand, column, resolve);
      if (value.known) return value.text.text;
      // an expression is a test of its own
      return value.text.kind === 'boolean' ? `${there}${within(2, value.text)}` : `${there}? = ${within(4, value.text)}`;
    }
    case 'compare': {
      const { text } = operandText(test.operand, column, resolve);
      if (test.relation === '===') return text.level === 9 && !there ? text.text : `${there}? = ${within(4, text)}`;
      if (test.relation === '!==') return `${there}? != ${within(4, text)}`;
      return `${test.relation} ${within(4, text)}`;
    }
    case 'range': {
      const [low, high] = [test.low, test.high].map((operand) => operandText(operand, column, resolve).text.text);
      return `${test.lowOpen ? '(' : '['}${low}..${high}${test.highOpen ? ')' : ']'}`;
    }
    case 'not': {
      const parts = test.tests.map((inner) => testText(inner, column, resolve));
      return `${there}not(? in (${parts.join(', ')}))`;
    }
  }
}

/** `known`: it is a value that stands for itself. */
function operandText(operand: Operand, column: CellColumn, resolve: Resolve): { text: FeelText; known: boolean } {
  const { text } = operand.source;
  if (column.members.includes(text)) return { text: literalAs('text', text), known: true };
  const found = literalText(text, column.kind);
  if (found !== undefined) return { text: found, known: true };
  if (column.kind === 'text' && isWord(text) && !readsName(text, resolve)) return { text: literalAs('text', text), known: true };
  return { text: feelOf(operand.source, resolve), known: false };
}

/** Whether a word reads something: `country`, `card.brand`. An object alone, the payload among them, is no value. */
export function readsName(text: string, resolve: Resolve): boolean {
  const [first, ...members] = text.split('.') as [string, ...string[]];
  let found = resolve(first);
  if (members.length === 0 && found?.kind === 'object') return false;
  for (const name of members) found = found?.member?.(name);
  return found !== undefined;
}

/** A literal of a cell; undefined for an expression. */
export function literalText(text: string, kind: FeelKind): FeelText | undefined {
  const constant = literalOf(text);
  if (constant === undefined) return undefined;
  if (typeof constant.value === 'string') {
    const moment = kind === 'date' || kind === 'timestamp' ? kind : 'text';
    return literalAs(moment, constant.value);
  }
  const of: FeelKind = constant.value === null ? 'null' : typeof constant.value === 'boolean' ? 'boolean' : 'number';
  return { text, level: text.startsWith('-') ? 7 : 9, kind: of };
}
