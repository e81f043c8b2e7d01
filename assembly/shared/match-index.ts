// The match index: a blob that tells which of many conditions may hold. A *part* is one condition: a rule, a row of a table. Its
// tests of single registers are the index's; what is left of it is code, run for the parts that are alive. docs/FORMATS.md draws it.
//
//   | header 64 | dimensions x 32 | live, sure | hits | entries | lists | searches, texts, ranks, rows ... |
//
// A *dimension* is a register that is tested. All constants it is compared with are sorted, which cuts its values into intervals;
// a *code* numbers the interval that a value lies in. Parts come in blocks of up to INDEX_BLOCK_PARTS; for each block and code
// there is a *row*: a bitmap of the parts that this value leaves possible. A part is alive where its bit is set in the rows of all
// dimensions. Offsets are bytes from the blob's first byte.

/** Parts of one index, and of one block. */
export const INDEX_PARTS_MAX = 16384;
export const INDEX_BLOCK_PARTS = 512;
/** Dimensions of one index: their places have room in the scratch's work area. */
export const INDEX_DIMENSIONS_MAX = 1024;
/** Constants of one dimension: four levels of 16. */
export const INDEX_POINTS_MAX = 65535;
/** Rows of one dimension where there are several blocks: a rank is a u16. */
export const INDEX_ROWS_MAX = 65535;

export const INDEX_HEADER_BYTES = 64;
export const INDEX_PARTS = 0; // u32
export const INDEX_BLOCKS = 4; // u32, parts / INDEX_BLOCK_PARTS, rounded up
export const INDEX_ROW_BYTES = 8; // u32: 8, 16, 32 for up to 64, 128, 256 parts; else 64
export const INDEX_DIMENSIONS = 12; // u32
export const INDEX_MODE = 16; // u32, IndexMode
export const INDEX_LIVE = 20; // u32 offset of blocks x row: the parts that there are; the others are never alive
export const INDEX_SURE = 24; // u32 offset of blocks x row: the parts of which nothing is left to test
export const INDEX_HITS = 28; // u32 offset of a u32 for each part: the rank of what it hits. 0: it is part + 64 x INDEX_HIT_WORD
export const INDEX_HIT_WORD = 32; // u32
export const INDEX_ENTRIES = 36; // u32 offset of a u32 for each part: instructions from MATCH to its ALIVE, 0 where it has none
export const INDEX_END = 40; // u32, instructions from MATCH to where it goes on when no part is left
export const INDEX_LISTS = 44; // u32 offset of a u32 for each block and one more, where its list begins; then the lists, u16

/** What becomes of the parts that are alive. */
export enum IndexMode {
  /** A sure part is nothing but a hit, and is hit by MATCH; the others have an ALIVE. */
  HITS = 0,
  /** Only the first part that holds is asked for: the blocks behind one with a sure part that is alive are not looked at. */
  FIRST = 1,
  /** All parts have an ALIVE. */
  EACH = 2,
}

export const DIMENSION_BYTES = 32;
export const DIMENSION_KIND = 0; // u8, DimensionKind; dimensions are sorted by it
export const DIMENSION_LEVELS = 1; // u8, levels of the search
export const DIMENSION_REGISTER = 2; // u16
export const DIMENSION_NULL = 4; // u32, where in the scratch a byte is 1 when the value is null; or NEVER_NULL
export const DIMENSION_POINTS = 8; // u32, constants
export const DIMENSION_SEARCH = 12; // u32 offset of the search's levels
export const DIMENSION_RANKS = 16; // u32 offset of a u16 for each code and block: its row; 0 where rows stand by code
export const DIMENSION_ROWS = 20; // u32 offset of the rows
export const DIMENSION_ROW_COUNT = 24; // u32
export const DIMENSION_TEXTS = 28; // u32 offset of TEXTS_HEAD_BYTES, then TEXT_POINT_BYTES for each constant; TEXT_HASH, TEXT_ORDER

export const NEVER_NULL = 0xffffffff;

