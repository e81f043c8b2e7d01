// One value of JSON that is no object and no list, into a field of a table or an element of a list.

import { doubleFits, integerFits } from '../flatbuffers/value';
import { FIELD_MAX, FIELD_MIN } from '../shared/image';
import {
  JsonFault,
  NAME_VALUE,
  PLAN_FIELD_AUX,
  PLAN_FIELD_DESCRIPTOR,
  PLAN_FIELD_KIND,
  PLAN_FIELD_SCALE,
  PLAN_POWERS,
} from '../shared/json';
import { FieldKind } from '../shared/value-type';
import { decimalOf, decimalOfText } from './decimal';
import { doubleOf } from './float';
import { findName } from './names';
import { scanNumber } from './number';
import { fault, hasRoom, STATE_END, STATE_IMAGE, STATE_LENGTH, STATE_OUT, STATE_PLAN, STATE_VALUE, typeFault } from './state';
import { copyText, takeText } from './text';
import { dateOfText, timestampOfText } from './time';

/** 2^53: doubles below it are whole numbers, or have a fraction that says so. */
const SAFE_END: f64 = 9007199254740992;
const WORD_TRUE: u32 = 0x65757274;
const WORD_ALSE: u32 = 0x65736c61;
/** What is written behind a text may take so many bytes beside those the text has in JSON. */
const TEXT_EXTRA_BYTES: usize = 48;

/**
 * Reads the value whose first byte is at `at` (null apart), for a field of any kind but OBJECT and LIST, and writes it to `target`.
 *
 * @param field entry of the plan
 */
export function takeScalar(state: usize, field: usize, at: usize, target: usize): usize {
  const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
  const descriptor = (load<u32>(state, STATE_IMAGE) as usize) + load<u32>(field, PLAN_FIELD_DESCRIPTOR);
  switch (kind) {
    case FieldKind.DOUBLE:
    case FieldKind.INT:
    case FieldKind.LONG:
      return takeNumber(state, field, kind, descriptor, at, target);
    case FieldKind.TEXT: {
      if ((load<u8>(at) as u32) !== 34) return typeFault(state, at);
      return takeTextField(state, descriptor, at + 1, target);
    }
    case FieldKind.BOOL:
      if (load<u32>(at) === WORD_TRUE) {
        store<u8>(target, 1);
        return at + 4;
      }
      if (load<u32>(at, 1) !== WORD_ALSE || (load<u8>(at) as u32) !== 102) return typeFault(state, at);
      store<u8>(target, 0);
      return at + 5;
    case FieldKind.DECIMAL:
      if ((load<u8>(at) as u32) !== 34) return takeNumber(state, field, kind, descriptor, at, target);
      break;
    default:
  }
  if ((load<u8>(at) as u32) !== 34) return typeFault(state, at);
  const text = at + 1;
  at = takeText(state, text);
  return at !== 0 && takeWord(state, field, kind, descriptor, text, target) ? at : 0;
}

/** A text of STATE_LENGTH bytes at `text` that stands for a number: of a decimal, a date, a timestamp, a member. */
function takeWord(state: usize, field: usize, kind: u32, descriptor: usize, text: usize, target: usize): bool {
  const length = load<u32>(state, STATE_LENGTH);
  if (kind === FieldKind.ENUM) {
    const plan = load<u32>(state, STATE_PLAN) as usize;
    const name = findName(plan, plan + load<u32>(field, PLAN_FIELD_AUX), text, length);
    if (name === 0) {
      fault(state, JsonFault.ENUM, text - 1);
      return false;
    }
    store<u16>(target, load<u16>(name, NAME_VALUE));
    return true;
  }
  let isRead = false;
  if (kind === FieldKind.DECIMAL) isRead = decimalOfText(state, load<u16>(field, PLAN_FIELD_SCALE) as u32, text, length);
  else if (kind === FieldKind.TIMESTAMP) isRead = timestampOfText(state, text, length);
  else isRead = dateOfText(state, text, length);
  if (!isRead) return false;
  const value = load<i64>(state, STATE_VALUE);
  if (!integerFits(descriptor, value)) {
    fault(state, JsonFault.RANGE, text - 1);
    return false;
  }
  if (kind === FieldKind.DATE) store<i32>(target, value as i32);
  else store<i64>(target, value);
  return true;
}

