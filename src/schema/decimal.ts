// Exact decimals: a decimal of scale s is the integer value * 10^s in 64 bits. Nothing here divides by `multipleOf`.

export const I64_MIN = -(2n ** 63n);
export const I64_MAX = 2n ** 63n - 1n;

/** Largest scale: 10^18 is the last power of ten inside 64 bits. */
export const SCALE_MAX = 18;

/** 10^0 to 10^18; every one of them is exact in a double. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: SCALE_MAX + 1 }, (_, scale) => Number(10n ** BigInt(scale)));

/** Characters of a decimal text that are looked at; longer ones cannot be 64-bit values at any scale with a sane spelling. */
const DECIMAL_TEXT_CHARS_MAX = 64;

/** Why a text or number has no exact value at a scale. */
export type DecimalFault = 'FORMAT' | 'SCALE' | 'RANGE';

/**
 * Below it, decimals of a scale are further apart than doubles are, and value * 10^scale is off by less than 1/2: one candidate
 * is enough. Above, several decimals may share a double (90071992547409.90 and .91 do).
 */
const CERTAIN_MAX = 2 ** 51;

/**
 * The scaled integer of a JSON number: the one decimal with `scale` digits after the point that the double is nearest to.
 * 'SCALE' where there is none, 'RANGE' where there is more than one, or where the integer is not safe (2^53).
 */
export function scaledFromNumber(value: number, scale: number): number | DecimalFault {
  const power = POWERS_OF_TEN[scale]!;
  const scaled = Math.round(value * power);
  if (scaled > -CERTAIN_MAX && scaled < CERTAIN_MAX) return scaled / power === value ? scaled + 0 : 'SCALE';
  if (!Number.isSafeInteger(scaled)) return 'RANGE';
  // A division of two exact doubles is the double nearest to the decimal, as a parser gives it.
  let found: number | undefined;
  for (let delta = -2; delta <= 2; delta++) {
    const candidate = scaled + delta;
    // The sum may be 2^53 twice, since 2^53 + 1 is no double.
    if (candidate / power !== value || candidate === found) continue;
    if (found !== undefined) return 'RANGE';
    found = candidate;
  }
  if (found === undefined) return 'SCALE';
  return Number.isSafeInteger(found) ? found : 'RANGE';
}

/** The scaled integer of a text such as `-19.99`: an optional minus, digits, and optionally a point and digits. */
export function scaledFromText(text: string, scale: number): bigint | DecimalFault {
  if (text.length > DECIMAL_TEXT_CHARS_MAX) return 'FORMAT';
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return 'FORMAT';
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return 'SCALE';
  const digits = BigInt(match[2]! + fraction.padEnd(scale, '0'));
  const scaled = match[1] === '-' ? -digits : digits;
  return scaled < I64_MIN || scaled > I64_MAX ? 'RANGE' : scaled;
}

/** The decimal of a text of up to 15 digits, scaled; NaN where the long way has to look at it. */
export function scaledFromShortText(text: string, scale: number): number {
  const { length } = text;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const negative = at === 1;
  if (length - at > 16 || length === at) return Number.NaN;
  let value = 0;
  let point = -1;
  for (; at < length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === -2 && point < 0 && at > (negative ? 1 : 0) && at + 1 < length) point = at;
    else return Number.NaN;
  }
  const places = point < 0 ? 0 : length - point - 1;
  if (places > scale) return Number.NaN;
  const scaled = value * POWERS_OF_TEN[scale - places]!;
  if (scaled > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative ? 0 - scaled : scaled;
}

/** A scaled integer as text, with exactly `scale` digits after the point. */
export function formatDecimal(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** An exact decimal number: digits * 10^exponent. */
export interface ExactNumber {
  digits: bigint;
  exponent: number;
}

/** What the author of a JSON number wrote, as far as the double knows: its shortest decimal spelling. Finite numbers only. */
export function exactNumber(value: number | bigint): ExactNumber {
  if (typeof value === 'bigint') return { digits: value, exponent: 0 };
  if (Number.isInteger(value)) return { digits: BigInt(value), exponent: 0 };
  const [mantissa, exponent] = String(value).split('e') as [string, string | undefined];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string | undefined];
  return { digits: BigInt(whole + fraction), exponent: Number(exponent ?? '0') - fraction.length };
}

/** `exact * 10^scale` as an integer, rounded towards plus infinity (`up`) or minus infinity. */
export function scaleExact(exact: ExactNumber, scale: number, up: boolean): { scaled: bigint; exact: boolean } {
  const shift = exact.exponent + scale;
  if (shift >= 0) return { scaled: exact.digits * 10n ** BigInt(shift), exact: true };
  // A fraction below 10^-400 does not come from a double; the power stays small.
  const divisor = 10n ** BigInt(-shift);
  const quotient = exact.digits / divisor;
  const rest = exact.digits % divisor;
  if (rest === 0n) return { scaled: quotient, exact: true };
  if (up) return { scaled: rest > 0n ? quotient + 1n : quotient, exact: false };
  return { scaled: rest < 0n ? quotient - 1n : quotient, exact: false };
}

/** The next double above. */
export function nextUp(value: number): number {
  return step(value, 1n);
}

/** The next double below. */
export function nextDown(value: number): number {
  return -step(-value, 1n);
}

function step(value: number, by: bigint): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  // Positive doubles are ordered as their bits, negative ones the other way round.
  view.setBigInt64(0, value > 0 ? bits + by : bits - by);
  return view.getFloat64(0) + 0;
}
