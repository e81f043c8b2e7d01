// `==`, `!=` and the order of values.

import { atom, binaryCode, type Code, memberCode, NO, notCode, YES } from '../../expression-code.js';
import type { CelSpan } from '../syntax/ast.js';
import { mismatch, missing } from './refusal.js';
import { decided, doubleCode, failsOf, integerCode, solid, type Term } from './term.js';
import { BOOL, type CelType, type IntegerType, isInteger, nameOf } from './types.js';

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** `left operator right`. Throws CelRefusal. */
export function comparison(operator: Operator, left: Term, right: Term, span: CelSpan): Term {
  if (operator === '==' || operator === '!=') {
    const equal = equality(left, right, span);
    if (operator === '==') return equal;
    const { constant, ...rest } = equal;
    const code = notCode(equal.code);
    return constant === undefined ? { ...rest, code } : decided(code);
  }
  return order(operator, solid(left, span), solid(right, span), span);
}

/** Whether two values are equal. A null is equal to null alone. */
export function equality(left: Term, right: Term, span: CelSpan): Term {
  const fails = failsOf([left, right]);
  const of = (code: Code): Term => ({ type: BOOL, code, fails });
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    if (a.constant?.kind === 'null') return nullTest(b);
    if (a.constant?.kind === 'list' && b.type.kind === 'list') {
      if (a.constant.items.length > 0) throw missing(span, 'comparing two lists');
      return of(binaryCode('===', memberCode(b.code, 'length'), atom('0')));
    }
  }
  for (const { constant } of [left, right])
    if (constant !== undefined && ['bytes', 'map', 'list', 'duration', 'type', 'optional'].includes(constant.kind))
      throw missing(span, `comparing with a value of type ${constant.kind}`);
  for (const { type } of [left, right])
    if (type.kind === 'list' || type.kind === 'object' || type.kind === 'date')
      throw missing(span, `comparing two values of type ${type.kind === 'object' ? 'map' : type.kind}`);
  if (isNumeric(left.type) && isNumeric(right.type)) {
    const [a, b] = numericSides(left, right);
    return of(binaryCode('===', a, b));
  }
  if (isText(left.type) && isText(right.type)) return textEquality(left, right, of, span);
  if (left.type.kind !== right.type.kind)
    throw mismatch(span, `\`==\` does not take ${nameOf(left.type)} and ${nameOf(right.type)}`);
  if (left.type.kind === 'bool') return boolEquality(left, right, of);
  return of(binaryCode('===', left.code, right.code));
}

/** `x == null`. */
function nullTest(part: Term): Term {
  if (part.constant !== undefined) return decided(part.constant.kind === 'null' ? YES : NO);
  if (part.isNullable !== true) return decided(NO, part);
  return { type: BOOL, code: binaryCode('===', part.code, atom('null')), fails: part.fails };
}

/** A bool beside a literal needs no comparison. */
function boolEquality(left: Term, right: Term, of: (code: Code) => Term): Term {
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    if (a.constant?.kind === 'bool' && b.isNullable !== true) return of(a.constant.value ? b.code : notCode(b.code));
  }
  return of(binaryCode('===', left.code, right.code));
}

function textEquality(left: Term, right: Term, of: (code: Code) => Term, span: CelSpan): Term {
  const enums = [left, right].filter(({ type }) => type.kind === 'enum');
  const literal = [left, right].find(({ constant }) => constant !== undefined);
  if (enums.length === 1 && literal === undefined) throw missing(span, 'comparing a text with an enum');
  if (enums.length === 1) {
    const { members } = enums[0]!.type as { members: readonly string[] };
    const text = (literal!.constant as { value: string }).value;
    if (!members.includes(text)) return decided(NO, left, right);
  }
  return of(binaryCode('===', left.code, right.code));
}

function order(operator: Exclude<Operator, '==' | '!='>, left: Term, right: Term, span: CelSpan): Term {
  const fails = failsOf([left, right]);
  const of = (code: Code): Term => ({ type: BOOL, code, fails });
  if (isNumeric(left.type) && isNumeric(right.type)) {
    const [a, b] = numericSides(left, right);
    return of(binaryCode(operator, a, b));
  }
  if (isText(left.type) && isText(right.type)) {
    if (left.type.kind === 'enum' || right.type.kind === 'enum') throw missing(span, 'the order of texts of an enum');
    // Up to there, code units are in the order of code points.
    const isLow = [left, right].some(({ constant }) => constant?.kind === 'string' && /^[\0-\ud7ff]*$/.test(constant.value));
    if (!isLow) throw missing(span, 'the order of two texts by code points', 'compare with a constant text');
    return of(binaryCode(operator, left.code, right.code));
  }
  if (left.type.kind === 'timestamp' && right.type.kind === 'timestamp') return of(binaryCode(operator, left.code, right.code));
  if (left.type.kind === 'bool' && right.type.kind === 'bool')
    throw missing(span, 'the order of bools', 'write `!a && b` for `a < b`');
  throw mismatch(span, `\`${operator}\` does not take ${nameOf(left.type)} and ${nameOf(right.type)}`);
}

/** Two numbers in one form: two integers exactly, an integer beside a double as the double nearest to it. */
export function numericSides(left: Term, right: Term): [Code, Code] {
  const a = left.type;
  const b = right.type;
  if (isInteger(a) && isInteger(b)) {
    const form = formOf(left, right);
    return [integerCode(left as Term & { type: IntegerType }, form), integerCode(right as Term & { type: IntegerType }, form)];
  }
  const isShort = comparedAsWritten(left, right);
  const side = (part: Term): Code => {
    if (isShort) return part.code;
    return isInteger(part.type) ? integerCode(part as Term & { type: IntegerType }, 'number') : doubleCode(part);
  };
  return [side(left), side(right)];
}

/**
 * An exact decimal beside a literal of few digits: both are told apart by 15 digits, so their nearest doubles are in the same
 * order, and what was written can stay.
 */
function comparedAsWritten(left: Term, right: Term): boolean {
  const decimal = [left, right].find(({ type }) => type.kind === 'decimal');
  const literal = [left, right].find(({ constant }) => constant !== undefined);
  if (decimal === undefined || literal === undefined || decimal === literal) return false;
  const digits = literal.code.text.replace(/[-.]/g, '').replace(/^0+/, '');
  return /^-?\d+(\.\d+)?$/.test(literal.code.text) && digits.length <= 15 && decimal.isNumber === true;
}

/** The form in which two integers meet: decimals where one of them is no literal and comes as one. */
export function formOf(left: Term, right: Term): IntegerType['form'] {
  const isDecimal = (part: Term): boolean => (part.type as IntegerType).form === 'decimal';
  return isDecimal(left) || isDecimal(right) ? 'decimal' : 'number';
}

function isNumeric(type: CelType): boolean {
  return isInteger(type) || type.kind === 'double' || type.kind === 'decimal';
}

function isText(type: CelType): boolean {
  return type.kind === 'string' || type.kind === 'enum';
}
