// The payload verifier: one pass over the model's fields checks a payload and fills the field registers. What is behind an element
// of a list is checked once for each element that leads to it, as often as the list's maximum allows. What it lets through
// is well-formed, and each value fits the model; docs/FORMATS.md has its rules, src/schema/reader.ts the same in TypeScript.

import { scratchNulls, scratchRegisters } from '../memory/scratch';
import {
  FIELD_AUX,
  FIELD_AUX2,
  FIELD_BYTES,
  FIELD_DEFAULT,
  FIELD_FLAGS,
  FIELD_KIND,
  FIELD_MAX,
  FIELD_MIN,
  FIELD_REGISTER,
  FIELD_SLOT,
  IMAGE_CONSTANTS,
  IMAGE_FIELDS,
  IMAGE_TABLES,
  NO_REGISTER,
  TABLE_BYTES,
  TABLE_FIELD_COUNT,
  TABLE_FIRST_FIELD,
} from '../shared/image';
import { PAYLOAD_BYTES_MAX } from '../shared/limits';
import { FIELD_HAS_DEFAULT, FIELD_REQUIRED, FieldKind } from '../shared/value-type';
import { follow, NO_POSITION, vtableOf } from './table';
import { doubleFits, integerFits, loadText, memberFits, valueWidth } from './value';

/**
 * Checks a payload against the image's model and fills the field registers.
 *
 * @param image a verified image
 * @returns false where the payload is not a well-formed table of the model, or a value breaks a constraint
 */
export function loadPayload(image: usize, payload: usize, bytes: u32): bool {
  if (bytes < 8 || bytes > (PAYLOAD_BYTES_MAX as u32)) return false;
  return loadTable(image, image + load<u32>(image, IMAGE_TABLES), payload, bytes, load<u32>(payload));
}

/**
 * One table of the payload, an element of a list too; calls itself for nested ones, whose depth the image verifier has bounded.
 * Fields below a list have no registers.
 */
function loadTable(image: usize, table: usize, payload: usize, bytes: u32, position: u32): bool {
  const vtablePosition = vtableOf(payload, bytes, position);
  if (vtablePosition === NO_POSITION) return false;
  const at = payload + position;
  const vtable = payload + vtablePosition;
  const vtableBytes = load<u16>(vtable) as u32;
  const tableBytes = load<u16>(vtable, 2) as u32;
  const registers = scratchRegisters();
  const nulls = scratchNulls();
  let field = image + load<u32>(image, IMAGE_FIELDS) + load<u32>(table, TABLE_FIRST_FIELD) * FIELD_BYTES;
  const end = field + load<u32>(table, TABLE_FIELD_COUNT) * FIELD_BYTES;
  for (; field < end; field += FIELD_BYTES) {
    const entry: u32 = 4 + ((load<u16>(field, FIELD_SLOT) as u32) << 1);
    const offset: u32 = entry < vtableBytes ? (load<u16>(vtable + entry) as u32) : 0;
    const kind = load<u8>(field, FIELD_KIND) as u32;
    if (offset === 0) {
      if (!loadAbsent(image, field, kind)) return false;
      continue;
    }
    if (offset < 4) return false;
    const room: u32 = tableBytes - offset;
    if (offset > tableBytes) return false;
    const value = at + offset;
    let bits: u64 = 0;
    switch (kind) {
      case FieldKind.DOUBLE:
        if (room < 8 || !doubleFits(field, load<f64>(value))) return false;
        bits = load<u64>(value);
        break;
      case FieldKind.TEXT:
        if (room < 4) return false;
        bits = loadText(field, payload, bytes, position + offset);
        if (bits === 0) return false;
        break;
      case FieldKind.BOOL:
        if (room < 1) return false;
        bits = load<u8>(value) as u64;
        if (bits > 1) return false;
        break;
      case FieldKind.INT:
      case FieldKind.DATE: {
        if (room < 4) return false;
        const integer = load<i32>(value) as i64;
        if (!integerFits(field, integer)) return false;
        bits = kind === FieldKind.INT ? reinterpret<u64>(integer as f64) : (integer as u64);
        break;
      }
      case FieldKind.LONG:
      case FieldKind.DECIMAL:
      case FieldKind.TIMESTAMP: {
        if (room < 8) return false;
        const integer = load<i64>(value);
        if (!integerFits(field, integer)) return false;
        // The bounds of a LONG lie within the safe integers, so that its conversion is exact.
        bits = kind === FieldKind.LONG ? reinterpret<u64>(integer as f64) : (integer as u64);
        break;
      }
      case FieldKind.ENUM:
        if (room < 2 || !memberFits(image, field, load<u16>(value) as u32)) return false;
        bits = load<u16>(value) as u64;
        break;
      case FieldKind.OBJECT: {
        if (room < 4) return false;
        const child = follow(payload, bytes, position + offset);
        if (child === NO_POSITION) return false;
        const childTable = image + load<u32>(image, IMAGE_TABLES) + load<u32>(field, FIELD_AUX) * TABLE_BYTES;
        if (!loadTable(image, childTable, payload, bytes, child)) return false;
        break;
      }
      case FieldKind.LIST:
        if (room < 4) return false;
        bits = loadVector(image, field, payload, bytes, position + offset);
        if (bits === 0) return false;
        break;
      default:
        return false;
    }
    const register = load<u16>(field, FIELD_REGISTER) as u32;
    if (register !== NO_REGISTER) {
      store<u64>(registers + (register << 3), bits);
      store<u8>(nulls + register, 0);
    }
  }
  return true;
}

