// What the parts of the transcoder tell each other: in the scratch's work area, which nothing else uses while a payload is made.
//
// An address that a function returns is the first byte it has not read, or 0 where it has found a fault, which is then in the
// state. The area for the payload is used from both ends: the payload grows from the start, and down from the end lie the keys of
// open objects and the places of what open lists hold.

import { scratchKeys, scratchWork } from '../memory/scratch';
import { AREA_SPARE_BYTES, JsonFault } from '../shared/json';

/** u32: first free byte of the payload's area; lowest byte of what lies at its end. */
export const STATE_OUT: usize = 0;
export const STATE_TOP: usize = 4;
/** u32: image, its plan, the text and its end. */
export const STATE_IMAGE: usize = 8;
export const STATE_PLAN: usize = 12;
export const STATE_TEXT: usize = 16;
export const STATE_END: usize = 20;
/** u32: the fault, JsonFault, and the address where it was found. */
export const STATE_FAULT: usize = 24;
export const STATE_FAULT_AT: usize = 28;
/** u32: bytes of the text that takeText has read; place of the table or vector that was written last. */
export const STATE_LENGTH: usize = 32;
export const STATE_WRITTEN: usize = 36;
/** The number that scanNumber has read: (-1)^sign * mantissa * 10^exponent, and more digits behind those of the mantissa. */
export const STATE_MANTISSA: usize = 40; // u64
export const STATE_EXPONENT: usize = 48; // i64
export const STATE_SIGN: usize = 56; // u32, 1: negative
export const STATE_TAIL: usize = 60; // u32, 1: a digit other than 0 follows those of the mantissa
export const STATE_DIGITS: usize = 64; // u32, address of the first digit other than 0
export const STATE_VALUE: usize = 72; // f64 or i64
/** u32: address of the guesses at keys, object.ts. */
export const STATE_GUESSES: usize = 80;
/** Two big numbers, float-exact.ts. */
export const STATE_BIG: usize = 128;

/** Four bytes of a word: the last four of `false`. */
export const WORD_TRUE: u32 = 0x65757274;
export const WORD_ALSE: u32 = 0x65736c61;
export const WORD_NULL: u32 = 0x6c6c756e;

/** Address of the state. */
export function stateOf(): usize {
  return scratchWork();
}

/** Begins a text whose payload goes into [area, area + bytes). */
export function beginState(image: usize, plan: usize, text: usize, textBytes: u32, area: usize, bytes: u32): usize {
  const state = stateOf();
  store<u32>(state, area as u32, STATE_OUT);
  store<u32>(state, ((area as u32) + bytes) & ~7, STATE_TOP);
  store<u32>(state, image as u32, STATE_IMAGE);
  store<u32>(state, plan as u32, STATE_PLAN);
  store<u32>(state, text as u32, STATE_TEXT);
  store<u32>(state, (text as u32) + textBytes, STATE_END);
  store<u32>(state, JsonFault.NONE, STATE_FAULT);
  store<u32>(state, scratchKeys() as u32, STATE_GUESSES);
  return state;
}

/** Notes a fault at an address of the text. @returns 0 */
export function fault(state: usize, code: JsonFault, at: usize): usize {
  store<u32>(state, code, STATE_FAULT);
  store<u32>(state, at as u32, STATE_FAULT_AT);
  return 0;
}

/** Notes that the value at `at` is of another type than its field, or none at all. @returns 0 */
export function typeFault(state: usize, at: usize): usize {
  const byte = load<u8>(at) as u32;
  const isDigit = byte - 48 <= 9 || byte === 45;
  const isWord = byte === 116 || byte === 102 || byte === 110;
  const isValue = isDigit || isWord || byte === 34 || byte === 91 || byte === 123;
  return fault(state, isValue ? JsonFault.TYPE : JsonFault.SYNTAX, at);
}

/** Whether `bytes` more can be written at `out`. */
export function hasRoom(state: usize, out: usize, bytes: usize): bool {
  return (out as u64) + (bytes as u64) + (AREA_SPARE_BYTES as u64) <= (load<u32>(state, STATE_TOP) as u64);
}

/** Moves the low end of what lies at the area's end down. @returns its new address, or 0 (and a fault) where there is no room */
export function pushBytes(state: usize, out: usize, bytes: usize, at: usize): usize {
  if (!hasRoom(state, out, bytes)) return fault(state, JsonFault.ROOM, at);
  const top = (load<u32>(state, STATE_TOP) as usize) - bytes;
  store<u32>(state, top as u32, STATE_TOP);
  return top;
}

/** The first byte at or behind `at` that is no white space. */
export function skipSpace(at: usize): usize {
  let byte = load<u8>(at) as u32;
  while (byte === 32 || byte === 10 || byte === 13 || byte === 9) byte = load<u8>(++at) as u32;
  return at;
}

/** As skipSpace, where mostly there is none. */
export function behindSpace(at: usize): usize {
  return (load<u8>(at) as u32) <= 32 ? skipSpace(at) : at;
}
