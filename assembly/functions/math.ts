// JavaScript's Math on f64. Rounding, signs, extremes and log10 equal V8's bit for bit. The others are rounded once, from some 70
// bits: but for rare cases near a halfway point they are the nearest f64 to the true value. V8's are within 1 ulp of that, so the
// two are within 1 ulp of each other. No table, no host, no fused multiply-add: the same bits everywhere.

import { decimalLogarithm } from './decimal-logarithm';
import { errorOfProduct, powerOfTwo } from './exact';
import { exponential } from './exponential';
import { LogarithmUse, logarithm } from './logarithm';

/** The nearest integer; halves go up, towards +Infinity. -0.5 up to -0 gives -0. */
export function f64Round(x: f64): f64 {
  const below = floor(x);
  return copysign(x - below >= 0.5 ? below + 1 : below, x);
}

/** 1, -1, or x itself where it is 0, -0 or NaN. */
export function f64Sign(x: f64): f64 {
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

/** The smaller; NaN where either is; -0 is below 0. */
export function f64Min(x: f64, y: f64): f64 {
  return min(x, y);
}

/** The larger; NaN where either is; 0 is above -0. */
export function f64Max(x: f64, y: f64): f64 {
  return max(x, y);
}

/** The cube root. */
export function f64Cbrt(x: f64): f64 {
  if (x === 0 || x - x !== 0) return x;
  let m = abs(x);
  let exponent = 0;
  if (m < 2.2250738585072014e-308) {
    m *= 18014398509481984; // 2^54
    exponent = -54;
  }
  // m from 1 to 8, a power of 8 beside it.
  const bits = reinterpret<u64>(m);
  exponent += ((bits >> 52) as i32) - 1023;
  const third = (exponent + 3072) / 3 - 1024;
  m = reinterpret<f64>((bits & 0x000fffffffffffff) | (((1023 + exponent - third * 3) as u64) << 52));
  // A third of the exponent's and significand's bits is right to 5 bits, each of Halley's steps triples them.
  let root = reinterpret<f64>(reinterpret<u64>(m) / 3 + 0x2a9f789300000000);
  for (let step = 0; step < 3; step++) {
    const cube = root * root * root;
    root *= (cube + 2 * m) / (2 * cube + m);
  }
  // One step of Newton's from an exact cube.
  const square = root * root;
  const cube = square * root;
  const missing = m - cube - (errorOfProduct(square, root, cube) + errorOfProduct(root, root, square) * root);
  return copysign((root + missing / (3 * square)) * powerOfTwo(third), x);
}

/** e^x */
export function f64Exp(x: f64): f64 {
  return x !== x ? x : exponential(x, 0, false);
}

/** e^x - 1, exact near 0 too */
export function f64Expm1(x: f64): f64 {
  return x !== x ? x : exponential(x, 0, true);
}

/** The natural logarithm: -Infinity at 0, NaN below. */
export function f64Log(x: f64): f64 {
  return positive(x) ? logarithm(x, 0, LogarithmUse.NATURAL, 0) : logarithmOutside(x);
}

/** The logarithm to base 2, exact where x is a power of 2. */
export function f64Log2(x: f64): f64 {
  return positive(x) ? logarithm(x, 0, LogarithmUse.BASE_2, 0) : logarithmOutside(x);
}

/** The logarithm to base 10, exact where x is a power of 10. */
export function f64Log10(x: f64): f64 {
  return positive(x) ? decimalLogarithm(x) : logarithmOutside(x);
}

/** ln(1 + x), exact near 0 too; -Infinity at -1, NaN below. */
export function f64Log1p(x: f64): f64 {
  if (abs(x) < 5.5e-17) return x;
  const sum = 1 + x;
  if (!positive(sum)) return logarithmOutside(sum);
  // The larger first: then this difference is what the sum lost, exactly.
  const low = x > 1 ? 1 - (sum - x) : x - (sum - 1);
  return logarithm(sum, low, LogarithmUse.NATURAL, 0);
}

/** x to the power of y, with JavaScript's special cases: NaN for an infinite power of 1 or -1. */
export function f64Pow(x: f64, y: f64): f64 {
  if (y === 0) return 1;
  if (x !== x || y !== y) return NaN;
  if (y === 1) return x;
  const size = abs(x);
  if (abs(y) === Infinity) return size === 1 ? NaN : size > 1 === y > 0 ? Infinity : 0;
  const odd = floor(y) === y && floor(y * 0.5) !== y * 0.5;
  if (size === 0 || size === Infinity) {
    const value: f64 = (size === 0) === y > 0 ? 0 : Infinity;
    return odd ? copysign(value, x) : value;
  }
  if (x < 0 && floor(y) !== y) return NaN;
  const value: f64 = size === 1 ? 1 : logarithm(size, 0, LogarithmUse.POWER, y);
  return odd && x < 0 ? -value : value;
}

/** Above 0 and finite. */
function positive(x: f64): bool {
  return x > 0 && x < Infinity;
}

function logarithmOutside(x: f64): f64 {
  return x === 0 ? -Infinity : x === Infinity ? x : NaN;
}
