// Decimals, exactly: the integer value * 10^scale in 64 bits.

import { JsonFault } from '../shared/json';
import { MANTISSA_DIGITS_MAX } from './number';
import { fault, STATE_EXPONENT, STATE_MANTISSA, STATE_SIGN, STATE_TAIL, STATE_VALUE } from './state';

/** Characters of a text that are looked at, as src/schema/decimal.ts. */
const TEXT_CHARS_MAX: u32 = 64;
const I64_HIGHEST: u64 = i64.MAX_VALUE;
const TENTH_OF_U64: u64 = u64.MAX_VALUE / 10;

/** Stores a decimal of this magnitude. @returns whether 64 bits hold it */
function putDecimal(state: usize, magnitude: u64, sign: u32): bool {
  if (magnitude > I64_HIGHEST + (sign as u64)) return false;
  store<u64>(state, sign === 0 ? magnitude : 0 - magnitude, STATE_VALUE);
  return true;
}

/** The number that scanNumber has read at `at`, as a decimal of this scale, into STATE_VALUE. @returns `end`, or 0 */
export function decimalOf(state: usize, scale: u32, at: usize, end: usize): usize {
  let mantissa = load<u64>(state, STATE_MANTISSA);
  let places = load<i64>(state, STATE_EXPONENT) + (scale as i64);
  // More than 19 digits: too large, or more of them behind the point than there may be.
  if (load<u32>(state, STATE_TAIL) !== 0) return fault(state, JsonFault.RANGE, at);
  if (mantissa === 0) places = 0;
  if (places > (MANTISSA_DIGITS_MAX as i64) || places < -(MANTISSA_DIGITS_MAX as i64)) return fault(state, JsonFault.RANGE, at);
  for (; places > 0; places--) {
    if (mantissa > TENTH_OF_U64) return fault(state, JsonFault.RANGE, at);
    mantissa *= 10;
  }
  for (; places < 0; places++) {
    const tenth = mantissa / 10;
    if (tenth * 10 !== mantissa) return fault(state, JsonFault.RANGE, at);
    mantissa = tenth;
  }
  return putDecimal(state, mantissa, load<u32>(state, STATE_SIGN)) ? end : fault(state, JsonFault.RANGE, at);
}

/**
 * The decimal of a text such as -19.99 of `chars` characters at `at`: an optional minus, digits, and optionally a point and
 * digits; into STATE_VALUE.
 */
export function decimalOfText(state: usize, scale: u32, at: usize, chars: u32): bool {
  if (chars > TEXT_CHARS_MAX) return isFault(state, JsonFault.FORMAT, at);
  const start = at;
  const end = at + chars;
  const sign = u32(chars !== 0 && (load<u8>(at) as u32) === 45);
  at += sign;
  let magnitude: u64 = 0;
  let places: i32 = -1;
  let digits: u32 = 0;
  let isLarge = false;
  let isFine = true;
  for (; at < end; at++) {
    const digit = (load<u8>(at) as u32) - 48;
    if (digit > 9) {
      if (digit + 48 !== 46 || places >= 0 || digits === 0) return isFault(state, JsonFault.FORMAT, start);
      places = 0;
      digits = 0;
      continue;
    }
    digits++;
    if (places >= 0 && ++places > (scale as i32)) {
      if (digit !== 0) isFine = false;
      continue;
    }
    if (magnitude > (I64_HIGHEST + 1) / 10) isLarge = true;
    magnitude = magnitude * 10 + (digit as u64);
  }
  if (digits === 0) return isFault(state, JsonFault.FORMAT, start);
  if (!isFine || isLarge) return isFault(state, JsonFault.RANGE, start);
  for (places = max(places, 0); places < (scale as i32); places++) {
    if (magnitude > (I64_HIGHEST + 1) / 10) isLarge = true;
    magnitude *= 10;
  }
  if (isLarge || !putDecimal(state, magnitude, sign)) return isFault(state, JsonFault.RANGE, start);
  return true;
}

/** Notes a fault. @returns false */
function isFault(state: usize, code: JsonFault, at: usize): bool {
  fault(state, code, at);
  return false;
}
