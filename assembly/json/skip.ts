// Values that the model does not name: read as JSON, and kept out of the payload. One loop, whatever their depth.

import { JSON_DEPTH_MAX, JsonFault } from '../shared/json';
import { findTwin } from './names';
import { scanNumber } from './number';
import {
  fault,
  pushBytes,
  STATE_FAULT,
  STATE_LENGTH,
  STATE_OUT,
  STATE_TOP,
  skipSpace,
  WORD_ALSE,
  WORD_NULL,
  WORD_TRUE,
} from './state';
import { takeText } from './text';

/** What lies at the area's end below the keys of an open object or array: the frame around it, and which of the two it is. */
const FRAME_BYTES: usize = 8;

/** Notes a key that takeText has just read. */
export function pushKey(state: usize, text: usize): bool {
  const key = pushBytes(state, load<u32>(state, STATE_OUT) as usize, 8, text);
  if (key === 0) return false;
  store<u32>(key, text as u32);
  store<u32>(key, load<u32>(state, STATE_LENGTH), 4);
  return true;
}

/** Reads true, false or null at `at`. */
function skipWord(state: usize, at: usize, byte: u32): usize {
  const word = load<u32>(at + usize(byte === 102));
  if (byte === 116 && word === WORD_TRUE) return at + 4;
  if (byte === 110 && word === WORD_NULL) return at + 4;
  if (byte === 102 && word === WORD_ALSE) return at + 5;
  return fault(state, JsonFault.SYNTAX, at);
}

/** Reads the key at `at`, and the colon; notes it. @returns the first byte of the value */
function skipKey(state: usize, at: usize): usize {
  if ((load<u8>(at) as u32) !== 34) return fault(state, JsonFault.SYNTAX, at);
  const text = at + 1;
  at = takeText(state, text);
  if (at === 0 || !pushKey(state, text)) return 0;
  at = skipSpace(at);
  if ((load<u8>(at) as u32) !== 58) return fault(state, JsonFault.SYNTAX, at);
  return skipSpace(at + 1);
}

/** Reads the value whose first byte is at `at`. Its keys are noted at the area's end and forgotten with their objects. */
export function skipValue(state: usize, at: usize): usize {
  const out = load<u32>(state, STATE_OUT) as usize;
  /** Address of the innermost frame, 0 where nothing is open. */
  let frame: usize = 0;
  let isObject = false;
  let depth = 0;
  while (true) {
    // A value.
    const byte = load<u8>(at) as u32;
    if (byte === 123 || byte === 91) {
      if (++depth > JSON_DEPTH_MAX) return fault(state, JsonFault.DEPTH, at);
      const opened = pushBytes(state, out, FRAME_BYTES, at);
      if (opened === 0) return 0;
      store<u32>(opened, frame as u32);
      store<u32>(opened, u32(isObject), 4);
      frame = opened;
      isObject = byte === 123;
      at = skipSpace(at + 1);
      // The closing bracket is two above the opening one, of both kinds.
      if ((load<u8>(at) as u32) !== byte + 2) {
        if (isObject) at = skipKey(state, at);
        if (at === 0) return 0;
        continue;
      }
    } else {
      if (byte === 34) at = takeText(state, at + 1);
      else if (byte === 116 || byte === 102 || byte === 110) at = skipWord(state, at, byte);
      else {
        at = scanNumber(state, at);
        if (at === 0) store<u32>(state, JsonFault.SYNTAX, STATE_FAULT);
      }
      if (at === 0) return 0;
      if (frame === 0) return at;
      at = skipSpace(at);
    }
    // What follows it: another one, or the ends of what is open.
    while (true) {
      const next = load<u8>(at) as u32;
      if (next === 44) {
        at = skipSpace(at + 1);
        if (isObject) at = skipKey(state, at);
        if (at === 0) return 0;
        break;
      }
      if (next !== (isObject ? 125 : 93)) return fault(state, JsonFault.SYNTAX, at);
      const twin = findTwin(load<u32>(state, STATE_TOP) as usize, frame);
      if (twin !== 0) return fault(state, JsonFault.DUPLICATE, twin);
      store<u32>(state, (frame as u32) + (FRAME_BYTES as u32), STATE_TOP);
      isObject = load<u32>(frame, 4) !== 0;
      frame = load<u32>(frame) as usize;
      depth--;
      at++;
      if (frame === 0) return at;
      at = skipSpace(at);
    }
  }
}
