// e to the power of a pair of f64, to some 70 bits before the one rounding at the end.
//
// x = n ln 2 + 8 t, |t| < 0.0434. E(t) = e^t - 1 by its series, doubled three times by E(2t) = E(t) (2 + E(t)), then scaled by 2^n.
// Each lettered pair is its value and what rounding lost of it.

import { errorOfProduct, errorOfSum, powerOfTwo } from './exact';

const LN2_INVERSE: f64 = Math.LOG2E;
/** ln 2, its first 41 bits: times any exponent it is exact. */
const LN2_HIGH: f64 = 0.693147180559663;
const LN2_LOW: f64 = 2.8235290563031577e-13;
const SIXTH_LOW: f64 = 9.25185853854297e-18;

/**
 * e^(x + low), or that less 1.
 *
 * @param x finite or infinite, no NaN
 * @param low what x lost by rounding
 */
export function exponential(x: f64, low: f64, lessOne: bool): f64 {
  if (x > 710) return Infinity;
  if (lessOne) {
    if (x < -50) return -1;
    if (abs(x) < 5.5e-17) return x;
  } else if (x < -746) return 0;

  const n = nearest(x * LN2_INVERSE);
  const whole = n * LN2_HIGH;
  const left = x - whole;
  const leftLow = errorOfSum(x, -whole, left) + low - n * LN2_LOW;
  const rest = left + leftLow;
  const t = rest * 0.125;
  const tLow = (leftLow - (rest - left)) * 0.125;

  // A = 1/3! + t/4! + ..., B = 1/2 + t A, E = t + t^2 B
  let series: f64 = 1 / 362880.0 + t * (1 / 3628800.0 + t * (1 / 39916800.0));
  series = t * (1 / 24.0 + t * (1 / 120.0 + t * (1 / 720.0 + t * (1 / 5040.0 + t * (1 / 40320.0 + t * series)))));
  const a: f64 = 1 / 6.0 + series;
  const aLow = errorOfSum(1 / 6.0, series, a) + SIXTH_LOW;
  const ta = t * a;
  const taLow = errorOfProduct(t, a, ta) + (t * aLow + tLow * a);
  const b: f64 = 0.5 + ta;
  const bLow = errorOfSum(0.5, ta, b) + taLow;
  const square = t * t;
  const squareLow = errorOfProduct(t, t, square) + 2 * t * tLow;
  const tail = square * b;
  const tailLow = errorOfProduct(square, b, tail) + (square * bLow + squareLow * b);
  const sum = t + tail;
  const sumLow = errorOfSum(t, tail, sum) + tailLow + tLow;
  let e = sum + sumLow;
  let eLow = sumLow - (e - sum);
  for (let step = 0; step < 3; step++) {
    const factor = 2 + e;
    const factorLow = errorOfSum(2, e, factor) + eLow;
    const product = e * factor;
    const productLow = errorOfProduct(e, factor, product) + (e * factorLow + eLow * factor);
    e = product + productLow;
    eLow = productLow - (e - product);
  }

  const exponent = n as i32;
  // Beyond 2^120 the 1 lies below all bits kept.
  if (lessOne && exponent < 120) {
    if (exponent === 0) return e;
    const scale = powerOfTwo(exponent);
    const one = scale - 1;
    const oneLow = errorOfSum(scale, -1, one);
    const scaled = e * scale;
    const total = one + scaled;
    return total + (errorOfSum(one, scaled, total) + oneLow + eLow * scale);
  }
  const total: f64 = 1 + e;
  const value = total + (errorOfSum(1, e, total) + eLow);
  if (exponent > 1023) return value * 2 * powerOfTwo(1023);
  if (exponent < -1021) return value * powerOfTwo(exponent + 100) * powerOfTwo(-100);
  return value * powerOfTwo(exponent);
}
