// A cell of a JDM table as a cell of a table of the language: tests of `value`, with commas between.

import { atom, type Code } from './code.js';
import { numberOf } from './expression/decimal.js';
import type { ZenNode } from './expression/node.js';
import type { Scope } from './expression/translate.js';
import { Translation, withSubject } from './expression/translate.js';
import { isDecimalValue, literal, NULL, plainOf, type Scalar, type Sym } from './symbol.js';

/** What a cell takes that takes everything. */
export const ANY = '-';

/** The alternatives of a cell: what `or` and commas join. */
function alternatives(node: ZenNode): ZenNode[] {
  return node.kind === 'binary' && node.operator === 'or' ? [...alternatives(node.left), ...alternatives(node.right)] : [node];
}

function conjuncts(node: ZenNode): ZenNode[] {
  return node.kind === 'binary' && node.operator === 'and' ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];
}

const isSubject = (node: ZenNode): boolean => node.kind === 'name' && node.name === '$';

/**
 * The text of a cell over a subject that the table has as its input.
 * @param subject the input's value; in the cell it is `value`, and not null
 * @returns undefined where the cell never takes anything
 */
export function cellText(node: ZenNode, subject: Scalar, scope: Scope): string | undefined {
  const inside: Scalar = { ...subject, code: atom('value'), nullable: false, needs: [], isPath: true };
  const translation = new Translation(withSubject(scope, inside));
  const texts: string[] = [];
  for (const alternative of alternatives(node)) {
    const text = testText(alternative, inside, translation);
    if (text === ANY) return !subject.nullable || takesNull(node, scope) ? ANY : 'not(null)';
    if (text !== undefined) texts.push(text);
  }
  if (subject.nullable && subject.needs.length === 0 && takesNull(node, scope)) texts.push('null');
  return texts.length === 0 ? undefined : [...new Set(texts)].join(', ');
}

/** Whether a cell holds for null, as ZEN means it: a comparison of null fails, and with it the row. */
function takesNull(node: ZenNode, scope: Scope): boolean {
  const translation = new Translation(withSubject(scope, NULL, () => undefined));
  try {
    return translation.truth(node).holds.text === 'true';
  } catch {
    // what refuses null, fails on it
    return false;
  }
}

/** One alternative; `-` where it takes everything, undefined where it takes nothing. */
function testText(node: ZenNode, subject: Scalar, translation: Translation): string | undefined {
  const range = rangeText(conjuncts(node), subject, translation);
  if (range !== undefined) return range;
  const { holds } = translation.truth(node);
  if (holds.text === 'true') return ANY;
  if (holds.text === 'false') return undefined;
  return simpleText(node, subject, translation) ?? expressionText(holds);
}

/** Commas between tests do not stand in parentheses: an expression keeps its own inside of them. */
function expressionText(code: Code): string {
  return code.level < 3 ? `(${code.text})` : code.text;
}

/** A constant of the subject's type, as a cell writes it; undefined for all else. */
function constantText(sym: Sym, subject: Scalar): string | undefined {
  const value = plainOf(sym);
  if (value.kind !== 'constant' || value.value === null) return undefined;
  if (isDecimalValue(value.value)) return subject.type.kind === 'decimal' ? literal(value.value).text : undefined;
  if (typeof value.value === 'boolean') return subject.type.kind === 'bool' ? String(value.value) : undefined;
  return subject.type.kind === 'text' ? textCell(value.value) : undefined;
}

/** A text in quotes that CSV need not double. */
export function textCell(text: string): string {
  const quoted = JSON.stringify(text);
  return text.includes("'") || quoted.slice(1, -1) !== text ? quoted : `'${text}'`;
}

/** `< 5`, `'US'`, `!== 'x'`; undefined where it is something else. */
function simpleText(node: ZenNode, subject: Scalar, translation: Translation): string | undefined {
  if (node.kind !== 'binary' || !isSubject(node.left) || subject.type.kind === 'float') return undefined;
  const { operator, right } = node;
  if (operator === 'in' || operator === 'not in') {
    if (right.kind !== 'array') return undefined;
    const texts = right.items.map((item) => constantText(translation.run(item), subject));
    if (texts.some((text) => text === undefined) || texts.length === 0) return undefined;
    return operator === 'in' ? texts.join(', ') : `not(${texts.join(', ')})`;
  }
  const text = constantText(translation.run(right), subject);
  if (text === undefined) return undefined;
  if (operator === '==') return text;
  return operator === '!=' ? `!== ${text}` : ['<', '<=', '>', '>='].includes(operator) ? `${operator} ${text}` : undefined;
}

interface Bound {
  readonly text: string;
  readonly number: number;
  readonly isTaken: boolean;
}

/** `[1..5)`, of an interval or of two comparisons joined by `and`; undefined where it is something else. */
function rangeText(tests: readonly ZenNode[], subject: Scalar, translation: Translation): string | undefined {
  if (subject.type.kind !== 'decimal' || tests.length > 2) return undefined;
  let low: Bound | undefined;
  let high: Bound | undefined;
  const bound = (node: ZenNode, isTaken: boolean): Bound | undefined => {
    const value = plainOf(translation.run(node));
    if (value.kind !== 'constant' || !isDecimalValue(value.value)) return undefined;
    return { text: literal(value.value).text, number: numberOf(value.value), isTaken };
  };
  for (const test of tests) {
    if (test.kind !== 'binary' || !isSubject(test.left)) return undefined;
    const { operator, right } = test;
    if (operator === 'in' && right.kind === 'interval' && tests.length === 1) {
      if (right.opening === ']' || right.closing === '[') return undefined;
      low = bound(right.low, right.opening === '[');
      high = bound(right.high, right.closing === ']');
    } else if (operator === '>' || operator === '>=') {
      if (low !== undefined) return undefined;
      low = bound(right, operator === '>=');
    } else if (operator === '<' || operator === '<=') {
      if (high !== undefined) return undefined;
      high = bound(right, operator === '<=');
    } else return undefined;
  }
  if (low === undefined || high === undefined || low.number > high.number) return undefined;
  return `${low.isTaken ? '[' : '('}${low.text}..${high.text}${high.isTaken ? ']' : ')'}`;
}

/** When a cell holds, as a condition of its own. */
export function cellCondition(node: ZenNode, subject: Sym, scope: Scope): Code {
  return new Translation(withSubject(scope, subject)).truth(node).holds;
}
