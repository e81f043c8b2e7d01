// Operators of CEL on two values. Integers of 64 bits overflow into errors; doubles are those of IEEE 754.

import { numberArithmetic } from '../../../compiler/arithmetic.js';
import type { ArithmeticOperator } from '../../../compiler/ir.js';
import type { BinaryOperator } from '../syntax/ast.js';
import { isIn } from '../value/collections.js';
import { compare, isEqual } from '../value/compare.js';
import { bool, CelError, type CelValue, double, duration, int, list, string, timestamp, uint } from '../value/value.js';
import type { Budget } from './budget.js';

/** `left operator right`. Throws CelError where the kinds have no such operator or the result has no value. */
export function binary(operator: BinaryOperator, left: CelValue, right: CelValue, budget: Budget): CelValue {
  switch (operator) {
    case '==':
      return bool(isEqual(left, right));
    case '!=':
      return bool(!isEqual(left, right));
    case '<':
      return bool(compare(left, right) < 0);
    case '<=':
      return bool(compare(left, right) <= 0);
    case '>':
      return bool(compare(left, right) > 0);
    case '>=':
      return bool(compare(left, right) >= 0);
    case 'in':
      return bool(isIn(left, right));
    default:
      return arithmetic(operator, left, right, budget);
  }
}

/** `-value`. */
export function negate(value: CelValue): CelValue {
  switch (value.kind) {
    case 'int':
      return int(-value.value);
    case 'double':
      return double(-value.value);
    case 'duration':
      return duration(-value.nanos);
    default:
      throw new CelError('overload', `${value.kind} has no minus`);
  }
}

function arithmetic(operator: ArithmeticOperator, a: CelValue, b: CelValue, budget: Budget): CelValue {
  if (a.kind === 'int' && b.kind === 'int') return int(integerResult(operator, a.value, b.value));
  if (a.kind === 'uint' && b.kind === 'uint') return uint(integerResult(operator, a.value, b.value));
  if (a.kind === 'double' && b.kind === 'double' && operator !== '%') return double(numberArithmetic(operator, a.value, b.value));
  if (operator === '+') {
    const sum = joined(a, b, budget) ?? timeSum(a, b) ?? timeSum(b, a);
    if (sum !== undefined) return sum;
  }
  if (operator === '-') {
    const difference = timeDifference(a, b);
    if (difference !== undefined) return difference;
  }
  throw new CelError('overload', `\`${operator}\` does not take ${a.kind} and ${b.kind}`);
}

function integerResult(operator: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      if (b === 0n) throw new CelError('zero', operator === '/' ? 'division by zero' : 'modulus by zero');
      // The least int has no counterpart, and so no remainder that a processor would compute either.
      if (operator === '%' && b === -1n && a === -(2n ** 63n)) throw new CelError('overflow', 'the result is no 64-bit int');
      return operator === '/' ? a / b : a % b;
  }
}

/** Two texts, bytes or lists behind one another. */
function joined(a: CelValue, b: CelValue, budget: Budget): CelValue | undefined {
  if (a.kind === 'string' && b.kind === 'string') {
    budget.spend(a.value.length + b.value.length);
    return string(a.value + b.value);
  }
  if (a.kind === 'bytes' && b.kind === 'bytes') {
    budget.spend(a.value.length + b.value.length);
    return { kind: 'bytes', value: Uint8Array.from([...a.value, ...b.value]) };
  }
  if (a.kind === 'list' && b.kind === 'list') {
    budget.spend(a.items.length + b.items.length);
    return list([...a.items, ...b.items]);
  }
  return undefined;
}

function timeSum(a: CelValue, b: CelValue): CelValue | undefined {
  if (b.kind !== 'duration') return undefined;
  if (a.kind === 'timestamp') return timestamp(a.nanos + b.nanos);
  return a.kind === 'duration' ? duration(a.nanos + b.nanos) : undefined;
}

function timeDifference(a: CelValue, b: CelValue): CelValue | undefined {
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return duration(a.nanos - b.nanos);
  if (b.kind !== 'duration') return undefined;
  if (a.kind === 'timestamp') return timestamp(a.nanos - b.nanos);
  return a.kind === 'duration' ? duration(a.nanos - b.nanos) : undefined;
}
