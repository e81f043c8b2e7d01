// The blob that says how a decision's outputs are written (BlobKind.OUTPUTS). Offsets are bytes from its first byte, which lies at
// a multiple of 8; docs/FORMATS.md has the same in prose.
//
//   | header 32 | outputs 32 each | root block | blocks of elements | names of members |
//
// A block is what a table of outputs begins as: its vtable, in which every entry is 0 but that of the shape, and the table. It
// begins at a multiple of 8 and has a multiple of 8 bytes. The root block is what `Decision.outputs` begins with, and the shape
// stands at its end:
//
//   | 0 u32 | bytes of the vector u32 | offset of the table u32 | vtable | table | the shape, a string |
//
// While a program runs, the two words at its beginning hold where the open list is (0: none is) and where the next bytes go.

export const OUTPUTS_HEADER_BYTES = 32;
export const OUTPUTS_BYTES = 0; // u32, that the outputs of a decision take at most, root block included: a multiple of 8
export const OUTPUTS_COUNT = 4; // u32, outputs and members of elements
export const OUTPUTS_ROOT = 8; // u32, offset of the root block
export const OUTPUTS_ROOT_BYTES = 12; // u32
export const OUTPUTS_TABLE = 16; // u32, where in the root block the table begins

/** An output, or a member of the objects of a list. */
export const OUTPUT_BYTES = 32;
export const OUTPUT_KIND = 0; // u8, OutputKind
export const OUTPUT_ELEMENT = 1; // u8, LIST: OutputKind of its elements
export const OUTPUT_PARENT = 2; // u16, number of its list + 1; 0: an output of the root
export const OUTPUT_ENTRY = 4; // u32, where in its block the entry in the vtable is
export const OUTPUT_PLACE = 8; // u32, where in its block the value lies
export const OUTPUT_FIELD = 12; // u32, what the entry becomes: the value's place in its table
export const OUTPUT_COUNT_MAX = 16; // u32, LIST: elements at most
export const OUTPUT_NAMES = 20; // u32, MEMBER: offset of the names, 8 bytes each: offset and bytes u32; OBJECT: of the block
export const OUTPUT_NAMES_COUNT = 24; // u32, MEMBER: names; OBJECT: bytes of the block
export const OUTPUT_TABLE = 28; // u32, OBJECT: where in the block the table begins

/** How an output lies in its table, and what register gives it. The comment has its width there, in bytes. */
export enum OutputKind {
  NONE = 0,
  BOOL = 1, // 1, BOOL
  NUMBER = 2, // 8, F64
  LONG = 3, // 8, I64: a decimal, a timestamp
  DATE = 4, // 4, I64
  WIDE = 5, // 16, WIDE: a decimal of 128 bits, low half first
  TEXT = 6, // 4, TEXT
  MEMBER = 7, // 4, I64: the number of an enum's member, written as its name
  LIST = 8, // 4
  /** Of the elements of a list only: tables of members. */
  OBJECT = 9, // 4
}

/** Bytes that a value takes in a table or in a vector. */
export function outputWidth(kind: OutputKind): number {
  switch (kind) {
    case OutputKind.BOOL:
      return 1;
    case OutputKind.NUMBER:
    case OutputKind.LONG:
      return 8;
    case OutputKind.WIDE:
      return 16;
    default:
      return 4;
  }
}

/** True where a value is an offset of what lies elsewhere. */
export function isOutputOffset(kind: OutputKind): boolean {
  return kind >= OutputKind.TEXT;
}

/** What an OUT does that stores no register: the upper half of its immediate; the lower half is the number of the list. */
export enum OutputAction {
  NONE = 0,
  /** The list begins: it is empty, and no longer null. */
  LIST = 1,
  /** The next object of the list begins: all of its members are null. */
  ELEMENT = 2,
  /** The list is over. */
  END = 3,
}

/** c of every OUT of an image that decides. */
export const OUT_STORES = 1;

/** Bytes that an OUT is taken to write beside a text, for its cost. */
export const OUT_BYTES = 64;
