// Case mapping as JavaScript's toLowerCase and toUpperCase: full mappings of Unicode, one character to several ones included,
// with the one rule that looks around: a capital sigma at the end of a word. The table is a blob of the image, shared/case.ts.

import { countCodePoints } from '../flatbuffers/text';
import {
  CASE_ASCII_KINDS,
  CASE_DELTA,
  CASE_EXPANSION_BYTES,
  CASE_FIRST,
  CASE_KIND_BYTES,
  CASE_KIND_COUNT,
  CASE_LAST,
  CASE_LOWER_COUNT,
  CASE_RANGE_BYTES,
  CASE_RANGES,
  CASE_UPPER_COUNT,
  CaseKind,
} from '../shared/case';
import { countStep } from './steps';
import { codePointAt, isTail, sizeOf, storeCodePoint } from './utf16';

const SIGMA: u32 = 0x3a3;
const SIGMA_FINAL: u32 = 0x3c2;
const LOW_24: u32 = 0xffffff;
const POINT_LAST: u32 = 0x10ffff;
const KIND_LAST: u32 = CaseKind.IGNORABLE;
const TOO_LONG: u64 = (0xffffffff as u64) << 32;

/** `t` in lower case; `t` itself where that changes nothing in an ASCII text. @returns length 0xffffffff where room is too small */
export function textLower(t: u64, blob: usize, room: usize, roomBytes: u32): u64 {
  return mapCase(t, blob, room, roomBytes, false);
}

/** `t` in upper case; as textLower. */
export function textUpper(t: u64, blob: usize, room: usize, roomBytes: u32): u64 {
  return mapCase(t, blob, room, roomBytes, true);
}

function mapCase(t: u64, blob: usize, room: usize, roomBytes: u32, upper: bool): u64 {
  const start = t as usize;
  const bytes = (t >> 32) as u32;
  const letter: u32 = upper ? 0x61 : 0x41;
  let at = unchanged(start, bytes, letter);
  if (at === bytes) return t;
  if (at > roomBytes) return TOO_LONG | (room as u64);
  memory.copy(room, start, at);
  const roomEnd = room + roomBytes;
  const skipped: u32 = upper ? load<u32>(blob, CASE_LOWER_COUNT) : 0;
  const ranges = blob + CASE_RANGES + skipped * CASE_RANGE_BYTES;
  const count = upper ? load<u32>(blob, CASE_UPPER_COUNT) : load<u32>(blob, CASE_LOWER_COUNT);
  let to = room + at;
  while (at < bytes) {
    // 16 bytes of ASCII a step.
    if (ASC_FEATURE_SIMD) {
      while (at + 16 <= bytes && to + 16 <= roomEnd) {
        const block = v128.load(start + at);
        if (i8x16.bitmask(block) !== 0) break;
        v128.store(to, v128.xor(block, v128.and(lettersOf(block, letter), i8x16.splat(0x20))));
        at += 16;
        to += 16;
      }
    }
    if (at === bytes) break;
    const lead = load<u8>(start + at) as u32;
    if (lead < 0x80) {
      if (to === roomEnd) return TOO_LONG | (room as u64);
      store<u8>(to, lead - letter < 26 ? lead ^ 0x20 : lead);
      at += 1;
      to += 1;
      continue;
    }
    const point = codePointAt(start + at);
    const range = findRange(ranges, count, point);
    const next = at + sizeOf(lead);
    if (range !== 0 && load<u32>(range, CASE_LAST) >> 24 === 0) {
      const place = load<u32>(range, CASE_DELTA);
      const size = place >> 16;
      if (to + size > roomEnd) return TOO_LONG | (room as u64);
      memory.copy(to, expansionsOf(blob) + (place & 0xffff), size);
      to += size;
    } else {
      let mapped = range !== 0 ? point + load<u32>(range, CASE_DELTA) : point;
      if (point === SIGMA && !upper && isFinal(blob, start, at, bytes)) mapped = SIGMA_FINAL;
      if (to + 4 > roomEnd && to + utf8Bytes(mapped) > roomEnd) return TOO_LONG | (room as u64);
      to = storeCodePoint(to, mapped);
    }
    at = next;
  }
  return (room as u64) | (((to - room) as u64) << 32);
}

/** Bytes at the start that are ASCII and not among the 26 from `letter` on. */
function unchanged(start: usize, bytes: u32, letter: u32): u32 {
  let at: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    while (at + 16 <= bytes) {
      const block = v128.load(start + at);
      if (i8x16.bitmask(v128.or(block, lettersOf(block, letter))) !== 0) break;
      at += 16;
    }
  }
  while (at < bytes) {
    const byte = load<u8>(start + at) as u32;
    if (byte >= 0x80 || byte - letter < 26) break;
    at += 1;
  }
  return at;
}

/** All ones where a byte is one of the 26 from `letter` on. */
function lettersOf(block: v128, letter: u32): v128 {
  return i8x16.lt_u(i8x16.sub(block, i8x16.splat(letter as i8)), i8x16.splat(26));
}

/** The range that maps a code point; 0 where it is mapped to itself. */
function findRange(ranges: usize, count: u32, point: u32): usize {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(ranges + middle * CASE_RANGE_BYTES, CASE_FIRST) <= point) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  const range = ranges + (low - 1) * CASE_RANGE_BYTES;
  const last = load<u32>(range, CASE_LAST);
  if (point > (last & LOW_24)) return 0;
  return last >> 24 === 2 && ((point - load<u32>(range, CASE_FIRST)) & 1) !== 0 ? 0 : range;
}

