// Numbers of JSON: their grammar, and what they are exactly.

import { JsonFault } from '../shared/json';
import { fault, STATE_DIGITS, STATE_EXPONENT, STATE_MANTISSA, STATE_SIGN, STATE_TAIL, typeFault } from './state';

/** Digits of a mantissa at most: 64 bits hold any of them. */
export const MANTISSA_DIGITS_MAX: i32 = 19;
/** An exponent that is written counts up to here: no text has as many digits as it would take to make up for more. */
const EXPONENT_MAX: i64 = 1 << 40;

function digitAt(at: usize): u32 {
  return (load<u8>(at) as u32) - 48;
}

/**
 * Reads a number at `at`: sign, mantissa (its first 19 digits from the first that is not 0 on), exponent of its last digit, and
 * whether any of the digits behind it is not 0.
 */
export function scanNumber(state: usize, at: usize): usize {
  const start = at;
  const sign = u32((load<u8>(at) as u32) === 45);
  at += sign;
  let digit = digitAt(at);
  if (digit > 9) return sign === 0 ? typeFault(state, start) : fault(state, JsonFault.SYNTAX, start);
  let mantissa: u64 = 0;
  let taken: i32 = 0;
  let exponent: i64 = 0;
  let tail: u32 = 0;
  let first = at;
  if (digit === 0) {
    digit = digitAt(++at);
    if (digit <= 9) return fault(state, JsonFault.SYNTAX, at);
  } else {
    do {
      if (taken < MANTISSA_DIGITS_MAX) {
        mantissa = mantissa * 10 + (digit as u64);
        taken++;
      } else {
        exponent++;
        tail |= digit;
      }
      digit = digitAt(++at);
    } while (digit <= 9);
  }
  if ((load<u8>(at) as u32) === 46) {
    digit = digitAt(++at);
    if (digit > 9) return fault(state, JsonFault.SYNTAX, at);
    do {
      if (taken < MANTISSA_DIGITS_MAX) {
        if (taken === 0) first = at;
        mantissa = mantissa * 10 + (digit as u64);
        exponent--;
        taken += i32(mantissa !== 0);
      } else {
        tail |= digit;
      }
      digit = digitAt(++at);
    } while (digit <= 9);
  }
  if (((load<u8>(at) as u32) | 32) === 101) {
    const mark = load<u8>(++at) as u32;
    const isNegative = mark === 45;
    if (isNegative || mark === 43) at++;
    digit = digitAt(at);
    if (digit > 9) return fault(state, JsonFault.SYNTAX, at);
    let written: i64 = 0;
    do {
      if (written < EXPONENT_MAX) written = written * 10 + (digit as i64);
      digit = digitAt(++at);
    } while (digit <= 9);
    exponent += isNegative ? -written : written;
  }
  store<u64>(state, mantissa, STATE_MANTISSA);
  store<i64>(state, exponent, STATE_EXPONENT);
  store<u32>(state, sign, STATE_SIGN);
  store<u32>(state, u32(tail !== 0), STATE_TAIL);
  store<u32>(state, first as u32, STATE_DIGITS);
  return at;
}
