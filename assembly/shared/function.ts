// The functions that CALL reaches: what each takes, gives and costs. The engine's verifier and both compilers read it; what the
// language calls them, and what they mean, stands in src/compiler/library/.

/** Numbers are part of the image format: never renumbered, never reused. */
export enum FunctionId {
  NONE = 0,

  // Texts. Positions and lengths count UTF-16 code units, as in JavaScript.
  TEXT_LENGTH = 1,
  TEXT_STARTS_WITH = 2,
  TEXT_ENDS_WITH = 3,
  TEXT_INCLUDES = 4,
  /** text, searched, from */
  TEXT_INDEX_OF = 5,
  /** text, start, end; as JavaScript's slice, which takes any number */
  TEXT_SLICE = 6,
  TEXT_TRIM = 7,
  TEXT_TRIM_START = 8,
  TEXT_TRIM_END = 9,
  TEXT_LOWER = 10,
  TEXT_UPPER = 11,
  TEXT_MATCHES = 12,

  // Numbers, as JavaScript's Math.
  F64_ABS = 32,
  F64_CEIL = 33,
  F64_FLOOR = 34,
  F64_ROUND = 35,
  F64_TRUNC = 36,
  F64_SIGN = 37,
  F64_MIN = 38,
  F64_MAX = 39,
  F64_SQRT = 40,
  F64_CBRT = 41,
  F64_EXP = 42,
  F64_EXPM1 = 43,
  F64_LOG = 44,
  F64_LOG1P = 45,
  F64_LOG2 = 46,
  F64_LOG10 = 47,
  F64_POW = 48,

  // Decimals, as pairs. The literal of those that round: digits | Rounding << 8.
  /** b / 10^digits, rounded. */
  DECIMAL_ROUND = 64,
  /** b / c, rounded to an integer; ARITHMETIC where c is 0. */
  DECIMAL_DIVIDE = 65,
  /** The remainder of b / c with the sign of b; ARITHMETIC where c is 0. */
  DECIMAL_REMAINDER = 66,
  /** The f64 nearest to b / 10^digits. */
  DECIMAL_TO_NUMBER = 67,
  /** The exact value of b times 10^digits, rounded; ARITHMETIC where it is no number or does not fit 64 bits. */
  DECIMAL_FROM_NUMBER = 68,
  /** The number that a text writes, times 10^digits; ARITHMETIC where it writes none, has more digits or does not fit 64 bits. */
  DECIMAL_FROM_TEXT = 69,

  // Timestamps (microseconds UTC) and dates (days), in the time zone that the literal names. Months count from 1, Monday is day 1.
  TIME_YEAR = 96,
  TIME_MONTH = 97,
  TIME_DAY = 98,
  TIME_HOUR = 99,
  TIME_MINUTE = 100,
  TIME_SECOND = 101,
  TIME_DAY_OF_WEEK = 102,
  TIME_DAY_OF_YEAR = 103,
  /** The date there. */
  TIME_DATE = 104,
  /** The first moment of the day. */
  TIME_START_OF_DAY = 105,
  /** The last microsecond of the day. */
  TIME_END_OF_DAY = 106,
  /** (b - c) / the literal's milliseconds, as a number. */
  TIME_SINCE = 107,
  DATE_YEAR = 108,
  DATE_MONTH = 109,
  DATE_DAY = 110,
  DATE_DAY_OF_WEEK = 111,
  DATE_DAY_OF_YEAR = 112,
  /** The first moment of a date. */
  DATE_START = 113,
  /** b - c in days, as a number. */
  DATE_SINCE = 114,
}

export enum Rounding {
  HALF_EVEN = 0,
  HALF_UP = 1,
  /** Towards zero. */
  DOWN = 2,
  /** Away from zero. */
  UP = 3,
}

