// JSON text straight into the registers of an image's fields: what the transcoder and the payload verifier do one after the other,
// without the payload between them. It takes texts as nearly all are, and leaves the others as they were, to those two: texts with
// escapes, with keys that the model does not have, with lists, and all that are wrong in any way. It says nothing of them.
//
// The bounds of a value are those of its field's descriptor, as for a payload, so a plan that says other things does no harm. A
// text stays where it is: its register leads into the JSON.
//
// What is here as in quick.ts and object.ts becomes part of its loop, as there: what two files call does not, and every field paid.

import { loadAbsent } from '../flatbuffers/payload';
import { countCodePoints } from '../flatbuffers/text';
import { integerFits, memberFits, readValue as registerBits } from '../flatbuffers/value';
import { blobAddress } from '../image/blobs';
import { highOf, stopsOf, zero16 } from '../memory/block';
import { scratchKeys, scratchNulls, scratchPatience, scratchRegisters } from '../memory/scratch';
import { FIELD_MAX, FIELD_MIN, FIELD_REGISTER, IMAGE_JSON, NO_REGISTER } from '../shared/image';
import {
  NAME_BYTES,
  NAME_VALUE,
  NAMES_ENTRIES,
  NAMES_SLOTS,
  PLAN_FIELD_AUX,
  PLAN_FIELD_BYTES,
  PLAN_FIELD_COUNT,
  PLAN_FIELD_DESCRIPTOR,
  PLAN_FIELD_KEY_BYTES,
  PLAN_FIELD_KIND,
  PLAN_FIELDS,
  PLAN_TABLE_BYTES,
  PLAN_TABLE_FIELDS,
  PLAN_TABLE_FIRST,
  PLAN_TABLE_NAMES,
  PLAN_TABLES,
} from '../shared/json';
import { FieldKind } from '../shared/value-type';
import { findName, hashOf } from './names';
import { digitsOf, FIRST_NUMBER, isPlain, LAST_NUMBER, marksOf, putDouble, runOf } from './number-field';
import { matchKey } from './quick';
import { takeScalar } from './scalar';
import { beginState, behindSpace, STATE_END, STATE_IMAGE, STATE_PLAN, skipSpace, WORD_NULL } from './state';

/** u8 by the number of a field: 1 where it has been in the text. Behind the two big numbers of float-exact.ts. */
const STATE_SEEN: usize = 4608;
/** A value on its way into a register; where registers that no rule reads are written, and their null flags. */
const STATE_PLACE: usize = 5632;
const STATE_UNREAD: usize = 5640;
const STATE_UNREAD_NULL: usize = 5648;
/** After a text that it has not taken it leaves so many alone: their like often follow, and are read twice in vain. */
const TEXTS_LEFT: u32 = 15;
/** The payloads of texts up to here are within PAYLOAD_BYTES_MAX, whatever is in them. */
const TEXT_BYTES_MAX: u32 = 65536;

/**
 * Reads a text into the registers of the fields. The text stays as it is, but for the TEXT_SPARE_BYTES behind it.
 *
 * @param image a verified image
 * @returns whether it was taken; if not, registers hold anything
 */
export function readText(image: usize, text: usize, textBytes: u32): bool {
  const state = beginText(image, text, textBytes);
  return state !== 0 && resumeText(state, 0, text);
}

// The parts of readText: generated code calls them, and reads the fields of the root itself while they come in their order.

/** @returns the state, or 0 where the text is left alone */
export function beginText(image: usize, text: usize, textBytes: u32): usize {
  if (!ASC_FEATURE_SIMD || textBytes > TEXT_BYTES_MAX) return 0;
  const patience = scratchPatience();
  const left = load<u32>(patience);
  if (left !== 0) {
    store<u32>(patience, left - 1);
    return 0;
  }
  zero16(text + textBytes);
  return beginState(image, blobAddress(image, load<u32>(image, IMAGE_JSON) - 1), text, textBytes, 0, 0);
}

/** Notes that a text was read in vain. @returns false */
export function leaveText(): bool {
  store<u32>(scratchPatience(), TEXTS_LEFT);
  return false;
}

/** Reads on behind the first `done` fields of the root, which are in their registers; from the text's first byte without them. */
export function resumeText(state: usize, done: u32, at: usize): bool {
  if (done === 0) {
    at = skipSpace(at);
    if ((load<u8>(at) as u32) !== 123) return leaveText();
    at++;
  }
  at = readObject(state, 0, at, done);
  return (at !== 0 && skipSpace(at) === (load<u32>(state, STATE_END) as usize)) || leaveText();
}

/**
 * Reads the value of a field of the root, by its number: one that the caller has not found to be a short text or a plain number.
 *
 * @returns the byte behind it, or 0
 */
