// Writes the outputs of a decision while its program runs, where they will lie: right behind the decision's template, before its
// reasons. So nothing of them is kept anywhere else, and texts are copied before anything can overwrite them.
//
// What the verifier has not settled is checked here: that there is room, that a list has no more elements than it says, and that
// what belongs to a list is stored while that list is open. shared/outputs.ts draws the block, and says what its two first words
// hold meanwhile. Of an open list the word before its count is the object that is written now.

import { copy8 } from '../memory/scratch';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_IMM } from '../shared/opcode';
import {
  isOutputOffset,
  OUTPUT_COUNT_MAX,
  OUTPUT_ELEMENT,
  OUTPUT_ENTRY,
  OUTPUT_FIELD,
  OUTPUT_KIND,
  OUTPUT_NAMES,
  OUTPUT_NAMES_COUNT,
  OUTPUT_PARENT,
  OUTPUT_PLACE,
  OUTPUT_TABLE,
  OUTPUTS_BYTES,
  OUTPUTS_ROOT,
  OUTPUTS_ROOT_BYTES,
  OutputAction,
  OutputKind,
  outputWidth,
} from '../shared/outputs';
import { outputAt } from './verify';

/** Of the root block: the open list, 0 where none is; where the next bytes go. */
const OPEN: usize = 0;
const TOP: usize = 4;
/** Of an open list: the object that is written, its count; its elements follow. */
const OBJECT: usize = 0;
const COUNT: usize = 4;
const ELEMENTS: usize = 8;

/** Begins the outputs of a decision: all of them are null. @param at a multiple of 8, with room for OUTPUTS_BYTES */
export function beginOutputs(outputs: usize, at: usize): void {
  const bytes = load<u32>(outputs, OUTPUTS_ROOT_BYTES);
  copy8(at, outputs + load<u32>(outputs, OUTPUTS_ROOT), bytes);
  store<u32>(at, (at + bytes) as u32, TOP);
}

/** Ends them. @returns false where a list is open still */
export function endOutputs(at: usize): bool {
  const isOpen = load<u32>(at, OPEN) !== 0;
  store<u32>(at, load<u32>(at, TOP) - ((at + 8) as u32), TOP);
  return !isOpen;
}

/** Bytes of outputs that have been ended, a multiple of 8. */
export function outputBytes(at: usize): u32 {
  return 8 + load<u32>(at, TOP);
}

/**
 * Does what an OUT of an image that decides asks for.
 *
 * @param outputs the image's blob
 * @param at where the outputs begin
 * @returns false where that cannot be: no image that the compiler makes comes to that
 */
export function writeOutput(outputs: usize, at: usize, registers: usize, pc: usize): bool {
  const number = load<u32>(pc, INSTRUCTION_IMM);
  if (load<u16>(pc, INSTRUCTION_B) === 0) return actOnOutput(outputs, at, number, load<u32>(pc, INSTRUCTION_IMM + 4));
  const value = registers + ((load<u16>(pc, INSTRUCTION_A) as usize) << 3);
  // Of what is no pair the second half says nothing; behind the last register there is more of the scratch.
  return storeOutput(outputs, at, number, load<u64>(value), load<u64>(value, 8));
}

/** Begins a list or one of its objects, or ends a list. @param action an OutputAction */
export function actOnOutput(outputs: usize, at: usize, number: u32, action: u32): bool {
  const output = outputAt(outputs, number);
  const end = at + load<u32>(outputs, OUTPUTS_BYTES);
  switch (action) {
    case OutputAction.LIST:
      return beginList(at, end, output);
    case OutputAction.ELEMENT:
      return beginObject(outputs, at, end, output);
    default:
      return endList(at, output);
  }
}

/** Stores the bits of a register as the value of an output, or appends them where it is a list. @param high of a pair */
export function storeOutput(outputs: usize, at: usize, number: u32, low: u64, high: u64): bool {
  const output = outputAt(outputs, number);
  const end = at + load<u32>(outputs, OUTPUTS_BYTES);
  const kind = load<u8>(output, OUTPUT_KIND) as u32;
  if (kind === OutputKind.LIST) return append(outputs, at, end, output, low, high);
  const parent = load<u16>(output, OUTPUT_PARENT) as u32;
  let block = at;
  if (parent !== 0) {
    const list = openList(at, outputAt(outputs, parent - 1));
    if (list === 0) return false;
    block = load<u32>(list, OBJECT) as usize;
    if (block === 0) return false;
  }
  if (!put(outputs, at, end, output, kind, block + load<u32>(output, OUTPUT_PLACE), low, high)) return false;
  setEntry(block, output);
  return true;
}

/** The value of an output is there: it is not null. */
function setEntry(block: usize, output: usize): void {
  store<u16>(block + load<u32>(output, OUTPUT_ENTRY), load<u32>(output, OUTPUT_FIELD));
}

/** Writes the bits of a register to `place`; what they lead to goes to the top. @returns false where there is no room */
function put(outputs: usize, at: usize, end: usize, output: usize, kind: u32, place: usize, low: u64, high: u64): bool {
  switch (kind) {
    case OutputKind.BOOL:
      store<u8>(place, low);
      return true;
    case OutputKind.NUMBER: {
      // One NaN for all: which bits an operation leaves in it differs between processors.
      const number = reinterpret<f64>(low);
      store<u64>(place, number !== number ? reinterpret<u64>(NaN) : low);
      return true;
    }
    case OutputKind.LONG:
      store<u64>(place, low);
      return true;
    case OutputKind.DATE:
      store<u32>(place, low);
      return true;
    case OutputKind.WIDE:
      store<u64>(place, low);
      store<u64>(place, high, 8);
      return true;
    case OutputKind.TEXT:
      return putText(at, end, place, low as u32 as usize, (low >> 32) as u32);
    case OutputKind.MEMBER: {
      if (low >= (load<u32>(output, OUTPUT_NAMES_COUNT) as u64)) return false;
      const name = outputs + load<u32>(output, OUTPUT_NAMES) + ((low as usize) << 3);
      return putText(at, end, place, outputs + load<u32>(name), load<u32>(name, 4));
    }
    default:
      return false;
  }
}

