// The logarithm to base 10. JavaScript engines take fdlibm's, which is up to 2 ulp from the nearest f64 between 0.5 and 1: so the
// same operations are done here in the same order, on the same minimax coefficients, and the bits are the same.

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG2_HIGH: f64 = 0.30102999566361177;
const LOG2_LOW: f64 = 3.694239077158931e-13;
const LN10_INVERSE: f64 = Math.LOG10E;

/** The logarithm of x to base 10; x is finite and above 0. */
export function decimalLogarithm(x: f64): f64 {
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54
    exponent = -54;
  }
  const bits = reinterpret<u64>(x);
  exponent += ((bits >> 52) as i32) - 1023;
  // x = 2^whole m, with m from 1 to 2, or below a half of that where x is below 1.
  const below = i32(exponent < 0);
  const whole = (exponent + below) as f64;
  const m = (bits & 0x000fffffffffffff) | (((1023 - below) as u64) << 52);
  return whole * LOG2_LOW + LN10_INVERSE * naturalLogarithm(m, -below) + whole * LOG2_HIGH;
}

/** ln of the f64 with these bits, whose exponent is k: 0 or -1. */
function naturalLogarithm(bits: u64, k: i32): f64 {
  const significand = bits & 0x000fffffffffffff;
  const high = (significand >> 32) as i32;
  // Down by a factor of 2 from about the square root of 2 up, so that f lies around 0.
  const above = ((high + 0x95f64) >> 20) & 1;
  const f = reinterpret<f64>(significand | (((1023 - above) as u64) << 52)) - 1;
  const exponent = (k + above) as f64;
  if ((0xfffff & (2 + high)) < 3) {
    if (f === 0) return exponent * LN2_HIGH + exponent * LN2_LOW;
    const rest = f * f * (0.5 - 0.3333333333333333 * f);
    return exponent === 0 ? f - rest : exponent * LN2_HIGH - (rest - exponent * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const series = even + odd;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    return exponent === 0
      ? f - (half - s * (half + series))
      : exponent * LN2_HIGH - (half - (s * (half + series) + exponent * LN2_LOW) - f);
  }
  return exponent === 0 ? f - s * (f - series) : exponent * LN2_HIGH - (s * (f - series) - exponent * LN2_LOW - f);
}
