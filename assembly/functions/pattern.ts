// Whether a regular expression matches anywhere in a text, in time linear in the text. What a blob holds is drawn in
// shared/pattern.ts; it means what JavaScript means with the flag `u`.
//
// Each character is turned into its class, what the pattern cannot tell apart being one class. A DFA then takes one load a
// character. Where a DFA would be too large, the NFA is run on all its instructions at once: none is visited twice for one
// character.
//
// Nanoseconds a byte on 100 KB of text, Node 20, 2 cores of an AMD EPYC virtual machine, the DFA first: `^(a+)+$` on a's 1.7 and
// 21; `\b\w+@[\w.]+\b` on English 1.7 and 18; `\p{Lu}\p{Lu}` on Greek 6.1 and 16; `(a?){200}c` on a's 1.7 and 1,360 (402
// instructions). `(a|b)*a(a|b){20}c` has an NFA only (89 instructions): 267 on a's. So a DFA is taken wherever there is one.

import {
  PATTERN_A,
  PATTERN_ASCII,
  PATTERN_B,
  PATTERN_CLASS_COUNT,
  PATTERN_CLASSES_MAX,
  PATTERN_END,
  PATTERN_INSTRUCTION_BYTES,
  PATTERN_INSTRUCTIONS_MAX,
  PATTERN_KIND,
  PATTERN_OP,
  PATTERN_RANGE_BYTES,
  PATTERN_RANGE_COUNT,
  PATTERN_RANGES,
  PATTERN_SET_BYTES,
  PATTERN_SIZE,
  PATTERN_START,
  PATTERN_UNITS,
  PATTERN_WORDS,
  PatternKind,
  PatternOp,
  patternUnits,
} from '../shared/pattern';
import { countStep } from './steps';
import { codePointAt, sizeOf } from './utf16';

const LOW_24: u32 = 0xffffff;
const POINT_LAST: u32 = 0x10ffff;

// The work area of an NFA: instructions to begin from with the next character; those that wait for a character; those yet to be
// visited; a bit for each one that was. u16 each, PATTERN_INSTRUCTIONS_MAX at most.
const WORK_LIST_BYTES: usize = 4096;
const WORK_NEXT: usize = 0;
const WORK_WAITING: usize = WORK_LIST_BYTES;
const WORK_STACK: usize = 2 * WORK_LIST_BYTES;
const WORK_SEEN: usize = 3 * WORK_LIST_BYTES;

/** What lies at one side of a place in the text. */
const SIDE_OTHER: u32 = 0;
const SIDE_WORD: u32 = 1;
/** The text's start or end. */
const SIDE_EDGE: u32 = 2;

/** Whether the pattern matches anywhere in `t`. @param work SCRATCH_WORK_BYTES of this instance */
export function textMatches(t: u64, blob: usize, work: usize): bool {
  const start = t as usize;
  const end = start + ((t >> 32) as usize);
  return load<u32>(blob, PATTERN_KIND) === PatternKind.DFA ? runDfa(start, end, blob) : runNfa(start, end, blob, work);
}

function runDfa(at: usize, end: usize, blob: usize): bool {
  const table = tableOf(blob);
  const classes = load<u32>(blob, PATTERN_CLASS_COUNT);
  let cell = load<u32>(blob, PATTERN_START);
  // Cells 0 and `classes` are the states without a way out: nothing matches any more, and something did.
  while (at < end && cell > classes) {
    countStep();
    const lead = load<u8>(at) as u32;
    let kind: u32;
    if (lead < 0x80) {
      kind = load<u8>(blob + lead, PATTERN_ASCII);
      at += 1;
    } else {
      kind = classOf(blob, codePointAt(at));
      at += sizeOf(lead);
    }
    cell = load<u16>(table + ((cell + kind) << 1));
  }
  return cell === classes || (cell > classes && cell >= load<u32>(blob, PATTERN_END));
}