/** A text whose first character is at `at`, behind the payload; its place goes to `target`. */
function takeTextField(state: usize, descriptor: usize, at: usize, target: usize): usize {
  const out = load<u32>(state, STATE_OUT) as usize;
  const left = (load<u32>(state, STATE_END) as usize) - at;
  if (!hasRoom(state, out, left + TEXT_EXTRA_BYTES)) return fault(state, JsonFault.ROOM, at);
  const place = (out + 3) & ~3;
  store<u32>(out, 0);
  store<u32>(target, (place - target) as u32);
  return copyText(state, at, place, load<u32>(descriptor, FIELD_MIN), load<u32>(descriptor, FIELD_MAX));
}

/**
 * A number of up to 15 characters without an exponent, which nearly all are, 16 bytes at once: digits are moved to the end of a
 * vector by a swizzle that leaves out the point, and added up in pairs, fours, eights. Others go the long way.
 */
function takeNumber(state: usize, field: usize, kind: u32, descriptor: usize, at: usize, target: usize): usize {
  if (!ASC_FEATURE_SIMD) return takeLongNumber(state, field, kind, descriptor, at, target);
  const sign = u32((load<u8>(at) as u32) === 45);
  const first = at + sign;
  const chunk = v128.load(first);
  const digits = i8x16.sub(chunk, i8x16.splat(48));
  const points = i8x16.eq(chunk, i8x16.splat(46));
  const run = ctz(~(i8x16.bitmask(v128.or(i8x16.le_u(digits, i8x16.splat(9)), points)) as u32));
  const behind = (1 as u32) << run;
  const marks = (i8x16.bitmask(points) as u32) & (behind - 1);
  const whole = ctz(marks | behind);
  const point = u32(whole !== run);
  const places = run - whole - point;
  const isLong =
    u32(whole - 1 >= 15) |
    u32(run >= 16) |
    u32(point > places) |
    (u32(whole > 1) & u32((load<u8>(first) as u32) === 48)) |
    (marks & (marks - 1)) |
    u32(((load<u8>(first + run) as u32) | 32) === 101);
  if (isLong !== 0) return takeLongNumber(state, field, kind, descriptor, at, target);
  let lanes = i8x16.sub(v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat((16 - whole - places) as i8));
  lanes = i8x16.sub(lanes, i8x16.ge_s(lanes, i8x16.splat(whole as i8)));
  const packed = i8x16.swizzle(digits, lanes);
  const pairs = i16x8.add(i16x8.mul(v128.and(packed, i16x8.splat(255)), i16x8.splat(10)), i16x8.shr_u(packed, 8));
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  const halves = i64x2.extract_lane(eights, 0);
  const mantissa = (halves & 0xffffffff) * 100000000 + ((halves as u64) >> 32);
  const plan = load<u32>(state, STATE_PLAN) as usize;
  const powers = plan + load<u32>(plan, PLAN_POWERS);
  if (kind === FieldKind.DOUBLE) {
    const exact = (mantissa as f64) / load<f64>(powers + ((places as usize) << 3));
    const value = reinterpret<f64>(reinterpret<u64>(exact) | ((sign as u64) << 63));
    if (!doubleFits(descriptor, value)) return fault(state, JsonFault.RANGE, at);
    store<f64>(target, value);
    return first + run;
  }
  let value: i64 = mantissa as i64;
  if (kind === FieldKind.DECIMAL) {
    const scale = load<u16>(field, PLAN_FIELD_SCALE) as u32;
    // 18 digits fit always.
    if (places > scale || whole + scale > 18) return takeLongNumber(state, field, kind, descriptor, at, target);
    value *= load<f64>(powers + (((scale - places) as usize) << 3)) as i64;
  } else if (places !== 0) {
    return takeLongNumber(state, field, kind, descriptor, at, target);
  }
  if (sign !== 0) value = -value;
  if (!integerFits(descriptor, value)) return fault(state, JsonFault.RANGE, at);
  if (kind === FieldKind.INT) store<i32>(target, value as i32);
  else store<i64>(target, value);
  return first + run;
}

/** Any number. */
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
  if (!integerFits(descriptor, integer)) return fault(state, JsonFault.RANGE, start);
  if (kind === FieldKind.INT) store<i32>(target, integer as i32);
  else store<i64>(target, integer);
  return at;
}