export function readField(state: usize, number: u32, at: usize): usize {
  const image = load<u32>(state, STATE_IMAGE) as usize;
  const plan = load<u32>(state, STATE_PLAN) as usize;
  const field = plan + load<u32>(plan, PLAN_FIELDS) + number * PLAN_FIELD_BYTES;
  const descriptor = image + load<u32>(field, PLAN_FIELD_DESCRIPTOR);
  const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
  const target = targetOf(state, descriptor);
  at = behindSpace(at);
  if (load<u32>(at) === WORD_NULL) return loadAbsent(image, descriptor, kind) ? at + 4 : 0;
  if (kind !== FieldKind.TEXT) return readOther(state, field, kind, descriptor, at, target);
  if ((load<u8>(at) as u32) !== 34) return 0;
  const length = lengthOf(at + 1);
  const points = countCodePoints(at + 1, length) as u32;
  if (length === 0 || points < load<u32>(descriptor, FIELD_MIN) || points > min(load<u32>(descriptor, FIELD_MAX), length)) return 0;
  store<u64>(target, ((at + 1) as u64) | ((length as u64) << 32));
  return at + length + 2;
}

/** Where the value of a field goes, which is not null. */
function targetOf(state: usize, descriptor: usize): usize {
  const register = load<u16>(descriptor, FIELD_REGISTER) as u32;
  const isRead = register !== NO_REGISTER;
  store<u8>(isRead ? scratchNulls() + register : state + STATE_UNREAD_NULL, 0);
  return isRead ? scratchRegisters() + (register << 3) : state + STATE_UNREAD;
}

/**
 * Reads an object behind its brace, or behind the first `done` of its fields; calls itself for nested ones.
 *
 * @returns the byte behind it, or 0
 */
function readObject(state: usize, index: u32, at: usize, done: u32): usize {
  const image = load<u32>(state, STATE_IMAGE) as usize;
  const plan = load<u32>(state, STATE_PLAN) as usize;
  const table = plan + load<u32>(plan, PLAN_TABLES) + index * PLAN_TABLE_BYTES;
  const first = load<u32>(table, PLAN_TABLE_FIRST) as usize;
  const count = load<u32>(table, PLAN_TABLE_FIELDS);
  const fields = plan + load<u32>(plan, PLAN_FIELDS) + first * PLAN_FIELD_BYTES;
  const fieldsEnd = fields + count * PLAN_FIELD_BYTES;
  const names = plan + load<u32>(table, PLAN_TABLE_NAMES);
  const seen = state + STATE_SEEN + first;
  // What is behind belongs to tables that are not open: a table's fields lie before those of the tables in it.
  for (let number: usize = 0; number < (count as usize); number += 16) zero16(seen + number);
  for (let number: usize = 0; number < (done as usize); number++) store<u8>(seen + number, 1);
  const guesses = scratchKeys() + (first << 1);
  let guess = done !== 0 ? guesses + ((done - 1) << 1) : scratchKeys() + ((load<u32>(plan, PLAN_FIELD_COUNT) + index) << 1);
  let found = done;
  while (true) {
    at = behindSpace(at);
    const byte = load<u8>(at) as u32;
    if (byte === 125) break;
    if (found !== 0) {
      if (byte !== 44) return 0;
      at = behindSpace(at + 1);
    }
    let field = fields + (load<u16>(guess) as usize) * PLAN_FIELD_BYTES;
    if (field < fieldsEnd && matchKey(plan, field, at)) at += load<u32>(field, PLAN_FIELD_KEY_BYTES);
    else {
      if ((load<u8>(at) as u32) !== 34) return 0;
      // Not by the length that the plan has of the key: the next byte to read must not wait for the search.
      const quotes = (i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(34))) as u32) >> 1;
      let length = ctz(quotes);
      field = quotes !== 0 ? fieldAt(plan, names, fields, at + 1, length) : 0;
      if (field !== 0 && matchKey(plan, field, at)) at += length + 3;
      else {
        length = lengthOf(at + 1);
        if (length === 0) return 0;
        const entry = findName(plan, names, at + 1, length);
        if (entry === 0) return 0;
        field = fields + (load<u16>(entry, NAME_VALUE) as usize) * PLAN_FIELD_BYTES;
        at = skipSpace(at + length + 2);
        if ((load<u8>(at) as u32) !== 58) return 0;
        at++;
      }
      store<u16>(guess, ((field - fields) / PLAN_FIELD_BYTES) as u16);
    }
    const number = (field - fields) / PLAN_FIELD_BYTES;
    guess = guesses + (number << 1);
    if (load<u8>(seen + number) !== 0) return 0;
    store<u8>(seen + number, 1);
    found++;
    at = readValue(state, field, behindSpace(at));
    if (at === 0) return 0;
  }
  if (found !== count && !readAbsent(image, fields, fieldsEnd, seen)) return 0;
  return at + 1;
}

/** The field whose key may be the `length` bytes at `at`, as quickField finds it. @returns its entry of the plan, or 0 */
function fieldAt(plan: usize, names: usize, fields: usize, at: usize, length: u32): usize {
  const slot = hashOf(names, at, length) << 1;
  const number = load<u16>(plan + load<u32>(names, NAMES_SLOTS) + slot) as usize;
  if (number === 0) return 0;
  const name = plan + load<u32>(names, NAMES_ENTRIES) + (number - 1) * NAME_BYTES;
  return fields + (load<u16>(name, NAME_VALUE) as usize) * PLAN_FIELD_BYTES;
}

