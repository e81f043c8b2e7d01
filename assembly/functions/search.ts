// Finding one text in another, in time linear in both and without memory.
//
// Bytes are compared first by SIMD: the first and the last byte of what is searched, at 16 places a step. Where that lets too many
// places through (texts of one letter, attacks), the rest is searched by the two-way algorithm of Crochemore and Perrin, which
// never looks at a byte of the text more than twice.
//
// JavaScript searches code units: half of a pair at an end of what is searched matches inside a character of 4 bytes. So those
// halves are cut off, the bytes between them, the core, are searched, and each place is then looked at.

import { bytesEqual } from '../ops/text';
import { countStep } from './steps';
import { codePointAt, firstLowHalf, highHalfAt, isMiddle, lastHighHalf, lowHalfAt, sizeOf } from './utf16';

/** No position. */
export const NOWHERE: u32 = 0xffffffff;

/** The first position at or behind position `from` where `searched` stands in `text`; NOWHERE where there is none. */
export function findText(text: u64, searched: u64, from: u32): u32 {
  const bytes = (text >> 32) as u32;
  const length = (searched >> 32) as u32;
  if (length === 0) return from;
  // A half of 3 bytes may match within 2 at both ends.
  if (length > bytes - from + 4) return NOWHERE;
  const low = firstLowHalf(searched as usize, length);
  const high = low !== 0 && length === 3 ? 0 : lastHighHalf(searched as usize, length);
  const core = (searched as usize) + (low !== 0 ? 3 : 0);
  const coreBytes = length - (low !== 0 ? 3 : 0) - (high !== 0 ? 3 : 0);
  const middle = isMiddle(text as usize, bytes, from);
  // Where the core may begin: behind the half before it, and not inside a character.
  let start = middle ? from + 2 : from;
  const floor = middle ? from - 2 : from;
  if (low !== 0 && !middle) {
    if (from === bytes) return NOWHERE;
    start = from + sizeOf(load<u8>((text as usize) + from));
  }
  if (coreBytes === 0) return findHalves(text, start, floor, low, high);
  return findCore(text, start, floor, core, coreBytes, low, high);
}

/** Only halves are searched: every character is looked at. */
function findHalves(text: u64, start: u32, floor: u32, low: u32, high: u32): u32 {
  const bytes = (text >> 32) as u32;
  while (start <= bytes) {
    countStep();
    const found = placeOf(text, start, 0, floor, low, high);
    if (found !== NOWHERE || start === bytes) return found;
    start += sizeOf(load<u8>((text as usize) + start));
  }
  return NOWHERE;
}

/**
 * The position of a match whose core stands at `at`; NOWHERE where the halves around it do not stand there.
 *
 * @param floor first byte of the first character that may take part
 */
function placeOf(text: u64, at: u32, coreBytes: u32, floor: u32, low: u32, high: u32): u32 {
  if ((low | high) === 0) return at;
  const address = text as usize;
  const bytes = (text >> 32) as u32;
  let position = at;
  if (low !== 0) {
    if (at >= floor + 3 && load<u8>(address + at - 3) === 0xed && codePointAt(address + at - 3) === low) position = at - 3;
    else if (at >= floor + 4 && load<u8>(address + at - 4) >= 0xf0 && lowHalfAt(address + at - 4) === low) position = at - 2;
    else return NOWHERE;
  }
  if (high !== 0) {
    const next = at + coreBytes;
    if (next >= bytes) return NOWHERE;
    const lead = load<u8>(address + next) as u32;
    if (lead < 0xed || (lead >= 0xf0 ? highHalfAt(address + next) : codePointAt(address + next)) !== high) return NOWHERE;
  }
  return position;
}

