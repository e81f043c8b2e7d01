// The items of a JSON array, one entry each, without judging what is in them: that is for whoever takes them. Only brackets and
// texts are looked at, 16 bytes at once.

import {
  ENTRY_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  SLOT_COUNT,
  SLOT_ENTRIES,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
} from '../shared/layout';
import { Status } from '../shared/status';
import { skipSpace } from './state';

/** Behind the text whose first character is at `at`; 0 where it does not end. */
function skipText(at: usize, end: usize): usize {
  while (at < end) {
    const chunk = v128.load(at);
    const marks = i8x16.bitmask(v128.or(i8x16.eq(chunk, i8x16.splat(34)), i8x16.eq(chunk, i8x16.splat(92)))) as u32;
    if (marks === 0) {
      at += 16;
      continue;
    }
    at += ctz(marks);
    if ((load<u8>(at) as u32) === 34) return at + 1;
    at += 2;
  }
  return 0;
}

/** Behind the object or array that begins at `at`; 0 where it does not end. Every bracket counts, whichever it is. */
function skipNested(at: usize, end: usize): usize {
  let depth = 0;
  while (at < end) {
    const chunk = v128.load(at);
    // Brackets differ from braces in one bit, and opening from closing ones in two.
    const folded = v128.or(chunk, i8x16.splat(32));
    const brackets = v128.or(i8x16.eq(folded, i8x16.splat(123)), i8x16.eq(folded, i8x16.splat(125)));
    const marks = i8x16.bitmask(v128.or(brackets, i8x16.eq(chunk, i8x16.splat(34)))) as u32;
    if (marks === 0) {
      at += 16;
      continue;
    }
    at += ctz(marks);
    const byte = load<u8>(at) as u32;
    at++;
    if (byte === 34) {
      at = skipText(at, end);
      if (at === 0) return 0;
    } else if ((byte | 32) === 123) depth++;
    else if (--depth === 0) return at;
  }
  return 0;
}

/** Behind a number or word. */
function skipScalar(at: usize): usize {
  let byte = load<u8>(at) as u32;
  while (byte > 32 && byte !== 44 && byte !== 93 && byte !== 125) byte = load<u8>(++at) as u32;
  return at;
}

/**
 * Finds the items of the array that is the text at SLOT_INPUT, with 16 bytes behind it that are overwritten. SLOT_COUNT tells how
 * many entries there is room for, and then how many items there are; ENTRY_PAYLOAD and ENTRY_PAYLOAD_BYTES of an entry are the text
 * of one.
 *
 * @returns OK; INVALID_FRAME where it is no array or has more items: SLOT_COUNT is then 0
 */
export function splitJson(slot: usize): Status {
  const text = load<u32>(slot, SLOT_INPUT) as usize;
  const end = text + load<u32>(slot, SLOT_INPUT_BYTES);
  const most = load<u32>(slot, SLOT_COUNT);
  let entry = load<u32>(slot, SLOT_ENTRIES) as usize;
  v128.store(end, i64x2.splat(0));
  store<u32>(slot, 0, SLOT_COUNT);
  let at = skipSpace(text);
  if ((load<u8>(at) as u32) !== 91) return Status.INVALID_FRAME;
  at = skipSpace(at + 1);
  let count: u32 = 0;
  let isOpen = (load<u8>(at) as u32) !== 93;
  while (isOpen) {
    const start = at;
    const byte = load<u8>(at) as u32;
    if (byte === 34) at = skipText(at + 1, end);
    else if ((byte | 32) === 123) at = skipNested(at, end);
    else at = skipScalar(at);
    if (at === 0 || at === start || count === most) return Status.INVALID_FRAME;
    store<u32>(entry, start as u32, ENTRY_PAYLOAD);
    store<u32>(entry, (at - start) as u32, ENTRY_PAYLOAD_BYTES);
    entry += ENTRY_BYTES;
    count++;
    at = skipSpace(at);
    const next = load<u8>(at) as u32;
    if (next !== 44 && next !== 93) return Status.INVALID_FRAME;
    isOpen = next === 44;
    if (isOpen) at = skipSpace(at + 1);
  }
  if (skipSpace(at + 1) !== end) return Status.INVALID_FRAME;
  store<u32>(slot, count, SLOT_COUNT);
  return Status.OK;
}
