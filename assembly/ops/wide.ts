// 128-bit two's complement integers in register pairs: 16 bytes in memory, low half first. An operand may be the result's own
// pair, so both halves are read before either is written. The compiler has proven that nothing overflows.

import { multiplyHigh } from './arithmetic';

/** to = the 64-bit integer at `from`, sign extended. */
export function widen(to: usize, from: usize): void {
  const value = load<i64>(from);
  store<i64>(to, value);
  store<i64>(to, value >> 63, 8);
}

/** to = -from */
export function wideNegate(to: usize, from: usize): void {
  const low = load<u64>(from);
  const high = load<u64>(from, 8);
  store<u64>(to, 0 - low);
  store<u64>(to, 0 - high - u64(low !== 0), 8);
}

/** to = left + right */
export function wideAdd(to: usize, left: usize, right: usize): void {
  const leftLow = load<u64>(left);
  const low = leftLow + load<u64>(right);
  const high = load<u64>(left, 8) + load<u64>(right, 8) + u64(low < leftLow);
  store<u64>(to, low);
  store<u64>(to, high, 8);
}

/** to = left - right */
export function wideSubtract(to: usize, left: usize, right: usize): void {
  const leftLow = load<u64>(left);
  const rightLow = load<u64>(right);
  const high = load<u64>(left, 8) - load<u64>(right, 8) - u64(leftLow < rightLow);
  store<u64>(to, leftLow - rightLow);
  store<u64>(to, high, 8);
}

/** to = left * right, its low 128 bits */
export function wideMultiply(to: usize, left: usize, right: usize): void {
  const leftLow = load<u64>(left);
  const rightLow = load<u64>(right);
  const high = multiplyHigh(leftLow, rightLow) + load<u64>(left, 8) * rightLow + leftLow * load<u64>(right, 8);
  store<u64>(to, leftLow * rightLow);
  store<u64>(to, high, 8);
}

/** left < right, signed */
export function wideLess(left: usize, right: usize): bool {
  const leftHigh = load<i64>(left, 8);
  const rightHigh = load<i64>(right, 8);
  return leftHigh === rightHigh ? load<u64>(left) < load<u64>(right) : leftHigh < rightHigh;
}

/** left === right */
export function wideEqual(left: usize, right: usize): bool {
  return load<u64>(left) === load<u64>(right) && load<u64>(left, 8) === load<u64>(right, 8);
}
