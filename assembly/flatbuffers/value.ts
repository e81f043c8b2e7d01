// Single values of a payload: whether they fit their field's descriptor, and what they are in a register.

import { FIELD_AUX, FIELD_AUX2, FIELD_FLAGS, FIELD_MAX, FIELD_MIN, IMAGE_CONSTANTS } from '../shared/image';
import { FIELD_HAS_MAX, FIELD_HAS_MIN, FieldKind } from '../shared/value-type';
import { follow, NO_POSITION } from './table';
import { countCodePoints } from './text';

/** Whether a DOUBLE is within its field's bounds. Written so that NaN breaks any bound. */
export function doubleFits(field: usize, number: f64): bool {
  const flags = load<u8>(field, FIELD_FLAGS) as u32;
  if (flags & FIELD_HAS_MIN && !(number >= load<f64>(field, FIELD_MIN))) return false;
  return !(flags & FIELD_HAS_MAX) || number <= load<f64>(field, FIELD_MAX);
}

/** Whether an integer of any kind is within its field's bounds. */
export function integerFits(field: usize, integer: i64): bool {
  return integer >= load<i64>(field, FIELD_MIN) && integer <= load<i64>(field, FIELD_MAX);
}

/** Whether an enum's number is that of a member in use. */
export function memberFits(image: usize, field: usize, member: u32): bool {
  if (member >= load<u32>(field, FIELD_AUX2)) return false;
  const bitmap = image + load<u32>(image, IMAGE_CONSTANTS) + load<u32>(field, FIELD_AUX);
  return (((load<u8>(bitmap + (member >> 3)) as u32) >> (member & 7)) & 1) !== 0;
}

/** Checks the text that the offset at `position` leads to. @returns its register bits; 0 where it does not fit its field */
export function loadText(field: usize, payload: usize, bytes: u32, position: u32): u64 {
  const text = follow(payload, bytes, position);
  if (text === NO_POSITION) return 0;
  const length = load<u32>(payload + text);
  // Before it is walked: what is too long in any spelling must cost no more than what the bounds allow.
  if ((length as u64) > load<u64>(field, FIELD_MAX) << 2) return 0;
  // The terminator has to fit too: length < room behind the length word.
  if (length >= bytes - text - 4) return 0;
  const address = payload + text + 4;
  if (load<u8>(address + length) !== 0) return 0;
  const count = countCodePoints(address, length);
  if (count < 0 || (count as u32) < load<u32>(field, FIELD_MIN) || (count as u32) > load<u32>(field, FIELD_MAX)) return 0;
  return (address as u64) | ((length as u64) << 32);
}

/** Bytes of a value of this kind in a table or vector. */
export function valueWidth(kind: u32): u32 {
  switch (kind) {
    case FieldKind.BOOL:
      return 1;
    case FieldKind.ENUM:
      return 2;
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
    case FieldKind.DECIMAL:
    case FieldKind.TIMESTAMP:
      return 8;
    default:
      return 4;
  }
}

/** Register bits of a value that has been checked, at its address in a table or vector. */
export function readValue(kind: u32, at: usize): u64 {
  switch (kind) {
    case FieldKind.BOOL:
      return load<u8>(at) as u64;
    case FieldKind.ENUM:
      return load<u16>(at) as u64;
    case FieldKind.INT:
      return reinterpret<u64>(load<i32>(at) as f64);
    case FieldKind.LONG:
      return reinterpret<u64>(load<i64>(at) as f64);
    case FieldKind.DATE:
      return load<i32>(at) as i64 as u64;
    case FieldKind.TEXT:
    case FieldKind.LIST: {
      // Both are a length or count, then bytes or elements.
      const target = at + load<u32>(at);
      return ((target + 4) as u64) | ((load<u32>(target) as u64) << 32);
    }
    case FieldKind.OBJECT:
      return (at + load<u32>(at)) as u64;
    default:
      return load<u64>(at);
  }
}
