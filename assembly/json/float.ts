// The double nearest to a decimal number, ties to even, as IEEE 754 and JavaScript ask for.
//
// Clinger's way where both the mantissa and the power of ten are exact doubles (one rounding); else Lemire, "Number parsing at a
// gigabyte per second" (2021), with the powers of ten to 128 bits of the plan; up to 19 digits that is always right (Mushtak,
// Lemire, "Fast number parsing without fallback", 2023). Of more digits, both neighbours are tried; where they differ, all digits
// decide (float-exact.ts).

import { multiplyHigh } from '../ops/arithmetic';
import { PLAN_POWERS, PLAN_WIDE_POWERS, WIDE_POWER_BYTES, WIDE_POWER_MAX, WIDE_POWER_MIN } from '../shared/json';
import { exactDouble } from './float-exact';
import { STATE_EXPONENT, STATE_MANTISSA, STATE_PLAN, STATE_SIGN, STATE_TAIL } from './state';

/** Mantissas up to it are exact doubles. */
const EXACT_MAX: u64 = 9007199254740992;
const FRACTION_BITS: u32 = 52;
const FRACTION_MASK: u64 = 0x000fffffffffffff;
const INFINITY_BITS: u64 = 0x7ff0000000000000;

/** The number that scanNumber has read, as a double; beyond the doubles it is infinite. */
export function doubleOf(state: usize): f64 {
  const plan = load<u32>(state, STATE_PLAN) as usize;
  const mantissa = load<u64>(state, STATE_MANTISSA);
  const exponent = load<i64>(state, STATE_EXPONENT);
  const tail = load<u32>(state, STATE_TAIL);
  const sign = (load<u32>(state, STATE_SIGN) as u64) << 63;
  let bits: u64 = 0;
  if (tail === 0 && mantissa <= EXACT_MAX && exponent >= -22 && exponent <= 22) {
    const powers = plan + load<u32>(plan, PLAN_POWERS);
    const exact = mantissa as f64;
    bits = reinterpret<u64>(
      exponent < 0
        ? exact / load<f64>(powers + ((-exponent as usize) << 3))
        : exact * load<f64>(powers + ((exponent as usize) << 3)),
    );
  } else {
    bits = nearest(plan, mantissa, exponent);
    if (tail !== 0) {
      const above = nearest(plan, mantissa + 1, exponent);
      if (above !== bits) bits = exactDouble(state, bits);
    }
  }
  return reinterpret<f64>(bits | sign);
}

/** Bits of the double nearest to mantissa * 10^exponent. */
function nearest(plan: usize, mantissa: u64, exponent: i64): u64 {
  if (mantissa === 0 || exponent < (WIDE_POWER_MIN as i64)) return 0;
  if (exponent > (WIDE_POWER_MAX as i64)) return INFINITY_BITS;
  const power = plan + load<u32>(plan, PLAN_WIDE_POWERS) + ((exponent - (WIDE_POWER_MIN as i64)) as usize) * WIDE_POWER_BYTES;
  const shift = clz(mantissa);
  const factor = mantissa << shift;
  const powerHigh = load<u64>(power, 8);
  let low = factor * powerHigh;
  let high = multiplyHigh(factor, powerHigh);
  if ((high & 0x1ff) === 0x1ff) {
    // The upper half of the power alone leaves the rounding open.
    const carry = multiplyHigh(factor, load<u64>(power));
    low += carry;
    high += u64(low < carry);
  }
  const upper = high >> 63;
  const cut = upper + 9;
  let fraction = high >> cut;
  // floor(exponent * log2(10)) + 63 + 1023
  let binary = ((exponent * 217706) >> 16) + 1086 + (upper as i64) - (shift as i64);
  if (binary <= 0) {
    if (binary <= -63) return 0;
    fraction >>= (1 - binary) as u64;
    fraction += fraction & 1;
    // A carry into the first bit makes it the smallest normal number, which is what the bits then say.
    return fraction >> 1;
  }
  // Exactly between two doubles, which only small powers can be.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (fraction & 3) === 1 && fraction << cut === high) fraction &= ~1;
  fraction += fraction & 1;
  fraction >>= 1;
  if (fraction >= (2 as u64) << FRACTION_BITS) {
    fraction = (1 as u64) << FRACTION_BITS;
    binary++;
  }
  if (binary >= 0x7ff) return INFINITY_BITS;
  return (fraction & FRACTION_MASK) | ((binary as u64) << FRACTION_BITS);
}
