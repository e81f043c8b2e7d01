// The plan of a model for JSON (BlobKind.JSON): how JSON text becomes a payload of the model. Tables and fields stand in the order
// of the image's own descriptors, which say everything about a value but what is here. docs/FORMATS.md has the same in prose.
//
//   | header 32 | tables | fields | powers of ten | wide powers | names | bytes of blocks and names | 16 zeros |
//
// Offsets are bytes from the plan's first byte. Whatever is copied or compared in steps of 16 bytes ends 16 bytes before its end.

export const PLAN_HEADER_BYTES = 32;
export const PLAN_FORMAT = 0; // u32, PLAN_FORMAT_VALUE
export const PLAN_TABLE_COUNT = 4; // u32, tables of the model
export const PLAN_FIELD_COUNT = 8; // u32, fields of the model, elements of lists included
export const PLAN_TABLES = 12; // u32 offset
export const PLAN_FIELDS = 16; // u32 offset
export const PLAN_POWERS = 20; // u32 offset: 10^0 to 10^22 as f64
export const PLAN_WIDE_POWERS = 24; // u32 offset
export const PLAN_FORMAT_VALUE = 1;

export const POWER_MAX = 22;
/**
 * 10^WIDE_POWER_MIN to 10^WIDE_POWER_MAX: the 128 bits from the highest that is set on, low half first; cut off, but rounded up
 * from 10^-27 to 10^-1.
 */
export const WIDE_POWER_MIN = -342;
export const WIDE_POWER_MAX = 308;
export const WIDE_POWER_BYTES = 16;

export const PLAN_TABLE_BYTES = 32;
export const PLAN_TABLE_BLOCK = 0; // u32 offset: vtable and table with every field absent
export const PLAN_TABLE_BLOCK_BYTES = 4; // u32, a multiple of 4; 0: the table of a list's scalars, never written
export const PLAN_TABLE_AT = 8; // u32, where in the block the table begins
export const PLAN_TABLE_NAMES = 12; // u32 offset: names of its fields
export const PLAN_TABLE_CLOSED = 16; // u32, 1: other keys are refused
export const PLAN_TABLE_REQUIRED = 20; // u32, required fields
export const PLAN_TABLE_FIRST = 24; // u32, its first field
export const PLAN_TABLE_FIELDS = 28; // u32, its fields

export const PLAN_FIELD_BYTES = 32;
export const PLAN_FIELD_KEY = 0; // u32 offset: its name in quotes, and a colon; zeros to a multiple of 16
export const PLAN_FIELD_KEY_BYTES = 4; // u32, without the zeros; 0: an element of a list
export const PLAN_FIELD_ENTRY = 8; // u16, where in its table's block the entry of the vtable lies
export const PLAN_FIELD_VALUE = 10; // u16, where in the block the value lies, whole
export const PLAN_FIELD_KIND = 12; // u8, as in its descriptor
export const PLAN_FIELD_REQUIRED = 13; // u8, 1 where its descriptor says so
export const PLAN_FIELD_SCALE = 14; // u16, DECIMAL: digits after the point, at most 18
export const PLAN_FIELD_AUX = 16; // u32, ENUM: names of its members; OBJECT, LIST: index of the table
export const PLAN_FIELD_ELEMENT = 20; // u32, LIST: kind of its elements
export const PLAN_FIELD_DESCRIPTOR = 24; // u32, offset of its descriptor in the image

/** Names, found by a hash: those of the fields of a table, or of the members of an enum. */
export const NAMES_BYTES = 32;
export const NAMES_FACTOR = 0; // u64
export const NAMES_SLOTS = 8; // u32 offset: u16 each, number of the first name of this hash + 1, 0 = none
export const NAMES_SHIFT = 12; // u32, 64 - log2 of the slots; 52 to 63
export const NAMES_ENTRIES = 16; // u32 offset
export const NAMES_COUNT = 20; // u32

export const NAME_BYTES = 16;
export const NAME_TEXT = 0; // u32 offset of its UTF-8
export const NAME_TEXT_BYTES = 4; // u32
export const NAME_VALUE = 8; // u16, index of the field in its table; number of the member
export const NAME_NEXT = 10; // u16, number of the next name of the same hash + 1, above its own; 0 = none
export const NAMES_SHIFT_MIN = 52;
/** Between the words of a name of more than 8 bytes. */
export const NAME_FACTOR_LOW = 0xf42e1ff1;
export const NAME_FACTOR_HIGH = 0x9e3779b9;

/** Zero bytes behind a text, in place of a check of its end at each step. The engine writes them. */
export const TEXT_SPARE_BYTES = 16;
/**
 * A byte of text is 4 of the payload at most ("1," is a double, `"",` an empty text), and keys that the model does not have 2 more.
 */
export const PAYLOAD_PER_TEXT = 6;
/** Characters of an object in a list that sets one field: {"a":1}, and a comma. */
export const OBJECT_CHARS_MIN = 8;
/** Bytes of the payload's area that the transcoder leaves alone at its end. */
export const AREA_SPARE_BYTES = 128;
/** Objects and arrays inside one another in what a model does not name. */
export const JSON_DEPTH_MAX = 1024;

/** Why a text was not taken. */
export enum JsonFault {
  NONE = 0,
  /** Not JSON. */
  SYNTAX = 1,
  /** Not UTF-8. */
  UTF8 = 2,
  /** A key stands twice in one object. */
  DUPLICATE = 3,
  /** A value of another type than the field. */
  TYPE = 4,
  /** A field that is required is absent or null, or an element of a list is null. */
  REQUIRED = 5,
  /** A field that the model does not have, where it allows no other. */
  UNKNOWN = 6,
  /** A number, date or timestamp outside the field's bounds, or more digits after the point than it has. */
  RANGE = 7,
  /** A text or list that is shorter or longer than the field's bounds, or no text at all: half of a surrogate pair. */
  LENGTH = 8,
  /** Not a member of the enum. */
  ENUM = 9,
  /** Not a date, timestamp or decimal. */
  FORMAT = 10,
  /** From here on: nothing is said of the text. The area for the payload is too small. */
  ROOM = 11,
  /** Nested deeper than JSON_DEPTH_MAX where the model has no field. */
  DEPTH = 12,
}
