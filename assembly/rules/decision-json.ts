// The JSON text of a decision, byte for byte what src/schema/decision.ts writes, made where the decision lies. That one writes all
// decisions; this one those that nearly all are, in a quarter of the time, and leaves the others to it: decisions with another
// status than OK or with outputs, numbers that take more than six decimals or fifteen digits, texts of more than there is room for.
//
// The module has no data, so what is always the same is written as words of eight characters, the first in the lowest byte. A
// piece may be followed by some bytes of nothing, which the next one overwrites.

import { calendarDay, calendarMonth, calendarYear, floorDivide } from '../functions/calendar';
import { copy16, stopsOf } from '../memory/block';
import { scratchText } from '../memory/scratch';
import {
  DECISION_BUNDLE,
  DECISION_ID_HIGH,
  DECISION_ID_LOW,
  DECISION_IMAGE,
  DECISION_INPUTS_VTABLE,
  DECISION_LISTS,
  DECISION_NOW,
  DECISION_OUTCOME,
  DECISION_OUTPUTS_ENTRY,
  DECISION_PARAMETERS,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  DECISION_VERSION,
  REASON_CODE,
  REASON_RULE,
  REASON_SCORE,
  REASON_TABLE,
  VERSION_NAME,
  VERSION_TEXT,
} from '../shared/image';
import { TEXT_SCRATCH_BYTES } from '../shared/limits';
import { Outcome } from '../shared/outcome';
import { Status } from '../shared/status';

/** Bytes that a piece without a text of the bundle's may take, and as many again that may be overwritten behind it. */
const PIECE_BYTES: usize = 128;
/** Characters of JSON for one byte of a text at most: \u001f. */
const ESCAPE_BYTES: usize = 6;
const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const DIGIT_0: u32 = 0x30;
/** Numbers of up to this are their shortest decimals: each has one of its own. */
const DIGITS_MAX: f64 = 1e15;
const DECIMALS_MAX: u32 = 6;
const MICROS_PER_SECOND: i64 = 1000000;
const MICROS_PER_DAY: i64 = 86400000000;
const YEAR_MAX: i64 = 9999;
/** Of the entries in the vtable of the inputs. */
const ENTRY_NOW: usize = 4;
const ENTRY_PARAMETERS: usize = 8;

/**
 * Writes the JSON text of a decision at scratchText(), where it stands until the engine decides again.
 *
 * @param decision as the engine wrote it
 * @returns its bytes; 0 where it is one that is left to the host
 */
export function renderDecision(decision: usize): u32 {
  if (load<u8>(decision, DECISION_STATUS) !== (Status.OK as u8) || load<u16>(decision, DECISION_OUTPUTS_ENTRY) !== 0) return 0;
  const start = scratchText();
  let to = putId(start, decision);
  // "status":"OK","outcome":
  to = put24(to, two(0x61747322, 0x22737574), two(0x4b4f223a, 0x6f222c22), two(0x6f637475, 0x3a22656d));
  to = putOutcome(to, load<u8>(decision, DECISION_OUTCOME));
  to = put16(to, two(0x6373222c, 0x2265726f), 0x3a, 9); // ,"score":
  to = putNumber(to, load<f64>(decision, DECISION_SCORE));
  if (to === 0) return 0;
  to = put16(to, two(0x6572222c, 0x6e6f7361), 0x5b3a2273, 12); // ,"reasons":[
  to = putReasons(to, decision + DECISION_REASONS);
  if (to === 0) return 0;
  to = put16(to, two(0x62222c5d, 0x6c646e75), 0x3a2265, 11); // ],"bundle":
  to = putText(to, decision + DECISION_BUNDLE);
  if (to === 0) return 0;
  to = put16(to, two(0x6576222c, 0x6f697372), 0x3a226e, 11); // ,"version":
  to = putText(to, decision + DECISION_VERSION);
  if (to === 0) return 0;
  to = put16(to, two(0x6d69222c, 0x22656761), 0x223a, 10); // ,"image":"
  to = putHex(to, load<u64>(decision, DECISION_IMAGE));
  to = put24(to, two(0x69222c22, 0x7475706e), two(0x7b3a2273, 0x776f6e22), 0x3a22) - 6; // ","inputs":{"now":
  to = putInputs(to, decision);
  return to === 0 ? 0 : ((to - start) as u32);
}

/** A word of two halves: JavaScript, and so a linter, has no numbers of 64 bits. */
function two(low: u32, high: u32): u64 {
  return (low as u64) | ((high as u64) << 32);
}

/** From here on, `to` is where the next character goes, and what is returned where the one behind does; 0: it is left to the host. */
function put16(to: usize, first: u64, second: u64, bytes: usize): usize {
  store<u64>(to, first);
  store<u64>(to, second, 8);
  return to + bytes;
}

function put24(to: usize, first: u64, second: u64, third: u64): usize {
  store<u64>(to, first);
  store<u64>(to, second, 8);
  store<u64>(to, third, 16);
  return to + 24;
}

