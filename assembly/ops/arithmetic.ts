// Arithmetic that WebAssembly has no instruction for.

/**
 * JavaScript's `%` on numbers: the remainder of a division cut towards zero, with the dividend's sign, exact. Works bit by bit
 * on the significands (at most 2,098 steps, for the largest dividend and the smallest divisor).
 */
export function f64Remainder(dividend: f64, divisor: f64): f64 {
  let x = reinterpret<u64>(dividend);
  let y = reinterpret<u64>(divisor);
  let xExponent = ((x >> 52) & 0x7ff) as i64;
  let yExponent = ((y >> 52) & 0x7ff) as i64;
  const sign = x & 0x8000000000000000;
  if (y << 1 === 0 || xExponent === 0x7ff || divisor !== divisor) return NaN;
  if (x << 1 <= y << 1) return x << 1 === y << 1 ? reinterpret<f64>(sign) : dividend;
  // Both are finite and |x| > |y| > 0. Significands with their leading 1; subnormals are shifted up to one.
  if (xExponent === 0) {
    const shift = clz(x << 12);
    xExponent -= shift as i64;
    x <<= shift + 1;
  } else {
    x = (x & 0x000fffffffffffff) | 0x0010000000000000;
  }
  if (yExponent === 0) {
    const shift = clz(y << 12);
    yExponent -= shift as i64;
    y <<= shift + 1;
  } else {
    y = (y & 0x000fffffffffffff) | 0x0010000000000000;
  }
  for (; xExponent > yExponent; xExponent--) {
    if (x >= y) x -= y;
    if (x === 0) return reinterpret<f64>(sign);
    x <<= 1;
  }
  if (x >= y) x -= y;
  if (x === 0) return reinterpret<f64>(sign);
  const shift = clz(x) - 11;
  x <<= shift;
  xExponent -= shift as i64;
  const bits: u64 = xExponent > 0 ? (x - 0x0010000000000000) | ((xExponent as u64) << 52) : x >> ((1 - xExponent) as u64);
  return reinterpret<f64>(bits | sign);
}

/** High 64 bits of the unsigned 128-bit product; the low ones are left * right. */
export function multiplyHigh(left: u64, right: u64): u64 {
  const leftLow = left & 0xffffffff;
  const leftHigh = left >> 32;
  const rightLow = right & 0xffffffff;
  const rightHigh = right >> 32;
  const middle = leftHigh * rightLow + ((leftLow * rightLow) >> 32);
  const cross = leftLow * rightHigh + (middle & 0xffffffff);
  return leftHigh * rightHigh + (middle >> 32) + (cross >> 32);
}
