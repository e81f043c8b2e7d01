// The one way to write a cell of a table.

import { looseSource } from '../compiler/source.js';
import { type Cell, type CellTest, type Operand, parseCell } from '../compiler/tables/cell-syntax.js';
import { isWord, literalOf } from '../compiler/tables/check-cell.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { formatExpression } from './expression.js';

/** Formats a cell that tests an input. What cannot be read stays as it is, blanks around it aside. */
export function formatTest(text: string): string {
  const cell = readTests(text);
  if (cell === undefined || cell === 'any') return text.trim() === '\u2013' ? '-' : text.trim();
  return cell.map(formatOne).join(', ');
}

/** Formats a cell of an output. */
export function formatResult(text: string): string {
  return formatOperand(text.trim());
}

/** What a cell means, for comparing. */
export function cellKey(text: string): string {
  const cell = readTests(text);
  if (cell === undefined) return `?${text.trim()}`;
  return cell === 'any' ? '' : cell.map(formatOne).join('\u0000');
}

function readTests(text: string): Cell | undefined {
  const bag = new DiagnosticBag();
  const cell = parseCell(looseSource('', text), bag);
  return bag.hasErrors ? undefined : cell;
}

function formatOne(test: CellTest): string {
  switch (test.kind) {
    case 'value':
      return ofOperand(test.operand);
    case 'compare':
      return `${test.relation} ${ofOperand(test.operand)}`;
    case 'range':
      return `${test.lowOpen ? '(' : '['}${ofOperand(test.low)}..${ofOperand(test.high)}${test.highOpen ? ')' : ']'}`;
    case 'not':
      return `not(${test.tests.map(formatOne).join(', ')})`;
  }
}

function ofOperand({ text }: Operand): string {
  return formatOperand(text);
}

/** Words, dates and numbers are no expressions: `young-de` is not a difference. */
function formatOperand(text: string): string {
  if (literalOf(text) !== undefined || isWord(text)) return text;
  return formatExpression(text, Number.POSITIVE_INFINITY) ?? text;
}
