// The bytecode. An instruction is 16 bytes and has a fixed place for everything:
//
//    0      2      4      6      8                16
//    | op   | a    | b    | c    | imm             |
//    | u16  | u16  | u16  | u16  | u64             |
//
// a, b, c name registers. In a branch, c is the distance to the target in instructions, forward, at least 1. Only NEXT and
// NEXT_PIECE go back, to behind the FOR that opened their loop: its list bounds how often, so that a program's time is known. `imm` is a constant: the bits of an f64, an i64, or a text as (offset in the
// image's constant section) | (length in bytes << 32).
//
// Naming: an arithmetic opcode ends in _I where its right operand is imm instead of register c. A branch is named after the
// test that takes it; _I compares register a with imm instead of register b. f64 tests come in pairs (LT and NOT_LT),
// since NaN makes !(a < b) differ from a >= b; integers and texts are totally ordered and need no pairs.
// What may be null is a field or lies behind a branch: a register itself always holds a value.
// WIDE registers are pairs (r, r + 1) of a 128-bit two's complement integer; the compiler has proven that no result overflows.

export enum Opcode {
  /** END: the program is over. The last instruction of every program; may also stand in its middle (`first`). */
  END = 0,
  /** JUMP c: go on at pc + c. */
  JUMP = 1,
  /** HIT imm: rule number imm (its rank in the image's rule table) holds. */
  HIT = 2,
  /**
   * OUT a b c imm: in an expression image, append register a to the output as a value with tag b (its RegisterType). In one that
   * decides c is OUT_STORES, and imm names an output: store register a, whose type is b, as its value, or append it where that is
   * a list; where b is 0, do what the upper half of imm says, an OutputAction.
   */
  OUT = 3,
  /** OUT_NULL: append null to the output. Expression images only. */
  OUT_NULL = 4,
  /** RESET_TEXT imm: forget the texts made so far, but for those that are kept; imm 1: keep all that there are now. */
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
   * CALL a b c imm: a = a function of registers b, c and d. imm: FunctionId u16 | d u16 << 16 | literal u32 << 32. What it takes,
   * gives and costs stands in shared/function.ts; operands that a function does not have are 0. It may end the program with a
   * status.
   */
  CALL = 33,
  /** FAIL imm: the payload cannot be decided; the program ends with the status imm. */
  FAIL = 34,
  /** NARROW a b: a = the pair b as an I64; proven to fit. */
  NARROW = 35,
  /** COUNT a b: a (F64) = the elements of the list b. */
  COUNT = 36,
  /** ELEMENT a b c: a = element number c (CURSOR) of the list b; all zeros where there is none. An object's is its address. */
  ELEMENT = 37,
  /**
   * FIELD a b imm: a = the field whose descriptor has number imm, of the object b; its default where it is absent, else zeros.
   * An object of a list only: fields of the payload's own objects have registers.
   */
  FIELD = 38,
  /** PIECE a b c: a = the piece of the text b at which the cursor c stands; empty where there is none. */
  PIECE = 39,

  /**
   * ALL c imm: the next instructions are tests, and then comes one HIT; all of them jump to behind the HIT, and so does this one,
   * whose c says where that is. Bytes 0 to 3 of imm count them, in this order: F64 tests with an immediate, I64 tests with an
   * immediate, IF_NULL and IF_NOT_NULL, IF_TRUE and IF_FALSE. It changes nothing in what they mean.
   */
  ALL = 40,

  /**
   * FOR a b c: the cursor a stands at the first element of the list b; jump if there is none. NEXT ends the body.
   *
   *   FOR cursor list ->end;  body ...;  NEXT cursor list ->body;  end
   */
  FOR = 41,
  /** NEXT a b c: move the cursor a to the next element of the list b, and go back c instructions if there is one. */
  NEXT = 42,
  /** FOR_PIECE a b c imm: the cursor a stands at the first piece of the text b, cut at the text c; jump imm if there is none. */
  FOR_PIECE = 43,
  /** NEXT_PIECE a b c imm: move the cursor a to the next piece, and go back imm instructions if there is one. */
  NEXT_PIECE = 44,
  /** IF_FIELD_NULL a c imm: jump if the field whose descriptor has number imm is null in the object a. */
  IF_FIELD_NULL = 45,
  IF_FIELD_NOT_NULL = 46,
  /** IF_MEMBER a c imm: jump if the register a is a member of the list bound to number imm of the image's lists. */
  IF_MEMBER = 47,
  IF_NOT_MEMBER = 48,

