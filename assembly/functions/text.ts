// The functions of texts. Their results equal those of JavaScript's strings of the same code units. What a text and a position are
// stands in utf16.ts.

import { bytesEqual } from '../ops/text';
import { findText, NOWHERE } from './search';
import {
  codePointAt,
  countUnits,
  firstLowHalf,
  highHalfAt,
  isMiddle,
  isPosition,
  isTail,
  lastHighHalf,
  lowHalfAt,
  positionOf,
  sizeOf,
  storeCodePoint,
  textBetween,
  unitOf,
} from './utf16';

/** Code units of a text. */
export function textLength(t: u64): f64 {
  return countUnits(t as usize, (t >> 32) as u32) as f64;
}

/** Whether `t` begins with `s`. */
export function textStartsWith(t: u64, s: u64): bool {
  const bytes = (t >> 32) as u32;
  let length = (s >> 32) as u32;
  if (length <= bytes && bytesEqual(t as usize, s as usize, length)) return true;
  const high = lastHighHalf(s as usize, length);
  if (high === 0) return false;
  length -= 3;
  const next = (t as usize) + length;
  return length < bytes && load<u8>(next) >= 0xf0 && highHalfAt(next) === high && bytesEqual(t as usize, s as usize, length);
}

/** Whether `t` ends with `s`. */
export function textEndsWith(t: u64, s: u64): bool {
  const bytes = (t >> 32) as u32;
  let length = (s >> 32) as u32;
  const end = (t as usize) + bytes;
  if (length <= bytes && bytesEqual(end - length, s as usize, length)) return true;
  const low = firstLowHalf(s as usize, length);
  if (low === 0) return false;
  length -= 3;
  if (length + 4 > bytes) return false;
  const before = end - length - 4;
  return load<u8>(before) >= 0xf0 && lowHalfAt(before) === low && bytesEqual(end - length, (s as usize) + 3, length);
}

/** Whether `s` stands anywhere in `t`. */
export function textIncludes(t: u64, s: u64): bool {
  return findText(t, s, 0) !== NOWHERE;
}

/** The first code unit, at `from` or behind it, where `s` stands in `t`; -1 where there is none. `from` is any number. */
export function textIndexOf(t: u64, s: u64, from: f64): f64 {
  const bytes = (t >> 32) as u32;
  const unit = wholeUnits(from, bytes);
  const found = findText(t, s, unit === 0 ? 0 : positionOf(t as usize, bytes, unit));
  return found === NOWHERE ? -1 : (unitOf(t as usize, bytes, found) as f64);
}

/** A number as JavaScript turns it into an index: NaN is 0, fractions are cut off; then held to 0 to `largest`. */
function wholeUnits(index: f64, largest: u32): u32 {
  return index >= 1 ? (min(index, largest as f64) as u32) : 0;
}

/**
 * JavaScript's slice, for any two numbers: a part of `t`, or, where it begins or ends inside a pair, a copy in `room`.
 *
 * @returns length 0xffffffff where the copy does not fit `roomBytes`
 */
export function textSlice(t: u64, from: f64, to: f64, room: usize, roomBytes: u32): u64 {
  const bytes = (t >> 32) as u32;
  const start = slicePosition(t, bytes, from);
  return textBetween(t, start, to >= (bytes as f64) ? bytes : slicePosition(t, bytes, to), room, roomBytes);
}

/** The position that an index of slice means: a negative one counts from the end. */
function slicePosition(t: u64, bytes: u32, index: f64): u32 {
  if (index <= -1) {
    const units = countUnits(t as usize, bytes);
    index = (units as f64) + trunc(index);
  }
  const unit = wholeUnits(index, bytes);
  return unit === 0 ? 0 : positionOf(t as usize, bytes, unit);
}

/** `t` without white space at its ends: JavaScript's white space and line terminators. */
export function textTrim(t: u64): u64 {
  return textTrimEnd(textTrimStart(t));
}

/** `t` without white space at its start. */
export function textTrimStart(t: u64): u64 {
  let at = t as usize;
  const end = at + ((t >> 32) as usize);
  while (at < end && isSpaceAt(at)) at += sizeOf(load<u8>(at));
  return (at as u64) | (((end - at) as u64) << 32);
}