/**
 * How a value becomes a code. With n constants, ordered kinds have the codes 2i: below constant i and above the one before it;
 * 2i + 1: equal to it. The last codes are NaN (NUMBER and COUNT alone) and null. The other kinds have a code for each constant, one
 * for all other values (SMALL: behind them, the others: 0) and null.
 */
export enum DimensionKind {
  /** F64. */
  NUMBER = 1,
  /** The number of elements of a LIST, as F64. */
  COUNT = 2,
  /** I64, ordered. */
  INTEGER = 3,
  /** I64, equality alone. */
  INTEGER_EQUAL = 4,
  /** TEXT by its key (TEXT_KEY), equality with texts of up to TEXT_KEY_BYTES_MAX bytes alone. */
  TEXT_KEY = 5,
  /** I64 or BOOL from 0 to n - 1: the value is the code. */
  SMALL = 6,
  /** TEXT by a hash, then the text itself; equality alone. */
  TEXT_HASH = 7,
  /** TEXT by its order. A constant may stand for the end of all texts that begin with it. */
  TEXT_ORDER = 8,
}

export const TEXTS_HEAD_BYTES = 8;
export const TEXTS_LONGEST = 0; // u32, bytes of the longest constant: nothing behind them is looked at
export const TEXT_POINT_BYTES = 8;
export const TEXT_POINT_AT = 0; // u32 offset of its bytes
export const TEXT_POINT_LENGTH = 4; // u32 bytes | PREFIX_END
export const PREFIX_END = 0x80000000;
/** Bytes behind the last text of a blob: what looks at characters may look that far. */
export const TEXT_MARGIN_BYTES = 8;

/**
 * A search is one or more levels of 64-bit words. The last is the sorted constants; the one before it has each 16th of them (the
 * last one of a group), and so on, until 16 are left. Behind them, and up to the capacity of
 * the level and GROUP words more, stand words that are less than nothing: NaN, or the largest integer.
 */
export const GROUP = 16;
/** Words of the levels before the last: the first, the second, the third. */
export const LEVEL_FIRST_WORDS = 16;
export const LEVEL_SECOND_WORDS = 272;
export const LEVEL_THIRD_WORDS = 4112;

/** Levels that a search over so many constants has. */
export function levelsOf(points: number): number {
  return points <= GROUP ? 1 : points <= 256 ? 2 : points <= 4096 ? 3 : 4;
}

/** The hash of a text, see assembly/index/search.ts: its words of 8 bytes are mixed in one after the other. */
export const TEXT_HASH_SEED_HIGH = 0x9e3779b9;
export const TEXT_HASH_SEED_LOW = 0x7f4a7c15;
export const TEXT_HASH_FACTOR_HIGH = 0xff51afd7;
export const TEXT_HASH_FACTOR_LOW = 0xed558ccd;

/** Units of finding the code of a dimension. @param textBytes that are looked at, at most; 0 of no text */
export function dimensionUnits(kind: DimensionKind, points: number, textBytes: number): number {
  switch (kind) {
    case DimensionKind.SMALL:
      return 3;
    case DimensionKind.TEXT_HASH:
      return 14 + 3 * levelsOf(points) + textBytes / 4;
    case DimensionKind.TEXT_ORDER:
      return 8 + (6 + textBytes / 8) * doublings(points);
    default:
      return 6 + 4 * levelsOf(points);
  }
}

/** Steps of halving down to one. */
function doublings(points: number): number {
  let steps: number = 1;
  for (let rest: number = points; rest > 1; rest /= 2) steps += 1;
  return steps;
}

/** Units of MATCH beside its dimensions: rows of all of them for all blocks, and hits. */
export function blocksUnits(blocks: number, rowBytes: number, dimensions: number): number {
  return 12 + blocks * (8 + dimensions * (1 + rowBytes / 16)) + (blocks * rowBytes) / 4;
}

/** Units of ALIVE: it may look over all parts, but all of them together look at each once. */
export const ALIVE_UNITS = 6;
