// Finding a name among those of a plan, and names that stand twice among those it does not have.

import { same16, sameHead } from '../memory/block';
import {
  NAME_BYTES,
  NAME_FACTOR_HIGH,
  NAME_FACTOR_LOW,
  NAME_NEXT,
  NAME_TEXT,
  NAME_TEXT_BYTES,
  NAMES_ENTRIES,
  NAMES_FACTOR,
  NAMES_SHIFT,
  NAMES_SLOTS,
} from '../shared/json';

const FACTOR: u64 = ((NAME_FACTOR_HIGH as u64) << 32) | ((NAME_FACTOR_LOW as u64) & 0xffffffff);
/** Up to so many keys, each is compared with each. */
const PAIRS_MAX: usize = 8;
const KEY_BYTES: usize = 8;

/** The first 8 of `length` bytes, zeros behind them. 8 bytes can be read. */
function headOf(at: usize, length: u32): u64 {
  const word = load<u64>(at);
  return length < 8 ? word & (((1 as u64) << ((length as u64) << 3)) - 1) : word;
}

/** Whether two runs of bytes are the same. 15 bytes behind either can be read. */
export function sameBytes(left: usize, right: usize, length: usize): bool {
  const end = left + length;
  while (left + 16 <= end) {
    if (!same16(left, right)) return false;
    left += 16;
    right += 16;
  }
  return sameHead(left, right, (end - left) as u32);
}

/** The slot of a name of `length` bytes at `at`. */
export function hashOf(names: usize, at: usize, length: u32): usize {
  let key = headOf(at, length);
  if (length > 8) {
    for (let next: u32 = 8; next + 8 < length; next += 8) key = (key * FACTOR) ^ load<u64>(at + next);
    key = (key * FACTOR) ^ load<u64>(at + length - 8);
  }
  return (((key ^ (length as u64)) * load<u64>(names, NAMES_FACTOR)) >> (load<u32>(names, NAMES_SHIFT) as u64)) as usize;
}

/**
 * The name of `length` bytes at `at`, which are followed by 15 that can be read.
 *
 * @param plan a verified plan, and `names` one of its tables of names
 * @returns address of its entry, 0 where there is no such name
 */
export function findName(plan: usize, names: usize, at: usize, length: u32): usize {
  let number = load<u16>(plan + load<u32>(names, NAMES_SLOTS) + (hashOf(names, at, length) << 1)) as usize;
  const entries = plan + load<u32>(names, NAMES_ENTRIES);
  while (number !== 0) {
    const entry = entries + (number - 1) * NAME_BYTES;
    if (load<u32>(entry, NAME_TEXT_BYTES) === length && sameBytes(plan + load<u32>(entry, NAME_TEXT), at, length)) return entry;
    number = load<u16>(entry, NAME_NEXT) as usize;
  }
  return 0;
}

/** -1, 0 or 1 in some order of keys: by length, then by words. */
function compareKeys(left: usize, right: usize): i32 {
  const length = load<u32>(left, 4);
  const other = load<u32>(right, 4);
  if (length !== other) return length < other ? -1 : 1;
  const a = load<u32>(left) as usize;
  const b = load<u32>(right) as usize;
  let at: u32 = 0;
  for (; at + 8 <= length; at += 8) {
    const x = load<u64>(a + at);
    const y = load<u64>(b + at);
    if (x !== y) return x < y ? -1 : 1;
  }
  const x = headOf(a + at, length - at);
  const y = headOf(b + at, length - at);
  return x === y ? 0 : x < y ? -1 : 1;
}

/** Moves the key at `index` down a heap of `count` keys until none below is larger. */
function siftDown(keys: usize, index: usize, count: usize): void {
  const key = load<u64>(keys + index * KEY_BYTES);
  while (true) {
    let child: usize = (index << 1) + 1;
    if (child >= count) return;
    if (child + 1 < count && compareKeys(keys + child * KEY_BYTES, keys + (child + 1) * KEY_BYTES) < 0) child++;
    if (compareKeys(keys + index * KEY_BYTES, keys + child * KEY_BYTES) >= 0) return;
    store<u64>(keys + index * KEY_BYTES, load<u64>(keys + child * KEY_BYTES));
    store<u64>(keys + child * KEY_BYTES, key);
    index = child;
  }
}

/**
 * A key that stands twice among those in [keys, end): each is an address and a length, u32. They change places. No choice of keys
 * makes it slow: beyond a few, they are sorted (a heap, in place).
 *
 * @returns address of the key's text, or 0
 */
export function findTwin(keys: usize, end: usize): usize {
  const count = (end - keys) / KEY_BYTES;
  if (count <= PAIRS_MAX) {
    for (let left = keys; left < end; left += KEY_BYTES) {
      for (let right = left + KEY_BYTES; right < end; right += KEY_BYTES) {
        if (compareKeys(left, right) === 0) return load<u32>(left) as usize;
      }
    }
    return 0;
  }
  for (let index = count >> 1; index > 0; index--) siftDown(keys, index - 1, count);
  for (let last = count - 1; last > 0; last--) {
    const largest = load<u64>(keys);
    store<u64>(keys, load<u64>(keys + last * KEY_BYTES));
    store<u64>(keys + last * KEY_BYTES, largest);
    siftDown(keys, 0, last);
  }
  for (let key = keys; key + KEY_BYTES < end; key += KEY_BYTES) {
    if (compareKeys(key, key + KEY_BYTES) === 0) return max(load<u32>(key), load<u32>(key + KEY_BYTES)) as usize;
  }
  return 0;
}
