// The blob of a regular expression, written by src/compiler/pattern/ and run by assembly/functions/pattern.ts.
//
//   0        48             176           208                 208 + 4 R, up to a multiple of 8
//   | header | ASCII class  | word bits   | ranges            | DFA: table, or NFA: instructions, then sets |
//   |        | 128 x u8     | of classes  | R x u32           |                                             |
//
// A class is what the pattern cannot tell apart: each character belongs to exactly one. A range is the code point that it begins
// at | its class << 24; it ends where the next begins, the last one at U+10FFFF, and the first begins at U+0080.

export const PATTERN_KIND = 0; // u32, PatternKind
/** Units that one byte of text costs at most: what functionUnits is given. In all patterns at this place. */
export const PATTERN_UNITS = 4; // u32
export const PATTERN_CLASS_COUNT = 8; // u32, 1 to PATTERN_CLASSES_MAX
export const PATTERN_RANGE_COUNT = 12; // u32, R, at least 1
/** DFA: states. NFA: instructions. */
export const PATTERN_SIZE = 16; // u32
/** DFA: the state to begin in, as a cell. NFA: 0. */
export const PATTERN_START = 20; // u32
/** DFA: states whose cell is this or larger accept where the text ends. NFA: sets. */
export const PATTERN_END = 24; // u32
export const PATTERN_ASCII = 48;
export const PATTERN_WORDS = 176;
export const PATTERN_RANGES = 208;
export const PATTERN_RANGE_BYTES = 4;

export enum PatternKind {
  NONE = 0,
  /**
   * One u16 for each state and class: the cell of the next state, which is its number times the classes. State 0 is that nothing
   * can match any more, state 1 that something did; neither has a way out.
   */
  DFA = 1,
  /** Instructions of 8 bytes, then sets of 32 bytes: a bit for each class. Instruction 0 is where a match begins. */
  NFA = 2,
}

export const PATTERN_INSTRUCTION_BYTES = 8;
export const PATTERN_OP = 0; // u16, PatternOp
export const PATTERN_A = 2; // u16
export const PATTERN_B = 4; // u16
export const PATTERN_SET_BYTES = 32;

/** Instructions of an NFA. All but SPLIT, JUMP and MATCH go on with the next one. */
export enum PatternOp {
  /** One character whose class is in set a. */
  CHAR = 0,
  /** Go on at a and at b. */
  SPLIT = 1,
  JUMP = 2,
  /** Only where the text begins. */
  AT_START = 3,
  /** Only where the text ends. */
  AT_END = 4,
  /** Only between a word character (ASCII letter, digit, _) and none. */
  AT_WORD = 5,
  NOT_AT_WORD = 6,
  MATCH = 7,
}

/** Classes of one pattern. */
export const PATTERN_CLASSES_MAX = 256;
/** Instructions of one NFA: its lists fit the work area of a call. */
export const PATTERN_INSTRUCTIONS_MAX = 2000;

/**
 * Units that a byte of text costs, at most: decoding it and finding its class (a search among the ranges, by halves), then one step
 * of a DFA, or one visit of each instruction of an NFA.
 */
export function patternUnits(kind: PatternKind, rangeCount: number, size: number): number {
  let units: number = 4;
  for (let count: number = rangeCount; count > 1; count = count / 2) units += 1;
  return kind === PatternKind.NFA ? units + 6 * size : units;
}