/**
 * Whether the sigma at byte `at` ends a word: a cased character comes before it and none behind it, both ways looking through
 * ignorable ones. A sigma is cased, so that a run of ignorable characters is gone through at most twice however many there are.
 */
function isFinal(blob: usize, start: usize, at: u32, bytes: u32): bool {
  let before = at;
  let kind: u32 = CaseKind.IGNORABLE;
  while (before > 0 && kind === CaseKind.IGNORABLE) {
    countStep();
    before -= 1;
    while (before > 0 && isTail(load<u8>(start + before))) before -= 1;
    kind = kindOf(blob, codePointAt(start + before));
  }
  if (kind !== CaseKind.CASED) return false;
  let behind = at + 2;
  kind = CaseKind.IGNORABLE;
  while (behind < bytes && kind === CaseKind.IGNORABLE) {
    countStep();
    kind = kindOf(blob, codePointAt(start + behind));
    behind += sizeOf(load<u8>(start + behind));
  }
  return kind !== CaseKind.CASED;
}

/** The CaseKind of a code point. */
function kindOf(blob: usize, point: u32): u32 {
  if (point < 0x80) return load<u8>(blob + point, CASE_ASCII_KINDS);
  const runs = kindsOf(blob);
  let low: u32 = 1;
  let high = load<u32>(blob, CASE_KIND_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((load<u32>(runs + middle * CASE_KIND_BYTES) & LOW_24) <= point) low = middle + 1;
    else high = middle;
  }
  return load<u32>(runs + (low - 1) * CASE_KIND_BYTES) >> 24;
}

function kindsOf(blob: usize): usize {
  return blob + CASE_RANGES + (load<u32>(blob, CASE_LOWER_COUNT) + load<u32>(blob, CASE_UPPER_COUNT)) * CASE_RANGE_BYTES;
}

function expansionsOf(blob: usize): usize {
  return kindsOf(blob) + load<u32>(blob, CASE_KIND_COUNT) * CASE_KIND_BYTES;
}

function utf8Bytes(point: u32): u32 {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/**
 * Whether mapping by a blob reads nothing outside it, and gives well-formed texts of at most 3 times the bytes. Which characters it
 * maps to which is the publisher's own affair.
 */
export function verifyCase(blob: usize, bytes: u32): bool {
  if (bytes < (CASE_RANGES as u32)) return false;
  const lower = load<u32>(blob, CASE_LOWER_COUNT);
  const upper = load<u32>(blob, CASE_UPPER_COUNT);
  const kinds = load<u32>(blob, CASE_KIND_COUNT);
  const expanded = load<u32>(blob, CASE_EXPANSION_BYTES);
  // There are no more code points; so that nothing overflows.
  if (lower > POINT_LAST || upper > POINT_LAST || kinds > POINT_LAST || kinds === 0 || expanded > 0xffff) return false;
  const size = CASE_RANGES + (lower + upper) * CASE_RANGE_BYTES + kinds * CASE_KIND_BYTES + expanded;
  if (((size + 7) & ~7) !== bytes) return false;
  for (let point = 0; point < 128; point++) if ((load<u8>(blob + point, CASE_ASCII_KINDS) as u32) > KIND_LAST) return false;
  const ranges = blob + CASE_RANGES;
  const expansions = expansionsOf(blob);
  if (!verifyRanges(ranges, lower, expansions, expanded)) return false;
  if (!verifyRanges(ranges + lower * CASE_RANGE_BYTES, upper, expansions, expanded)) return false;
  const runs = kindsOf(blob);
  for (let run: u32 = 0; run < kinds; run++) {
    const entry = load<u32>(runs + run * CASE_KIND_BYTES);
    if (entry >> 24 > KIND_LAST || (entry & LOW_24) > POINT_LAST) return false;
    const first: u32 = run === 0 ? 0 : (load<u32>(runs + (run - 1) * CASE_KIND_BYTES) & LOW_24) + 1;
    if (run === 0 ? (entry & LOW_24) !== 0 : (entry & LOW_24) < first) return false;
  }
  return true;
}

/** The ranges of one direction: in rising order, and what they map to is a character. */
function verifyRanges(ranges: usize, count: u32, expansions: usize, expanded: u32): bool {
  let free: u32 = 0x80;
  for (let index: u32 = 0; index < count; index++) {
    const range = ranges + index * CASE_RANGE_BYTES;
    const first = load<u32>(range, CASE_FIRST);
    const last = load<u32>(range, CASE_LAST) & LOW_24;
    const step = load<u32>(range, CASE_LAST) >> 24;
    if (first < free || last < first || last > POINT_LAST || step > 2) return false;
    free = last + 1;
    const delta = load<u32>(range, CASE_DELTA);
    if (step === 0) {
      const size = delta >> 16;
      const place = delta & 0xffff;
      if (first !== last || size === 0 || place + size > expanded || size > 3 * utf8Bytes(first)) return false;
      if (countCodePoints(expansions + place, size) < 0) return false;
    } else {
      // No half is mapped, and none comes out: two of them might have to be one character.
      const from = first + delta;
      const to = last + delta;
      if (from > to || to > POINT_LAST || (first <= 0xdfff && last >= 0xd800) || (from <= 0xdfff && to >= 0xd800)) return false;
    }
  }
  return true;
}
