// Values of CEL as texts, as Go writes them.

import { formatDate } from '../../../schema/time.js';
import { CelError } from './value.js';

/**
 * The shortest digits that give a finite double back. Throws CelError for those that engines write in different ways: very small
 * and very large ones, some with an exponent.
 */
export function formatDouble(x: number): string {
  const size = Math.abs(x);
  if (x !== 0 && (size < 1e-4 || size >= 1e6)) throw new CelError('limit', 'engines differ in how they write such a double');
  return Object.is(x, -0) ? '-0' : String(x);
}

function goExponent(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Nanoseconds since 1970 as RFC 3339 in UTC, with as many digits of a second as it takes. */
export function formatTimestamp(nanos: bigint): string {
  const daySeconds = 86_400n;
  const second = 1_000_000_000n;
  const seconds = floorDivide(nanos, second);
  const fraction = nanos - seconds * second;
  const days = floorDivide(seconds, daySeconds);
  const time = Number(seconds - days * daySeconds);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const clock = `${two(time / 3600)}:${two((time / 60) % 60)}:${two(time % 60)}`;
  return `${formatDate(Number(days))}T${clock}${fractionText(fraction)}Z`;
}

/** Nanoseconds as seconds: `90s`, `1.5s`. */
export function formatDuration(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}${fractionText(size % 1_000_000_000n)}s`;
}

function fractionText(nanos: bigint): string {
  const digits = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

/** The quotient, rounded down. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** A finite double with a number of digits behind the point, its exact value rounded half to even. */
export function formatFixed(x: number, digits: number): string {
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  const units = roundedUnits(Math.abs(x), digits);
  const text = String(units).padStart(digits + 1, '0');
  return sign + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

/** A finite double in scientific notation with a number of digits behind the point, rounded half to even. */
export function formatScientific(x: number, digits: number): string {
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  const size = Math.abs(x);
  let exponent = size === 0 ? 0 : Number(size.toExponential().split('e')[1]);
  let units = roundedUnits(size, digits - exponent);
  if (String(units).length > digits + 1) {
    exponent += 1;
    units = roundedUnits(size, digits - exponent);
  }
  const text = String(units).padStart(digits + 1, '0');
  return `${sign}${text[0]}${digits === 0 ? '' : `.${text.slice(1)}`}e${goExponent(exponent)}`;
}

/** size * 10^digits, rounded half to even. The size is finite and not below 0. */
function roundedUnits(size: number, digits: number): bigint {
  let numerator = 0n;
  let denominator = 1n;
  let whole = size;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    denominator *= 2n;
  }
  numerator = BigInt(whole);
  if (digits >= 0) numerator *= 10n ** BigInt(digits);
  else denominator *= 10n ** BigInt(-digits);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient;
}
