// Texts of JSON. Chunks of 16 bytes are read at once: behind the last byte of a text lie 16 zeros, and a zero ends every text as a
// fault, so no read leaves them. What is read is UTF-8 without overlong forms; half of a surrogate pair, which only an escape can
// spell, becomes the three bytes that UTF-8 would have for it, and is nowhere taken as a character.

import { countCodePoints } from '../flatbuffers/text';
import { copy16, highOf, stopsOf } from '../memory/block';
import { JsonFault } from '../shared/json';
import { fault, STATE_LENGTH, STATE_OUT } from './state';

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;

/** Value of the four hex digits at `at`, or -1. */
function hexOf(at: usize): i32 {
  let value: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = load<u8>(at + i) as i32;
    let digit = byte - 48;
    if ((digit as u32) > 9) {
      digit = (byte | 32) - 87;
      if (digit < 10 || digit > 15) return -1;
    }
    value = (value << 4) | digit;
  }
  return value;
}

/** Writes one code point. @returns the byte behind it */
export function putPoint(to: usize, point: u32): usize {
  if (point < 0x80) {
    store<u8>(to, point as u8);
    return to + 1;
  }
  if (point < 0x800) {
    store<u8>(to, (0xc0 | (point >> 6)) as u8);
    store<u8>(to, (0x80 | (point & 63)) as u8, 1);
    return to + 2;
  }
  if (point < 0x10000) {
    store<u8>(to, (0xe0 | (point >> 12)) as u8);
    store<u8>(to, (0x80 | ((point >> 6) & 63)) as u8, 1);
    store<u8>(to, (0x80 | (point & 63)) as u8, 2);
    return to + 3;
  }
  store<u8>(to, (0xf0 | (point >> 18)) as u8);
  store<u8>(to, (0x80 | ((point >> 12) & 63)) as u8, 1);
  store<u8>(to, (0x80 | ((point >> 6) & 63)) as u8, 2);
  store<u8>(to, (0x80 | (point & 63)) as u8, 3);
  return to + 4;
}

/** Bytes of the escape at `at` (its backslash); 0 where it is none. A pair of surrogates is one escape. */
export function escapeBytes(at: usize): u32 {
  switch (load<u8>(at, 1) as u32) {
    case 34:
    case 47:
    case 92:
    case 98:
    case 102:
    case 110:
    case 114:
    case 116:
      return 2;
    case 117: {
      const unit = hexOf(at + 2);
      if (unit < 0) return 0;
      if ((unit & 0xfc00) !== 0xd800 || load<u16>(at, 6) !== 0x755c) return 6;
      return (hexOf(at + 8) & 0xfc00) === 0xdc00 ? 12 : 6;
    }
    default:
      return 0;
  }
}

/** The code point of an escape of `bytes` bytes, from escapeBytes. */
export function escapePoint(at: usize, bytes: u32): u32 {
  if (bytes === 6) return hexOf(at + 2);
  if (bytes === 12) return 0x10000 + ((hexOf(at + 2) & 0x3ff) << 10) + (hexOf(at + 8) & 0x3ff);
  const letter = load<u8>(at, 1) as u32;
  switch (letter) {
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return letter;
  }
}

/**
 * Reads a text whose first character is at `at`, and leaves it there without its escapes: STATE_LENGTH bytes and a quote. An escape
 * is longer than what it stands for, so nothing is overwritten before it is read.
 */
export function takeText(state: usize, at: usize): usize {
  const start = at;
  let high: u32 = 0;
  let stops: u32 = 0;
  while (true) {
    stops = stopsOf(at);
    if (stops !== 0) {
      const run = ctz(stops);
      high |= highOf(at) & ((1 << run) - 1);
      at += run;
      break;
    }
    high |= highOf(at);
    at += 16;
  }
  if ((load<u8>(at) as u32) === BACKSLASH) return takeEscaped(state, start, at);
  if ((load<u8>(at) as u32) !== QUOTE) return fault(state, JsonFault.SYNTAX, at);
  const length = (at - start) as u32;
  if (high !== 0 && countCodePoints(start, length) < 0) return fault(state, JsonFault.UTF8, start);
  store<u32>(state, length, STATE_LENGTH);
  return at + 1;
}

/** As takeText, for a text with an escape, the first of them at `at`. */
function takeEscaped(state: usize, start: usize, at: usize): usize {
  let to = at;
  // Bytes since the last escape are checked before they move.
  let from = start;
  while (true) {
    const byte = load<u8>(at) as u32;
    if (byte === QUOTE) break;
    if (byte < 32) return fault(state, JsonFault.SYNTAX, at);
    if (byte !== BACKSLASH) {
      store<u8>(to++, byte as u8);
      at++;
      continue;
    }
    const run = (at - from) as u32;
    if (run !== 0 && countCodePoints(to - run, run) < 0) return fault(state, JsonFault.UTF8, from);
    const bytes = escapeBytes(at);
    if (bytes === 0) return fault(state, JsonFault.SYNTAX, at);
    to = putPoint(to, escapePoint(at, bytes));
    at += bytes;
    from = at;
  }
  const run = (at - from) as u32;
  if (run !== 0 && countCodePoints(to - run, run) < 0) return fault(state, JsonFault.UTF8, from);
  store<u8>(to, QUOTE as u8);
  store<u32>(state, (to - start) as u32, STATE_LENGTH);
  return at + 1;
}

/**
 * Copies a text whose first character is at `at` behind the payload: its length, its bytes, a zero, zeros to a multiple of 4.
 * There is room for as many bytes as the text has left, and 48.
 *
 * @param out where the length goes, a multiple of 4; STATE_OUT is then behind the text
 * @param least the fewest and the most code points
 */
export function copyText(state: usize, at: usize, out: usize, least: u32, most: u32): usize {
  const first = out + 4;
  const start = at;
  let to = first;
  let high: u32 = 0;
  while (true) {
    copy16(to, at);
    const stops = stopsOf(at);
    if (stops === 0) {
      high |= highOf(at);
      at += 16;
      to += 16;
      continue;
    }
    const run = ctz(stops);
    high |= highOf(at) & ((1 << run) - 1);
    at += run;
    to += run;
    const byte = load<u8>(at) as u32;
    if (byte === QUOTE) break;
    const bytes: u32 = byte === BACKSLASH ? escapeBytes(at) : 0;
    if (bytes === 0) return fault(state, JsonFault.SYNTAX, at);
    const point = escapePoint(at, bytes);
    high |= u32(point > 0x7f);
    to = putPoint(to, point);
    at += bytes;
  }
  const length = (to - first) as u32;
  let points = length;
  if (high !== 0) {
    const count = countCodePoints(first, length);
    // It may be half of a pair too: which of them, the host finds out.
    if (count < 0) return fault(state, JsonFault.LENGTH, start);
    points = count as u32;
  }
  if (points < least || points > most) return fault(state, JsonFault.LENGTH, start);
  store<u32>(out, length);
  store<u32>(to, 0);
  store<u32>(state, ((to as u32) + 4) & ~3, STATE_OUT);
  return at + 1;
}
