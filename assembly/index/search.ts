// From a value to its code. Constants are searched 16 at a time: two in a vector, compared without a branch, so that no payload
// runs another way through it than the one before. The hot functions have one caller each, so that they become part of it: a call
// takes a third of a search.

import { bytesEqual, textCompare, textEqual, textKey } from '../ops/text';
import { TEXT_KEY_BYTES_MAX } from '../shared/limits';
import {
  DIMENSION_LEVELS,
  DIMENSION_POINTS,
  DIMENSION_SEARCH,
  DIMENSION_TEXTS,
  LEVEL_FIRST_WORDS,
  LEVEL_SECOND_WORDS,
  LEVEL_THIRD_WORDS,
  TEXT_HASH_FACTOR_HIGH,
  TEXT_HASH_FACTOR_LOW,
  TEXT_HASH_SEED_HIGH,
  TEXT_HASH_SEED_LOW,
  TEXT_POINT_AT,
  TEXT_POINT_BYTES,
  TEXT_POINT_LENGTH,
  TEXTS_HEAD_BYTES,
  TEXTS_LONGEST,
} from '../shared/match-index';

/** How many of the 16 numbers from `at` on are less than x; NaN is never. */
function lessNumbers(at: usize, x: f64): u32 {
  if (ASC_FEATURE_SIMD) {
    const both = f64x2.splat(x);
    const a = i64x2.add(f64x2.lt(v128.load(at), both), f64x2.lt(v128.load(at, 16), both));
    const b = i64x2.add(f64x2.lt(v128.load(at, 32), both), f64x2.lt(v128.load(at, 48), both));
    const c = i64x2.add(f64x2.lt(v128.load(at, 64), both), f64x2.lt(v128.load(at, 80), both));
    const d = i64x2.add(f64x2.lt(v128.load(at, 96), both), f64x2.lt(v128.load(at, 112), both));
    const sum = i64x2.add(i64x2.add(a, b), i64x2.add(c, d));
    return -((i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1)) as i32) as u32;
  }
  let less: u32 = 0;
  for (const end = at + 128; at < end; at += 8) less += u32(load<f64>(at) < x);
  return less;
}

/** Integers that are searched with fewer steps: a field of text is often compared with that few. */
const FEW: u32 = 4;

/** How many of the first FEW integers from `at` on are less than x. */
function lessOfFew(at: usize, x: i64): u32 {
  if (ASC_FEATURE_SIMD) {
    const both = i64x2.splat(x);
    const sum = i64x2.add(i64x2.gt_s(both, v128.load(at)), i64x2.gt_s(both, v128.load(at, 16)));
    return -((i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1)) as i32) as u32;
  }
  return u32(load<i64>(at) < x) + u32(load<i64>(at, 8) < x) + u32(load<i64>(at, 16) < x) + u32(load<i64>(at, 24) < x);
}

/** How many of the 16 integers from `at` on are less than x. */
function lessIntegers(at: usize, x: i64): u32 {
  if (ASC_FEATURE_SIMD) {
    const both = i64x2.splat(x);
    const a = i64x2.add(i64x2.gt_s(both, v128.load(at)), i64x2.gt_s(both, v128.load(at, 16)));
    const b = i64x2.add(i64x2.gt_s(both, v128.load(at, 32)), i64x2.gt_s(both, v128.load(at, 48)));
    const c = i64x2.add(i64x2.gt_s(both, v128.load(at, 64)), i64x2.gt_s(both, v128.load(at, 80)));
    const d = i64x2.add(i64x2.gt_s(both, v128.load(at, 96)), i64x2.gt_s(both, v128.load(at, 112)));
    const sum = i64x2.add(i64x2.add(a, b), i64x2.add(c, d));
    return -((i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1)) as i32) as u32;
  }
  let less: u32 = 0;
  for (const end = at + 128; at < end; at += 8) less += u32(load<i64>(at) < x);
  return less;
}

/** Bytes of the level before the last one that is number `level`. */
function levelBytes(level: u32): usize {
  return level === 0 ? LEVEL_FIRST_WORDS << 3 : level === 1 ? LEVEL_SECOND_WORDS << 3 : LEVEL_THIRD_WORDS << 3;
}

