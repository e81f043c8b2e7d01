// A walk over the whole of a JSON text that has not been taken: where it stops being JSON, or the way to one of its values. It
// reads what src/schema/json-error.ts reads, and finds the same faults.
//
// The way is a frame for each object or array that is open, in the scratch where programs join texts: none runs any more.

import { skipSpace, WORD_ALSE, WORD_NULL, WORD_TRUE } from '../json/state';
import { escapeBytes } from '../json/text';
import { scratchText } from '../memory/scratch';
import { TEXT_SCRATCH_BYTES } from '../shared/limits';

/** A frame: what it is, and the member or entry that is read. */
const FRAME_BYTES: usize = 24;
export const FRAME_IS_OBJECT: usize = 0; // u32
export const FRAME_KEY: usize = 4; // u32, first character of the key; 0: still to come
export const FRAME_KEY_BYTES: usize = 8; // u32, as written
export const FRAME_INDEX: usize = 12; // u32, of an array's entry
export const FRAME_START: usize = 16; // u32, its bracket
const FRAMES_MAX: u32 = TEXT_SCRATCH_BYTES / 24 - 1;

/** What the text may continue with. */
enum Expected {
  VALUE = 0,
  VALUE_OR_CLOSE = 1,
  KEY_OR_CLOSE = 2,
  KEY = 3,
  NEXT_OR_CLOSE = 4,
  END = 5,
}

/** In front of the frames: u32 how many are open, and whether the walk ended where the text does. */
const OPEN: usize = 0;
const IS_WHOLE: usize = 4;

/** Frame `index` of the way, from the root. */
export function frameOf(index: u32): usize {
  return scratchText() + FRAME_BYTES + (index as usize) * FRAME_BYTES;
}

/** Frames of the way. */
export function framesOpen(): u32 {
  return load<u32>(scratchText(), OPEN);
}

/** Whether the last walk found JSON up to the end, or was nested too deep to tell. */
export function walkedAll(): bool {
  return load<u32>(scratchText(), IS_WHOLE) !== 0;
}

/**
 * Walks the text [at, end), behind which lie zeros.
 *
 * @param target an address in the value to stop at, or in its key; 0: none
 * @returns the first byte of that value; else where the text stops being JSON, or its end
 */
export function walk(at: usize, end: usize, target: usize): usize {
  let open: u32 = 0;
  let expected = Expected.VALUE;
  let isNext = false;
  store<u32>(scratchText(), 0, IS_WHOLE);
  while (true) {
    store<u32>(scratchText(), open, OPEN);
    at = skipSpace(at);
    if (at >= end) {
      store<u32>(scratchText(), u32(expected === Expected.END), IS_WHOLE);
      return end;
    }
    if (expected === Expected.END) return at;
    const frame = frameOf(open - 1);
    const isObject = open !== 0 && load<u32>(frame, FRAME_IS_OBJECT) !== 0;
    const byte = load<u8>(at) as u32;
    const canClose =
      expected === Expected.VALUE_OR_CLOSE || expected === Expected.KEY_OR_CLOSE || expected === Expected.NEXT_OR_CLOSE;
    if (canClose && byte === (isObject ? 125 : 93)) {
      open--;
      at++;
      expected = open === 0 ? Expected.END : Expected.NEXT_OR_CLOSE;
    } else if (expected === Expected.NEXT_OR_CLOSE) {
      if (byte !== 44) return at;
      at++;
      if (isObject) store<u32>(frame, 0, FRAME_KEY);
      else store<u32>(frame, load<u32>(frame, FRAME_INDEX) + 1, FRAME_INDEX);
      expected = isObject ? Expected.KEY : Expected.VALUE;
    } else if (expected === Expected.KEY || expected === Expected.KEY_OR_CLOSE) {
      const behind = byte === 34 ? textEnd(at, end) : 0;
      if (behind === 0) return at;
      store<u32>(frame, (at as u32) + 1, FRAME_KEY);
      store<u32>(frame, (behind - at - 2) as u32, FRAME_KEY_BYTES);
      isNext = at <= target && target < behind;
      at = skipSpace(behind);
      if (at >= end || (load<u8>(at) as u32) !== 58) return at;
      at++;
      expected = Expected.VALUE;
    } else if (byte === 123 || byte === 91) {
      if (isNext || at === target) return at;
      if (open === FRAMES_MAX) {
        store<u32>(scratchText(), 1, IS_WHOLE);
        return at;
      }
      const inner = frameOf(open++);
      store<u32>(inner, u32(byte === 123), FRAME_IS_OBJECT);
      store<u32>(inner, 0, FRAME_KEY);
      store<u32>(inner, 0, FRAME_INDEX);
      store<u32>(inner, at as u32, FRAME_START);
      at++;
      expected = byte === 123 ? Expected.KEY_OR_CLOSE : Expected.VALUE_OR_CLOSE;
    } else {
      const behind = scalarEnd(at, end);
      if (behind === 0 || isNext || (at <= target && target < behind)) return at;
      at = behind;
      expected = open === 0 ? Expected.END : Expected.NEXT_OR_CLOSE;
    }
  }
}

/** Behind the value at `at`, of a text that is JSON. */
export function valueEnd(at: usize, end: usize): usize {
  let depth = 0;
  while (at < end) {
    const byte = load<u8>(at) as u32;
    if (byte === 123 || byte === 91) {
      depth++;
      at++;
    } else if (byte === 125 || byte === 93) {
      depth--;
      at++;
    } else if (byte === 44 || byte === 58) at++;
    else at = scalarEnd(at, end);
    if (depth === 0) return at;
    at = skipSpace(at);
  }
  return end;
}

/** Behind the text whose quote is at `at`; 0 where it has no end, a control character or what is no escape. */
export function textEnd(at: usize, end: usize): usize {
  at++;
  while (at < end) {
    const byte = load<u8>(at) as u32;
    if (byte === 34) return at + 1;
    if (byte < 32) return 0;
    const bytes = byte === 92 ? escapeBytes(at) : 1;
    if (bytes === 0) return 0;
    at += bytes;
  }
  return 0;
}

/** Behind a text, word or number; 0 where there is none. */
function scalarEnd(at: usize, end: usize): usize {
  const byte = load<u8>(at) as u32;
  if (byte === 34) return textEnd(at, end);
  const word = load<u32>(at);
  if (word === WORD_TRUE || word === WORD_NULL) return at + 4;
  if (byte === 102 && load<u32>(at, 1) === WORD_ALSE) return at + 5;
  return numberEnd(at);
}

/** Behind the longest number that begins at `at`. */
function numberEnd(at: usize): usize {
  if ((load<u8>(at) as u32) === 45) at++;
  if ((load<u8>(at) as u32) === 48) at++;
  else {
    const behind = digitsEnd(at);
    if (behind === at) return 0;
    at = behind;
  }
  if ((load<u8>(at) as u32) === 46) {
    const behind = digitsEnd(at + 1);
    if (behind === at + 1) return at;
    at = behind;
  }
  if (((load<u8>(at) as u32) | 32) !== 101) return at;
  const sign = load<u8>(at, 1) as u32;
  const digits = at + 1 + usize(sign === 43 || sign === 45);
  const behind = digitsEnd(digits);
  return behind === digits ? at : behind;
}

function digitsEnd(at: usize): usize {
  while ((load<u8>(at) as u32) - 48 <= 9) at++;
  return at;
}
