// Arithmetic: exact integers that may not leave 64 bits, and doubles.

import { allOf, anyOf, atom, binaryCode, type Code, callCode, NO, notCode, Rank, within } from '../../expression-code.js';
import type { CelSpan } from '../syntax/ast.js';
import { larger, smaller } from '../value/bounds.js';
import { INT_MIN } from '../value/value.js';
import { CelRefusal, mismatch, missing } from './refusal.js';
import { doubleCode, failsOf, guarded, integerCode, type Term, term } from './term.js';
import { DOUBLE, type IntegerType, isInteger, isSafe, nameOf, rangeOf, STRING } from './types.js';

type Operator = '+' | '-' | '*' | '/' | '%';
type Integer = Term & { type: IntegerType };

/** What the compiler holds in 128 bits, with room for a check. */
const SIZE_MAX = 2n ** 126n;
/** Characters of an operation that is written three times, to see whether it overflows. */
const CHECKED_CHARS_MAX = 400;
const BOUNDS_ADVICE = 'say between what bounds its variables are, as in `int(0, 1000000)`';

/** `left operator right`, neither of them null. */
export function arithmetic(operator: Operator, left: Term, right: Term, span: CelSpan): Term {
  const a = left.type;
  const b = right.type;
  if (isInteger(a) && isInteger(b) && a.kind === b.kind)
    return integerArithmetic(operator, left as Integer, right as Integer, span);
  if (isDouble(left) && isDouble(right) && operator !== '%')
    return term(DOUBLE, binaryCode(operator, doubleCode(left), doubleCode(right)), left, right);
  if (operator === '+' && isText(left) && isText(right)) {
    if (a.kind === 'enum' || b.kind === 'enum') throw missing(span, 'joining a text of an enum');
    return term(STRING, binaryCode('+', left.code, right.code), left, right);
  }
  if (a.kind === 'timestamp' || b.kind === 'timestamp') throw new CelRefusal(span, 'the type duration is missing');
  if (a.kind === 'list' && b.kind === 'list') throw missing(span, 'joining two lists');
  for (const { constant } of [left, right])
    if (constant !== undefined && constant.kind !== left.type.kind && left.constant !== undefined && right.constant !== undefined)
      throw missing(span, `\`${operator}\` of ${constant.kind}`);
  throw mismatch(span, `\`${operator}\` does not take ${described(left)} and ${described(right)}`);
}

function described(part: Term): string {
  return part.constant?.kind ?? nameOf(part.type);
}

function isDouble({ type }: Term): boolean {
  return type.kind === 'double' || type.kind === 'decimal';
}

function isText({ type }: Term): boolean {
  return type.kind === 'string' || type.kind === 'enum';
}

/** `-operand`, not null. */
export function negative(operand: Term, span: CelSpan): Term {
  const { type } = operand;
  if (isDouble(operand))
    return term(DOUBLE, { text: `-${within(doubleCode(operand), Rank.UNARY + 1)}`, rank: Rank.UNARY }, operand);
  if (type.kind !== 'int') throw mismatch(span, `${nameOf(type)} has no minus`);
  const zero: Integer = {
    type: { kind: 'int', low: 0n, high: 0n, form: 'number' },
    code: atom('0'),
    fails: NO,
    constant: { kind: 'int', value: 0n },
  };
  // 0 - x, since -x of the number 0 is another 0.
  return integerArithmetic('-', zero, operand as Integer, span);
}

function integerArithmetic(operator: Operator, left: Integer, right: Integer, span: CelSpan): Term {
  if (operator === '/' || operator === '%') return quotient(operator, left, right, span);
  const [low, high] = boundsOf(operator, left.type, right.type);
  const hasSigns = operator === '*' && (left.type.low < 0n || right.type.low < 0n);
  // In numbers, 0 * -1 is -0, and what leaves the safe integers is rounded.
  const form = left.type.form === 'number' && right.type.form === 'number' && isSafe(low, high) && !hasSigns ? 'number' : 'decimal';
  const [a, b] = [sizeSeen(left.type), sizeSeen(right.type)];
  const size = operator === '*' ? a * b : a + b;
  if (size > SIZE_MAX) throw new CelRefusal(span, 'the result may need more than 128 bits', BOUNDS_ADVICE);
  const code = binaryCode(operator, integerCode(left, form), integerCode(right, form));
  return inRange({ type: { kind: left.type.kind, low, high, form, sizeSeen: size }, code, fails: failsOf([left, right]) }, span);
}

