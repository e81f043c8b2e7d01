// Decimals: division, rounding, the way to and from f64, and from texts. A decimal is a 128-bit two's complement integer, a pair: address of
// its low u64, then the high i64. The result's pair may be an operand's own. Numbers up to 64 bits, the common case, take one
// division.

import { multiplyHigh } from '../ops/arithmetic';
import { divideLong, divideWide } from '../ops/divide';
import { Rounding } from '../shared/function';
import { Status } from '../shared/status';

/** 10^38 is the largest power of 10 below 2^127. */
const DIGITS_MAX: u32 = 38;
/** 10^19 is the largest power of 10 below 2^64. */
const DIGITS_WORD: u32 = 19;
const POWER_OF_DIGITS_WORD: u64 = 10000000000000000000;
/** A larger number does not fit 64 bits with one more digit. */
const TENTH_MAX: u64 = u64.MAX_VALUE / 20;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const DIGIT_0: u8 = 0x30;

/**
 * to = b / 10^digits, rounded. Digits above 38 count as 38.
 *
 * @returns ARITHMETIC where the result would not fit (-2^127 and nothing to round)
 */
export function decimalRound(to: usize, b: usize, digits: u32, mode: u32): Status {
  return divide(to, load<u64>(b), load<u64>(b, 8), powerOfTenLow(digits), powerOfTenHigh(digits), mode);
}

/**
 * to = b / c, rounded to an integer.
 *
 * @returns ARITHMETIC where c is 0 or the result does not fit 128 bits
 */
export function decimalDivide(to: usize, b: usize, c: usize, mode: u32): Status {
  return divide(to, load<u64>(b), load<u64>(b, 8), load<u64>(c), load<u64>(c, 8), mode);
}

/** Quotient of two pairs, rounded. */
function divide(to: usize, low: u64, high: u64, divisorLow: u64, divisorHigh: u64, mode: u32): Status {
  if ((divisorLow | divisorHigh) === 0) return Status.ARITHMETIC;
  const negative = ((high ^ divisorHigh) as i64) < 0;
  if ((high as i64) < 0) {
    high = negatedHigh(low, high);
    low = 0 - low;
  }
  if ((divisorHigh as i64) < 0) {
    divisorHigh = negatedHigh(divisorLow, divisorHigh);
    divisorLow = 0 - divisorLow;
  }

  let quotientHigh: u64 = 0;
  let quotient: u64;
  let restHigh: u64 = 0;
  let rest: u64;
  if (divisorHigh === 0) {
    if (high >= divisorLow) {
      quotientHigh = high / divisorLow;
      high -= quotientHigh * divisorLow;
    }
    quotient = high === 0 ? low / divisorLow : divideLong(high, low, divisorLow);
    rest = low - quotient * divisorLow;
  } else {
    quotient = divideWide(high, low, divisorHigh, divisorLow);
    const product = quotient * divisorLow;
    rest = low - product;
    restHigh = high - multiplyHigh(quotient, divisorLow) - quotient * divisorHigh - u64(low < product);
  }

  if ((rest | restHigh) !== 0) {
    // How the rest compares with half the divisor is how it compares with what is left of the divisor: nothing overflows.
    const leftHigh = divisorHigh - restHigh - u64(divisorLow < rest);
    const left = divisorLow - rest;
    const half = restHigh === leftHigh ? i32(rest > left) - i32(rest < left) : restHigh > leftHigh ? 1 : -1;
    if (roundsAway(mode, half, (quotient & 1) !== 0)) {
      quotient++;
      quotientHigh += u64(quotient === 0);
    }
  }
  if (negative) {
    quotientHigh = negatedHigh(quotient, quotientHigh);
    quotient = 0 - quotient;
    if ((quotientHigh as i64) >= 0 && (quotient | quotientHigh) !== 0) return Status.ARITHMETIC;
  } else if ((quotientHigh as i64) < 0) {
    return Status.ARITHMETIC;
  }
  store<u64>(to, quotient);
  store<u64>(to, quotientHigh, 8);
  return Status.OK;
}

/**
 * to = the remainder of b / c, with the sign of b.
 *
 * @returns ARITHMETIC where c is 0
 */
export function decimalRemainder(to: usize, b: usize, c: usize): Status {
  let low = load<u64>(b);
  let high = load<u64>(b, 8);
  let divisorLow = load<u64>(c);
  let divisorHigh = load<u64>(c, 8);
  if ((divisorLow | divisorHigh) === 0) return Status.ARITHMETIC;
  const negative = (high as i64) < 0;
  if (negative) {
    high = negatedHigh(low, high);
    low = 0 - low;
  }
  if ((divisorHigh as i64) < 0) {
    divisorHigh = negatedHigh(divisorLow, divisorHigh);
    divisorLow = 0 - divisorLow;
  }
  if (divisorHigh === 0) {
    high %= divisorLow;
    low = high === 0 ? low % divisorLow : low - divideLong(high, low, divisorLow) * divisorLow;
    high = 0;
  } else {
    const quotient = divideWide(high, low, divisorHigh, divisorLow);
    const product = quotient * divisorLow;
    high -= multiplyHigh(quotient, divisorLow) + quotient * divisorHigh + u64(low < product);
    low -= product;
  }
  if (negative) {
    high = negatedHigh(low, high);
    low = 0 - low;
  }
  store<u64>(to, low);
  store<u64>(to, high, 8);
  return Status.OK;
}

