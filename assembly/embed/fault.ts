// What is wrong with a JSON text that has not been taken, as the library says it: the JSON Pointer of a value, and its place. The
// engine says where it stopped reading; the rest is found by walking the text once more, which only a text that is wrong costs.

import { countCodePoints } from '../flatbuffers/text';
import { blobAddress } from '../image/blobs';
import { findName } from '../json/names';
import { skipSpace } from '../json/state';
import { escapeBytes, escapePoint, putPoint } from '../json/text';
import { scratchNulls } from '../memory/scratch';
import { IMAGE_JSON } from '../shared/image';
import {
  JsonFault,
  NAME_VALUE,
  PLAN_FIELD_AUX,
  PLAN_FIELD_BYTES,
  PLAN_FIELD_KEY,
  PLAN_FIELD_KEY_BYTES,
  PLAN_FIELD_KIND,
  PLAN_FIELD_REQUIRED,
  PLAN_FIELDS,
  PLAN_TABLE_BYTES,
  PLAN_TABLE_FIELDS,
  PLAN_TABLE_FIRST,
  PLAN_TABLE_NAMES,
  PLAN_TABLES,
} from '../shared/json';
import { FieldKind } from '../shared/value-type';
import {
  FRAME_INDEX,
  FRAME_IS_OBJECT,
  FRAME_KEY,
  FRAME_KEY_BYTES,
  FRAME_START,
  frameOf,
  framesOpen,
  textEnd,
  valueEnd,
  walk,
  walkedAll,
} from './walk';

/** What says() leaves at its output: u32 each, and the pointer behind them. */
export const SAID_FAULT: usize = 0;
export const SAID_AT: usize = 4;
export const SAID_BYTES: usize = 8;
export const SAID_POINTER: usize = 16;

/** A pointer to where a text stops being JSON ends with the last step that keeps it so short, as the library's does. */
const SYNTAX_POINTER_BYTES: u32 = 1024;
const NO_FIELD: u32 = 0xffffffff;

/**
 * Writes what is wrong with a text to `out`, where there are 4 bytes and more for each of the text: the fault, how many bytes into
 * the text its value begins, the bytes of its JSON Pointer, the pointer in UTF-8, a zero.
 *
 * @param text as its caller wrote it, zeros behind it
 * @param fault of the engine, which stopped `faultAt` bytes into the text
 */
export function sayFault(image: usize, text: usize, textBytes: u32, fault: u32, faultAt: u32, out: usize): void {
  const end = text + textBytes;
  const broken = notUtf8(text, end);
  if (broken !== end) {
    say(out, JsonFault.UTF8, (broken - text) as u32, 0);
    return;
  }
  const stop = walk(text, end, 0);
  if (!walkedAll()) {
    say(out, JsonFault.SYNTAX, (stop - text) as u32, putWay(out + SAID_POINTER, framesOpen(), SYNTAX_POINTER_BYTES));
    return;
  }
  const value = walk(text, end, text + faultAt);
  let open = framesOpen();
  let at = value;
  // One element too many is a fault of its list.
  if (fault === JsonFault.LENGTH && value === text + faultAt && open !== 0 && load<u32>(frameOf(open - 1), FRAME_IS_OBJECT) === 0) {
    open--;
    at = load<u32>(frameOf(open), FRAME_START);
  }
  let bytes = putWay(out + SAID_POINTER, open, textBytes << 2);
  if (fault === JsonFault.REQUIRED && (load<u8>(value) as u32) === 123) {
    bytes = putMissing(image, value, end, open, out + SAID_POINTER, bytes);
  }
  say(out, fault, (at - text) as u32, bytes);
}

function say(out: usize, fault: u32, at: u32, bytes: u32): void {
  store<u32>(out, fault, SAID_FAULT);
  store<u32>(out, at, SAID_AT);
  store<u32>(out, bytes, SAID_BYTES);
  store<u8>(out + bytes, 0, SAID_POINTER);
}

/** The first byte that begins no character of UTF-8, or the end. */
function notUtf8(at: usize, end: usize): usize {
  while (at < end) {
    const lead = load<u8>(at) as u32;
    const size: u32 = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead >= 0x80 && (at + size > end || countCodePoints(at, size) < 0)) return at;
    at += size;
  }
  return end;
}

/** Writes the pointer of the first `open` frames; its steps end at the first whose key is still to come. @returns its bytes */
function putWay(to: usize, open: u32, most: u32): u32 {
  const first = to;
  for (let index: u32 = 0; index < open; index++) {
    const frame = frameOf(index);
    const before = to;
    store<u8>(to++, 47);
    if (load<u32>(frame, FRAME_IS_OBJECT) === 0) to = putNumber(to, load<u32>(frame, FRAME_INDEX));
    else {
      const key = load<u32>(frame, FRAME_KEY) as usize;
      if (key === 0) return (before - first) as u32;
      to = putKey(to, key, load<u32>(frame, FRAME_KEY_BYTES), true);
    }
    if (to - first > (most as usize)) return (before - first) as u32;
  }
  return (to - first) as u32;
}