  /**
   * MATCH imm: which parts of the match index imm (a blob) are alive: their tests that the index holds all hold. Parts that are
   * nothing but a hit are hit at once. Go on behind the ALIVE of the first of the others that is alive; or where the index ends,
   * where none is.
   */
  MATCH = 49,
  /**
   * ALIVE a imm: part a of the match index imm begins, the rest of its condition first. Reached from the part before: go on behind
   * the ALIVE of the next part that is alive, this one included, or where the index ends, where none is.
   */
  ALIVE = 50,
  /**
   * ENSEMBLE a b imm: the registers a, a + 1, ... = the results of the ensemble of trees that is blob imm, of the inputs in the
   * registers b, b + 1, ...; all of them F64, an input that is missing NaN.
   */
  ENSEMBLE = 51,
  /** PARAMETER a imm: a = the value of parameter number imm of those bound to the image (SLOT_PARAMETERS). */
  PARAMETER = 52,

  /** F64_LT a b c: jump if a < b. */
  F64_LT = 53,
  F64_NOT_LT = 54,
  F64_LE = 55,
  F64_NOT_LE = 56,
  F64_EQ = 57,
  F64_NOT_EQ = 58,
  /** F64_LT_I a c imm: jump if a < imm. */
  F64_LT_I = 59,
  F64_NOT_LT_I = 60,
  F64_LE_I = 61,
  F64_NOT_LE_I = 62,
  F64_GT_I = 63,
  F64_NOT_GT_I = 64,
  F64_GE_I = 65,
  F64_NOT_GE_I = 66,
  F64_EQ_I = 67,
  F64_NOT_EQ_I = 68,

  /** I64_LT a b c: jump if a < b, signed. */
  I64_LT = 69,
  I64_LE = 70,
  I64_EQ = 71,
  I64_NE = 72,
  I64_LT_I = 73,
  I64_LE_I = 74,
  I64_GT_I = 75,
  I64_GE_I = 76,
  I64_EQ_I = 77,
  I64_NE_I = 78,

  /** WIDE_LT a b c: jump if pair a < pair b, signed. */
  WIDE_LT = 79,
  WIDE_LE = 80,
  WIDE_EQ = 81,
  WIDE_NE = 82,

  /** TEXT_EQ a b c: jump if the bytes are equal. */
  TEXT_EQ = 83,
  TEXT_NE = 84,
  /** TEXT_LT a b c: jump if a comes before b in the order of UTF-16 code units, as in JavaScript. */
  TEXT_LT = 85,
  TEXT_LE = 86,
  TEXT_EQ_I = 87,
  TEXT_NE_I = 88,
  TEXT_LT_I = 89,
  TEXT_LE_I = 90,
  TEXT_GT_I = 91,
  TEXT_GE_I = 92,

  /** IF_TRUE a c: jump if the BOOL register a is 1. */
  IF_TRUE = 93,
  IF_FALSE = 94,
  /** IF_NULL a c: jump if register a is null. */
  IF_NULL = 95,
  IF_NOT_NULL = 96,
}

/** One past the last opcode. */
export const OPCODE_COUNT = 97;

/** Bytes of an instruction, and where its parts lie. */
export const INSTRUCTION_BYTES = 16;
export const INSTRUCTION_OP = 0;
export const INSTRUCTION_A = 2;
export const INSTRUCTION_B = 4;
export const INSTRUCTION_C = 6;
export const INSTRUCTION_IMM = 8;

/** Units of one instruction; CALL's function comes on top. @param textBytes bytes of text that it touches, at most */
export function instructionUnits(op: Opcode, textBytes: number): number {
  return 3 + extraUnits(op) + textBytes / 8;
}

/** What an opcode costs beyond its dispatch. */
function extraUnits(op: Opcode): number {
  switch (op) {
    case Opcode.HIT:
      return 2;
    case Opcode.OUT:
      return 4;
    case Opcode.F64_DIV:
    case Opcode.F64_DIV_I:
      return 5;
    case Opcode.F64_REM:
    case Opcode.F64_REM_I:
      // The remainder is exact: long division, one step for each bit that the exponents differ in, 2,098 at most.
      return 2100;
    case Opcode.WIDE_MUL:
      return 6;
    case Opcode.TEXT_CONCAT:
      return 6;
    case Opcode.TEXT_KEY:
    case Opcode.TEXT_EQ:
    case Opcode.TEXT_NE:
    case Opcode.TEXT_EQ_I:
    case Opcode.TEXT_NE_I:
      return 3;
    case Opcode.TEXT_LT:
    case Opcode.TEXT_LE:
    case Opcode.TEXT_LT_I:
    case Opcode.TEXT_LE_I:
    case Opcode.TEXT_GT_I:
    case Opcode.TEXT_GE_I:
      return 4;
    case Opcode.ELEMENT:
    case Opcode.FIELD:
    case Opcode.IF_FIELD_NULL:
    case Opcode.IF_FIELD_NOT_NULL:
      return 4;
    case Opcode.FOR_PIECE:
    case Opcode.NEXT_PIECE:
      return 6;
    case Opcode.IF_MEMBER:
    case Opcode.IF_NOT_MEMBER:
      // Two misses of every cache: the bucket and the entry.
      return 250;
    default:
      return 0;
  }
}
