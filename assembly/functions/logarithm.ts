// Logarithms of a pair of f64, to some 75 bits before the one rounding at the end.
//
// x = 2^k m, sqrt(1/2) < m <= sqrt(2); s = (m - 1) / (m + 1), |s| < 0.1716; ln m = 2 s (1 + s^2/3 + s^4/5 + ...). Each lettered
// pair is its value and what rounding lost of it.

import { errorOfProduct, errorOfSum, powerOfTwo } from './exact';
import { exponential } from './exponential';

const LN2_HIGH: f64 = 0.693147180559663;
const LN2_LOW: f64 = 2.8235290563031577e-13;
const LN2_INVERSE: f64 = Math.LOG2E;
const LN2_INVERSE_LOW: f64 = 2.0355273740931033e-17;
const THIRD_LOW: f64 = 1.850371707708594e-17;
const FIFTH_LOW: f64 = -1.1102230246251566e-17;
const SEVENTH_LOW: f64 = 7.93016446160826e-18;
/** Bits of the significand of the square root of 2. */
const SQRT2_SIGNIFICAND: u64 = 0x6a09e667f3bcd;

/** What becomes of the logarithm while it is still a pair. */
export enum LogarithmUse {
  NATURAL = 0,
  BASE_2 = 1,
  /** e^(y ln x) */
  POWER = 2,
}

/**
 * The logarithm of x + low.
 *
 * @param x finite, above 0
 * @param low what x lost by rounding; 0 where x is below 2^-1000
 * @param y the exponent of a POWER
 */
export function logarithm(x: f64, low: f64, use: LogarithmUse, y: f64): f64 {
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54
    exponent = -54;
  }
  const bits = reinterpret<u64>(x);
  const significand = bits & 0x000fffffffffffff;
  const above = i32(significand > SQRT2_SIGNIFICAND);
  exponent += ((bits >> 52) as i32) - 1023 + above;
  const m = reinterpret<f64>(significand | (((1023 - above) as u64) << 52));
  // Above 2^100, what x lost is below every bit kept.
  const mLow: f64 = low === 0 || exponent > 100 ? 0 : low * powerOfTwo(-exponent);

  const over = m - 1;
  const up = over + mLow;
  const upLow = errorOfSum(over, mLow, up);
  const down = m + 1;
  const downLow = errorOfSum(m, 1, down) + mLow;
  const quotient = up / down;
  const back = quotient * down;
  const quotientLow = (up - back - errorOfProduct(quotient, down, back) + (upLow - quotient * downLow)) / down;
  const s = quotient + quotientLow;
  const sLow = quotientLow - (s - quotient);
  const z = s * s;
  const zLow = errorOfProduct(s, s, z) + 2 * s * sLow;

  // A = 1/7 + z/9 + z^2/11 + ..., B = 1/5 + z A, C = 1/3 + z B, ln m = 2 s (1 + z C)
  let series: f64 = 1 / 23.0 + z * (1 / 25.0 + z * (1 / 27.0 + z * (1 / 29.0)));
  series = 1 / 15.0 + z * (1 / 17.0 + z * (1 / 19.0 + z * (1 / 21.0 + z * series)));
  series = z * (1 / 9.0 + z * (1 / 11.0 + z * (1 / 13.0 + z * series)));
  const a: f64 = 1 / 7.0 + series;
  const aLow = errorOfSum(1 / 7.0, series, a) + SEVENTH_LOW;
  const za = z * a;
  const zaLow = errorOfProduct(z, a, za) + (z * aLow + zLow * a);
  const b: f64 = 0.2 + za;
  const bLow = errorOfSum(0.2, za, b) + zaLow + FIFTH_LOW;
  const zb = z * b;
  const zbLow = errorOfProduct(z, b, zb) + (z * bLow + zLow * b);
  const c: f64 = 1 / 3.0 + zb;
  const cLow = errorOfSum(1 / 3.0, zb, c) + zbLow + THIRD_LOW;
  const zc = z * c;
  const zcLow = errorOfProduct(z, c, zc) + (z * cLow + zLow * c);
  const tail = s * zc;
  const tailLow = errorOfProduct(s, zc, tail) + (s * zcLow + sLow * zc);
  const part = s + tail;
  const partLow = errorOfSum(s, tail, part) + tailLow + sLow;
  let ln = 2 * part;
  let lnLow = 2 * partLow;

  const k = exponent as f64;
  if (use === LogarithmUse.BASE_2) {
    const scaled = ln * LN2_INVERSE;
    lnLow = errorOfProduct(ln, LN2_INVERSE, scaled) + (ln * LN2_INVERSE_LOW + lnLow * LN2_INVERSE);
    const total = k + scaled;
    return total + (errorOfSum(k, scaled, total) + lnLow);
  }
  const whole = k * LN2_HIGH;
  const total = whole + ln;
  const totalLow = errorOfSum(whole, ln, total) + (k * LN2_LOW + lnLow);
  ln = total + totalLow;
  if (use === LogarithmUse.NATURAL) return ln;
  lnLow = totalLow - (ln - total);
  const product = y * ln;
  // Out of the range of f64 either way, and the pair below would overflow.
  if (abs(product) > 800) return product > 0 ? Infinity : 0;
  // Keeps the product's error in the range of f64: this near to 0 the power rounds to 1.
  if (abs(product) < 1e-30) return 1;
  return exponential(product, errorOfProduct(y, ln, product) + y * lnLow, false);
}
