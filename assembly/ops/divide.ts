// Division of unsigned integers wider than 64 bits.

import { multiplyHigh } from './arithmetic';

/**
 * Quotient of the 128-bit (high, low) by `divisor`, where high < divisor, so that it fits 64 bits. Its remainder is
 * low - quotient * divisor. Two digits of 32 bits; a digit estimated from the divisor's upper half is at most 2 too large.
 */
export function divideLong(high: u64, low: u64, divisor: u64): u64 {
  const shift = clz(divisor);
  divisor <<= shift;
  const upper = divisor >> 32;
  const lower = divisor & 0xffffffff;
  // A shift by 64 would be one by 0: low >> 1 first.
  high = (high << shift) | ((low >> 1) >> (63 - shift));
  low <<= shift;

  let first = high / upper;
  let rest = high - first * upper;
  while (first >> 32 !== 0 || first * lower > ((rest << 32) | (low >> 32))) {
    first--;
    rest += upper;
    if (rest >> 32 !== 0) break;
  }
  const middle = ((high << 32) | (low >> 32)) - first * divisor;
  let second = middle / upper;
  rest = middle - second * upper;
  while (second >> 32 !== 0 || second * lower > ((rest << 32) | (low & 0xffffffff))) {
    second--;
    rest += upper;
    if (rest >> 32 !== 0) break;
  }
  return (first << 32) | second;
}

/**
 * Quotient of two 128-bit integers whose divisor is 2^64 or more, so that it fits 64 bits. The divisor's upper 64 bits give an
 * estimate that is right or 1 too large; from 1 below it, one comparison settles it.
 */
export function divideWide(high: u64, low: u64, divisorHigh: u64, divisorLow: u64): u64 {
  const shift = clz(divisorHigh);
  const upper = (divisorHigh << shift) | ((divisorLow >> 1) >> (63 - shift));
  let quotient = divideLong(high >> 1, (high << 63) | (low >> 1), upper) >> (63 - shift);
  if (quotient !== 0) quotient--;
  const productLow = quotient * divisorLow;
  const restLow = low - productLow;
  const restHigh = high - multiplyHigh(quotient, divisorLow) - quotient * divisorHigh - u64(low < productLow);
  return quotient + u64(restHigh === divisorHigh ? restLow >= divisorLow : restHigh > divisorHigh);
}
