// Objects of JSON as tables, and lists as vectors: both in one file, as each may be in the other.
//
// Of a table the block is copied as it is with every field absent; a field that is there gets its vtable entry, and whoever finds
// an entry in its place has found a key for the second time. The key that came after this one last time is tried first, in whole:
// quotes, name and colon. The guess is kept in the instance's own scratch, and a wrong one only costs the search.
//
// How many elements a list has is known at its end. Numbers are written as they come; what is behind offsets is written first, and
// then moved up behind its vector.

import { valueWidth } from '../flatbuffers/value';
import { copy16 } from '../memory/block';
import { FIELD_MAX, FIELD_MIN } from '../shared/image';
import {
  JsonFault,
  NAME_VALUE,
  PLAN_FIELD_AUX,
  PLAN_FIELD_BYTES,
  PLAN_FIELD_COUNT,
  PLAN_FIELD_DESCRIPTOR,
  PLAN_FIELD_ELEMENT,
  PLAN_FIELD_ENTRY,
  PLAN_FIELD_KEY_BYTES,
  PLAN_FIELD_KIND,
  PLAN_FIELD_REQUIRED,
  PLAN_FIELD_VALUE,
  PLAN_FIELDS,
  PLAN_TABLE_AT,
  PLAN_TABLE_BLOCK,
  PLAN_TABLE_BLOCK_BYTES,
  PLAN_TABLE_BYTES,
  PLAN_TABLE_CLOSED,
  PLAN_TABLE_FIELDS,
  PLAN_TABLE_FIRST,
  PLAN_TABLE_NAMES,
  PLAN_TABLE_REQUIRED,
  PLAN_TABLES,
} from '../shared/json';
import { FieldKind } from '../shared/value-type';
import { findName, findTwin } from './names';
import { digitsOf, FIRST_NUMBER, isPlain, LAST_NUMBER, marksOf, putDouble, putInteger, runOf } from './number-field';
import { matchKey, quickField, quickText } from './quick';
import { takeScalar } from './scalar';
import { pushKey, skipValue } from './skip';
import {
  behindSpace,
  fault,
  hasRoom,
  pushBytes,
  STATE_GUESSES,
  STATE_IMAGE,
  STATE_LENGTH,
  STATE_OUT,
  STATE_PLAN,
  STATE_TEXT,
  STATE_TOP,
  STATE_WRITTEN,
  skipSpace,
  typeFault,
  WORD_NULL,
} from './state';
import { takeText } from './text';

const OFFSET_BYTES: usize = 4;
/** From entries of the plan, PLAN_FIELD_BYTES each, to guesses, 2 bytes each. */
const GUESS_SHIFT: usize = 4;
/** Entry of a field that is null, until its table is complete. */
const IS_NULL: u32 = 1;

/**
 * Reads an object, `at` behind its brace; calls itself for nested ones, whose depth the image verifier has bounded. STATE_WRITTEN
 * is then the address of its table.
 *
 * @param index of its table
 */
