// Verifies the tables, fields and field registers of an image: what the payload verifier relies on.

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
  IMAGE_CONSTANT_BYTES,
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
import { MODEL_DEPTH_MAX } from '../shared/limits';
import { ImageError } from '../shared/status';
import { FIELD_HAS_DEFAULT, FIELD_HAS_MAX, FIELD_HAS_MIN, FIELD_REQUIRED, FieldKind, RegisterType } from '../shared/value-type';
import { registerTypeOf, typeOf } from './registers';

const FLAGS_KNOWN: u32 = FIELD_REQUIRED | FIELD_HAS_MIN | FIELD_HAS_MAX | FIELD_HAS_DEFAULT;
const SAFE_INTEGER_MAX: i64 = 9007199254740991;

/**
 * Tables form a tree (each but the root is the child of exactly one field, of a table before it), so that the payload verifier,
 * which calls itself along it, ends, and no deeper than MODEL_DEPTH_MAX. Each field register is filled by one field or by `now`.
 *
 * Expects zeros in the scratch's null flags, one for each register, and marks the registers that are filled there.
 */
export function verifyFields(image: usize): ImageError {
  const tableCount = load<u32>(image, IMAGE_TABLE_COUNT);
  const tables = image + load<u32>(image, IMAGE_TABLES);
  const fields = image + load<u32>(image, IMAGE_FIELDS);
  // Depth of each table, 1 for the root; 0 until a parent has been seen.
  const depths = scratchHits();
  zero8(depths, (tableCount + 7) & ~7);
  if (tableCount === 0) return ImageError.BAD_TABLE;
  store<u8>(depths, 1);
  let next: u32 = 0;
  for (let index: u32 = 0; index < tableCount; index++) {
    const table = tables + index * TABLE_BYTES;
    const count = load<u32>(table, TABLE_FIELD_COUNT);
    const depth = load<u8>(depths + index) as u32;
    if (depth === 0 || load<u32>(table, TABLE_FIRST_FIELD) !== next) return ImageError.BAD_TABLE;
    if (count > load<u32>(image, IMAGE_FIELD_COUNT) - next) return ImageError.BAD_TABLE;
    for (let last = next + count; next < last; next++) {
      const field = fields + next * FIELD_BYTES;
      const error = verifyField(image, field);
      if (error !== ImageError.NONE) return error;
      if (load<u8>(field, FIELD_KIND) !== FieldKind.OBJECT) continue;
      const child = load<u32>(field, FIELD_AUX);
      if (child <= index || child >= tableCount || load<u8>(depths + child) !== 0) return ImageError.BAD_TABLE;
      if (depth > (MODEL_DEPTH_MAX as u32)) return ImageError.BAD_TABLE;
      store<u8>(depths + child, depth + 1);
    }
  }
  if (next !== load<u32>(image, IMAGE_FIELD_COUNT)) return ImageError.BAD_TABLE;
  return verifyFilled(image);
}

function verifyField(image: usize, field: usize): ImageError {
  const kind = load<u8>(field, FIELD_KIND) as u32;
  const flags = load<u8>(field, FIELD_FLAGS) as u32;
  const constantBytes = load<u32>(image, IMAGE_CONSTANT_BYTES) as u64;
  if (kind === FieldKind.NONE || kind > (FieldKind.OBJECT as u32) || (flags & ~FLAGS_KNOWN) !== 0) return ImageError.BAD_FIELD;
  if (kind === FieldKind.OBJECT && (flags & FIELD_HAS_DEFAULT) !== 0) return ImageError.BAD_FIELD;
  if (kind === FieldKind.LONG) {
    if (load<i64>(field, FIELD_MIN) < -SAFE_INTEGER_MAX || load<i64>(field, FIELD_MAX) > SAFE_INTEGER_MAX)
      return ImageError.BAD_FIELD;
  }
  if (kind === FieldKind.BOOL && (flags & FIELD_HAS_DEFAULT) !== 0 && load<u64>(field, FIELD_DEFAULT) > 1)
    return ImageError.BAD_FIELD;
  if (kind === FieldKind.TEXT) {
    // Bounds are compared as u32.
    if (load<u64>(field, FIELD_MIN) > 0xffffffff || load<u64>(field, FIELD_MAX) > 0xffffffff) return ImageError.BAD_FIELD;
    const text = load<u64>(field, FIELD_DEFAULT);
    if ((flags & FIELD_HAS_DEFAULT) !== 0 && (text & 0xffffffff) + (text >> 32) > constantBytes) return ImageError.BAD_CONSTANT;
  }
  if (kind === FieldKind.ENUM) {
    const bits = load<u32>(field, FIELD_AUX2) as u64;
    if (bits > 65536) return ImageError.BAD_FIELD;
    if ((load<u32>(field, FIELD_AUX) as u64) + ((bits + 7) >> 3) > constantBytes) return ImageError.BAD_CONSTANT;
  }
  const register = load<u16>(field, FIELD_REGISTER) as u32;
  return register === NO_REGISTER ? ImageError.NONE : fillRegister(image, register, registerTypeOf(kind));
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
