// The bytecode. An instruction is 16 bytes and has a fixed place for everything:
//
//    0      2      4      6      8                16
//    | op   | a    | b    | c    | imm             |
//    | u16  | u16  | u16  | u16  | u64             |
//
// a, b, c name registers. In a branch, c is the distance to the target in instructions, forward, at least 1: a program has
// no loops, so its length bounds its time. `imm` is a constant: the bits of an f64, an i64, or a text as (offset in the
// image's constant section) | (length in bytes << 32).
//
// Naming: an arithmetic opcode ends in _I where its right operand is imm instead of register c. A branch is named after the
// test that takes it; _I compares register a with imm instead of register b. f64 tests come in pairs (LT and NOT_LT),
// since NaN makes !(a < b) differ from a >= b; integers and texts are totally ordered and need no pairs.
// WIDE registers are pairs (r, r + 1) of a 128-bit two's complement integer; the compiler has proven that no result overflows.

export enum Opcode {
  /** END: the program is over. The last instruction of every program; may also stand in its middle (`first`). */
  END = 0,
  /** JUMP c: go on at pc + c. */
  JUMP = 1,
  /** HIT imm: rule number imm (its rank in the image's rule table) holds. */
  HIT = 2,
  /** OUT a b: append register a to the output as a value with tag b (its RegisterType). Expression images only. */
  OUT = 3,
  /** OUT_NULL: append null to the output. Expression images only. */
  OUT_NULL = 4,
  /** RESET_TEXT: forget the texts joined so far. */
  RESET_TEXT = 5,

  /** CONST a imm: a = imm, for F64, I64, BOOL, WIDE_LOW, WIDE_HIGH. */
  CONST = 6,
  /** CONST_TEXT a imm: a = the text constant imm. */
  CONST_TEXT = 7,
  /** MOVE a b: a = b, same type. */
  MOVE = 8,

  /** F64_NEG a b: a = -b. */
  F64_NEG = 9,
  /** F64_ADD a b c: a = b + c, IEEE 754 binary64, as in JavaScript. */
  F64_ADD = 10,
  F64_SUB = 11,
  F64_MUL = 12,
  F64_DIV = 13,
  /** F64_REM a b c: a = b % c with the sign of b, exact, as in JavaScript. */
  F64_REM = 14,
  /** F64_ADD_I a b imm: a = b + imm. */
  F64_ADD_I = 15,
  F64_SUB_I = 16,
  F64_MUL_I = 17,
  F64_DIV_I = 18,
  F64_REM_I = 19,

  /** I64_NEG a b: a = -b; proven not to overflow, as all I64 arithmetic. */
  I64_NEG = 20,
  I64_ADD = 21,
  I64_SUB = 22,
  I64_MUL = 23,
  /** I64_ADD_I a b imm: a = b + imm. */
  I64_ADD_I = 24,
  I64_MUL_I = 25,

  /** WIDEN a b: the pair a = the I64 register b, sign extended. */
  WIDEN = 26,
  /** WIDE_NEG a b: pair a = -pair b. */
  WIDE_NEG = 27,
  WIDE_ADD = 28,
  WIDE_SUB = 29,
  WIDE_MUL = 30,

  /** TEXT_CONCAT a b c: a = b followed by c, in the instance's text scratch. */
  TEXT_CONCAT = 31,

  /**
   * TEXT_KEY a b: a = the text b as a number that stands for it where texts of up to TEXT_KEY_BYTES_MAX bytes are compared: its
   * bytes, the first one lowest, and its length in the top byte; all ones for a longer text.
   */
  TEXT_KEY = 32,

  /**
   * ALL c imm: the next instructions are tests, and then comes one HIT; all of them jump to behind the HIT, and so does this one,
   * whose c says where that is. Bytes 0 to 3 of imm count them, in this order: F64 tests with an immediate, I64 tests with an
   * immediate, IF_NULL and IF_NOT_NULL, IF_TRUE and IF_FALSE. It changes nothing in what they mean.
   */
  ALL = 33,

  /** F64_LT a b c: jump if a < b. */
  F64_LT = 34,
  F64_NOT_LT = 35,
  F64_LE = 36,
  F64_NOT_LE = 37,
  F64_EQ = 38,
  F64_NOT_EQ = 39,
  /** F64_LT_I a c imm: jump if a < imm. */
  F64_LT_I = 40,
  F64_NOT_LT_I = 41,
  F64_LE_I = 42,
  F64_NOT_LE_I = 43,
  F64_GT_I = 44,
  F64_NOT_GT_I = 45,
  F64_GE_I = 46,
  F64_NOT_GE_I = 47,
  F64_EQ_I = 48,
  F64_NOT_EQ_I = 49,

  /** I64_LT a b c: jump if a < b, signed. */
  I64_LT = 50,
  I64_LE = 51,
  I64_EQ = 52,
  I64_NE = 53,
  I64_LT_I = 54,
  I64_LE_I = 55,
  I64_GT_I = 56,
  I64_GE_I = 57,
  I64_EQ_I = 58,
  I64_NE_I = 59,

  /** WIDE_LT a b c: jump if pair a < pair b, signed. */
  WIDE_LT = 60,
  WIDE_LE = 61,
  WIDE_EQ = 62,
  WIDE_NE = 63,

  /** TEXT_EQ a b c: jump if the bytes are equal. */
  TEXT_EQ = 64,
  TEXT_NE = 65,
  /** TEXT_LT a b c: jump if a comes before b in the order of UTF-16 code units, as in JavaScript. */
  TEXT_LT = 66,
  TEXT_LE = 67,
  TEXT_EQ_I = 68,
  TEXT_NE_I = 69,
  TEXT_LT_I = 70,
  TEXT_LE_I = 71,
  TEXT_GT_I = 72,
  TEXT_GE_I = 73,

  /** IF_TRUE a c: jump if the BOOL register a is 1. */
  IF_TRUE = 74,
  IF_FALSE = 75,
  /** IF_NULL a c: jump if register a is null. */
  IF_NULL = 76,
  IF_NOT_NULL = 77,
}

/** One past the last opcode. */
export const OPCODE_COUNT = 78;

/** Bytes of an instruction, and where its parts lie. */
export const INSTRUCTION_BYTES = 16;
export const INSTRUCTION_OP = 0;
export const INSTRUCTION_A = 2;
export const INSTRUCTION_B = 4;
export const INSTRUCTION_C = 6;
export const INSTRUCTION_IMM = 8;