/** Appends a string, and its offset to `place`. Half of a surrogate pair becomes U+FFFD, which has as many bytes. */
function putText(at: usize, end: usize, place: usize, text: usize, bytes: u32): bool {
  const top = load<u32>(at, TOP) as usize;
  const next = top + (((bytes as usize) + 5 + 7) & ~7);
  if (next > end) return false;
  store<u32>(place, (top - place) as u32);
  // The last word first: what is not text of it is zeros.
  store<u64>(next - 8, 0);
  store<u32>(top, bytes);
  const first = top + 4;
  memory.copy(first, text, bytes);
  for (let index: usize = 0; index + 2 < (bytes as usize); index++) {
    if (load<u8>(first + index) !== 0xed || load<u8>(first + index, 1) < 0xa0) continue;
    store<u8>(first + index, 0xef);
    store<u8>(first + index, 0xbf, 1);
    store<u8>(first + index, 0xbd, 2);
  }
  store<u32>(at, next as u32, TOP);
  return true;
}

/** The vector of a list where that is open, else 0. Its output leads to the vector's count. */
function openList(at: usize, output: usize): usize {
  const list = load<u32>(at, OPEN) as usize;
  const place = at + load<u32>(output, OUTPUT_PLACE);
  return list !== 0 && place + load<u32>(place) === list + COUNT ? list : 0;
}

/** Bytes of a vector's elements where there are so many. */
function elementBytes(kind: u32, count: u32): usize {
  return ((count as usize) * (outputWidth(kind as OutputKind) as usize) + 7) & ~7;
}

/** Begins a list, behind all that has been written: its elements have room for as many as there may be. */
function beginList(at: usize, end: usize, output: usize): bool {
  const list = load<u32>(at, TOP) as usize;
  const elements = elementBytes(load<u8>(output, OUTPUT_ELEMENT), load<u32>(output, OUTPUT_COUNT_MAX));
  const next = list + ELEMENTS + elements;
  if (load<u32>(at, OPEN) !== 0 || next > end || next < list) return false;
  store<u32>(list, 0, OBJECT);
  store<u32>(list, 0, COUNT);
  const place = at + load<u32>(output, OUTPUT_PLACE);
  store<u32>(place, (list + COUNT - place) as u32);
  setEntry(at, output);
  store<u32>(at, list as u32, OPEN);
  store<u32>(at, next as u32, TOP);
  return true;
}

/** Where the next element of an open list goes, which is counted; 0 where it has all that it may have. */
function nextElement(list: usize, output: usize): usize {
  const count = load<u32>(list, COUNT);
  if (count >= load<u32>(output, OUTPUT_COUNT_MAX)) return 0;
  store<u32>(list, count + 1, COUNT);
  const width = outputWidth(load<u8>(output, OUTPUT_ELEMENT) as u32 as OutputKind) as usize;
  return list + ELEMENTS + (count as usize) * width;
}

/** Appends a value to an open list. */
function append(outputs: usize, at: usize, end: usize, output: usize, low: u64, high: u64): bool {
  const list = openList(at, output);
  const place: usize = list === 0 ? 0 : nextElement(list, output);
  return place !== 0 && put(outputs, at, end, output, load<u8>(output, OUTPUT_ELEMENT), place, low, high);
}

/** Appends an object to an open list; members that are stored from now on are its own. */
function beginObject(outputs: usize, at: usize, end: usize, output: usize): bool {
  const list = openList(at, output);
  const bytes = load<u32>(output, OUTPUT_NAMES_COUNT);
  const top = load<u32>(at, TOP) as usize;
  if (list === 0 || top + bytes > end || top + bytes < top) return false;
  const place = nextElement(list, output);
  if (place === 0) return false;
  copy8(top, outputs + load<u32>(output, OUTPUT_NAMES), bytes);
  store<u32>(place, (top + load<u32>(output, OUTPUT_TABLE) - place) as u32);
  store<u32>(list, top as u32, OBJECT);
  store<u32>(at, (top + bytes) as u32, TOP);
  return true;
}

/** Ends a list: what lies behind its elements moves to the last one of them. */
function endList(at: usize, output: usize): bool {
  const list = openList(at, output);
  if (list === 0) return false;
  const kind = load<u8>(output, OUTPUT_ELEMENT) as u32;
  const count = load<u32>(list, COUNT);
  const elements = list + ELEMENTS;
  const reserved = elements + elementBytes(kind, load<u32>(output, OUTPUT_COUNT_MAX));
  const used = elements + elementBytes(kind, count);
  const top = load<u32>(at, TOP) as usize;
  // Of what the last element leaves of its word, nothing may be seen.
  for (let byte = elements + (count as usize) * (outputWidth(kind as OutputKind) as usize); byte < used; byte++) store<u8>(byte, 0);
  const gap = reserved - used;
  if (gap !== 0) {
    copy8(used, reserved, top - reserved);
    store<u32>(at, (top - gap) as u32, TOP);
    if (isOutputOffset(kind as OutputKind)) {
      for (let index: u32 = 0; index < count; index++) {
        const place = elements + ((index as usize) << 2);
        store<u32>(place, load<u32>(place) - (gap as u32));
      }
    }
  }
  store<u32>(list, 0, OBJECT);
  store<u32>(at, 0, OPEN);
  return true;
}
