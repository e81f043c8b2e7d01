// FEEL's numbers, for what the importer computes itself: IEEE 754 decimal128, so 34 digits, rounded half to even.

/** Digits that a result is rounded to. */
export const DIGITS_MAX = 34;
/** Exponents beyond these have no number. */
const EXPONENT_MAX = 6144;

/** `coefficient` x 10^`exponent`. Equal numbers have equal parts: the coefficient ends in no zero. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** A number as FEEL writes it: digits with a fraction, and an exponent. Undefined where it is none or too large. */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  if (whole === '' && fraction === '') return undefined;
  return rounded(BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n), Number(exponent) - fraction.length);
}

/** The integer as a decimal. */
export function decimalOf(value: bigint): Decimal {
  return rounded(value, 0)!;
}

function rounded(coefficient: bigint, exponent: number): Decimal | undefined {
  if (coefficient === 0n) return { coefficient: 0n, exponent: 0 };
  let value = coefficient < 0n ? -coefficient : coefficient;
  let scale = exponent;
  const digits = value.toString().length;
  if (digits > DIGITS_MAX) {
    const power = 10n ** BigInt(digits - DIGITS_MAX);
    const rest = value % power;
    value /= power;
    if (rest * 2n > power || (rest * 2n === power && value % 2n === 1n)) value += 1n;
    scale += digits - DIGITS_MAX;
  }
  while (value % 10n === 0n) {
    value /= 10n;
    scale += 1;
  }
  if (scale > EXPONENT_MAX || scale < -EXPONENT_MAX - DIGITS_MAX) return undefined;
  return { coefficient: coefficient < 0n ? -value : value, exponent: scale };
}

/** a + b; undefined where the result is too large. */
export function add(a: Decimal, b: Decimal): Decimal | undefined {
  const exponent = Math.min(a.exponent, b.exponent);
  // what lies further apart than this changes no digit of a rounded sum but the last, through a sticky one
  if (Math.abs(a.exponent - b.exponent) > 3 * DIGITS_MAX) return a.coefficient === 0n ? b : b.coefficient === 0n ? a : farSum(a, b);
  const at = (x: Decimal): bigint => x.coefficient * 10n ** BigInt(x.exponent - exponent);
  return rounded(at(a) + at(b), exponent);
}

function farSum(a: Decimal, b: Decimal): Decimal | undefined {
  const [large, small] = a.exponent > b.exponent ? [a, b] : [b, a];
  const shift = 2 * DIGITS_MAX;
  return rounded(large.coefficient * 10n ** BigInt(shift) + (small.coefficient < 0n ? -1n : 1n), large.exponent - shift);
}

/** -a. */
export function negate(a: Decimal): Decimal {
  return { coefficient: -a.coefficient, exponent: a.exponent };
}

/** a - b. */
export function subtract(a: Decimal, b: Decimal): Decimal | undefined {
  return add(a, negate(b));
}

/** a * b. */
export function multiply(a: Decimal, b: Decimal): Decimal | undefined {
  return rounded(a.coefficient * b.coefficient, a.exponent + b.exponent);
}

/** a / b; undefined where b is 0. */
export function divide(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.coefficient === 0n) return undefined;
  const shift = 2 * DIGITS_MAX + b.coefficient.toString().length;
  const scaled = a.coefficient * 10n ** BigInt(shift);
  const quotient = scaled / b.coefficient;
  // a rest that is not 0 must be seen by the rounding
  const sticky = scaled % b.coefficient === 0n ? 0n : scaled < 0n === b.coefficient < 0n ? 1n : -1n;
  return rounded(quotient * 10n + sticky, a.exponent - b.exponent - shift - 1);
}

/** a ** b for an integer b of at most 9999; undefined where it has no value or b is another number. */
export function power(a: Decimal, b: Decimal): Decimal | undefined {
  const exponent = toInteger(b);
  if (exponent === undefined || exponent > 9999n || exponent < -9999n) return undefined;
  if (a.coefficient === 0n) return exponent === 0n ? decimalOf(1n) : exponent > 0n ? a : undefined;
  let result: Decimal | undefined = decimalOf(1n);
  let base: Decimal | undefined = a;
  for (let left = exponent < 0n ? -exponent : exponent; left > 0n; left >>= 1n) {
    if (base === undefined || result === undefined) return undefined;
    if (left & 1n) result = multiply(result, base);
    if (left > 1n) base = multiply(base, base);
  }
  return result === undefined ? undefined : exponent < 0n ? divide(decimalOf(1n), result) : result;
}

/** Negative, 0 or positive as a is smaller than, equal to or larger than b. */
export function compare(a: Decimal, b: Decimal): number {
  const signs = Number(a.coefficient > 0n) - Number(a.coefficient < 0n) - (Number(b.coefficient > 0n) - Number(b.coefficient < 0n));
  if (signs !== 0 || a.coefficient === 0n) return signs;
  const size = (x: Decimal): number => x.coefficient.toString().replace('-', '').length + x.exponent;
  const sizes = size(a) - size(b);
  if (sizes !== 0) return a.coefficient > 0n ? sizes : -sizes;
  const low = Math.min(a.exponent, b.exponent);
  const difference = a.coefficient * 10n ** BigInt(a.exponent - low) - b.coefficient * 10n ** BigInt(b.exponent - low);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** Rounds to an integer: towards -infinity, or the other way. */
export function toWhole(a: Decimal, towards: 'floor' | 'ceiling'): Decimal {
  if (a.exponent >= 0) return a;
  const unit = 10n ** BigInt(-a.exponent);
  const rest = a.coefficient % unit;
  let whole = a.coefficient / unit;
  if (rest !== 0n && towards === 'floor' && a.coefficient < 0n) whole -= 1n;
  if (rest !== 0n && towards === 'ceiling' && a.coefficient > 0n) whole += 1n;
  return decimalOf(whole);
}

/** The integer that it is; undefined where it has a fraction or more than 40 digits. */
export function toInteger(a: Decimal): bigint | undefined {
  return a.exponent >= 0 && a.exponent <= 40 ? a.coefficient * 10n ** BigInt(a.exponent) : undefined;
}

/** Digits behind the point that it has. */
export function scaleOf(a: Decimal): number {
  return Math.max(0, -a.exponent);
}

/** As a literal of the expression language, all digits written: `-125.43`, `1e+40`. */
export function decimalText(a: Decimal): string {
  const sign = a.coefficient < 0n ? '-' : '';
  const digits = a.coefficient.toString().replace('-', '');
  if (a.exponent > 20 || a.exponent < -40) return `${sign}${digits}e${a.exponent}`;
  if (a.exponent >= 0) return `${sign}${digits}${'0'.repeat(a.exponent)}`;
  const padded = digits.padStart(1 - a.exponent, '0');
  return `${sign}${padded.slice(0, a.exponent)}.${padded.slice(a.exponent)}`;
}
