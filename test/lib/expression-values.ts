// Values of the plain evaluator: JavaScript's own for numbers, booleans, texts, enums, lists and objects, and classes for what
// JavaScript has not.

import { DAY_MICROS, floorDivide } from './expression-calendar.js';

/** value / 10^scale. */
export class Decimal {
  constructor(
    readonly value: bigint,
    readonly scale: number,
  ) {}

  at(scale: number): bigint {
    return this.value * 10n ** BigInt(scale - this.scale);
  }
}

/** Microseconds since 1970-01-01T00:00:00Z. */
export class Instant {
  constructor(readonly micros: bigint) {}
}

/** Days since 1970-01-01. */
export class Day {
  constructor(readonly days: bigint) {}
}

/** A number that is made of literals alone: what stands beside it says whether it is a number or a decimal. */
export class Numeral {
  constructor(
    readonly number: number,
    readonly exact: Decimal,
  ) {}
}

export interface Instance {
  [name: string]: Value;
}

/** A list whose elements are computed as they are asked for, one after the other: no more of them than its reader takes. */
export class Elements {
  constructor(readonly each: () => Iterable<Value>) {}
}

export type Value = null | number | boolean | string | Decimal | Instant | Day | Numeral | Elements | Instance;

/** Thrown where the meaning of an expression is not defined: the compiler should have refused it. */
export class Meaningless extends Error {}

/** What ends a decision with the status ARITHMETIC. */
export class ArithmeticFault extends Error {}

export type Rounding = 'half-even' | 'half-up' | 'down' | 'up';

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** An exact decimal of a plain spelling: `-12.50`. */
export function decimalOf(text: string): Decimal {
  const [whole = '', rest = ''] = text.split('.');
  return new Decimal(BigInt(whole + rest), rest.length);
}

/** The exact value of a literal's spelling. */
export function numeralOf(raw: string): Numeral {
  const plain = raw.replaceAll('_', '');
  const number = Number(plain);
  if (/^0[xob]/i.test(plain)) return new Numeral(number, new Decimal(BigInt(plain), 0));
  const [mantissa = '', exponent = '0'] = plain.toLowerCase().split('e');
  const [whole = '', rest = ''] = mantissa.split('.');
  const shift = Number(exponent) - rest.length;
  const value = BigInt(whole + rest || '0');
  return new Numeral(number, shift >= 0 ? new Decimal(value * 10n ** BigInt(shift), 0) : new Decimal(value, -shift));
}

/** A quotient of whole numbers as a rounding has it. */
export function quotient(a: bigint, b: bigint, rounding: Rounding): bigint {
  if (b === 0n) throw new ArithmeticFault('divided by zero');
  const [x, y] = [abs(a), abs(b)];
  const [whole, rest] = [x / y, x % y];
  const nearer = 2n * rest > y || (2n * rest === y && (rounding === 'half-up' || (rounding === 'half-even' && whole % 2n === 1n)));
  const away = rounding === 'up' ? rest > 0n : rounding !== 'down' && nearer;
  const size = away ? whole + 1n : whole;
  return a < 0n !== b < 0n ? -size : size;
}

/** Both decimals in the units of the finer one. */
export function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.at(scale), b.at(scale), scale];
}

/** a / b with `scale` digits. */
export function divide(a: Decimal, b: Decimal, scale: number, rounding: Rounding): Decimal {
  const [x, y] = aligned(a, b);
  return new Decimal(quotient(x * 10n ** BigInt(scale), y, rounding), scale);
}

export function round(a: Decimal, scale: number, rounding: Rounding): Decimal {
  return scale >= a.scale ? new Decimal(a.at(scale), scale) : divide(a, new Decimal(1n, 0), scale, rounding);
}

/** The number nearest to a decimal: as JavaScript reads its digits. */
export function toNumber(a: Decimal): number {
  return Number(`${a.value}e-${a.scale}`);
}

/** A number's exact value, rounded. */
export function toDecimal(x: number, scale: number, rounding: Rounding): Decimal {
  if (!Number.isFinite(x)) throw new ArithmeticFault('no finite number');
  let numerator = x;
  let denominator = 1n;
  // Doubling is exact until the value is whole.
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  const value = quotient(BigInt(numerator) * 10n ** BigInt(scale), denominator, rounding);
  if (BigInt.asIntN(64, value) !== value) throw new ArithmeticFault('more than 64 bits');
  return new Decimal(value, scale);
}

/** a / b for a whole b, exact, then rounded to the nearest number, of two the even one. */
export function nearestQuotient(a: bigint, b: bigint): number {
  if (a === 0n) return 0;
  const [x, y] = [abs(a), abs(b)];
  // 120 more bits than b has: what is below them only says that there is something.
  const shift = BigInt(y.toString(2).length + 120);
  const bits = (x << shift) / y;
  const sticky = (bits << 1n) | ((x << shift) % y === 0n ? 0n : 1n);
  // Number() of a BigInt rounds to nearest even; dividing by a power of two in this range is exact.
  const size = Number(sticky) / 2 ** Number(shift + 1n);
  return a < 0n !== b < 0n ? -size : size;
}

/** RFC 3339 by the runtime's Date, which has milliseconds. */
export function instantOf(text: string): Instant {
  const [, head = '', digits = '', zone = ''] = /^([^.]*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text)!;
  return new Instant(BigInt(Date.parse(head + zone)) * 1000n + BigInt(digits.padEnd(6, '0') || '0'));
}

export function dayOf(text: string): Day {
  return new Day(BigInt(Date.parse(`${text}T00:00:00Z`) / 86_400_000));
}

/** The day of a moment on a clock that shows these microseconds. */
export const dayOfLocal = (local: bigint): bigint => floorDivide(local, DAY_MICROS);