function putNumber(to: usize, value: u32): usize {
  let scale: u32 = 1;
  while (value / scale >= 10) scale *= 10;
  for (; scale !== 0; scale /= 10) store<u8>(to++, (48 + ((value / scale) % 10)) as u8);
  return to;
}

/** Writes a key without its escapes; half of a surrogate pair as U+FFFD. @param isStep with those of a JSON Pointer */
function putKey(to: usize, key: usize, bytes: u32, isStep: bool): usize {
  const end = key + bytes;
  while (key < end) {
    let point = load<u8>(key) as u32;
    const length: u32 = point === 92 ? escapeBytes(key) : 1;
    if (point === 92) point = escapePoint(key, length);
    key += length;
    if (isStep && (point === 126 || point === 47)) {
      store<u8>(to, 126);
      store<u8>(to, point === 126 ? 48 : 49, 1);
      to += 2;
    } else if (length === 1) store<u8>(to++, point as u8);
    else to = putPoint(to, (point & 0xfffff800) === 0xd800 ? 0xfffd : point);
  }
  return to;
}

/** Appends the first field that the object at `at` has to have and has not. @returns the pointer's bytes */
function putMissing(image: usize, at: usize, end: usize, open: u32, pointer: usize, bytes: u32): u32 {
  const plan = blobAddress(image, load<u32>(image, IMAGE_JSON) - 1);
  const name = pointer + bytes;
  const table = tableOf(plan, open, name);
  if (table === 0) return bytes;
  const count = load<u32>(table, PLAN_TABLE_FIELDS);
  const seen = scratchNulls();
  memory.fill(seen, 0, count);
  at++;
  while (true) {
    at = skipSpace(at);
    if ((load<u8>(at) as u32) === 44) at = skipSpace(at + 1);
    if ((load<u8>(at) as u32) !== 34) break;
    const behind = textEnd(at, end);
    const field = fieldOf(plan, table, at + 1, (behind - at - 2) as u32, name);
    if (field !== NO_FIELD) store<u8>(seen + field, 1);
    // A colon stands in between.
    at = valueEnd(skipSpace(skipSpace(behind) + 1), end);
  }
  const fields = plan + load<u32>(plan, PLAN_FIELDS) + load<u32>(table, PLAN_TABLE_FIRST) * PLAN_FIELD_BYTES;
  for (let index: u32 = 0; index < count; index++) {
    const field = fields + index * PLAN_FIELD_BYTES;
    if (load<u8>(seen + index) !== 0 || load<u8>(field, PLAN_FIELD_REQUIRED) === 0) continue;
    store<u8>(name, 47);
    // The plan has it in quotes, with a colon.
    const length = load<u32>(field, PLAN_FIELD_KEY_BYTES) - 3;
    memory.copy(name + 1, plan + load<u32>(field, PLAN_FIELD_KEY) + 1, length);
    return bytes + 1 + length;
  }
  return bytes;
}

/** The plan's table of the object that the first `open` frames lead to; 0 where the model has none. @param free room for a key */
function tableOf(plan: usize, open: u32, free: usize): usize {
  const tables = plan + load<u32>(plan, PLAN_TABLES);
  let table = tables;
  for (let index: u32 = 0; index < open; index++) {
    const frame = frameOf(index);
    if (load<u32>(frame, FRAME_IS_OBJECT) === 0) continue;
    const number = fieldOf(plan, table, load<u32>(frame, FRAME_KEY), load<u32>(frame, FRAME_KEY_BYTES), free);
    if (number === NO_FIELD) return 0;
    const field = plan + load<u32>(plan, PLAN_FIELDS) + (load<u32>(table, PLAN_TABLE_FIRST) + number) * PLAN_FIELD_BYTES;
    const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
    if (kind !== FieldKind.OBJECT && kind !== FieldKind.LIST) return 0;
    table = tables + load<u32>(field, PLAN_FIELD_AUX) * PLAN_TABLE_BYTES;
  }
  return table;
}

/** Number of a field in its table, by its key as written; NO_FIELD where there is none. @param free room for the key */
function fieldOf(plan: usize, table: usize, key: usize, bytes: u32, free: usize): u32 {
  const length = (putKey(free, key, bytes, false) - free) as u32;
  const name = findName(plan, plan + load<u32>(table, PLAN_TABLE_NAMES), free, length);
  return name === 0 ? NO_FIELD : (load<u16>(name, NAME_VALUE) as u32);
}
