// Arithmetic of ZEN's decimals in the language: exact as decimals or as quotients of them, else as floats.

import { compared, computed, Level } from '../code.js';
import {
  type Decimal,
  divide as divideDecimals,
  dividesEvenly,
  negate,
  numberOf,
  remainder as remainderOf,
} from '../expression/decimal.js';
import { type Constant, codeOf, constant, literal, needsOf, Refusal, type Scalar, typeOf } from '../symbol.js';
import { exact } from './exact.js';
import { type DecimalType, decimal, decimalType, float, isConstant, type Num, toFloat, union } from './number.js';
import { isNotZero, partsOf, quotient, quotientOf } from './quotient.js';

/** `a + b`, `a - b`, `a * b`; exact where 128 bits hold it. */
export function arithmetic(operator: '+' | '-' | '*', a: Num, b: Num): Num {
  const result = exact(operator, a, b) ?? quotientOf(operator, a, b);
  if (result !== undefined) return result;
  const needs = union(needsOf(a), needsOf(b));
  return float(computed(operator, toFloat(a), toFloat(b)), needs, !(isWhole(a) && isWhole(b)));
}

/** A whole number, which is exact as a float: a count, or a decimal without digits behind the point. */
function isWhole(value: Num): boolean {
  if (value.kind === 'scalar' && value.type.kind === 'float') return value.quotient === undefined && value.isRounded !== true;
  return decimalType(value)?.scale === 0;
}

/** `a / b`; null where b is 0. */
export function divided(a: Num, b: Num): Num | Constant {
  if (isConstant(b)) {
    if (b.value.units === 0n) return constant(null);
    if (isConstant(a)) {
      const value = divideDecimals(a.value, b.value);
      if (value === undefined) throw new Refusal('this number is larger than ZEN has them');
      return constant(value);
    }
    const inverse = dividesEvenly(b.value) ? divideDecimals({ units: 1n, scale: 0 }, b.value) : undefined;
    if (inverse !== undefined) return arithmetic('*', a, constant(inverse) as Num);
  }
  const needs = union(needsOf(a), needsOf(b));
  const [p, q] = [partsOf(a), partsOf(b)];
  if (p !== undefined && q !== undefined) {
    const dividend = q.divisor === undefined ? p.dividend : exact('*', p.dividend, q.divisor);
    const divisor = p.divisor === undefined ? q.dividend : exact('*', p.divisor, q.dividend);
    if (dividend !== undefined && divisor !== undefined) {
      const isRounded = p.divisor !== undefined || q.divisor !== undefined;
      return quotient(dividend, isConstant(divisor) ? asScalar(divisor) : divisor, needs, isRounded);
    }
  }
  if (isConstant(b)) return float(computed('/', toFloat(a), toFloat(b)), needs);
  const isThere = compared('!==', codeOf(b), { text: '0', level: Level.PRIMARY });
  return { ...float(computed('/', toFloat(a), toFloat(b)), union(needs, [isThere])) };
}

function asScalar(value: Constant & { readonly value: Decimal }): Scalar {
  return decimal(literal(value.value), typeOf(value.value) as DecimalType, []);
}

/** `a % b`. ZEN ends where b is 0. */
export function remainder(a: Num, b: Num): Num {
  if (isConstant(a) && isConstant(b) && b.value.units !== 0n) return constant(remainderOf(a.value, b.value)) as Num;
  const [x, y] = [decimalType(a), decimalType(b)];
  if (x === undefined || y === undefined) throw new Refusal('the remainder of a quotient is not exact');
  if (isConstant(b) && b.value.units === 0n) throw new Refusal('the remainder of a division by 0');
  const most = Math.max(Math.abs(y.low), Math.abs(y.high));
  const type: DecimalType = {
    kind: 'decimal',
    scale: Math.max(x.scale, y.scale),
    low: x.low < 0 ? -most : 0,
    high: x.high > 0 ? most : 0,
  };
  return decimal(
    computed('%', codeOf(a), codeOf(b)),
    type,
    union(needsOf(a), needsOf(b), [isNotZero(b)]).filter((code) => code.text !== 'true'),
  );
}

export function negated(a: Num): Num {
  if (isConstant(a)) return constant(negate(a.value)) as Num;
  return arithmetic('-', constant({ units: 0n, scale: 0 }) as Num, a);
}

/** `base ^ exponent` for small whole exponents. */
export function power(base: Num, exponent: Num): Num | Constant {
  if (!isConstant(exponent)) throw new Refusal('a power of which the exponent is not fixed is not exact in either language');
  const count = numberOf(exponent.value);
  if (!Number.isInteger(count) || Math.abs(count) > 64)
    throw new Refusal('a power with this exponent is not exact in either language');
  let result: Num = constant({ units: 1n, scale: 0 }) as Num;
  for (let i = 0; i < Math.abs(count); i++) result = arithmetic('*', result, base);
  return count < 0 ? divided(constant({ units: 1n, scale: 0 }) as Num, result) : result;
}