/** What the literal of a CALL is. */
export enum LiteralKind {
  NONE = 0,
  /** digits | Rounding << 8; digits up to 38 */
  ROUNDING = 1,
  /** a positive number of milliseconds: a day of microseconds has more than 32 bits */
  MILLISECONDS = 2,
  /** index of a blob: ZONE, PATTERN, CASE of image.ts */
  ZONE = 3,
  PATTERN = 4,
  CASE = 5,
}

// A function's form: RegisterType of its result, of b, c and d (0: it has none), 4 bits each, then its LiteralKind.
// F64 1, I64 2, BOOL 3, TEXT 4, WIDE_LOW 6: the numbers of value-type.ts.
export const FORM_RESULT_SHIFT = 0;
export const FORM_B_SHIFT = 4;
export const FORM_C_SHIFT = 8;
export const FORM_D_SHIFT = 12;
export const FORM_LITERAL_SHIFT = 16;

/** The form of a function; 0 for none. */
export function functionForm(id: FunctionId): number {
  switch (id) {
    case FunctionId.TEXT_LENGTH:
      return 0x41;
    case FunctionId.TEXT_STARTS_WITH:
    case FunctionId.TEXT_ENDS_WITH:
    case FunctionId.TEXT_INCLUDES:
      return 0x443;
    case FunctionId.TEXT_INDEX_OF:
      return 0x1441;
    case FunctionId.TEXT_SLICE:
      return 0x1144;
    case FunctionId.TEXT_TRIM:
    case FunctionId.TEXT_TRIM_START:
    case FunctionId.TEXT_TRIM_END:
      return 0x44;
    case FunctionId.TEXT_LOWER:
    case FunctionId.TEXT_UPPER:
      return 0x50044;
    case FunctionId.TEXT_MATCHES:
      return 0x40043;
    case FunctionId.F64_ABS:
    case FunctionId.F64_CEIL:
    case FunctionId.F64_FLOOR:
    case FunctionId.F64_ROUND:
    case FunctionId.F64_TRUNC:
    case FunctionId.F64_SIGN:
    case FunctionId.F64_SQRT:
    case FunctionId.F64_CBRT:
    case FunctionId.F64_EXP:
    case FunctionId.F64_EXPM1:
    case FunctionId.F64_LOG:
    case FunctionId.F64_LOG1P:
    case FunctionId.F64_LOG2:
    case FunctionId.F64_LOG10:
      return 0x11;
    case FunctionId.F64_MIN:
    case FunctionId.F64_MAX:
    case FunctionId.F64_POW:
      return 0x111;
    case FunctionId.DECIMAL_ROUND:
      return 0x10066;
    case FunctionId.DECIMAL_DIVIDE:
      return 0x10666;
    case FunctionId.DECIMAL_REMAINDER:
      return 0x666;
    case FunctionId.DECIMAL_TO_NUMBER:
      return 0x10061;
    case FunctionId.DECIMAL_FROM_NUMBER:
      return 0x10016;
    case FunctionId.DECIMAL_FROM_TEXT:
      return 0x10046;
    case FunctionId.TIME_YEAR:
    case FunctionId.TIME_MONTH:
    case FunctionId.TIME_DAY:
    case FunctionId.TIME_HOUR:
    case FunctionId.TIME_MINUTE:
    case FunctionId.TIME_SECOND:
    case FunctionId.TIME_DAY_OF_WEEK:
    case FunctionId.TIME_DAY_OF_YEAR:
      return 0x30021;
    case FunctionId.TIME_DATE:
    case FunctionId.TIME_START_OF_DAY:
    case FunctionId.TIME_END_OF_DAY:
    case FunctionId.DATE_START:
      return 0x30022;
    case FunctionId.TIME_SINCE:
      return 0x20221;
    case FunctionId.DATE_YEAR:
    case FunctionId.DATE_MONTH:
    case FunctionId.DATE_DAY:
    case FunctionId.DATE_DAY_OF_WEEK:
    case FunctionId.DATE_DAY_OF_YEAR:
      return 0x21;
    case FunctionId.DATE_SINCE:
      return 0x221;
    default:
      return 0;
  }
}

