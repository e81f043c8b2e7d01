// Quotients: two exact parts, which are compared by multiplying, and shown as the number nearest to them.

import { type Code, choice, compared, computed, Level, TRUE } from '../code.js';
import { dividesEvenly } from '../expression/decimal.js';
import { type Constant, codeOf, constant, needsOf, type Scalar } from '../symbol.js';
import { exact } from './exact.js';
import { bare, decimalType, isConstant, isRoundedOf, type Num, toFloat, union } from './number.js';

/** Integers up to it are exact as numbers. */
const EXACT_MAX = 2 ** 53;

/** Arithmetic in which a side is a quotient, as a quotient; undefined where it is none or 128 bits do not hold it. */
export function quotientOf(operator: '+' | '-' | '*', a: Num, b: Num): Num | undefined {
  const [p, q] = [partsOf(a), partsOf(b)];
  if (p === undefined || q === undefined || (p.divisor === undefined && q.divisor === undefined)) return undefined;
  const isExactStep =
    operator !== '*' ||
    [p, q].some(({ divisor, dividend }) => divisor === undefined && isConstant(dividend) && dividesEvenly(dividend.value));
  const isRounded = isRoundedOf(a) || isRoundedOf(b) || !isExactStep || (p.divisor !== undefined && q.divisor !== undefined);
  const needs = union(needsOf(a), needsOf(b));
  let dividend: Num | undefined;
  let divisor: Num | undefined;
  if (operator === '*') {
    dividend = exact('*', p.dividend, q.dividend);
    divisor = p.divisor === undefined ? q.divisor : q.divisor === undefined ? p.divisor : exact('*', p.divisor, q.divisor);
  } else if (p.divisor !== undefined && q.divisor !== undefined && codeOf(p.divisor).text === codeOf(q.divisor).text) {
    dividend = exact(operator, p.dividend, q.dividend);
    divisor = p.divisor;
  } else {
    const left = q.divisor === undefined ? p.dividend : exact('*', p.dividend, q.divisor);
    const right = p.divisor === undefined ? q.dividend : exact('*', q.dividend, p.divisor);
    dividend = left && right && exact(operator, left, right);
    divisor = p.divisor === undefined ? q.divisor : q.divisor === undefined ? p.divisor : exact('*', p.divisor, q.divisor);
  }
  if (dividend === undefined || divisor === undefined || isConstant(divisor)) return undefined;
  // A product keeps the divisor's sign only where that is known; the needs say already that it is not 0.
  return quotient(dividend, divisor as Scalar, needs, isRounded, true);
}

/** Dividend and divisor; undefined for floats. */
export function partsOf(value: Num): { dividend: Num; divisor: Num | undefined } | undefined {
  if (decimalType(value) !== undefined) return { dividend: bare(value), divisor: undefined };
  if (isConstant(value) || value.quotient === undefined) return undefined;
  return { dividend: value.quotient.dividend as Num, divisor: value.quotient.divisor };
}

export function quotient(dividend: Num, divisor: Scalar, needs: readonly Code[], isRounded: boolean, isKnown = false): Scalar {
  const parts = { dividend: bare(dividend) as Scalar | Constant, divisor: bare(divisor) as Scalar };
  const isNullable = !isKnown && mayBeZero(divisor);
  const bareCode = quotientCode(parts);
  return {
    kind: 'scalar',
    type: { kind: 'float' },
    code: isNullable ? choice(isNotZero(divisor), bareCode, { text: 'null', level: Level.PRIMARY }) : bareCode,
    nullable: isNullable,
    needs,
    isPath: false,
    quotient: parts,
    isRounded,
  };
}

function mayBeZero(value: Num): boolean {
  const type = decimalType(value);
  return type === undefined || (type.low <= 0 && type.high >= 0);
}

export function isNotZero(value: Num): Code {
  return mayBeZero(value) ? compared('!==', codeOf(value), { text: '0', level: Level.PRIMARY }) : TRUE;
}

/** The number nearest to a quotient: both parts are whole numbers, so that they are exact as floats. */
export function quotientCode({ dividend, divisor }: { dividend: Scalar | Constant; divisor: Scalar }): Code {
  const scales = [decimalType(dividend as Num)?.scale ?? 0, decimalType(divisor)?.scale ?? 0];
  const shift = Math.max(...scales);
  const largest = [dividend as Num, divisor].map((part) => {
    const type = decimalType(part);
    return type === undefined ? Number.POSITIVE_INFINITY : Math.max(Math.abs(type.low), Math.abs(type.high)) * 10 ** shift;
  });
  const isShifted = shift > 0 && Math.max(...largest) < EXACT_MAX * 1000;
  const whole = (part: Num): Code => {
    if (!isShifted) return toFloat(part);
    return toFloat(exact('*', part, constant({ units: 10n ** BigInt(shift), scale: 0 }) as Num)!);
  };
  return computed('/', whole(dividend as Num), whole(divisor));
}
