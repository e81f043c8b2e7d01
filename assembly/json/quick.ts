// What nearly all texts are made of, 16 bytes at once: keys without escapes, short texts of ASCII. Whatever is otherwise, and
// whatever is wrong, is left to the long way, which has the last word: 0 is no fault here.
//
// Each of these is called in one place, and becomes part of its caller's loop.

import { same16, sameHead } from '../memory/block';
import { FIELD_MAX, FIELD_MIN } from '../shared/image';
import {
  NAME_BYTES,
  NAME_VALUE,
  NAMES_ENTRIES,
  NAMES_SLOTS,
  PLAN_FIELD_BYTES,
  PLAN_FIELD_KEY,
  PLAN_FIELD_KEY_BYTES,
} from '../shared/json';
import { hashOf, sameBytes } from './names';
import { hasRoom, STATE_OUT } from './state';

const QUOTE: u32 = 34;

/** Whether the key of a field, with its quotes and colon, is at `at`. It has no zero in it, so it ends before the text does. */
export function matchKey(plan: usize, field: usize, at: usize): bool {
  const key = plan + load<u32>(field, PLAN_FIELD_KEY);
  const length = load<u32>(field, PLAN_FIELD_KEY_BYTES);
  if (length > 16) return sameBytes(key, at, length);
  if (!ASC_FEATURE_SIMD) return length === 16 ? same16(key, at) : sameHead(key, at, length);
  // Behind the key lie zeros.
  const bytes = v128.load(key);
  return !v128.any_true(v128.andnot(v128.xor(bytes, v128.load(at)), i8x16.eq(bytes, i64x2.splat(0))));
}

/**
 * The field whose key may be the text in quotes at `at`, of at most 14 bytes: matchKey says whether it is.
 *
 * @param names those of the table whose fields begin at `fields`
 * @returns its entry of the plan, or 0
 */
export function quickField(plan: usize, names: usize, fields: usize, at: usize): usize {
  if (!ASC_FEATURE_SIMD) return 0;
  const quotes = (i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(34))) as u32) >> 1;
  if (quotes === 0) return 0;
  const hash = hashOf(names, at + 1, ctz(quotes));
  const number = load<u16>(plan + load<u32>(names, NAMES_SLOTS) + (hash << 1)) as usize;
  if (number === 0) return 0;
  const name = plan + load<u32>(names, NAMES_ENTRIES) + (number - 1) * NAME_BYTES;
  return fields + (load<u16>(name, NAME_VALUE) as usize) * PLAN_FIELD_BYTES;
}

/** A text of at most 16 characters at `at`, its quote, behind the payload; its place goes to `target`. */
export function quickText(state: usize, descriptor: usize, at: usize, target: usize): usize {
  if (!ASC_FEATURE_SIMD || (load<u8>(at) as u32) !== QUOTE) return 0;
  const out = load<u32>(state, STATE_OUT) as usize;
  const chunk = v128.load(at, 1);
  const marks = v128.or(i8x16.eq(chunk, i8x16.splat(34)), i8x16.eq(chunk, i8x16.splat(92)));
  // Below 32 as signed numbers are control characters, and all that is not ASCII.
  const length = ctz((i8x16.bitmask(v128.or(marks, i8x16.lt_s(chunk, i8x16.splat(32)))) as u32) | 0x10000);
  if ((load<u8>(at + length, 1) as u32) !== QUOTE || !hasRoom(state, out, 24)) return 0;
  if (length < load<u32>(descriptor, FIELD_MIN) || length > load<u32>(descriptor, FIELD_MAX)) return 0;
  store<u32>(target, (out as u32) - (target as u32));
  store<u32>(out, length);
  v128.store(out, chunk, 4);
  store<u32>(out + length, 0, 4);
  store<u32>(state, ((out as u32) + length + 8) & ~3, STATE_OUT);
  return at + length + 2;
}
