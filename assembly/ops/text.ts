// Texts: a u64 of address | bytes << 32. No function here lets a byte outside the texts it is given into its result.

import { codePointAt, highHalfAt, lowHalfAt, unitAt } from '../functions/utf16';
import { TEXT_KEY_BYTES_MAX } from '../shared/limits';

/** Bytes that a key is made from. */
const KEY_BYTES: usize = 8;

/** Whether two texts have the same bytes. */
export function textEqual(left: u64, right: u64): bool {
  const length = (left >> 32) as u32;
  if (length !== ((right >> 32) as u32)) return false;
  return bytesEqual(left as usize, right as usize, length);
}

/** Whether `length` bytes are equal. Short texts, the common case in rules, take two overlapping loads and no loop. */
export function bytesEqual(left: usize, right: usize, length: u32): bool {
  if (length < 8) {
    if (length >= 4) {
      const tail = length - 4;
      return load<u32>(left) === load<u32>(right) && load<u32>(left + tail) === load<u32>(right + tail);
    }
    if (length >= 2) {
      const tail = length - 2;
      return load<u16>(left) === load<u16>(right) && load<u16>(left + tail) === load<u16>(right + tail);
    }
    return length === 0 || load<u8>(left) === load<u8>(right);
  }
  const tail = length - 8;
  for (let at: u32 = 0; at < tail; at += 8) {
    if (load<u64>(left + at) !== load<u64>(right + at)) return false;
  }
  return load<u64>(left + tail) === load<u64>(right + tail);
}

/**
 * Order of two texts as JavaScript's `<` has it: by UTF-16 code units.
 *
 * @returns negative, 0 or positive
 */
export function textCompare(left: u64, right: u64): i32 {
  const leftBytes = (left >> 32) as u32;
  const rightBytes = (right >> 32) as u32;
  const shared = min(leftBytes, rightBytes);
  let at: u32 = 0;
  while (at + 8 <= shared && load<u64>((left as usize) + at) === load<u64>((right as usize) + at)) at += 8;
  for (; at < shared; at++) {
    const a = load<u8>((left as usize) + at) as i32;
    const b = load<u8>((right as usize) + at) as i32;
    if (a === b) continue;
    if (max(a, b) >= 0xf0 && min(a, b) === 0xed) {
      const half = halfOrder(left, right, at, a > b);
      if (half !== 0) return half;
    }
    return utf16Order(a) - utf16Order(b);
  }
  return (leftBytes as i32) - (rightBytes as i32);
}

/**
 * The order of two texts that first differ at byte `at`, where one has a character of 4 bytes and the other one with lead byte 0xed:
 * 0 where that is no half, and needs no special order.
 *
 * @param pairLeft whether the character of 4 bytes is in the left text
 */
function halfOrder(left: u64, right: u64, at: u32, pairLeft: bool): i32 {
  const pair = ((pairLeft ? left : right) as usize) + at;
  const half = ((pairLeft ? right : left) as usize) + at;
  if (load<u8>(half, 1) < 0xa0) return 0;
  let order = (highHalfAt(pair) as i32) - (codePointAt(half) as i32);
  if (order === 0) {
    // The first code units are equal. What follows the half is no second half, or both would be one character.
    const bytes = ((pairLeft ? right : left) >> 32) as u32;
    order = at + 3 < bytes ? (lowHalfAt(pair) as i32) - (unitAt(half + 3) as i32) : 1;
  }
  return pairLeft ? order : -order;
}

/**
 * UTF-8 sorts as code points do, UTF-16 as code units do. They differ in one place: U+E000 to U+FFFF (lead bytes 0xee, 0xef) come
 * after the surrogates that stand for U+10000 and above (0xf0 to 0xf4). The first byte that differs is a lead byte where it is
 * that large, so moving two lead bytes up is enough.
 */
function utf16Order(byte: i32): i32 {
  return (byte & 0xfe) === 0xee ? byte + 0x10 : byte;
}

/**
 * The key of a text, as TEXT_KEY of shared/opcode.ts has it. Distinct texts of up to TEXT_KEY_BYTES_MAX bytes differ in it.
 *
 * Without a branch: lengths are as random as payloads are, and a wrong guess takes longer than all of this. So it looks at the 8
 * bytes that end with the text, those in front of it included, which are there since no text lies in the first bytes of a memory;
 * they are shifted out.
 */
export function textKey(text: u64): u64 {
  const length = text >> 32;
  const end = select<usize>((text as usize) + (length as usize), KEY_BYTES, length !== 0);
  const bytes = select<u64>(load<u64>(end - KEY_BYTES) >> ((64 - (length << 3)) & 63), 0, length !== 0);
  return select<u64>(bytes | (length << 56), -1, length <= (TEXT_KEY_BYTES_MAX as u64));
}

/** Copies the bytes of a text. @returns the address behind the copy */
export function appendText(to: usize, text: u64): usize {
  const length = (text >> 32) as usize;
  memory.copy(to, text as usize, length);
  return to + length;
}