/** The f64 nearest to b / 10^digits; of two equally near ones the even one. Digits above 38 count as 38. */
export function decimalToNumber(b: usize, digits: u32): f64 {
  let low = load<u64>(b);
  let high = load<u64>(b, 8);
  const negative = (high as i64) < 0;
  if (negative) {
    high = negatedHigh(low, high);
    low = 0 - low;
  }
  // Only -2^127 has the top bit, which the division has no room for: half of it, doubled.
  if ((high as i64) < 0) return -2 * longToNumber(0, high >> 1, powerOfTenLow(digits), powerOfTenHigh(digits));
  const size = high === 0 ? wordToNumber(low, digits) : -1;
  const value = size >= 0 ? size : longToNumber(low, high, powerOfTenLow(digits), powerOfTenHigh(digits));
  return negative ? -value : value;
}

/** low / 10^digits where one rounding gives it; else -1. */
function wordToNumber(low: u64, digits: u32): f64 {
  if (digits === 0 || low === 0) return low as f64;
  if (digits > 22 || low >> 53 !== 0) return -1;
  // 10^22 = 2^22 * 5^22 is the largest power of 10 that f64 holds.
  const power: f64 = digits > DIGITS_WORD ? (powerOfTen(digits - 3) as f64) * 1000 : (powerOfTen(digits) as f64);
  return (low as f64) / power;
}

/** (high, low) / (divisorHigh, divisorLow), none 0, rounded half to even: a quotient of 55 bits and whether anything is left. */
function longToNumber(low: u64, high: u64, divisorLow: u64, divisorHigh: u64): f64 {
  // Both up to bit 126, so that a doubled rest stays within 128 bits.
  const shift = leadingZeros(high, low) - 1;
  high = shiftedHigh(high, low, shift);
  low = shiftedLow(low, shift);
  const divisorShift = leadingZeros(divisorHigh, divisorLow) - 1;
  divisorHigh = shiftedHigh(divisorHigh, divisorLow, divisorShift);
  divisorLow = shiftedLow(divisorLow, divisorShift);

  // The quotient lies between a half and two: its first bit is that of 1.
  let quotient: u64 = 0;
  for (let bit = 0; bit < 56; bit++) {
    quotient <<= 1;
    if (high === divisorHigh ? low >= divisorLow : high > divisorHigh) {
      high -= divisorHigh + u64(low < divisorLow);
      low -= divisorLow;
      quotient |= 1;
    }
    high = (high << 1) | (low >> 63);
    low <<= 1;
  }
  // 55 or 56 bits and, as a last one, whether more follow: the conversion's own rounding, half to even, is the only one.
  quotient = (quotient << 1) | u64((high | low) !== 0);
  return (quotient as f64) * reinterpret<f64>(((1023 - 56 + divisorShift - shift) as u64) << 52);
}

/**
 * to = value * 10^digits, exactly, then rounded. Digits above 38 count as 38.
 *
 * @returns ARITHMETIC where value is NaN or infinite, or the result does not fit 64 bits
 */
export function decimalFromNumber(to: usize, value: f64, digits: u32, mode: u32): Status {
  const bits = reinterpret<u64>(value);
  const biased = ((bits >> 52) & 0x7ff) as i32;
  if (biased === 0x7ff) return Status.ARITHMETIC;
  let significand = bits & 0x000fffffffffffff;
  if (biased !== 0) significand |= 0x0010000000000000;
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  const negative = (bits as i64) < 0;

  // significand * 10^digits, below 2^180: three words.
  const powerLow = powerOfTenLow(digits);
  const low = significand * powerLow;
  const carry = multiplyHigh(significand, powerLow);
  const product = significand * powerOfTenHigh(digits);
  const middle = product + carry;
  const high = multiplyHigh(significand, powerOfTenHigh(digits)) + u64(middle < product);

  let size: u64;
  if (exponent >= 0) {
    if (significand === 0) {
      size = 0;
    } else {
      if ((middle | high) !== 0 || exponent >= 64 || (clz(low) as i32) < exponent) return Status.ARITHMETIC;
      size = low << (exponent as u64);
    }
  } else {
    // The words above the point, the bit below it, and whether anything is below that.
    const shift = -exponent as u32;
    if (wordAbove(low, middle, high, shift + 64) !== 0 || wordAbove(low, middle, high, shift + 128) !== 0) return Status.ARITHMETIC;
    size = wordAbove(low, middle, high, shift);
    const half = (wordAbove(low, middle, high, shift - 1) & 1) !== 0;
    const more = anyBelow(low, middle, high, shift - 1);
    if ((half || more) && roundsAway(mode, half ? i32(more) : -1, (size & 1) !== 0)) {
      size++;
      if (size === 0) return Status.ARITHMETIC;
    }
  }
  return storeSigned(to, size, negative);
}