/** Searches the core's bytes from byte `at` on. */
function findCore(text: u64, at: u32, floor: u32, core: usize, length: u32, low: u32, high: u32): u32 {
  const address = text as usize;
  const bytes = (text >> 32) as u32;
  // What comparing whole cores may cost, in steps of 8 bytes: as much as going through the text.
  let budget = 64;
  while (at + length + 15 <= bytes) {
    let places = placesIn(address + at, core, length);
    countStep();
    budget += 4;
    while (places !== 0) {
      const place = at + ctz(places);
      places &= places - 1;
      countStep(1 + (length >> 3));
      if (bytesEqual(address + place, core, length)) {
        const found = placeOf(text, place, length, floor, low, high);
        if (found !== NOWHERE) return found;
      }
      budget -= 1 + (length >> 3);
      if (budget < 0) return findTwoWay(text, place + 1, floor, core, length, low, high);
    }
    at += 16;
  }
  // Fewer than 16 places are left.
  for (; at + length <= bytes; at++) {
    countStep();
    if (load<u8>(address + at) === load<u8>(core) && bytesEqual(address + at, core, length)) {
      const found = placeOf(text, at, length, floor, low, high);
      if (found !== NOWHERE) return found;
    }
  }
  return NOWHERE;
}

/** Which of 16 bytes the core's first byte is at, with its last byte in its place. */
function placesIn(address: usize, core: usize, length: u32): i32 {
  if (ASC_FEATURE_SIMD) {
    const starts = i8x16.eq(v128.load(address), i8x16.splat(load<i8>(core)));
    const ends = i8x16.eq(v128.load(address + length - 1), i8x16.splat(load<i8>(core + length - 1)));
    return i8x16.bitmask(v128.and(starts, ends));
  }
  const first = load<u8>(core) as u32;
  const last = load<u8>(core + length - 1) as u32;
  let places: i32 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    const fits = u32(load<u8>(address + i) === first) & u32(load<u8>(address + i + length - 1) === last);
    places |= fits << i;
  }
  return places;
}

/**
 * The two-way algorithm: M. Crochemore, D. Perrin, "Two-way string-matching", JACM 38 (1991). The core is cut where its right part
 * is a maximal suffix; that part is compared from left to right, then the left part from right to left. A mismatch in the right
 * part moves on by what was compared, one in the left part by the core's period.
 */
function findTwoWay(text: u64, at: u32, floor: u32, core: usize, length: u32, low: u32, high: u32): u32 {
  const bytes = (text >> 32) as u32;
  const address = text as usize;
  const size = length as i32;
  const up = maximalSuffix(core, size, false);
  const down = maximalSuffix(core, size, true);
  const best = (up as i32) > (down as i32) ? up : down;
  // The left part ends with byte number `cut`, which is -1 where it is empty.
  const cut = best as i32;
  let period = (best >> 32) as i32;
  const periodic = bytesEqual(core, core + period, cut + 1);
  if (!periodic) period = max(cut + 1, size - cut - 1) + 1;
  // The last byte of the core's front that is known to match, since the core was moved by its period.
  let known: i32 = -1;
  while (at + length <= bytes) {
    const window = address + at;
    let index = max(cut, known) + 1;
    while (index < size && load<u8>(core + index) === load<u8>(window + index)) {
      index += 1;
      countStep();
    }
    countStep();
    if (index < size) {
      at += index - cut;
      known = -1;
      continue;
    }
    index = cut;
    while (index > known && load<u8>(core + index) === load<u8>(window + index)) {
      index -= 1;
      countStep();
    }
    if (index <= known) {
      const found = placeOf(text, at, length, floor, low, high);
      if (found !== NOWHERE) return found;
    }
    at += period;
    if (periodic) known = size - period - 1;
  }
  return NOWHERE;
}

/**
 * The largest suffix of the core by the order of bytes, or by its reverse.
 *
 * @returns the number of the byte before it (-1: it is the whole) | its period << 32
 */
function maximalSuffix(core: usize, size: i32, reverse: bool): u64 {
  let before: i32 = -1;
  let candidate: i32 = 0;
  let offset: i32 = 1;
  let period: i32 = 1;
  while (candidate + offset < size) {
    countStep();
    const a = load<u8>(core + candidate + offset);
    const b = load<u8>(core + before + offset);
    if (a === b) {
      if (offset !== period) offset += 1;
      else {
        candidate += period;
        offset = 1;
      }
    } else if (a < b !== reverse) {
      candidate += offset;
      offset = 1;
      period = candidate - before;
    } else {
      before = candidate;
      candidate = before + 1;
      offset = 1;
      period = 1;
    }
  }
  return (before as u32 as u64) | ((period as u64) << 32);
}