export function takeObject(state: usize, index: u32, at: usize): usize {
  const image = load<u32>(state, STATE_IMAGE) as usize;
  const plan = load<u32>(state, STATE_PLAN) as usize;
  const table = plan + load<u32>(plan, PLAN_TABLES) + index * PLAN_TABLE_BYTES;
  const block = startBlock(state, plan, table, at);
  if (block === 0) return 0;
  const begin = at - 1;
  const fields = plan + load<u32>(plan, PLAN_FIELDS) + load<u32>(table, PLAN_TABLE_FIRST) * PLAN_FIELD_BYTES;
  const fieldsEnd = fields + load<u32>(table, PLAN_TABLE_FIELDS) * PLAN_FIELD_BYTES;
  const names = plan + load<u32>(table, PLAN_TABLE_NAMES);
  const guesses = (load<u32>(state, STATE_GUESSES) as usize) + (load<u32>(table, PLAN_TABLE_FIRST) << 1);
  const tableAt = load<u32>(table, PLAN_TABLE_AT);
  const keys = load<u32>(state, STATE_TOP) as usize;
  // The guess for the first key lies behind those of all fields.
  let guess = (load<u32>(state, STATE_GUESSES) as usize) + ((load<u32>(plan, PLAN_FIELD_COUNT) + index) << 1);
  let required: u32 = 0;
  let nulls: u32 = 0;
  at = skipSpace(at);
  if ((load<u8>(at) as u32) !== 125) {
    while (true) {
      let field = fields + (load<u16>(guess) as usize) * PLAN_FIELD_BYTES;
      if (field >= fieldsEnd || !matchKey(plan, field, at)) {
        field = quickField(plan, names, fields, at);
        if (field !== 0 && matchKey(plan, field, at)) store<u16>(guess, ((field - fields) / PLAN_FIELD_BYTES) as u16);
        else field = 0;
      }
      if (field !== 0) at += load<u32>(field, PLAN_FIELD_KEY_BYTES);
      else {
        const key = at + 1;
        if ((load<u8>(at) as u32) !== 34) return fault(state, JsonFault.SYNTAX, at);
        at = takeText(state, key);
        if (at === 0) return 0;
        const name = findName(plan, names, key, load<u32>(state, STATE_LENGTH));
        if (name === 0) {
          at = skipUnknown(state, table, key, at);
          if (at === 0) return 0;
          const byte = load<u8>(at) as u32;
          if (byte === 125) break;
          if (byte !== 44) return fault(state, JsonFault.SYNTAX, at);
          at = behindSpace(at + 1);
          continue;
        }
        const number = load<u16>(name, NAME_VALUE);
        field = fields + (number as usize) * PLAN_FIELD_BYTES;
        store<u16>(guess, number);
        at = skipSpace(at);
        if ((load<u8>(at) as u32) !== 58) return fault(state, JsonFault.SYNTAX, at);
        at++;
      }
      guess = guesses + ((field - fields) >> GUESS_SHIFT);
      at = behindSpace(at);
      const entry = block + load<u16>(field, PLAN_FIELD_ENTRY);
      if (load<u16>(entry) !== 0) return fault(state, JsonFault.DUPLICATE, at);
      const isRequired = load<u8>(field, PLAN_FIELD_REQUIRED) as u32;
      if (load<u32>(at) === WORD_NULL) {
        if (isRequired !== 0) return fault(state, JsonFault.REQUIRED, at);
        store<u16>(entry, IS_NULL as u16);
        nulls++;
        at += 4;
      } else {
        const place = load<u16>(field, PLAN_FIELD_VALUE) as u32;
        store<u16>(entry, (place - tableAt) as u16);
        required += isRequired;
        const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
        const descriptor = image + load<u32>(field, PLAN_FIELD_DESCRIPTOR);
        let behind: usize = 0;
        if (kind === FieldKind.TEXT) behind = quickText(state, descriptor, at, block + place);
        else if (ASC_FEATURE_SIMD && kind - FIRST_NUMBER <= LAST_NUMBER - FIRST_NUMBER) {
          // One that begins with a minus has no digit there, and goes the long way.
          const run = runOf(at);
          const marks = marksOf(at, run);
          const whole = min(ctz(marks), run);
          if (isPlain(at, run, marks, whole)) {
            const places = run - whole - u32(marks !== 0);
            const mantissa = digitsOf(at, whole, places);
            const fits =
              kind === FieldKind.DOUBLE
                ? putDouble(plan, descriptor, mantissa, places, 0, block + place)
                : places === 0 && putInteger(kind, descriptor, mantissa, block + place);
            if (fits) behind = at + run;
          }
        }
        at = behind !== 0 ? behind : takeValue(state, field, at, block + place);
        if (at === 0) return 0;
      }
      at = behindSpace(at);
      const byte = load<u8>(at) as u32;
      if (byte === 125) break;
      if (byte !== 44) return fault(state, JsonFault.SYNTAX, at);
      at = behindSpace(at + 1);
    }
  }
  if (nulls !== 0) clearNulls(block, fields, fieldsEnd);
  if (required !== load<u32>(table, PLAN_TABLE_REQUIRED)) return fault(state, JsonFault.REQUIRED, begin);
  const top = load<u32>(state, STATE_TOP) as usize;
  if (top !== keys) {
    const twin = findTwin(top, keys);
    if (twin !== 0) return fault(state, JsonFault.DUPLICATE, twin);
    store<u32>(state, keys as u32, STATE_TOP);
  }
  store<u32>(state, (block as u32) + tableAt, STATE_WRITTEN);
  return at + 1;
}

/** Appends the block of a table, at a multiple of 8. @returns its address, or 0 */
function startBlock(state: usize, plan: usize, table: usize, at: usize): usize {
  const out = load<u32>(state, STATE_OUT) as usize;
  const bytes = load<u32>(table, PLAN_TABLE_BLOCK_BYTES);
  if (!hasRoom(state, out, bytes + 8)) return fault(state, JsonFault.ROOM, at);
  const block = (out + 7) & ~7;
  store<u64>(out, 0);
  const end = block + bytes;
  let from = plan + load<u32>(table, PLAN_TABLE_BLOCK);
  // The area and the plan have room for the last of the steps.
  for (let to = block; to < end; to += 16) {
    copy16(to, from);
    from += 16;
  }
  store<u32>(state, end as u32, STATE_OUT);
  return block;
}