/** The size of an integer as the compiler sees it. */
function sizeSeen(type: IntegerType): bigint {
  return larger(type.sizeSeen ?? 0n, largest(type));
}

function boundsOf(operator: '+' | '-' | '*', a: IntegerType, b: IntegerType): [bigint, bigint] {
  if (operator === '+') return [a.low + b.low, a.high + b.high];
  if (operator === '-') return [a.low - b.high, a.high - b.low];
  const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return [products.reduce(smaller), products.reduce(larger)];
}

/** An integer that has no value where it leaves the range of its kind. Throws CelRefusal where saying so takes too long. */
export function inRange(part: Integer, span: CelSpan): Term {
  const { type, code } = part;
  const range = rangeOf(type.kind);
  const holds: Code[] = [];
  if (type.low < range.low) holds.push(binaryCode('>=', code, literal(range.low)));
  if (type.high > range.high) holds.push(binaryCode('<=', code, literal(range.high)));
  if (holds.length === 0) return part;
  if (code.text.length > CHECKED_CHARS_MAX) throw new CelRefusal(span, 'the result may be no 64-bit integer', BOUNDS_ADVICE);
  const fits = allOf(holds);
  const bounds = { low: larger(type.low, range.low), high: smaller(type.high, range.high) };
  // What is far larger than its bounds is held to them, for what is done with it next.
  const isFar = sizeSeen(type) > 2n ** 70n;
  const held = isFar ? callCode('Math.max', literal(range.low), callCode('Math.min', literal(range.high), code)) : code;
  const seen = isFar ? {} : { sizeSeen: sizeSeen(type) };
  const narrow: IntegerType = { kind: type.kind, ...bounds, form: 'decimal', ...seen };
  return { type: narrow, code: guarded(narrow, held, fits), fails: anyOf([part.fails, notCode(fits)]) };
}

function literal(value: bigint): Code {
  return value < 0n ? { text: String(value), rank: Rank.UNARY } : atom(String(value));
}

/** Towards zero; the remainder has the sign of the left side. */
function quotient(operator: '/' | '%', left: Integer, right: Integer, span: CelSpan): Term {
  const { kind } = left.type;
  const a = left.type;
  const b = right.type;
  const hasZero = b.low <= 0n && b.high >= 0n;
  const isPlain = !hasZero && a.form === 'number' && b.form === 'number' && a.low >= 0n && b.low > 0n;
  const size = largest(a);
  const type: IntegerType =
    operator === '/'
      ? { kind, low: a.low >= 0n && b.low >= 0n ? 0n : -size, high: size, form: isPlain ? 'number' : 'decimal' }
      : remainderType(kind, a, b, isPlain ? 'number' : 'decimal');
  const [x, y] = [integerCode(left, type.form), integerCode(right, type.form)];
  const ownFails = hasZero ? [binaryCode('===', right.code, atom('0'))] : [];
  const fails = anyOf([failsOf([left, right]), ...ownFails]);
  if (isPlain) {
    const code = binaryCode(operator, x, y);
    return { type, code: operator === '/' ? callCode('Math.trunc', code) : code, fails };
  }
  const isExtreme = a.low <= INT_MIN && b.low <= -1n && b.high >= -1n;
  if (operator === '/') {
    const code = callCode('divide', x, y, '0', '"down"');
    return inRange({ type: isExtreme ? type : { ...type, high: smaller(type.high, rangeOf(kind).high) }, code, fails }, span);
  }
  const code = binaryCode('%', x, y);
  if (!isExtreme) return { type, code, fails };
  const extreme = {
    text: `${within(left.code, Rank.EQUAL)} === ${INT_MIN} && ${within(right.code, Rank.EQUAL)} === -1`,
    rank: Rank.AND,
  };
  return { type, code: guarded(type, code, notCode(extreme)), fails: anyOf([fails, extreme]) };
}

function largest({ low, high }: IntegerType): bigint {
  return larger(low < 0n ? -low : low, high);
}

function remainderType(kind: 'int' | 'uint', a: IntegerType, b: IntegerType, form: IntegerType['form']): IntegerType {
  const size = smaller(largest(b), largest(a));
  return { kind, low: a.low < 0n ? -size : 0n, high: a.high > 0n ? size : 0n, form };
}
