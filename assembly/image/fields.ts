// Verifies the tables, fields and field registers of an image: what the payload verifier relies on.

import { countCodePoints } from '../flatbuffers/text';
import { scratchHits, scratchNulls, zero8 } from '../memory/scratch';
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
  IMAGE_CONSTANT_BYTES,
  IMAGE_CONSTANTS,
  IMAGE_FIELD_COUNT,
  IMAGE_FIELD_REGISTERS,
  IMAGE_FIELDS,
  IMAGE_NOW_REGISTER,
  IMAGE_TABLE_COUNT,
  IMAGE_TABLES,
  NO_REGISTER,
  TABLE_BYTES,
  TABLE_FIELD_COUNT,
  TABLE_FIRST_FIELD,
} from '../shared/image';
import { LIST_COUNT_MAX, MODEL_DEPTH_MAX, PAYLOAD_BYTES_MAX } from '../shared/limits';
import { ImageError } from '../shared/status';
import { FIELD_HAS_DEFAULT, FIELD_HAS_MAX, FIELD_HAS_MIN, FIELD_REQUIRED, FieldKind, RegisterType } from '../shared/value-type';
import { elementOf, maxOf, registerTypeOf, tableOf, typeOf } from './registers';

const FLAGS_KNOWN: u32 = FIELD_REQUIRED | FIELD_HAS_MIN | FIELD_HAS_MAX | FIELD_HAS_DEFAULT;
const BELOW_LIST: u32 = 128;
const SAFE_INTEGER_MAX: i64 = 9007199254740991;

/**
 * Tables form a tree (each but the root is the child of exactly one field, of a table before it), so that the payload verifier,
 * which calls itself along it, ends, and no deeper than MODEL_DEPTH_MAX. Each field register is filled by one field or by `now`.
 * What is below a list has no registers.
 *
 * Expects zeros in the scratch's null flags, one for each register, and marks the registers that are filled there.
 */
export function verifyFields(image: usize): ImageError {
  const tableCount = load<u32>(image, IMAGE_TABLE_COUNT);
  const tables = image + load<u32>(image, IMAGE_TABLES);
  const fields = image + load<u32>(image, IMAGE_FIELDS);
  // Depth of each table, 1 for the root; 0 until a parent has been seen. Below a list, BELOW_LIST is added.
  const depths = scratchHits();
  zero8(depths, (tableCount + 7) & ~7);
  if (tableCount === 0) return ImageError.BAD_TABLE;
  store<u8>(depths, 1);
  let next: u32 = 0;
  for (let index: u32 = 0; index < tableCount; index++) {
    const table = tables + index * TABLE_BYTES;
    const count = load<u32>(table, TABLE_FIELD_COUNT);
    const mark = load<u8>(depths + index) as u32;
    const depth = mark & ~BELOW_LIST;
    if (depth === 0 || load<u32>(table, TABLE_FIRST_FIELD) !== next) return ImageError.BAD_TABLE;
    if (count > load<u32>(image, IMAGE_FIELD_COUNT) - next) return ImageError.BAD_TABLE;
    for (let last = next + count; next < last; next++) {
      const field = fields + next * FIELD_BYTES;
      let error = verifyField(image, field);
      if (error !== ImageError.NONE) return error;
      const kind = load<u8>(field, FIELD_KIND) as u32;
      if (kind === FieldKind.OBJECT || kind === FieldKind.LIST) {
        const child = load<u32>(field, FIELD_AUX);
        if (child <= index || child >= tableCount || load<u8>(depths + child) !== 0) return ImageError.BAD_TABLE;
        // A table of scalars is the element itself and not walked into.
        const nests = kind === FieldKind.OBJECT || load<u32>(field, FIELD_AUX2) === FieldKind.OBJECT;
        if (nests && depth > (MODEL_DEPTH_MAX as u32)) return ImageError.BAD_TABLE;
        store<u8>(depths + child, (depth + 1) | (kind === FieldKind.LIST ? BELOW_LIST : mark & BELOW_LIST));
      }
      const register = load<u16>(field, FIELD_REGISTER) as u32;
      if (register === NO_REGISTER) continue;
      if (mark >= BELOW_LIST) return ImageError.BAD_REGISTER;
      error = fillRegister(image, register, registerTypeOf(kind));
      if (error !== ImageError.NONE) return error;
      if (!registerHolds(image, register, field)) return ImageError.BAD_REGISTER;
    }
  }
  if (next !== load<u32>(image, IMAGE_FIELD_COUNT)) return ImageError.BAD_TABLE;
  for (let index: u32 = 0; index < next; index++) {
    if (!elementsFit(image, fields + index * FIELD_BYTES)) return ImageError.BAD_FIELD;
  }
  return verifyFilled(image);
}

/** Whether a field is no LIST of anything but objects, or its table has one field, which is the element: slot 0 and required. */
function elementsFit(image: usize, field: usize): bool {
  if (load<u8>(field, FIELD_KIND) !== FieldKind.LIST) return true;
  const kind = load<u32>(field, FIELD_AUX2);
  if (kind === FieldKind.OBJECT) return true;
  const table = image + load<u32>(image, IMAGE_TABLES) + load<u32>(field, FIELD_AUX) * TABLE_BYTES;
  if (load<u32>(table, TABLE_FIELD_COUNT) !== 1) return false;
  const element = image + load<u32>(image, IMAGE_FIELDS) + load<u32>(table, TABLE_FIRST_FIELD) * FIELD_BYTES;
  return (
    (load<u8>(element, FIELD_KIND) as u32) === kind &&
    load<u16>(element, FIELD_SLOT) === 0 &&
    (load<u8>(element, FIELD_FLAGS) & FIELD_REQUIRED) !== 0
  );
}