/** Code of a number in ordered constants; that of a NaN is the one behind all others. */
export function numberCode(blob: usize, dimension: usize, x: f64): u32 {
  const last = (load<u8>(dimension, DIMENSION_LEVELS) as u32) - 1;
  let at = blob + load<u32>(dimension, DIMENSION_SEARCH);
  let less: u32 = 0;
  for (let level: u32 = 0; ; level++) {
    less = (less << 4) + lessNumbers(at + (less << 7), x);
    if (level === last) break;
    at += levelBytes(level);
  }
  const code = (less << 1) + u32(load<f64>(at + (less << 3)) === x);
  return select<u32>(code, (load<u32>(dimension, DIMENSION_POINTS) << 1) + 1, x === x);
}

/** How many of a dimension's sorted integers are less than x. @returns that, and in the high word whether the next one is equal */
export function integerPlace(blob: usize, dimension: usize, x: i64): u64 {
  const points = load<u32>(dimension, DIMENSION_POINTS);
  let at = blob + load<u32>(dimension, DIMENSION_SEARCH);
  let less: u32 = 0;
  if (points <= FEW) {
    less = lessOfFew(at, x);
  } else {
    const last = (load<u8>(dimension, DIMENSION_LEVELS) as u32) - 1;
    for (let level: u32 = 0; ; level++) {
      less = (less << 4) + lessIntegers(at + (less << 7), x);
      if (level === last) break;
      at += levelBytes(level);
    }
  }
  const equal = u64(less < points) & u64(load<i64>(at + (less << 3)) === x);
  return (less as u64) | (equal << 32);
}

/** Whether a text is the constant whose hash it has. */
export function isText(blob: usize, dimension: usize, text: u64, index: u32): bool {
  return textEqual(text, textPoint(blob, dimension, index));
}

/** Code of a text in constants that are ordered as texts are. */
export function textCode(blob: usize, dimension: usize, text: u64): u32 {
  let low: u32 = 0;
  let high = load<u32>(dimension, DIMENSION_POINTS);
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = textOrder(text, blob, dimension, middle);
    if (order === 0) return (middle << 1) + 1;
    if (order > 0) low = middle + 1;
    else high = middle;
  }
  return low << 1;
}

/** Where a text lies to constant `index`: negative, 0 or positive; never equal to the end of a prefix. */
function textOrder(text: u64, blob: usize, dimension: usize, index: u32): i32 {
  const point = textPoint(blob, dimension, index);
  const prefix = point & (i64.MAX_VALUE as u64);
  const order = textCompare(text, prefix);
  if (point >> 63 === 0) return order;
  if (order <= 0) return -1;
  const bytes = (prefix >> 32) as u32;
  const begins = ((text >> 32) as u32) >= bytes && bytesEqual(text as usize, prefix as usize, bytes);
  return begins ? -1 : 1;
}

/** A constant as a text: address | bytes << 32, and PREFIX_END << 32 where it is one. */
function textPoint(blob: usize, dimension: usize, index: u32): u64 {
  const point = blob + load<u32>(dimension, DIMENSION_TEXTS) + TEXTS_HEAD_BYTES + index * TEXT_POINT_BYTES;
  return ((blob + load<u32>(point, TEXT_POINT_AT)) as u64) | ((load<u32>(point, TEXT_POINT_LENGTH) as u64) << 32);
}

/** The hash of a text; of one that is longer than all constants of a dimension, one that needs no look at it. */
export function hashFor(blob: usize, dimension: usize, text: u64): u64 {
  const texts = blob + load<u32>(dimension, DIMENSION_TEXTS);
  return ((text >> 32) as u32) > load<u32>(texts, TEXTS_LONGEST) ? 0 : textHash(text);
}

/**
 * The hash of a text: its words of 8 bytes are mixed in one after the other, the last 8 bytes at the end; short ones as their key.
 * src/compiler/index/text-hash.ts computes the same.
 */
function textHash(text: u64): u64 {
  const bytes = (text >> 32) as u32;
  const at = text as usize;
  let hash = ((TEXT_HASH_SEED_HIGH as u64) << 32) | (TEXT_HASH_SEED_LOW as u64);
  if (bytes <= (TEXT_KEY_BYTES_MAX as u32)) return mixed(hash, textKey(text));
  hash = mixed(hash, bytes as u64);
  const last = bytes - 8;
  for (let from: u32 = 0; from < last; from += 8) hash = mixed(hash, load<u64>(at + from));
  return mixed(hash, load<u64>(at + last));
}

function mixed(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * (((TEXT_HASH_FACTOR_HIGH as u64) << 32) | (TEXT_HASH_FACTOR_LOW as u64));
  return product ^ (product >> 29);
}
