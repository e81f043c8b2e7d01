// Rounding errors of single operations, exact themselves: what arithmetic on pairs of f64 (a value and what its rounding lost, some
// 106 bits) is built from. No fused multiply-add, so every machine gives the same bits.

/** 2^27 + 1: multiplying by it splits a significand into two halves of 26 bits. */
const SPLIT: f64 = 134217729.0;

/** left + right - sum, where sum is their rounded sum. */
export function errorOfSum(left: f64, right: f64, sum: f64): f64 {
  const added = sum - left;
  return left - (sum - added) + (right - added);
}

/** left * right - product, where product is their rounded product; both below 2^990 and the product above 2^-960 or 0. */
export function errorOfProduct(left: f64, right: f64, product: f64): f64 {
  const leftWide = left * SPLIT;
  const leftHigh = leftWide - (leftWide - left);
  const leftLow = left - leftHigh;
  const rightWide = right * SPLIT;
  const rightHigh = rightWide - (rightWide - right);
  const rightLow = right - rightHigh;
  return leftHigh * rightHigh - product + leftHigh * rightLow + leftLow * rightHigh + leftLow * rightLow;
}

/** 2^exponent, which lies from -1022 to 1023. */
export function powerOfTwo(exponent: i32): f64 {
  return reinterpret<f64>(((exponent + 1023) as u64) << 52);
}