/** `t` without white space at its end. */
export function textTrimEnd(t: u64): u64 {
  const start = t as usize;
  let end = start + ((t >> 32) as usize);
  while (end > start) {
    let at = end - 1;
    while (at > start && isTail(load<u8>(at))) at -= 1;
    if (!isSpaceAt(at)) break;
    end = at;
  }
  return (start as u64) | (((end - start) as u64) << 32);
}

/** Whether the character at an address is white space or a line terminator. */
function isSpaceAt(address: usize): bool {
  const lead = load<u8>(address) as u32;
  if (lead < 0x80) return lead === 0x20 || lead - 9 < 5;
  // None but these begin such a character: U+00A0; U+1680; U+2000 to U+205F; U+3000; U+FEFF.
  if (lead !== 0xc2 && lead !== 0xe1 && lead !== 0xe2 && lead !== 0xe3 && lead !== 0xef) return false;
  const point = codePointAt(address);
  if (point === 0xa0 || point === 0x1680 || point === 0x3000 || point === 0xfeff) return true;
  return point - 0x2000 <= 10 || point === 0x2028 || point === 0x2029 || point === 0x202f || point === 0x205f;
}

/**
 * Writes `left` and then `right`; a half that ends the one and a half that begins the other become one character.
 *
 * @param to room for the bytes of both
 * @returns the address behind what was written
 */
export function textJoin(to: usize, left: u64, right: u64): usize {
  const leftBytes = (left >> 32) as u32;
  const rightBytes = (right >> 32) as u32;
  const low = firstLowHalf(right as usize, rightBytes);
  const high = low !== 0 ? lastHighHalf(left as usize, leftBytes) : 0;
  if (high === 0) {
    memory.copy(to, left as usize, leftBytes);
    memory.copy(to + leftBytes, right as usize, rightBytes);
    return to + leftBytes + rightBytes;
  }
  memory.copy(to, left as usize, leftBytes - 3);
  const next = storeCodePoint(to + leftBytes - 3, ((high - 0xd7c0) << 10) | (low & 0x3ff));
  memory.copy(next, (right as usize) + 3, rightBytes - 3);
  return next + rightBytes - 3;
}

/**
 * The piece that begins at position `from`, as JavaScript's split cuts: up to the next separator or the end of the text. An empty
 * separator cuts between any two code units.
 *
 * @returns its start | its end << 32, positions both
 */
export function nextPiece(text: u64, separator: u64, from: u32): u64 {
  const address = text as usize;
  const bytes = (text >> 32) as u32;
  // Any number will do, so that nothing hangs on what a loop has in its cursor.
  while (from < bytes && !isPosition(address, from)) from += 1;
  if (from >= bytes) return (bytes as u64) | ((bytes as u64) << 32);
  let end: u32;
  if (separator >> 32 !== 0) {
    end = min(findText(text, separator, from), bytes);
  } else {
    const size = isMiddle(address, bytes, from) ? 2 : sizeOf(load<u8>(address + from));
    end = from + (size === 4 ? 2 : size);
  }
  return (from as u64) | ((end as u64) << 32);
}

/** The position where the next piece begins, behind the separator at `end`; NOWHERE where the piece that ends there is the last. */
export function afterPiece(text: u64, separator: u64, end: u32): u32 {
  const bytes = (text >> 32) as u32;
  if (end >= bytes) return NOWHERE;
  let next = end;
  const length = (separator >> 32) as u32;
  if (length === 0) return next;
  // A half at an end of the separator has 3 bytes, but 2 where it stands inside a character.
  next += length;
  if (next > bytes + 1) return NOWHERE;
  if (isMiddle(text as usize, bytes, end)) next -= 1;
  const high = lastHighHalf(separator as usize, length);
  if (high !== 0 && load<u8>((text as usize) + next - 3) >= 0xf0) next -= 1;
  return next;
}

/** The text of a piece; as textBetween of utf16.ts. */
export function pieceText(text: u64, piece: u64, room: usize, roomBytes: u32): u64 {
  return textBetween(text, piece as u32, (piece >> 32) as u32, room, roomBytes);
}