/** Bytes of a TEXT field's value at most; see fieldTextBytes of src/image/registers.ts. */
export function fieldTextBytes(field: usize): u32 {
  return min(load<u64>(field, FIELD_MAX) << 2, PAYLOAD_BYTES_MAX as u64) as u32;
}

function verifyField(image: usize, field: usize): ImageError {
  const kind = load<u8>(field, FIELD_KIND) as u32;
  const flags = load<u8>(field, FIELD_FLAGS) as u32;
  const constantBytes = load<u32>(image, IMAGE_CONSTANT_BYTES) as u64;
  if (kind === FieldKind.NONE || kind > (FieldKind.LIST as u32) || (flags & ~FLAGS_KNOWN) !== 0) return ImageError.BAD_FIELD;
  if (kind >= (FieldKind.OBJECT as u32) && (flags & FIELD_HAS_DEFAULT) !== 0) return ImageError.BAD_FIELD;
  if (kind === FieldKind.LIST) {
    const element = load<u32>(field, FIELD_AUX2);
    if (element === FieldKind.NONE || element > (FieldKind.OBJECT as u32)) return ImageError.BAD_FIELD;
    if (load<u64>(field, FIELD_MAX) > (LIST_COUNT_MAX as u64)) return ImageError.BAD_FIELD;
  }
  if (kind === FieldKind.LONG) {
    if (load<i64>(field, FIELD_MIN) < -SAFE_INTEGER_MAX || load<i64>(field, FIELD_MAX) > SAFE_INTEGER_MAX)
      return ImageError.BAD_FIELD;
  }
  if (kind === FieldKind.BOOL && (flags & FIELD_HAS_DEFAULT) !== 0 && load<u64>(field, FIELD_DEFAULT) > 1)
    return ImageError.BAD_FIELD;
  if (kind === FieldKind.TEXT) {
    // Bounds are compared as u32.
    if (load<u64>(field, FIELD_MIN) > 0xffffffff || load<u64>(field, FIELD_MAX) > 0xffffffff) return ImageError.BAD_FIELD;
    if ((flags & FIELD_HAS_DEFAULT) !== 0) {
      const text = load<u64>(field, FIELD_DEFAULT);
      if ((text & 0xffffffff) + (text >> 32) > constantBytes || text >> 32 > (PAYLOAD_BYTES_MAX as u64))
        return ImageError.BAD_CONSTANT;
      const count = countCodePoints(image + load<u32>(image, IMAGE_CONSTANTS) + (text as u32), (text >> 32) as u32);
      if (count < 0 || (count as u64) > load<u64>(field, FIELD_MAX)) return ImageError.BAD_CONSTANT;
    }
  }
  if (kind === FieldKind.ENUM) {
    const bits = load<u32>(field, FIELD_AUX2) as u64;
    if (bits > 65536) return ImageError.BAD_FIELD;
    if ((load<u32>(field, FIELD_AUX) as u64) + ((bits + 7) >> 3) > constantBytes) return ImageError.BAD_CONSTANT;
  }
  return ImageError.NONE;
}

/**
 * Whether a register of the right type can hold every value of a field: its texts in full, its lists with all of their elements,
 * and objects of the same table.
 */
export function registerHolds(image: usize, register: u32, field: usize): bool {
  switch (load<u8>(field, FIELD_KIND) as u32) {
    case FieldKind.TEXT:
      return maxOf(image, register) >= fieldTextBytes(field);
    case FieldKind.OBJECT:
      return tableOf(image, register) === load<u32>(field, FIELD_AUX);
    case FieldKind.LIST:
      return (
        tableOf(image, register) === load<u32>(field, FIELD_AUX) &&
        elementOf(image, register) === load<u32>(field, FIELD_AUX2) &&
        (maxOf(image, register) as u64) >= load<u64>(field, FIELD_MAX)
      );
    default:
      return true;
  }
}

/** Marks a register as filled before the program runs: it has to be a field register of that type, and not yet marked. */
function fillRegister(image: usize, register: u32, type: u32): ImageError {
  if (register >= load<u32>(image, IMAGE_FIELD_REGISTERS)) return ImageError.BAD_REGISTER;
  if (typeOf(image, register) !== type) return ImageError.BAD_REGISTER;
  const mark = scratchNulls() + register;
  if (load<u8>(mark) !== 0) return ImageError.BAD_REGISTER;
  store<u8>(mark, 1);
  return ImageError.NONE;
}

/** No field register may be left over: it would hold what another image has put there. */
function verifyFilled(image: usize): ImageError {
  const nowRegister = load<u32>(image, IMAGE_NOW_REGISTER);
  if (nowRegister !== NO_REGISTER) {
    const error = fillRegister(image, nowRegister, RegisterType.I64);
    if (error !== ImageError.NONE) return error;
  }
  const count = load<u32>(image, IMAGE_FIELD_REGISTERS);
  for (let register: u32 = 0; register < count; register++) {
    if (load<u8>(scratchNulls() + register) === 0) return ImageError.BAD_REGISTER;
  }
  return ImageError.NONE;
}
