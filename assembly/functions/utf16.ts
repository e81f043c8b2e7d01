// Texts seen as JavaScript sees them: as UTF-16 code units. A text is WTF-8: well-formed UTF-8, and beside it halves of surrogate
// pairs (3 bytes, ED A0..BF xx), but never two that would make a pair. So equal texts have equal bytes.
//
// A position is a byte offset: that of a character's first byte, or the text's length, or, between the two code units of a
// character of 4 bytes, the offset of its first byte + 2.
//
// All functions here ask for well-formed WTF-8, and then read nothing outside it. A forged image may hold other bytes: of them they
// give something, and read a few bytes more.

/** Whether a byte is not the first of its character. */
export function isTail(byte: u32): bool {
  return (byte & 0xc0) === 0x80;
}

/** Bytes of the character whose first byte is given. */
export function sizeOf(lead: u32): u32 {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** The code point of the character that begins at an address; a half is a code point of its own. */
export function codePointAt(address: usize): u32 {
  const lead = load<u8>(address) as u32;
  if (lead < 0x80) return lead;
  const second = (load<u8>(address, 1) & 0x3f) as u32;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = (load<u8>(address, 2) & 0x3f) as u32;
  if (lead < 0xf0) return ((lead & 0xf) << 12) | (second << 6) | third;
  return ((lead & 7) << 18) | (second << 12) | (third << 6) | ((load<u8>(address, 3) & 0x3f) as u32);
}

/** The UTF-8 bytes of a code point. @returns the address behind them */
export function storeCodePoint(to: usize, point: u32): usize {
  if (point < 0x80) {
    store<u8>(to, point);
    return to + 1;
  }
  if (point < 0x800) {
    store<u8>(to, 0xc0 | (point >> 6));
    store<u8>(to, 0x80 | (point & 0x3f), 1);
    return to + 2;
  }
  if (point < 0x10000) {
    store<u8>(to, 0xe0 | (point >> 12));
    store<u8>(to, 0x80 | ((point >> 6) & 0x3f), 1);
    store<u8>(to, 0x80 | (point & 0x3f), 2);
    return to + 3;
  }
  store<u8>(to, 0xf0 | (point >> 18));
  store<u8>(to, 0x80 | ((point >> 12) & 0x3f), 1);
  store<u8>(to, 0x80 | ((point >> 6) & 0x3f), 2);
  store<u8>(to, 0x80 | (point & 0x3f), 3);
  return to + 4;
}

/** First code unit of the 4-byte character at an address. */
export function highHalfAt(address: usize): u32 {
  return 0xd7c0 + (codePointAt(address) >> 10);
}

/** Second code unit of the 4-byte character at an address. */
export function lowHalfAt(address: usize): u32 {
  return 0xdc00 | (codePointAt(address) & 0x3ff);
}

/** First code unit of the character at an address. */
export function unitAt(address: usize): u32 {
  return load<u8>(address) >= 0xf0 ? highHalfAt(address) : codePointAt(address);
}

/** The half with which a text ends where it ends with a first one alone; else 0. */
export function lastHighHalf(address: usize, bytes: u32): u32 {
  if (bytes < 3 || load<u8>(address + bytes - 3) !== 0xed || (load<u8>(address + bytes - 2) & 0xf0) !== 0xa0) return 0;
  return codePointAt(address + bytes - 3);
}

/** The half with which a text begins where it begins with a second one alone; else 0. */
export function firstLowHalf(address: usize, bytes: u32): u32 {
  return bytes < 3 || load<u8>(address) !== 0xed || load<u8>(address, 1) < 0xb0 ? 0 : codePointAt(address);
}

/** Code units of a text, or of a part of it from one character to another. 16 bytes a step: 1 MB in 40 us. */
export function countUnits(address: usize, bytes: u32): u32 {
  let units = bytes;
  let at: u32 = 0;
  for (; at + 16 <= bytes; at += 16) units += extraUnits(address + at);
  for (; at < bytes; at++) {
    const byte = load<u8>(address + at) as u32;
    if (isTail(byte)) units -= 1;
    else if (byte >= 0xf0) units += 1;
  }
  return units;
}

/** Code units less bytes, of 16 bytes: a tail has no unit, the first of 4 bytes has two. */
function extraUnits(address: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const block = v128.load(address);
    const tails = i8x16.bitmask(i8x16.lt_s(block, i8x16.splat(-64)));
    const pairs = i8x16.bitmask(i8x16.ge_u(block, i8x16.splat(-16)));
    return popcnt(pairs) - popcnt(tails);
  }
  return extraUnits8(load<u64>(address)) + extraUnits8(load<u64>(address, 8));
}