function putId(to: usize, decision: usize): usize {
  const high = load<u64>(decision, DECISION_ID_HIGH);
  const low = load<u64>(decision, DECISION_ID_LOW);
  if ((high | low) === 0) {
    store<u8>(to, 0x7b); // {
    return to + 1;
  }
  to = put16(to, two(0x6564227b, 0x69736963), two(0x64496e6f, 0x223a22), 15); // {"decisionId":"
  to = putHex(putHex(to, high), low);
  store<u16>(to, 0x2c22); // ",
  return to + 2;
}

function putOutcome(to: usize, outcome: u32): usize {
  switch (outcome) {
    case Outcome.APPROVE:
      return put16(to, two(0x70706122, 0x65766f72), 0x22, 9); // "approve"
    case Outcome.REVIEW:
      return put16(to, two(0x76657222, 0x22776569), 0, 8); // "review"
    case Outcome.DECLINE:
      return put16(to, two(0x63656422, 0x656e696c), 0x22, 9); // "decline"
    default:
      return putNull(to);
  }
}

function putNull(to: usize): usize {
  store<u32>(to, 0x6c6c756e); // null
  return to + 4;
}

/** @param field of the decision that leads to their vector */
function putReasons(to: usize, field: usize): usize {
  let entry = followed(field);
  const count = load<u32>(entry);
  for (let index: u32 = 0; index < count; index++) {
    entry += 4;
    const reason = followed(entry) - REASON_TABLE;
    store<u64>(to, two(0x6f63227b, 0x3a226564)); // {"code":
    to = putText(to + 8, reason + REASON_CODE);
    if (to === 0) return 0;
    store<u64>(to, two(0x7572222c, 0x3a22656c)); // ,"rule":
    to = putText(to + 8, reason + REASON_RULE);
    if (to === 0) return 0;
    to = put16(to, two(0x6373222c, 0x2265726f), 0x3a, 9); // ,"score":
    to = putNumber(to, load<f64>(reason, REASON_SCORE));
    if (to === 0) return 0;
    store<u16>(to, 0x2c7d); // },
    to += 2;
  }
  return to - usize(count > 0);
}

/** From the time to the end. */
function putInputs(to: usize, decision: usize): usize {
  const vtable = decision + DECISION_INPUTS_VTABLE;
  to = load<u16>(vtable, ENTRY_NOW) === 0 ? putNull(to) : putTimestamp(to, load<i64>(decision, DECISION_NOW));
  if (to === 0) return 0;
  to = put16(to, two(0x696c222c, 0x22737473), 0x5b3a, 10); // ,"lists":[
  to = putVersions(to, decision + DECISION_LISTS);
  if (to === 0) return 0;
  if (load<u16>(vtable) > (ENTRY_PARAMETERS as u16)) {
    to = put16(to, two(0x70222c5d, 0x6d617261), two(0x72657465, 0x5b3a2273), 16); // ],"parameters":[
    to = putVersions(to, decision + DECISION_PARAMETERS);
    if (to === 0) return 0;
  }
  store<u32>(to, 0x7d7d5d); // ]}}
  return to + 3;
}

/** @param field that leads to a vector of ListVersions or ParameterVersions */
function putVersions(to: usize, field: usize): usize {
  let entry = followed(field);
  const count = load<u32>(entry);
  for (let index: u32 = 0; index < count; index++) {
    entry += 4;
    const table = followed(entry);
    store<u64>(to, two(0x616e227b, 0x3a22656d)); // {"name":
    to = putText(to + 8, table + VERSION_NAME);
    if (to === 0) return 0;
    to = put16(to, two(0x6576222c, 0x6f697372), 0x3a226e, 11); // ,"version":
    to = putText(to, table + VERSION_TEXT);
    if (to === 0) return 0;
    store<u16>(to, 0x2c7d); // },
    to += 2;
  }
  return to - usize(count > 0);
}

function followed(field: usize): usize {
  return field + load<u32>(field);
}

/** The text that a field leads to, in quotes, where there is room for it and the piece behind it. */
function putText(to: usize, field: usize): usize {
  const text = followed(field);
  const length = load<u32>(text) as usize;
  const from = text + 4;
  if (to + ESCAPE_BYTES * length + PIECE_BYTES > scratchText() + TEXT_SCRATCH_BYTES) return 0;
  store<u8>(to, QUOTE);
  to += 1;
  for (let done: usize = 0; done < length; done += 16) {
    const left = length - done;
    const stops = left < 16 ? stopsOf(from + done) & ((1 << (left as u32)) - 1) : stopsOf(from + done);
    if (stops !== 0) return putEscaped(to + done, from + done, left);
    copy16(to + done, from + done);
  }
  store<u8>(to + length, QUOTE);
  return to + length + 1;
}

