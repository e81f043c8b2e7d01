// Exact arithmetic of decimals, as long as 128 bits hold it.

import { type Code, call, computed, Level } from '../code.js';
import { add, multiply as multiplyDecimals, negate as negateDecimal, numberOf } from '../expression/decimal.js';
import { codeOf, constant, needsOf, Refusal } from '../symbol.js';
import { type DecimalType, decimal, decimalType, fits, isConstant, type Num, union } from './number.js';

/** `a + b`, `a - b`, `a * b` of decimals; undefined where a side is none, or 128 bits do not hold it. */
export function exact(operator: '+' | '-' | '*', a: Num, b: Num): Num | undefined {
  if (isConstant(a) && isConstant(b)) {
    const value =
      operator === '*' ? multiplyDecimals(a.value, b.value) : add(a.value, operator === '+' ? b.value : negateDecimal(b.value));
    if (value === undefined) throw new Refusal('this number is larger than ZEN has them');
    return constant(value) as Num;
  }
  const needs = union(needsOf(a), needsOf(b));
  for (const [p, q] of [
    [a, b],
    [bounded(a), bounded(b)],
  ] as const) {
    const [x, y] = [decimalType(p), decimalType(q)];
    if (x === undefined || y === undefined) break;
    const type = resultType(operator, x, y);
    if (fits(type)) return neutral(operator, a, b) ?? decimal(computed(operator, codeOf(p), codeOf(q)), type, needs);
  }
  return undefined;
}

/** The value with bounds that the language can see: those of the cells of a column, of which it knows the type only. */
function bounded(value: Num): Num {
  if (isConstant(value) || value.within === undefined || value.type.kind !== 'decimal') return value;
  const { low, high } = value.within;
  const bound = (number: number): Code => ({ text: String(number), level: Level.PRIMARY });
  const code = call('Math.min', call('Math.max', value.code, bound(low)), bound(high));
  return decimal(code, { ...value.type, low, high }, value.needs);
}

/** `0 + a` and `1 * a` are a. */
function neutral(operator: string, a: Num, b: Num): Num | undefined {
  const unit = operator === '*' ? 1 : 0;
  if (isConstant(b) && numberOf(b.value) === unit) return a;
  if (operator !== '-' && isConstant(a) && numberOf(a.value) === unit) return b;
  return undefined;
}

function resultType(operator: '+' | '-' | '*', x: DecimalType, y: DecimalType): DecimalType {
  if (operator === '*') {
    const products = [x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high];
    return { kind: 'decimal', scale: x.scale + y.scale, low: Math.min(...products), high: Math.max(...products) };
  }
  const [low, high] = operator === '+' ? [x.low + y.low, x.high + y.high] : [x.low - y.high, x.high - y.low];
  return { kind: 'decimal', scale: Math.max(x.scale, y.scale), low, high };
}