/** A key that the model does not have, at `key`, and its value. @returns the first byte behind it that is no white space */
function skipUnknown(state: usize, table: usize, key: usize, at: usize): usize {
  if (load<u32>(table, PLAN_TABLE_CLOSED) !== 0) return fault(state, JsonFault.UNKNOWN, key);
  if (!pushKey(state, key)) return 0;
  at = skipSpace(at);
  if ((load<u8>(at) as u32) !== 58) return fault(state, JsonFault.SYNTAX, at);
  at = skipValue(state, skipSpace(at + 1));
  return at === 0 ? 0 : skipSpace(at);
}

/** Makes fields that are null absent. */
function clearNulls(block: usize, fields: usize, end: usize): void {
  for (let field = fields; field < end; field += PLAN_FIELD_BYTES) {
    const entry = block + load<u16>(field, PLAN_FIELD_ENTRY);
    if (load<u16>(entry) === IS_NULL) store<u16>(entry, 0);
  }
}

/** Reads the value whose first byte is at `at` (null apart) and writes it, or where it is, to `target`. */
function takeValue(state: usize, field: usize, at: usize, target: usize): usize {
  const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
  if (kind < (FieldKind.OBJECT as u32)) return takeScalar(state, field, at, target);
  const isObject = kind === FieldKind.OBJECT;
  if ((load<u8>(at) as u32) !== (isObject ? 123 : 91)) return typeFault(state, at);
  at = isObject ? takeObject(state, load<u32>(field, PLAN_FIELD_AUX), at + 1) : takeList(state, field, at + 1);
  if (at !== 0) store<u32>(target, load<u32>(state, STATE_WRITTEN) - (target as u32));
  return at;
}

/**
 * Reads a list, `at` behind its bracket. STATE_WRITTEN is then the address of its vector.
 *
 * @param field entry of the plan
 */
function takeList(state: usize, field: usize, at: usize): usize {
  const kind = load<u32>(field, PLAN_FIELD_ELEMENT);
  const start = at - 1;
  at = skipSpace(at);
  const end =
    kind === FieldKind.TEXT || kind === FieldKind.OBJECT
      ? takeOffsets(state, field, kind, at)
      : takeScalars(state, field, kind, at);
  // An empty list takes its closing bracket for one: both loops below stop in front of it.
  if (end === 0) return 0;
  const descriptor = (load<u32>(state, STATE_IMAGE) as usize) + load<u32>(field, PLAN_FIELD_DESCRIPTOR);
  const count = load<u32>(load<u32>(state, STATE_WRITTEN) as usize) as u64;
  if (count < load<u64>(descriptor, FIELD_MIN)) return fault(state, JsonFault.LENGTH, start);
  return end + 1;
}

/** Entry of the plan for the elements of a list of scalars or texts. */
function elementOf(state: usize, field: usize): usize {
  const plan = load<u32>(state, STATE_PLAN) as usize;
  const table = plan + load<u32>(plan, PLAN_TABLES) + load<u32>(field, PLAN_FIELD_AUX) * PLAN_TABLE_BYTES;
  return plan + load<u32>(plan, PLAN_FIELDS) + load<u32>(table, PLAN_TABLE_FIRST) * PLAN_FIELD_BYTES;
}

function countMax(state: usize, field: usize): u64 {
  return load<u64>((load<u32>(state, STATE_IMAGE) as usize) + load<u32>(field, PLAN_FIELD_DESCRIPTOR), FIELD_MAX);
}

/** What stands in front of a value that is not there, or null. */
function elementFault(state: usize, at: usize): usize {
  return fault(state, load<u32>(at) === WORD_NULL ? JsonFault.REQUIRED : JsonFault.SYNTAX, at);
}

/** Behind an element: the next one, or the closing bracket (at which `at` then is), or 0. */
function nextElement(state: usize, at: usize): usize {
  at = skipSpace(at);
  const byte = load<u8>(at) as u32;
  if (byte === 93) return at;
  if (byte !== 44) return fault(state, JsonFault.SYNTAX, at);
  at = skipSpace(at + 1);
  const next = load<u8>(at) as u32;
  return next === 93 || next === 110 ? elementFault(state, at) : at;
}

