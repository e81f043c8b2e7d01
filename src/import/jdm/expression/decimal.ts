// Numbers as ZEN has them: decimals of up to 28 digits behind the point. For constants; what depends on a payload is computed by
// the bundle.

/** units * 10^-scale. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const SCALE_MAX = 28;
const UNITS_MAX = 2n ** 96n;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

export const ZERO: Decimal = { units: 0n, scale: 0 };

/** Reads a number as it is written; undefined where it is none, or larger than ZEN's. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text.trim());
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return undefined;
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > 60 || text.length > 80) return undefined;
  const digits = BigInt(`${match[2]}${match[3] ?? ''}`);
  const units = match[1] === '-' ? -digits : digits;
  const scale = (match[3]?.length ?? 0) - exponent;
  return fitted(scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale });
}

/** The decimal of a number of JSON; undefined where ZEN has none. */
export function decimalOf(value: number): Decimal | undefined {
  return parseDecimal(String(value));
}

/** Within 96 bits and 28 digits, rounded half to even where it has to be; undefined where it does not fit. */
function fitted({ units, scale }: Decimal): Decimal | undefined {
  let result = { units, scale };
  while (result.scale > SCALE_MAX || (magnitude(result.units) >= UNITS_MAX && result.scale > 0))
    result = roundTo(result, result.scale - 1, 'even');
  return magnitude(result.units) < UNITS_MAX ? result : undefined;
}

const magnitude = (units: bigint): bigint => (units < 0n ? -units : units);

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

export function add(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y, scale] = align(a, b);
  return fitted({ units: x + y, scale });
}

export function negate(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal | undefined {
  return fitted({ units: a.units * b.units, scale: a.scale + b.scale });
}

/** The quotient to 28 digits, without the zeros at its end. b is not 0. */
export function divide(a: Decimal, b: Decimal): Decimal | undefined {
  const more = 30 + b.scale;
  const quotient = roundTo(
    { units: (a.units * 10n ** BigInt(more + 2)) / b.units, scale: a.scale + more + 2 - b.scale },
    SCALE_MAX,
    'even',
  );
  const result = fitted(quotient);
  return result && trimmed(result);
}

/** The remainder with the sign of a. b is not 0. */
export function remainder(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = align(a, b);
  return { units: x % y, scale };
}

/** Below 0, 0 or above 0 as a is to b. */
export function compare(a: Decimal, b: Decimal): number {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export type RoundingMode = 'even' | 'away' | 'down' | 'floor' | 'ceil';

/** The decimal with so many digits behind the point, or fewer where it has fewer. */
export function roundTo(a: Decimal, scale: number, mode: RoundingMode): Decimal {
  if (a.scale <= scale) return a;
  const unit = 10n ** BigInt(a.scale - scale);
  let units = a.units / unit;
  const rest = a.units % unit;
  const sign = a.units < 0n ? -1n : 1n;
  const twice = magnitude(rest) * 2n;
  const isAway =
    (mode === 'away' && twice >= unit) ||
    (mode === 'even' && (twice > unit || (twice === unit && units % 2n !== 0n))) ||
    (mode === 'floor' && rest < 0n) ||
    (mode === 'ceil' && rest > 0n);
  if (isAway) units += sign;
  return { units, scale };
}

/** Without the zeros at its end. */
export function trimmed(a: Decimal): Decimal {
  let { units, scale } = a;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale--;
  }
  return { units, scale };
}

/** As ZEN turns it into a text: with the zeros that it has. */
export function textOf({ units, scale }: Decimal): string {
  const digits = magnitude(units)
    .toString()
    .padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The number of JavaScript nearest to it. */
export function numberOf(a: Decimal): number {
  return Number(textOf(a));
}

/** True for 2^i * 5^j: what divides every decimal into a decimal. */
export function dividesEvenly(a: Decimal): boolean {
  let rest = magnitude(a.units);
  if (rest === 0n) return false;
  while (rest % 2n === 0n) rest /= 2n;
  while (rest % 5n === 0n) rest /= 5n;
  return rest === 1n;
}