function runNfa(at: usize, end: usize, blob: usize, work: usize): bool {
  const code = tableOf(blob);
  const seenEnd = WORK_SEEN + (((load<u32>(blob, PATTERN_SIZE) + 63) >> 6) << 3);
  let nextCount: u32 = 0;
  let before = SIDE_EDGE;
  while (true) {
    let behind = SIDE_EDGE;
    let kind: u32 = 0;
    if (at < end) {
      const lead = load<u8>(at) as u32;
      kind = lead < 0x80 ? (load<u8>(blob + lead, PATTERN_ASCII) as u32) : classOf(blob, codePointAt(at));
      at += sizeOf(lead);
      behind = hasBit(blob + PATTERN_WORDS, kind) ? SIDE_WORD : SIDE_OTHER;
    }
    for (let word = WORK_SEEN; word < seenEnd; word += 8) store<u64>(work + word, 0);
    // A match may begin anywhere.
    store<u16>(work + (nextCount << 1), 0, WORK_NEXT);
    nextCount += 1;
    const waiting = visit(code, work, nextCount, before, behind);
    if (waiting < 0) return true;
    if (behind === SIDE_EDGE) return false;
    nextCount = step(code, codeEnd(blob), work, waiting, kind);
    before = behind;
  }
}

/**
 * Visits what can be reached from the instructions of WORK_NEXT without a character, between what lies before and behind.
 *
 * @returns how many wait for a character (WORK_WAITING); -1 where the pattern matches
 */
function visit(code: usize, work: usize, nextCount: u32, before: u32, behind: u32): i32 {
  let waiting: i32 = 0;
  let depth: u32 = 0;
  for (let index: u32 = 0; index < nextCount; index++) {
    depth = push(work, depth, load<u16>(work + (index << 1), WORK_NEXT));
    while (depth > 0) {
      countStep();
      depth -= 1;
      const number = load<u16>(work + (depth << 1), WORK_STACK) as u32;
      const instruction = code + number * PATTERN_INSTRUCTION_BYTES;
      const op = load<u16>(instruction, PATTERN_OP) as u32;
      if (op === PatternOp.CHAR) {
        store<u16>(work + (waiting << 1), number as u16, WORK_WAITING);
        waiting += 1;
      } else if (op === PatternOp.SPLIT) {
        depth = push(work, depth, load<u16>(instruction, PATTERN_B));
        depth = push(work, depth, load<u16>(instruction, PATTERN_A));
      } else if (op === PatternOp.JUMP) {
        depth = push(work, depth, load<u16>(instruction, PATTERN_A));
      } else if (op === PatternOp.MATCH) {
        return -1;
      } else if (holds(op, before, behind)) {
        depth = push(work, depth, number + 1);
      }
    }
  }
  return waiting;
}

/** Whether an assertion holds between what lies before and behind. */
function holds(op: u32, before: u32, behind: u32): bool {
  if (op === PatternOp.AT_START) return before === SIDE_EDGE;
  if (op === PatternOp.AT_END) return behind === SIDE_EDGE;
  const border = (before === SIDE_WORD) !== (behind === SIDE_WORD);
  return op === PatternOp.AT_WORD ? border : !border;
}

/** Puts an instruction on the stack unless it was there. @returns the depth of the stack */
function push(work: usize, depth: u32, number: u32): u32 {
  const word = work + ((number >> 6) << 3);
  const bit: u64 = (1 as u64) << (number & 63);
  const seen = load<u64>(word, WORK_SEEN);
  if ((seen & bit) !== 0) return depth;
  store<u64>(word, seen | bit, WORK_SEEN);
  store<u16>(work + (depth << 1), number as u16, WORK_STACK);
  return depth + 1;
}

/** Goes over a character. @returns how many instructions come next (WORK_NEXT) */
function step(code: usize, sets: usize, work: usize, waiting: i32, kind: u32): u32 {
  let count: u32 = 0;
  for (let index: i32 = 0; index < waiting; index++) {
    countStep();
    const number = load<u16>(work + (index << 1), WORK_WAITING) as u32;
    const set = load<u16>(code + number * PATTERN_INSTRUCTION_BYTES, PATTERN_A) as u32;
    if (!hasBit(sets + set * PATTERN_SET_BYTES, kind)) continue;
    store<u16>(work + (count << 1), (number + 1) as u16, WORK_NEXT);
    count += 1;
  }
  return count;
}

function hasBit(set: usize, bit: u32): bool {
  return ((load<u8>(set + (bit >> 3)) >> ((bit & 7) as u8)) & 1) !== 0;
}

/** The class of a code point from U+0080. */
function classOf(blob: usize, point: u32): u32 {
  const ranges = blob + PATTERN_RANGES;
  let low: u32 = 1;
  let high = load<u32>(blob, PATTERN_RANGE_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((load<u32>(ranges + middle * PATTERN_RANGE_BYTES) & LOW_24) <= point) low = middle + 1;
    else high = middle;
  }
  return load<u32>(ranges + (low - 1) * PATTERN_RANGE_BYTES) >> 24;
}

