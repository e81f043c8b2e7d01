// The blob of case mappings, written by src/compiler/unicode/case-blob.ts and read by assembly/functions/case.ts.
//
//   0        24            152                                                                    up to a multiple of 8
//   | header | ASCII kinds | lower ranges | upper ranges | kinds      | expansions              |
//   |        | 128 x u8    | 12 each      | 12 each      | 4 each     | UTF-8                   |

export const CASE_UNICODE = 0; // u32, version of Unicode: major << 16 | minor
export const CASE_LOWER_COUNT = 4; // u32, ranges
export const CASE_UPPER_COUNT = 8; // u32, ranges
export const CASE_KIND_COUNT = 12; // u32, at least 1
export const CASE_EXPANSION_BYTES = 16; // u32
export const CASE_ASCII_KINDS = 24;
export const CASE_RANGES = 152;

/** A range of code points, in rising order: each, every second one, or one alone is mapped. None lies below U+0080. */
export const CASE_RANGE_BYTES = 12;
export const CASE_FIRST = 0; // u32
export const CASE_LAST = 4; // u32, the last code point | step << 24; step 0: one code point that becomes several
/** i32, what is added to the code point; for step 0 a u32: offset in the expansions | bytes << 16. */
export const CASE_DELTA = 8;

/** One u32: the code point that a run of one kind begins at | kind << 24. The first begins at 0, the last ends at U+10FFFF. */
export const CASE_KIND_BYTES = 4;

/** What a character is to a sigma near it: it is the final one behind a cased character where no cased one follows. */
export enum CaseKind {
  NONE = 0,
  CASED = 1,
  /** Looked through, be it cased or not. */
  IGNORABLE = 2,
}
