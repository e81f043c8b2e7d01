// Numbers of JSON into fields: those of up to 15 digits without an exponent, which nearly all are, 16 bytes at once, others digit
// by digit. The parts are so small that the compiler puts them into both of their callers: of a field's time, calls took a third,
// and a sign that is added to the address, for all numbers to come, an eighth.

import { doubleFits, integerFits } from '../flatbuffers/value';
import { JsonFault, PLAN_FIELD_SCALE, PLAN_POWERS } from '../shared/json';
import { FieldKind } from '../shared/value-type';
import { decimalOf } from './decimal';
import { doubleOf } from './float';
import { scanNumber } from './number';
import { fault, STATE_PLAN, STATE_VALUE } from './state';

/** Kinds from one to the other, INT, LONG and DOUBLE, are numbers to the language. */
export const FIRST_NUMBER: u32 = FieldKind.INT;
export const LAST_NUMBER: u32 = FieldKind.DOUBLE;
/** 2^53: doubles below it are whole numbers, or have a fraction that says so. */
const SAFE_END: f64 = 9007199254740992;

/** How many of the bytes at `at` are digits and points, 16 at most. */
export function runOf(at: usize): u32 {
  const chunk = v128.load(at);
  const digits = i8x16.le_u(i8x16.sub(chunk, i8x16.splat(48)), i8x16.splat(9));
  return ctz(~(i8x16.bitmask(v128.or(digits, i8x16.eq(chunk, i8x16.splat(46)))) as u32));
}

/** Bits of those of the `run` bytes at `at` that are points. */
export function marksOf(at: usize, run: u32): u32 {
  return (i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(46))) as u32) & (((1 as u32) << run) - 1);
}

/**
 * Whether the `run` bytes at `at` are a number of JSON in whole, of at most 15 digits: not where there is an exponent, a second
 * point, one with no digit before or behind it, or a leading 0.
 *
 * @param whole digits before the point
 */
export function isPlain(at: usize, run: u32, marks: u32, whole: u32): bool {
  const isOther =
    u32(whole - 1 >= 15) |
    u32(run >= 16) |
    u32(whole + 1 === run) |
    (u32(whole > 1) & u32((load<u8>(at) as u32) === 48)) |
    (marks & (marks - 1)) |
    u32(((load<u8>(at + run) as u32) | 32) === 101);
  return isOther === 0;
}

/**
 * The number that the digits at `at` make, `whole` of them before a point and `places` behind it. They are moved to the end of a
 * vector by a swizzle that leaves out the point, and added up in pairs, fours, eights.
 */
export function digitsOf(at: usize, whole: u32, places: u32): i64 {
  let lanes = i8x16.sub(v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat((16 - whole - places) as i8));
  lanes = i8x16.sub(lanes, i8x16.ge_s(lanes, i8x16.splat(whole as i8)));
  const packed = i8x16.swizzle(i8x16.sub(v128.load(at), i8x16.splat(48)), lanes);
  const pairs = i16x8.add(i16x8.mul(v128.and(packed, i16x8.splat(255)), i16x8.splat(10)), i16x8.shr_u(packed, 8));
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  const halves = i64x2.extract_lane(eights, 0);
  return (halves & 0xffffffff) * 100000000 + ((halves as u64) >> 32);
}

/** Writes mantissa / 10^places, the mantissa below 2^53: one rounding, so it is the nearest double. False where it does not fit. */
export function putDouble(plan: usize, descriptor: usize, mantissa: i64, places: u32, sign: u32, target: usize): bool {
  const exact = (mantissa as f64) / load<f64>(plan + load<u32>(plan, PLAN_POWERS) + ((places as usize) << 3));
  const value = reinterpret<f64>(reinterpret<u64>(exact) | ((sign as u64) << 63));
  store<f64>(target, value);
  return doubleFits(descriptor, value);
}

/** Writes an integer of any kind. False where it does not fit. */
export function putInteger(kind: u32, descriptor: usize, value: i64, target: usize): bool {
  if (kind === FieldKind.INT) store<i32>(target, value as i32);
  else store<i64>(target, value);
  return integerFits(descriptor, value);
}

/** Any number, for a field of any kind that takes one. */
export function takeNumber(state: usize, field: usize, kind: u32, descriptor: usize, at: usize, target: usize): usize {
  if (!ASC_FEATURE_SIMD) return takeLongNumber(state, field, kind, descriptor, at, target);
  const sign = u32((load<u8>(at) as u32) === 45);
  const first = at + sign;
  const run = runOf(first);
  const marks = marksOf(first, run);
  const whole = min(ctz(marks), run);
  if (!isPlain(first, run, marks, whole)) return takeLongNumber(state, field, kind, descriptor, at, target);
  const places = run - whole - u32(marks !== 0);
  const mantissa = digitsOf(first, whole, places);
  if (kind === FieldKind.DOUBLE) {
    const plan = load<u32>(state, STATE_PLAN) as usize;
    return putDouble(plan, descriptor, mantissa, places, sign, target) ? first + run : fault(state, JsonFault.RANGE, at);
  }
  let value = mantissa;
  if (kind === FieldKind.DECIMAL) {
    const scale = load<u16>(field, PLAN_FIELD_SCALE) as u32;
    // 18 digits fit always.
    if (places > scale || whole + scale > 18) return takeLongNumber(state, field, kind, descriptor, at, target);
    const plan = load<u32>(state, STATE_PLAN) as usize;
    value *= load<f64>(plan + load<u32>(plan, PLAN_POWERS) + (((scale - places) as usize) << 3)) as i64;
  } else if (places !== 0) {
    return takeLongNumber(state, field, kind, descriptor, at, target);
  }
  return putInteger(kind, descriptor, sign !== 0 ? -value : value, target) ? first + run : fault(state, JsonFault.RANGE, at);
}

/** Any number, digit by digit. */
function takeLongNumber(state: usize, field: usize, kind: u32, descriptor: usize, at: usize, target: usize): usize {
  const start = at;
  at = scanNumber(state, at);
  if (at === 0) return 0;
  let integer: i64 = 0;
  if (kind === FieldKind.DECIMAL) {
    at = decimalOf(state, load<u16>(field, PLAN_FIELD_SCALE) as u32, start, at);
    if (at === 0) return 0;
    integer = load<i64>(state, STATE_VALUE);
  } else {
    const value = doubleOf(state);
    if (kind === FieldKind.DOUBLE) {
      if (!doubleFits(descriptor, value)) return fault(state, JsonFault.RANGE, start);
      store<f64>(target, value);
      return at;
    }
    // Every integer field holds safe integers at most; a number that is not whole is of another type.
    if (!(abs(value) < SAFE_END)) return fault(state, JsonFault.RANGE, start);
    integer = value as i64;
    if ((integer as f64) !== value) return fault(state, JsonFault.TYPE, start);
  }
  return putInteger(kind, descriptor, integer, target) ? at : fault(state, JsonFault.RANGE, start);
}