/** Where the DFA's table or the NFA's instructions lie. */
function tableOf(blob: usize): usize {
  return (blob + PATTERN_RANGES + load<u32>(blob, PATTERN_RANGE_COUNT) * PATTERN_RANGE_BYTES + 7) & ~7;
}

/** Where the NFA's sets lie. */
function codeEnd(blob: usize): usize {
  return tableOf(blob) + load<u32>(blob, PATTERN_SIZE) * PATTERN_INSTRUCTION_BYTES;
}

/**
 * Whether matching by a blob reads nothing outside it and the work area, and takes no more than it states.
 *
 * @param blob a multiple of 8
 */
export function verifyPattern(blob: usize, bytes: u32): bool {
  if (bytes < (PATTERN_RANGES as u32)) return false;
  const kind = load<u32>(blob, PATTERN_KIND);
  const classes = load<u32>(blob, PATTERN_CLASS_COUNT);
  const ranges = load<u32>(blob, PATTERN_RANGE_COUNT);
  const size = load<u32>(blob, PATTERN_SIZE);
  if (classes === 0 || classes > (PATTERN_CLASSES_MAX as u32)) return false;
  if (ranges === 0 || ranges > bytes >> 2) return false;
  for (let point = 0; point < 128; point++) if ((load<u8>(blob + point, PATTERN_ASCII) as u32) >= classes) return false;
  const table = (((PATTERN_RANGES as u32) + ranges * PATTERN_RANGE_BYTES + 7) & ~7) as u32;
  if (table > bytes || !verifyRanges(blob + PATTERN_RANGES, ranges, classes)) return false;
  if (kind === PatternKind.DFA) {
    if ((load<u32>(blob, PATTERN_UNITS) as f64) !== patternUnits(PatternKind.DFA, ranges, size)) return false;
    return verifyDfa(blob, blob + table, bytes - table, classes, size);
  }
  if (kind !== PatternKind.NFA || (load<u32>(blob, PATTERN_UNITS) as f64) !== patternUnits(PatternKind.NFA, ranges, size))
    return false;
  return verifyNfa(blob, blob + table, bytes - table, size);
}

/** Rising from U+0080, and of classes that there are. */
function verifyRanges(ranges: usize, count: u32, classes: u32): bool {
  let free: u32 = 0x80;
  for (let index: u32 = 0; index < count; index++) {
    const range = load<u32>(ranges + index * PATTERN_RANGE_BYTES);
    const first = range & LOW_24;
    if (first < free || first > POINT_LAST || range >> 24 >= classes) return false;
    if (index === 0 && first !== 0x80) return false;
    free = first + 1;
  }
  return true;
}

/** Every cell is a state's. */
function verifyDfa(blob: usize, table: usize, bytes: u32, classes: u32, states: u32): bool {
  if (states < 2 || states > 0xffff / classes) return false;
  const cells = states * classes;
  if (((cells * 2 + 7) & ~7) !== bytes) return false;
  const start = load<u32>(blob, PATTERN_START);
  if (start >= cells || start % classes !== 0) return false;
  for (let cell: u32 = 0; cell < cells; cell++) {
    const next = load<u16>(table + (cell << 1)) as u32;
    if (next >= cells || next % classes !== 0) return false;
  }
  return true;
}

/** Every instruction is one, goes on at one, and the last has none behind it. */
function verifyNfa(blob: usize, code: usize, bytes: u32, size: u32): bool {
  const sets = load<u32>(blob, PATTERN_END);
  if (size === 0 || size > (PATTERN_INSTRUCTIONS_MAX as u32) || sets > size) return false;
  if (size * PATTERN_INSTRUCTION_BYTES + sets * PATTERN_SET_BYTES !== bytes) return false;
  for (let number: u32 = 0; number < size; number++) {
    const instruction = code + number * PATTERN_INSTRUCTION_BYTES;
    const op = load<u16>(instruction, PATTERN_OP) as u32;
    const a = load<u16>(instruction, PATTERN_A) as u32;
    const b = load<u16>(instruction, PATTERN_B) as u32;
    const goesOn = op !== PatternOp.SPLIT && op !== PatternOp.JUMP && op !== PatternOp.MATCH;
    if (op > (PatternOp.MATCH as u32) || (goesOn && number + 1 >= size)) return false;
    if (op === PatternOp.CHAR && a >= sets) return false;
    if ((op === PatternOp.SPLIT || op === PatternOp.JUMP) && a >= size) return false;
    if (op === PatternOp.SPLIT && b >= size) return false;
  }
  return true;
}