/**
 * Units of a call at its worst, beyond the dispatch of an instruction.
 *
 * @param leftBytes bytes of the text b at most, 0 where it is none
 * @param rightBytes bytes of the text c at most
 * @param patternUnits what a byte of text costs by the blob that a PATTERN literal names (PATTERN_UNITS of pattern.ts), else 0
 */
export function functionUnits(id: FunctionId, leftBytes: number, rightBytes: number, patternUnits: number): number {
  switch (id) {
    case FunctionId.TEXT_LENGTH:
      return 10 + leftBytes / 8;
    case FunctionId.TEXT_SLICE:
      return 20 + leftBytes / 2;
    case FunctionId.TEXT_TRIM:
    case FunctionId.TEXT_TRIM_START:
    case FunctionId.TEXT_TRIM_END:
      return 10 + 2 * leftBytes;
    case FunctionId.TEXT_STARTS_WITH:
    case FunctionId.TEXT_ENDS_WITH:
      return 6 + rightBytes / 8;
    case FunctionId.TEXT_INCLUDES:
    case FunctionId.TEXT_INDEX_OF:
      return 20 + 4 * leftBytes + 2 * rightBytes;
    case FunctionId.TEXT_LOWER:
    case FunctionId.TEXT_UPPER:
      // A sigma among characters that are looked through: each of them is, before and behind.
      return 20 + 16 * leftBytes;
    case FunctionId.TEXT_MATCHES:
      return 40 + leftBytes * patternUnits;
    case FunctionId.F64_CBRT:
    case FunctionId.F64_LOG10:
      return 40;
    case FunctionId.F64_EXP:
    case FunctionId.F64_EXPM1:
    case FunctionId.F64_LOG:
    case FunctionId.F64_LOG1P:
    case FunctionId.F64_LOG2:
      return 90;
    case FunctionId.F64_POW:
      return 180;
    case FunctionId.DECIMAL_ROUND:
    case FunctionId.DECIMAL_DIVIDE:
    case FunctionId.DECIMAL_REMAINDER:
    case FunctionId.DECIMAL_FROM_NUMBER:
      return 60;
    case FunctionId.DECIMAL_TO_NUMBER:
      return 150;
    case FunctionId.DECIMAL_FROM_TEXT:
      return 20 + 2 * leftBytes;
    case FunctionId.TIME_YEAR:
    case FunctionId.TIME_MONTH:
    case FunctionId.TIME_DAY:
    case FunctionId.TIME_HOUR:
    case FunctionId.TIME_MINUTE:
    case FunctionId.TIME_SECOND:
    case FunctionId.TIME_DAY_OF_WEEK:
    case FunctionId.TIME_DAY_OF_YEAR:
    case FunctionId.TIME_DATE:
    case FunctionId.TIME_START_OF_DAY:
    case FunctionId.TIME_END_OF_DAY:
    case FunctionId.DATE_START:
      return 100;
    case FunctionId.DATE_YEAR:
    case FunctionId.DATE_MONTH:
    case FunctionId.DATE_DAY:
    case FunctionId.DATE_DAY_OF_WEEK:
    case FunctionId.DATE_DAY_OF_YEAR:
      return 20;
    default:
      return 6;
  }
}

/**
 * Bytes of the text that a function gives, at most: what the compiler declares for its result and the verifier asks for.
 * Case mapping: one UTF-8 byte pair may become three bytes, U+0390 (2 bytes) even six.
 */
export function functionTextBytes(id: FunctionId, leftBytes: number): number {
  switch (id) {
    case FunctionId.TEXT_LOWER:
    case FunctionId.TEXT_UPPER:
      return 3 * leftBytes;
    default:
      // A slice may begin or end inside a character of 4 bytes, and then has half of it: 3 bytes.
      return leftBytes;
  }
}