/** Numbers, booleans and what is stored as a number. */
function takeScalars(state: usize, field: usize, kind: u32, at: usize): usize {
  const width = valueWidth(kind) as usize;
  const element = elementOf(state, field);
  const most = countMax(state, field);
  const out = load<u32>(state, STATE_OUT) as usize;
  if (!hasRoom(state, out, 24)) return fault(state, JsonFault.ROOM, at);
  // Elements lie at a multiple of their width.
  store<u64>(out, 0);
  const vector = width === 8 ? ((out + 11) & ~7) - 4 : (out + 3) & ~3;
  let target = vector + 4;
  let count: u32 = 0;
  if ((load<u8>(at) as u32) === 110) return elementFault(state, at);
  while ((load<u8>(at) as u32) !== 93) {
    if ((count as u64) === most) return fault(state, JsonFault.LENGTH, at);
    if (!hasRoom(state, target, 24)) return fault(state, JsonFault.ROOM, at);
    at = takeScalar(state, element, at, target);
    if (at !== 0) at = nextElement(state, at);
    if (at === 0) return 0;
    target += width;
    count++;
  }
  store<u32>(vector, count);
  store<u32>(target, 0);
  store<u32>(state, ((target as u32) + 3) & ~3, STATE_OUT);
  store<u32>(state, vector as u32, STATE_WRITTEN);
  return at;
}

/** Texts and objects: their places are noted at the area's end. */
function takeOffsets(state: usize, field: usize, kind: u32, at: usize): usize {
  const element = elementOf(state, field);
  const table = load<u32>(field, PLAN_FIELD_AUX);
  const most = countMax(state, field);
  const out = load<u32>(state, STATE_OUT) as usize;
  if (!hasRoom(state, out, 24)) return fault(state, JsonFault.ROOM, at);
  const start = (out + 7) & ~7;
  store<u64>(out, 0);
  store<u32>(state, start as u32, STATE_OUT);
  const places = load<u32>(state, STATE_TOP) as usize;
  let count: u32 = 0;
  if ((load<u8>(at) as u32) === 110) return elementFault(state, at);
  while ((load<u8>(at) as u32) !== 93) {
    if ((count as u64) === most) return fault(state, JsonFault.LENGTH, at);
    // In steps of 8, as all that lies there.
    const place = pushBytes(state, load<u32>(state, STATE_OUT) as usize, 8, at);
    if (place === 0) return 0;
    if (kind === FieldKind.TEXT) {
      at = takeScalar(state, element, at, place);
      if (at !== 0) store<u32>(place, (place as u32) + load<u32>(place));
    } else {
      if ((load<u8>(at) as u32) !== 123) return typeFault(state, at);
      at = takeObject(state, table, at + 1);
      if (at !== 0) store<u32>(place, load<u32>(state, STATE_WRITTEN));
    }
    if (at !== 0) at = nextElement(state, at);
    if (at === 0) return 0;
    count++;
  }
  const bytes = (load<u32>(state, STATE_OUT) as usize) - start;
  const shift = ((count as usize) * OFFSET_BYTES + 4 + 7) & ~7;
  if (!hasRoom(state, start + bytes, shift)) return fault(state, JsonFault.ROOM, at);
  memory.copy(start + shift, start, bytes);
  const vector = start + shift - (count as usize) * OFFSET_BYTES - 4;
  store<u32>(start, 0);
  store<u32>(vector, count);
  let target = vector + 4;
  let place = places;
  for (let index: u32 = 0; index < count; index++) {
    place -= 8;
    store<u32>(target, load<u32>(place) + (shift as u32) - (target as u32));
    target += OFFSET_BYTES;
  }
  store<u32>(state, places as u32, STATE_TOP);
  store<u32>(state, (start + bytes + shift) as u32, STATE_OUT);
  store<u32>(state, vector as u32, STATE_WRITTEN);
  return at;
}

/** Reads the whole text: one object, white space around it. @returns bytes of the payload, or 0 */
export function takeRoot(state: usize, end: usize): u32 {
  const area = load<u32>(state, STATE_OUT) as usize;
  let at = skipSpace(load<u32>(state, STATE_TEXT) as usize);
  if ((load<u8>(at) as u32) !== 123) return typeFault(state, at) as u32;
  at = takeObject(state, 0, at + 1);
  if (at === 0) return 0;
  at = skipSpace(at);
  if (at !== end) return fault(state, JsonFault.SYNTAX, at) as u32;
  store<u32>(area, load<u32>(state, STATE_WRITTEN) - (area as u32));
  return load<u32>(state, STATE_OUT) - (area as u32);
}