/** The same of 8 bytes in a word: a tail is 10xxxxxx, the first of 4 bytes 1111xxxx. */
function extraUnits8(word: u64): i32 {
  const high: u64 = (0x80808080 << 32) | 0x80808080;
  const tails = word & ~(word << 1) & high;
  const pairs = word & (word << 1) & (word << 2) & (word << 3) & high;
  return (popcnt(pairs) as i32) - (popcnt(tails) as i32);
}

/** The position of code unit number `unit`; the text's length where it has no more than that. */
export function positionOf(address: usize, bytes: u32, unit: u32): u32 {
  let passed: u32 = 0;
  let at: u32 = 0;
  while (at + 16 <= bytes) {
    const units = 16 + extraUnits(address + at);
    if (passed + units > unit) break;
    passed += units;
    at += 16;
  }
  for (; at < bytes; at++) {
    const byte = load<u8>(address + at) as u32;
    if (isTail(byte)) continue;
    if (passed === unit) return at;
    passed += 1;
    if (byte >= 0xf0) {
      if (passed === unit) return at + 2;
      passed += 1;
    }
  }
  return bytes;
}

/** Whether a position lies between the two code units of a character. */
export function isMiddle(address: usize, bytes: u32, position: u32): bool {
  return position < bytes && isTail(load<u8>(address + position));
}

/** Code units before a position. */
export function unitOf(address: usize, bytes: u32, position: u32): u32 {
  // A tail without its first bytes stands in a text that is not well formed alone.
  return position >= 2 && isMiddle(address, bytes, position)
    ? countUnits(address, position - 2) + 1
    : countUnits(address, position);
}

/**
 * The text between two positions: a part of the given one, or, where it begins or ends inside a character, a copy in `room`. Any
 * two numbers will do: what is no position is moved inwards to the next one.
 *
 * @returns length 0xffffffff where the copy does not fit `roomBytes`
 */
export function textBetween(text: u64, start: u32, end: u32, room: usize, roomBytes: u32): u64 {
  const address = text as usize;
  const bytes = (text >> 32) as u32;
  end = min(end, bytes);
  while (start < end && !isPosition(address, start)) start += 1;
  while (end > start && end < bytes && !isPosition(address, end)) end -= 1;
  if (start >= end) return address as u64;
  const low: u32 = isMiddle(address, bytes, start) ? lowHalfAt(address + start - 2) : 0;
  const high: u32 = isMiddle(address, bytes, end) ? highHalfAt(address + end - 2) : 0;
  const from = low !== 0 ? start + 2 : start;
  const to = high !== 0 ? end - 2 : end;
  // In a text that is not well formed alone.
  if (from > to) return address as u64;
  if (low === 0 && high === 0) return ((address + start) as u64) | (((end - start) as u64) << 32);
  const size = to - from + (low !== 0 ? 3 : 0) + (high !== 0 ? 3 : 0);
  if (size > roomBytes) return (room as u64) | ((0xffffffff as u64) << 32);
  let at = room;
  if (low !== 0) at = storeCodePoint(at, low);
  memory.copy(at, address + from, to - from);
  if (high !== 0) storeCodePoint(at + (to - from), high);
  return (room as u64) | ((size as u64) << 32);
}

/** Whether a byte offset inside a text is a position. */
export function isPosition(address: usize, offset: u32): bool {
  if (!isTail(load<u8>(address + offset))) return true;
  return offset >= 2 && load<u8>(address + offset - 2) >= 0xf0;
}