/**
 * Checks the vector that the offset at `position` leads to, and everything in it.
 *
 * @param field descriptor of the LIST
 * @returns address of the first element | count << 32; 0 where it does not fit
 */
export function loadVector(image: usize, field: usize, payload: usize, bytes: u32, position: u32): u64 {
  const vector = follow(payload, bytes, position);
  if (vector === NO_POSITION) return 0;
  const count = load<u32>(payload + vector);
  if ((count as u64) < load<u64>(field, FIELD_MIN) || (count as u64) > load<u64>(field, FIELD_MAX)) return 0;
  const kind = load<u32>(field, FIELD_AUX2);
  // No product wraps: the image verifier holds FIELD_MAX to LIST_COUNT_MAX.
  if (count * valueWidth(kind) > bytes - 4 - vector) return 0;
  if (!elementsFit(image, load<u32>(field, FIELD_AUX), kind, payload, bytes, vector + 4, count)) return 0;
  return ((payload + vector + 4) as u64) | ((count as u64) << 32);
}

/** Whether `count` elements from `first` on are what their table says: an OBJECT's own table, or one whose only field they are. */
function elementsFit(image: usize, child: u32, kind: u32, payload: usize, bytes: u32, first: u32, count: u32): bool {
  const table = image + load<u32>(image, IMAGE_TABLES) + child * TABLE_BYTES;
  const field = image + load<u32>(image, IMAGE_FIELDS) + load<u32>(table, TABLE_FIRST_FIELD) * FIELD_BYTES;
  const start = payload + first;
  switch (kind) {
    case FieldKind.BOOL:
      for (let index: u32 = 0; index < count; index++) if (load<u8>(start + index) > 1) return false;
      return true;
    case FieldKind.INT:
    case FieldKind.DATE:
      for (let index: u32 = 0; index < count; index++) {
        if (!integerFits(field, load<i32>(start + (index << 2)) as i64)) return false;
      }
      return true;
    case FieldKind.LONG:
    case FieldKind.DECIMAL:
    case FieldKind.TIMESTAMP:
      for (let index: u32 = 0; index < count; index++) if (!integerFits(field, load<i64>(start + (index << 3)))) return false;
      return true;
    case FieldKind.DOUBLE:
      for (let index: u32 = 0; index < count; index++) if (!doubleFits(field, load<f64>(start + (index << 3)))) return false;
      return true;
    case FieldKind.ENUM:
      for (let index: u32 = 0; index < count; index++) {
        if (!memberFits(image, field, load<u16>(start + (index << 1)) as u32)) return false;
      }
      return true;
    case FieldKind.TEXT:
      for (let index: u32 = 0; index < count; index++) {
        if (loadText(field, payload, bytes, first + (index << 2)) === 0) return false;
      }
      return true;
    case FieldKind.OBJECT:
      for (let index: u32 = 0; index < count; index++) {
        const object = follow(payload, bytes, first + (index << 2));
        if (object === NO_POSITION || !loadTable(image, table, payload, bytes, object)) return false;
      }
      return true;
    default:
      return false;
  }
}

/** An absent field: refused, its default, or null. An absent object takes all that is below it with it. */
export function loadAbsent(image: usize, field: usize, kind: u32): bool {
  const flags = load<u8>(field, FIELD_FLAGS) as u32;
  if (flags & FIELD_REQUIRED) return false;
  if ((flags & FIELD_HAS_DEFAULT) === 0) {
    loadNull(image, field, kind);
    return true;
  }
  const register = load<u16>(field, FIELD_REGISTER) as u32;
  if (register !== NO_REGISTER) {
    let bits = load<u64>(field, FIELD_DEFAULT);
    if (kind === FieldKind.TEXT) bits += (image as u64) + (load<u32>(image, IMAGE_CONSTANTS) as u64);
    store<u64>(scratchRegisters() + (register << 3), bits);
    store<u8>(scratchNulls() + register, 0);
  }
  return true;
}

/** Null, in the field's register and in those of all fields below it. The register is 0: for a text, no bytes. */
function loadNull(image: usize, field: usize, kind: u32): void {
  const register = load<u16>(field, FIELD_REGISTER) as u32;
  if (register !== NO_REGISTER) {
    store<u64>(scratchRegisters() + (register << 3), 0);
    store<u8>(scratchNulls() + register, 1);
  }
  if (kind !== FieldKind.OBJECT) return;
  const table = image + load<u32>(image, IMAGE_TABLES) + load<u32>(field, FIELD_AUX) * TABLE_BYTES;
  let child = image + load<u32>(image, IMAGE_FIELDS) + load<u32>(table, TABLE_FIRST_FIELD) * FIELD_BYTES;
  const end = child + load<u32>(table, TABLE_FIELD_COUNT) * FIELD_BYTES;
  for (; child < end; child += FIELD_BYTES) loadNull(image, child, load<u8>(child, FIELD_KIND) as u32);
}
