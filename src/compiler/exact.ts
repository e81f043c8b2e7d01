// Exact values of number literals and intervals of decimals, in BigInt.

import { Rounding } from '../../assembly/shared/function.js';
import type { Exact } from './ir.js';
import { EXACT_DIGITS_MAX } from './limits.js';
import { type DecimalType, decimalType } from './types.js';

/** 10^digits. */
export function powerOfTen(digits: number): bigint {
  return 10n ** BigInt(digits);
}

/** The smallest of some integers, of which there is one at least. */
export function least(values: readonly bigint[]): bigint {
  let found = values[0]!;
  for (const value of values) if (value < found) found = value;
  return found;
}

/** The largest of some integers, of which there is one at least. */
export function greatest(values: readonly bigint[]): bigint {
  let found = values[0]!;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** Without needless zeros at the end; undefined where it has more digits than are kept. */
function normalize(value: bigint, scale: number): Exact | undefined {
  let rest = value;
  let digits = scale;
  while (digits > 0 && rest % 10n === 0n) {
    rest /= 10n;
    digits--;
  }
  const limit = powerOfTen(EXACT_DIGITS_MAX);
  return digits > EXACT_DIGITS_MAX || rest >= limit || rest <= -limit ? undefined : { value: rest, scale: digits };
}

/** The exact value that a number literal spells, undefined where it has too many digits. */
export function exactOfLiteral(raw: string): Exact | undefined {
  const text = raw.replaceAll('_', '').toLowerCase();
  if (/^0[xbo]/.test(text)) return text.length > 160 ? undefined : normalize(BigInt(text), 0);
  const match = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return { value: 0n, scale: 0 };
  const scale = fraction.length - Number(exponent);
  if (!(Math.abs(scale) <= 2 * EXACT_DIGITS_MAX) || digits.length > 2 * EXACT_DIGITS_MAX) return undefined;
  return scale >= 0 ? normalize(BigInt(digits), scale) : normalize(BigInt(digits) * powerOfTen(-scale), 0);
}

/** `+ - *` among exact values; undefined for other operators and too many digits. */
export function exactArithmetic(operator: string, a: Exact, b: Exact): Exact | undefined {
  if (operator === '*') return normalize(a.value * b.value, a.scale + b.scale);
  if (operator !== '+' && operator !== '-') return undefined;
  const scale = Math.max(a.scale, b.scale);
  const left = a.value * powerOfTen(scale - a.scale);
  const right = b.value * powerOfTen(scale - b.scale);
  return normalize(operator === '+' ? left + right : left - right, scale);
}

/** An exact value at a scale: the largest integer that is not above it, and whether it is the value itself. */
export function floorAtScale(exact: Exact, scale: number): { floor: bigint; whole: boolean } {
  if (exact.scale <= scale) return { floor: exact.value * powerOfTen(scale - exact.scale), whole: true };
  const unit = powerOfTen(exact.scale - scale);
  const quotient = exact.value / unit;
  const rest = exact.value - quotient * unit;
  return { floor: rest < 0n ? quotient - 1n : quotient, whole: rest === 0n };
}

/** The type of a decimal times 10^digits. */
export function rescaledType(type: DecimalType, digits: number): DecimalType {
  const factor = powerOfTen(digits);
  return decimalType(type.scale + digits, type.low * factor, type.high * factor, type.wide);
}

/** The type of the negation of a decimal. */
export function negatedType(type: DecimalType): DecimalType {
  return decimalType(type.scale, -type.high, -type.low, type.wide);
}

/** The type of a sum, difference (of one scale) or product. */
export function arithmeticType(operator: '+' | '-' | '*', a: DecimalType, b: DecimalType): DecimalType {
  const wide = a.wide || b.wide;
  if (operator === '+') return decimalType(a.scale, a.low + b.low, a.high + b.high, wide);
  if (operator === '-') return decimalType(a.scale, a.low - b.high, a.high - b.low, wide);
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return decimalType(a.scale + b.scale, least(corners), greatest(corners), wide);
}

/** The type of a remainder of two decimals of one scale; undefined where the divisor is always zero. */
export function remainderType(a: DecimalType, b: DecimalType): DecimalType | undefined {
  if (b.low === 0n && b.high === 0n) return undefined;
  const below = greatest([-b.low, b.high]) - 1n;
  const low = a.low >= 0n ? 0n : greatest([a.low, -below]);
  const high = a.high <= 0n ? 0n : least([a.high, below]);
  return decimalType(a.scale, low, high, false);
}

/** a / b as an integer; b is not zero. */
export function divideRounded(a: bigint, b: bigint, rounding: Rounding): bigint {
  const quotient = a / b;
  const rest = a - quotient * b;
  if (rest === 0n) return quotient;
  const away = a < 0n === b < 0n ? quotient + 1n : quotient - 1n;
  const twice = 2n * (rest < 0n ? -rest : rest);
  const divisor = b < 0n ? -b : b;
  switch (rounding) {
    case Rounding.DOWN:
      return quotient;
    case Rounding.UP:
      return away;
    case Rounding.HALF_UP:
      return twice >= divisor ? away : quotient;
    case Rounding.HALF_EVEN:
      return twice > divisor || (twice === divisor && quotient % 2n !== 0n) ? away : quotient;
  }
}

/** The type of a / b, rounded to integers, at a scale; undefined where b is always zero. A divisor of 0 gives no value. */
export function quotientType(a: DecimalType, b: DecimalType, scale: number, rounding: Rounding): DecimalType | undefined {
  const divisors = [b.low, b.high, -1n, 1n].filter((value) => value !== 0n && value >= b.low && value <= b.high);
  if (divisors.length === 0) return undefined;
  // Rounding never turns the order of two values round: the corners bound everything between them.
  const corners = divisors.flatMap((divisor) => [
    divideRounded(a.low, divisor, rounding),
    divideRounded(a.high, divisor, rounding),
  ]);
  if (a.low <= 0n && a.high >= 0n) corners.push(0n);
  return decimalType(scale, least(corners), greatest(corners));
}
