// Which of two neighbouring doubles a number of more than 19 digits is nearer to, by comparing it with their middle in whole
// numbers. Rare: only a number within 10^-19 of that middle comes here.

import { scratchWork } from '../memory/scratch';
import { STATE_BIG, STATE_DIGITS, STATE_EXPONENT, STATE_MANTISSA } from './state';

/**
 * Digits that are compared one by one; of more it only counts that they are not all 0. The middle of two doubles has no more than
 * 768 digits.
 */
const DIGITS_MAX: i64 = 800;
/** 32-bit limbs of a big number: 800 digits times 5^310, or 2^54 times 5^1142 shifted left by as much, fit. */
const LIMBS_MAX: usize = 512;
const COUNT: usize = 0;
const LIMBS: usize = 8;
const BIG_BYTES: usize = LIMBS + LIMBS_MAX * 4;
const FIVE_TO_13: u64 = 1220703125;

function bigLeft(): usize {
  return scratchWork() + STATE_BIG;
}

function bigRight(): usize {
  return scratchWork() + STATE_BIG + BIG_BYTES;
}

/** big = value */
function bigSet(big: usize, value: u64): void {
  store<u32>(big, 2, COUNT);
  store<u64>(big, value, LIMBS);
}

/** big = big * factor + addend, both below 2^32 */
function bigMultiply(big: usize, factor: u64, addend: u64): void {
  const count = load<u32>(big, COUNT);
  let carry = addend;
  let at = big + LIMBS;
  for (let i: u32 = 0; i < count; i++) {
    carry += (load<u32>(at) as u64) * factor;
    store<u32>(at, carry as u32);
    carry >>= 32;
    at += 4;
  }
  if (carry === 0 || (count as usize) >= LIMBS_MAX) return;
  store<u32>(at, carry as u32);
  store<u32>(big, count + 1, COUNT);
}

/** big = big * 5^power */
function bigTimesFive(big: usize, power: i64): void {
  for (; power >= 13; power -= 13) bigMultiply(big, FIVE_TO_13, 0);
  for (; power > 0; power--) bigMultiply(big, 5, 0);
}

/** big = big * 2^power */
function bigTimesTwo(big: usize, power: i64): void {
  const whole = (power >> 5) as u32;
  const bits = power & 31;
  if (bits !== 0) bigMultiply(big, (1 as u64) << (bits as u64), 0);
  const count = load<u32>(big, COUNT);
  if (whole === 0 || ((count + whole) as usize) > LIMBS_MAX) return;
  for (let i = count; i > 0; i--) {
    const at = big + LIMBS + ((i - 1) << 2);
    store<u32>(at + (whole << 2), load<u32>(at));
  }
  for (let i: u32 = 0; i < whole; i++) store<u32>(big + LIMBS + (i << 2), 0);
  store<u32>(big, count + whole, COUNT);
}

/** Limb `index`, 0 above the highest. */
function limbOf(big: usize, index: u32): u32 {
  return index < load<u32>(big, COUNT) ? load<u32>(big + LIMBS + (index << 2)) : 0;
}

/** -1, 0 or 1: left < right, left = right, left > right */
function bigCompare(left: usize, right: usize): i32 {
  const leftCount = load<u32>(left, COUNT);
  const rightCount = load<u32>(right, COUNT);
  for (let i = max(leftCount, rightCount); i > 0; i--) {
    const a = limbOf(left, i - 1);
    const b = limbOf(right, i - 1);
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/**
 * Bits of the double nearest to the number that scanNumber has read.
 *
 * @param below bits of the double nearest to its mantissa times its power: the number is between that and the next
 */
export function exactDouble(state: usize, below: u64): u64 {
  // The number: digits * 10^exponent, digits in `left`.
  const left = bigLeft();
  let exponent = load<i64>(state, STATE_EXPONENT);
  // Of the 19 digits of the mantissa, to the ones that follow.
  bigSet(left, load<u64>(state, STATE_MANTISSA));
  let at = load<u32>(state, STATE_DIGITS) as usize;
  let seen: i64 = 0;
  let isMore = false;
  while (true) {
    const byte = load<u8>(at++) as u32;
    if (byte === 46) continue;
    const digit = byte - 48;
    if (digit > 9) break;
    seen++;
    if (seen <= 19) continue;
    if (seen <= DIGITS_MAX) {
      bigMultiply(left, 10, digit as u64);
      exponent--;
    } else if (digit !== 0) isMore = true;
  }

  // The middle between `below` and the next double: middle * 2^power.
  const right = bigRight();
  const biased = (below >> 52) as i64;
  const fraction = below & 0x000fffffffffffff;
  const whole = biased === 0 ? fraction : fraction | ((1 as u64) << 52);
  bigSet(right, (whole << 1) | 1);
  const power: i64 = (biased === 0 ? 1 : biased) - 1076;

  // Both times 5 and 2 until they are whole.
  let leftTwos: i64 = 0;
  let rightTwos = power;
  if (exponent >= 0) {
    bigTimesFive(left, exponent);
    leftTwos = exponent;
  } else {
    bigTimesFive(right, -exponent);
    rightTwos -= exponent;
  }
  if (leftTwos > rightTwos) bigTimesTwo(left, leftTwos - rightTwos);
  else bigTimesTwo(right, rightTwos - leftTwos);

  const order = bigCompare(left, right);
  if (order < 0) return below;
  // The bits of doubles are in the order of the doubles, and the next after the largest are those of infinity.
  if (order > 0 || isMore) return below + 1;
  return below + (below & 1);
}