/** Reads the value at `at` into the register of a field. @returns the byte behind it, or 0 */
function readValue(state: usize, field: usize, at: usize): usize {
  const image = load<u32>(state, STATE_IMAGE) as usize;
  const descriptor = image + load<u32>(field, PLAN_FIELD_DESCRIPTOR);
  const target = targetOf(state, descriptor);
  const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
  if (load<u32>(at) === WORD_NULL) return loadAbsent(image, descriptor, kind) ? at + 4 : 0;
  if (kind === FieldKind.TEXT) return readQuoted(descriptor, at, target);
  let behind: usize = 0;
  if (kind - FIRST_NUMBER <= LAST_NUMBER - FIRST_NUMBER) {
    behind = readNumber(load<u32>(state, STATE_PLAN) as usize, kind, descriptor, at, target);
  }
  return behind !== 0 ? behind : readOther(state, field, kind, descriptor, at, target);
}

/** A number of up to 15 digits without a sign and an exponent. @returns the byte behind it, or 0 */
function readNumber(plan: usize, kind: u32, descriptor: usize, at: usize, target: usize): usize {
  const run = runOf(at);
  const marks = marksOf(at, run);
  const whole = min(ctz(marks), run);
  if (!isPlain(at, run, marks, whole)) return 0;
  const places = run - whole - u32(marks !== 0);
  const mantissa = digitsOf(at, whole, places);
  if (kind === FieldKind.DOUBLE) return putDouble(plan, descriptor, mantissa, places, 0, target) ? at + run : 0;
  store<f64>(target, mantissa as f64);
  return places === 0 && integerFits(descriptor, mantissa) ? at + run : 0;
}

/** A text at `at`, its quote, without escapes. @returns the byte behind it, or 0 */
function readQuoted(descriptor: usize, at: usize, target: usize): usize {
  if ((load<u8>(at) as u32) !== 34) return 0;
  const first = at + 1;
  let end = first;
  let high: u32 = 0;
  let stops: u32 = 0;
  while (true) {
    stops = stopsOf(end);
    const bits = highOf(end);
    if (stops !== 0) {
      const run = ctz(stops);
      high |= bits & ((1 << run) - 1);
      end += run;
      break;
    }
    high |= bits;
    end += 16;
  }
  if ((load<u8>(end) as u32) !== 34) return 0;
  const length = (end - first) as u32;
  const points: u32 = high === 0 ? length : (countCodePoints(first, length) as u32);
  // What is no UTF-8 has -1 code points: more than a field may bound.
  if (points < load<u32>(descriptor, FIELD_MIN) || points > min(load<u32>(descriptor, FIELD_MAX), length)) return 0;
  store<u64>(target, (first as u64) | ((length as u64) << 32));
  return end + 1;
}

/** A value of another kind, or a number that is not plain. @returns the byte behind it, or 0 */
function readOther(state: usize, field: usize, kind: u32, descriptor: usize, at: usize, target: usize): usize {
  const image = load<u32>(state, STATE_IMAGE) as usize;
  const byte = load<u8>(at) as u32;
  if (kind === FieldKind.OBJECT) {
    store<u64>(target, 0);
    return byte === 123 ? readObject(state, load<u32>(field, PLAN_FIELD_AUX), at + 1, 0) : 0;
  }
  // What stands for a number in quotes is read without its escapes, which would change the text.
  if (kind === FieldKind.LIST || (byte === 34 && lengthOf(at + 1) === 0)) return 0;
  const place = state + STATE_PLACE;
  at = takeScalar(state, field, at, place);
  // A plan may say of a word that it is any member.
  if (kind === FieldKind.ENUM && at !== 0 && !memberFits(image, descriptor, load<u16>(place) as u32)) return 0;
  store<u64>(target, registerBits(kind, place));
  return at;
}

/** Bytes of the text whose first character is at `at`; 0 where there are none, or an escape, or what no text may have. */
function lengthOf(at: usize): u32 {
  const start = at;
  let stops = stopsOf(at);
  while (stops === 0) {
    at += 16;
    stops = stopsOf(at);
  }
  at += ctz(stops);
  return (load<u8>(at) as u32) === 34 ? ((at - start) as u32) : 0;
}

/** Fills the registers of the fields that were not in the text. @returns whether all that are required were */
function readAbsent(image: usize, fields: usize, end: usize, seen: usize): bool {
  for (let field = fields; field < end; field += PLAN_FIELD_BYTES, seen++) {
    if (load<u8>(seen) !== 0) continue;
    if (!loadAbsent(image, image + load<u32>(field, PLAN_FIELD_DESCRIPTOR), load<u8>(field, PLAN_FIELD_KIND) as u32)) return false;
  }
  return true;
}
