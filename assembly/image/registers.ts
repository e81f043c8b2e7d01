// Register descriptors of an image, checked and read.

import { scratchNulls, zero8 } from '../memory/scratch';
import {
  IMAGE_REGISTER_COUNT,
  IMAGE_REGISTERS,
  IMAGE_TABLE_COUNT,
  REGISTER_BYTES,
  REGISTER_ELEMENT,
  REGISTER_MAX,
  REGISTER_TABLE,
  REGISTER_TYPE,
} from '../shared/image';
import { LIST_COUNT_MAX } from '../shared/limits';
import { ImageError } from '../shared/status';
import { FieldKind, RegisterType } from '../shared/value-type';

/** The type of a register, NONE where there is none of that number. */
export function typeOf(image: usize, register: u32): u32 {
  if (register >= load<u32>(image, IMAGE_REGISTER_COUNT)) return RegisterType.NONE;
  return load<u8>(descriptor(image, register), REGISTER_TYPE) as u32;
}

/** Largest length or count of a register's value. The register exists. */
export function maxOf(image: usize, register: u32): u32 {
  return load<u32>(descriptor(image, register), REGISTER_MAX);
}

/** FieldKind of a LIST register's elements. The register exists. */
export function elementOf(image: usize, register: u32): u32 {
  return load<u8>(descriptor(image, register), REGISTER_ELEMENT) as u32;
}

/** Table of an OBJECT or LIST register. The register exists. */
export function tableOf(image: usize, register: u32): u32 {
  return load<u16>(descriptor(image, register), REGISTER_TABLE) as u32;
}

/** Bytes of a register's text at most, 0 where it is none. */
export function textBytesOf(image: usize, register: u32): u32 {
  return typeOf(image, register) === RegisterType.TEXT ? maxOf(image, register) : 0;
}

function descriptor(image: usize, register: u32): usize {
  return image + load<u32>(image, IMAGE_REGISTERS) + register * REGISTER_BYTES;
}

/** The type of register that a kind of field is loaded into. */
export function registerTypeOf(kind: u32): u32 {
  switch (kind) {
    case FieldKind.BOOL:
      return RegisterType.BOOL;
    case FieldKind.INT:
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
      return RegisterType.F64;
    case FieldKind.TEXT:
      return RegisterType.TEXT;
    case FieldKind.OBJECT:
      return RegisterType.OBJECT;
    case FieldKind.LIST:
      return RegisterType.LIST;
    default:
      return RegisterType.I64;
  }
}

/**
 * Types are known, a wide integer's halves stand side by side, and what an object or a list consists of is a table of the image.
 * Leaves a 0 in the scratch's null flags for each register.
 */
export function verifyRegisters(image: usize): ImageError {
  const count = load<u32>(image, IMAGE_REGISTER_COUNT);
  const tableCount = load<u32>(image, IMAGE_TABLE_COUNT);
  zero8(scratchNulls(), (count + 7) & ~7);
  let previous: u32 = RegisterType.NONE;
  for (let register: u32 = 0; register < count; register++) {
    const type = typeOf(image, register);
    if (type > (RegisterType.CURSOR as u32)) return ImageError.BAD_REGISTER;
    if ((type === RegisterType.WIDE_HIGH) !== (previous === RegisterType.WIDE_LOW)) return ImageError.BAD_REGISTER;
    previous = type;
    if (type !== RegisterType.OBJECT && type !== RegisterType.LIST) continue;
    if (tableOf(image, register) >= tableCount) return ImageError.BAD_REGISTER;
    if (type === RegisterType.OBJECT) continue;
    const element = elementOf(image, register);
    if (element === FieldKind.NONE || element > (FieldKind.OBJECT as u32)) return ImageError.BAD_REGISTER;
    if (maxOf(image, register) > (LIST_COUNT_MAX as u32)) return ImageError.BAD_REGISTER;
  }
  return previous === RegisterType.WIDE_LOW ? ImageError.BAD_REGISTER : ImageError.NONE;
}