/**
 * to = the number that a text writes, times 10^digits: a minus or none, digits, and a point with digits behind it or none.
 *
 * @returns ARITHMETIC where it writes none, has a digit other than 0 behind the first `digits`, or does not fit 64 bits
 */
export function decimalFromText(to: usize, text: u64, digits: u32): Status {
  let at = text as u32 as usize;
  const end = at + ((text >> 32) as u32);
  const negative = at < end && load<u8>(at) === MINUS;
  if (negative) at++;
  let size: u64 = 0;
  // Digits behind the point that are still to come; before it, all of them.
  let left = digits;
  let isBehind = false;
  let hasDigit = false;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte === POINT && hasDigit && !isBehind) {
      isBehind = true;
      hasDigit = false;
      continue;
    }
    const digit = (byte - DIGIT_0) as u32 as u64;
    if (digit > 9) return Status.ARITHMETIC;
    hasDigit = true;
    if (isBehind && left === 0) {
      if (digit !== 0) return Status.ARITHMETIC;
      continue;
    }
    if (isBehind) left--;
    if (size > TENTH_MAX) return Status.ARITHMETIC;
    size = size * 10 + digit;
  }
  if (!hasDigit) return Status.ARITHMETIC;
  for (; left !== 0 && size !== 0; left--) {
    if (size > TENTH_MAX) return Status.ARITHMETIC;
    size *= 10;
  }
  return storeSigned(to, size, negative);
}

/** The decimal of a size and a sign; ARITHMETIC where 64 bits do not hold it. */
function storeSigned(to: usize, size: u64, negative: bool): Status {
  if (negative ? size > 0x8000000000000000 : (size as i64) < 0) return Status.ARITHMETIC;
  const signed = (negative ? 0 - size : size) as i64;
  store<i64>(to, signed);
  store<i64>(to, signed >> 63, 8);
  return Status.OK;
}

/** Whether a quotient that is not exact goes away from zero; `half` tells its rest from half: negative, 0 or positive. */
function roundsAway(mode: u32, half: i32, odd: bool): bool {
  if (mode === Rounding.HALF_EVEN) return half > 0 || (half === 0 && odd);
  if (mode === Rounding.HALF_UP) return half >= 0;
  return mode === Rounding.UP;
}

/** 64 bits of a number of three words, from the bit `shift` on. */
function wordAbove(low: u64, middle: u64, high: u64, shift: u32): u64 {
  const bits = (shift & 63) as u64;
  const word = shift >> 6;
  if (word > 2) return 0;
  const at = word === 0 ? low : word === 1 ? middle : high;
  if (bits === 0) return at;
  const next: u64 = word === 0 ? middle : word === 1 ? high : 0;
  return (at >> bits) | (next << (64 - bits));
}

/** Whether a number of three words has a bit below the bit `shift`. */
function anyBelow(low: u64, middle: u64, high: u64, shift: u32): bool {
  if (shift >= 192) return (low | middle | high) !== 0;
  const mask = ((1 as u64) << ((shift & 63) as u64)) - 1;
  if (shift >= 128) return (low | middle | (high & mask)) !== 0;
  if (shift >= 64) return (low | (middle & mask)) !== 0;
  return (low & mask) !== 0;
}

/** 10^digits, digits up to 19. */
function powerOfTen(digits: u32): u64 {
  let power: u64 = 1;
  let base: u64 = 10;
  for (let rest = digits; rest !== 0; rest >>= 1) {
    if ((rest & 1) !== 0) power *= base;
    base *= base;
  }
  return power;
}

/** The low 64 bits of 10^digits. */
function powerOfTenLow(digits: u32): u64 {
  if (digits <= DIGITS_WORD) return powerOfTen(digits);
  return powerOfTen(min(digits, DIGITS_MAX) - DIGITS_WORD) * POWER_OF_DIGITS_WORD;
}

/** 10^digits over 2^64. */
function powerOfTenHigh(digits: u32): u64 {
  if (digits <= DIGITS_WORD) return 0;
  return multiplyHigh(powerOfTen(min(digits, DIGITS_MAX) - DIGITS_WORD), POWER_OF_DIGITS_WORD);
}

/** The high half of -(high, low); the low one is 0 - low. */
function negatedHigh(low: u64, high: u64): u64 {
  return 0 - high - u64(low !== 0);
}

/** Zero bits above the highest bit of a number of 128 bits that is not 0. */
function leadingZeros(high: u64, low: u64): i32 {
  return (high !== 0 ? clz(high) : 64 + clz(low)) as i32;
}

/** The high half of (high, low) << shift, shift from 0 to 127. */
function shiftedHigh(high: u64, low: u64, shift: i32): u64 {
  if (shift >= 64) return low << ((shift - 64) as u64);
  return shift === 0 ? high : (high << (shift as u64)) | (low >> ((64 - shift) as u64));
}

/** The low half of (high, low) << shift. */
function shiftedLow(low: u64, shift: i32): u64 {
  return shift >= 64 ? 0 : low << (shift as u64);
}