/** The rest of a text that has quotes, backslashes or control characters, and its quote. */
function putEscaped(to: usize, from: usize, bytes: usize): usize {
  for (const end = from + bytes; from < end; from++) {
    const byte = load<u8>(from) as u32;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
      store<u8>(to++, byte);
      continue;
    }
    store<u8>(to++, BACKSLASH);
    const short = shortEscape(byte);
    if (short !== 0) {
      store<u8>(to++, short);
      continue;
    }
    store<u32>(to, 0x30303075); // u000
    store<u8>(to + 3, DIGIT_0 + (byte >> 4));
    store<u8>(to + 4, hexDigit(byte & 15));
    to += 5;
  }
  store<u8>(to, QUOTE);
  return to + 1;
}

/** What stands behind the backslash; 0 where it is a number. */
function shortEscape(byte: u32): u32 {
  switch (byte) {
    case 8:
      return 0x62; // b
    case 9:
      return 0x74; // t
    case 10:
      return 0x6e; // n
    case 12:
      return 0x66; // f
    case 13:
      return 0x72; // r
    default:
      return byte < 0x20 ? 0 : byte;
  }
}

function hexDigit(value: u32): u32 {
  return value + (value > 9 ? 0x57 : DIGIT_0);
}

/** A double as JavaScript writes it; null where it is no number. */
function putNumber(to: usize, value: f64): usize {
  if (value - value !== 0) return putNull(to);
  if (value < 0) {
    store<u8>(to, MINUS);
    to += 1;
    value = -value;
  }
  let scale: f64 = 1;
  for (let decimals: u32 = 0; decimals <= DECIMALS_MAX; decimals++) {
    const scaled = nearest(value * scale);
    if (scaled > DIGITS_MAX) return 0;
    if (scaled / scale === value) return putDecimal(to, scaled as u64, decimals, scale as u64);
    scale *= 10;
  }
  return 0;
}

function putDecimal(to: usize, digits: u64, decimals: u32, scale: u64): usize {
  if (decimals === 0) return putWhole(to, digits);
  const whole = digits / scale;
  to = putWhole(to, whole);
  store<u8>(to, POINT);
  putDigits(to + 1, (digits - whole * scale) as u32, decimals);
  return to + 1 + decimals;
}

function putWhole(to: usize, value: u64): usize {
  let count: u32 = 1;
  for (let most: u64 = 9; value > most; most = most * 10 + 9) count++;
  let at = to + count;
  let rest = value;
  do {
    const next = rest / 10;
    store<u8>(--at, (DIGIT_0 as u64) + (rest - next * 10));
    rest = next;
  } while (rest !== 0);
  return to + count;
}

/** As many digits, with zeros in front. */
function putDigits(to: usize, value: u32, count: u32): void {
  for (let at = to + count; at > to; ) {
    store<u8>(--at, DIGIT_0 + (value % 10));
    value /= 10;
  }
}

/** 16 hex digits: the nibbles of each half spread over 8 bytes, and all made characters at once. */
function putHex(to: usize, value: u64): usize {
  store<u64>(to, hexOf((value >> 32) as u32));
  store<u64>(to, hexOf(value as u32), 8);
  return to + 16;
}

function hexOf(value: u32): u64 {
  let spread = bswap<u32>(value) as u64;
  spread = (spread | (spread << 16)) & two(0xffff, 0xffff);
  spread = (spread | (spread << 8)) & two(0xff00ff, 0xff00ff);
  const nibbles = ((spread >> 4) & two(0xf000f, 0xf000f)) | ((spread & two(0xf000f, 0xf000f)) << 8);
  const letters = ((nibbles + two(0x6060606, 0x6060606)) >> 4) & two(0x1010101, 0x1010101);
  return nibbles + two(0x30303030, 0x30303030) + letters * 0x27;
}

/** Microseconds since 1970 as RFC 3339, in quotes: "2026-01-01T00:00:00.000000Z". */
function putTimestamp(to: usize, micros: i64): usize {
  const days = floorDivide(micros, MICROS_PER_DAY);
  const year = calendarYear(days);
  if (year < 0 || year > YEAR_MAX) return 0;
  const ofDay = micros - days * MICROS_PER_DAY;
  const seconds = (ofDay / MICROS_PER_SECOND) as u32;
  store<u8>(to, QUOTE);
  putDigits(to + 1, year as u32, 4);
  store<u8>(to + 5, MINUS);
  putDigits(to + 6, calendarMonth(days), 2);
  store<u8>(to + 8, MINUS);
  putDigits(to + 9, calendarDay(days), 2);
  store<u8>(to + 11, 0x54); // T
  putDigits(to + 12, seconds / 3600, 2);
  store<u8>(to + 14, 0x3a); // :
  putDigits(to + 15, (seconds / 60) % 60, 2);
  store<u8>(to + 17, 0x3a);
  putDigits(to + 18, seconds % 60, 2);
  store<u8>(to + 20, POINT);
  putDigits(to + 21, (ofDay - (seconds as i64) * MICROS_PER_SECOND) as u32, 6);
  store<u16>(to + 27, 0x225a); // Z"
  return to + 29;
}
