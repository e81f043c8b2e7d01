/** How a field lies in a payload. The number in the comment is its width in the FlatBuffers table, in bytes. */
export enum FieldKind {
  NONE = 0,
  BOOL = 1, // 1, value 0 or 1
  INT = 2, // 4, i32; a number for the language
  LONG = 3, // 8, i64 held to the safe integers; a number for the language
  DOUBLE = 4, // 8, f64
  DECIMAL = 5, // 8, i64 scaled by a power of ten (format int64 has scale 0)
  TIMESTAMP = 6, // 8, i64, microseconds since 1970-01-01T00:00:00Z
  DATE = 7, // 4, i32, days since 1970-01-01
  ENUM = 8, // 2, u16, number of the member
  TEXT = 9, // 4, offset to a UTF-8 string
  OBJECT = 10, // 4, offset to a table
  LIST = 11, // 4, offset to a vector; elements lie in it as their kind does in a table
}

/** What a register holds, one type for the whole program. Registers are 8 bytes wide. */
export enum RegisterType {
  NONE = 0,
  F64 = 1,
  /** decimals, timestamps, dates and enum numbers */
  I64 = 2,
  /** 0 or 1, as i64 */
  BOOL = 3,
  /** low word: absolute address of the bytes; high word: length in bytes */
  TEXT = 4,
  /** A payload's own object: only its null flag is of use. A temporary: address of the table, an element of a list. */
  OBJECT = 5,
  /** low 64 bits of a 128-bit integer; the next register is its WIDE_HIGH */
  WIDE_LOW = 6,
  WIDE_HIGH = 7,
  /** low word: address of the vector's first element; high word: number of elements */
  LIST = 8,
  /** Where a loop stands: number of the element; of pieces, low word: first byte, high word: end. Only FOR and NEXT write it. */
  CURSOR = 9,
}

/** Bits of a field descriptor's flags. A field that is neither REQUIRED nor HAS_DEFAULT is null when absent. */
export const FIELD_REQUIRED = 1;
export const FIELD_HAS_MIN = 2;
export const FIELD_HAS_MAX = 4;
export const FIELD_HAS_DEFAULT = 8;

/** Units of verifying and loading one field; a LIST's elements come on top. @param textBytesMax of a TEXT */
export function fieldUnits(kind: FieldKind, textBytesMax: number): number {
  switch (kind) {
    case FieldKind.TEXT:
      return 12 + textBytesMax / 8;
    case FieldKind.OBJECT:
    case FieldKind.LIST:
      return 15;
    default:
      return 6;
  }
}
