// Instructions whose operands take any of several types, or ask for more than a type.

import { outFits } from '../outputs/instruction';
import { ENSEMBLE_INPUTS, ENSEMBLE_RESULTS } from '../shared/ensemble';
import {
  FORM_B_SHIFT,
  FORM_C_SHIFT,
  FORM_D_SHIFT,
  FORM_LITERAL_SHIFT,
  functionForm,
  functionTextBytes,
  LiteralKind,
} from '../shared/function';
import {
  BLOB_KIND,
  BlobKind,
  FIELD_BYTES,
  FIELD_KIND,
  IMAGE_BLOB_COUNT,
  IMAGE_FIELD_REGISTERS,
  IMAGE_FIELDS,
  IMAGE_KIND,
  IMAGE_LIST_COUNT,
  IMAGE_LISTS,
  IMAGE_TABLES,
  ImageKind,
  LIST_BYTES,
  LIST_TYPE,
  TABLE_BYTES,
  TABLE_FIELD_COUNT,
  TABLE_FIRST_FIELD,
} from '../shared/image';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { ImageError, Status } from '../shared/status';
import { FieldKind, RegisterType } from '../shared/value-type';
import { blobAddress, blobOf } from './blobs';
import { registerHolds } from './fields';
import { parameterFits } from './parameters';
import { elementOf, maxOf, registerTypeOf, tableOf, textBytesOf, typeOf } from './registers';

/** Digits that a decimal may have, and the last Rounding. */
const DIGITS_MAX: u32 = 38;
const ROUNDING_LAST: u32 = 3;

/** Types that a register can be given by CONST, and that OUT can show. */
function isValueType(type: u32): bool {
  return type !== RegisterType.NONE && type !== RegisterType.OBJECT && type < (RegisterType.LIST as u32);
}

export function verifySpecial(image: usize, pc: usize, op: u32): ImageError {
  const a = load<u16>(pc, INSTRUCTION_A) as u32;
  const b = load<u16>(pc, INSTRUCTION_B) as u32;
  const imm = load<u64>(pc, INSTRUCTION_IMM);
  const type = typeOf(image, a);
  const fieldRegisters = load<u32>(image, IMAGE_FIELD_REGISTERS);
  switch (op) {
    case Opcode.OUT:
      if (load<u32>(image, IMAGE_KIND) !== ImageKind.EXPRESSIONS)
        return outFits(image, pc) ? ImageError.NONE : ImageError.BAD_OPCODE;
      if (load<u16>(pc, INSTRUCTION_C) !== 0 || type !== b || !isValueType(type) || type === RegisterType.WIDE_HIGH)
        return ImageError.BAD_OPERAND;
      return ImageError.NONE;
    case Opcode.OUT_NULL:
      return load<u32>(image, IMAGE_KIND) === ImageKind.EXPRESSIONS ? ImageError.NONE : ImageError.BAD_OPCODE;
    case Opcode.CONST:
      if (a < fieldRegisters || !isValueType(type) || type === RegisterType.TEXT) return ImageError.BAD_OPERAND;
      if (type === RegisterType.BOOL && imm > 1) return ImageError.BAD_CONSTANT;
      return ImageError.NONE;
    case Opcode.MOVE:
      return a >= fieldRegisters && moveFits(image, a, b) ? ImageError.NONE : ImageError.BAD_OPERAND;
    case Opcode.CALL:
      return a >= fieldRegisters && callFits(image, pc, a, b) ? ImageError.NONE : ImageError.BAD_OPERAND;
    case Opcode.FAIL:
      return imm === Status.ARITHMETIC || imm === Status.CONFLICT ? ImageError.NONE : ImageError.BAD_OPERAND;
    case Opcode.ENSEMBLE:
      return a >= fieldRegisters && ensembleFits(image, a, b, imm) ? ImageError.NONE : ImageError.BAD_OPERAND;
    case Opcode.ELEMENT:
      return a >= fieldRegisters && elementFits(image, pc, a, b) ? ImageError.NONE : ImageError.BAD_OPERAND;
    case Opcode.FIELD: {
      if (a < fieldRegisters || !hasField(image, b, imm)) return ImageError.BAD_OPERAND;
      return valueFits(image, a, fieldAt(image, imm as u32)) ? ImageError.NONE : ImageError.BAD_OPERAND;
    }
    case Opcode.IF_FIELD_NULL:
    case Opcode.IF_FIELD_NOT_NULL:
      return hasField(image, a, imm) ? ImageError.NONE : ImageError.BAD_OPERAND;
    case Opcode.IF_MEMBER:
    case Opcode.IF_NOT_MEMBER:
      if (imm >= (load<u32>(image, IMAGE_LIST_COUNT) as u64)) return ImageError.BAD_OPERAND;
      return type === load<u32>(image + load<u32>(image, IMAGE_LISTS) + (imm as u32) * LIST_BYTES, LIST_TYPE)
        ? ImageError.NONE
        : ImageError.BAD_OPERAND;
    case Opcode.PARAMETER:
      return a >= fieldRegisters && parameterFits(image, a, imm) ? ImageError.NONE : ImageError.BAD_OPERAND;
    default:
      // IF_NULL, IF_NOT_NULL: only field registers have null flags.
      return a < fieldRegisters ? ImageError.NONE : ImageError.BAD_OPERAND;
  }
}

/** Whether a value of register b may be put into register a. Cursors are moved by their loops alone. */
function moveFits(image: usize, a: u32, b: u32): bool {
  const type = typeOf(image, a);
  if (type === RegisterType.NONE || type === RegisterType.CURSOR || typeOf(image, b) !== type) return false;
  if (type === RegisterType.TEXT) return maxOf(image, a) >= maxOf(image, b);
  if (type === RegisterType.OBJECT) return tableOf(image, a) === tableOf(image, b);
  if (type !== RegisterType.LIST) return true;
  if (tableOf(image, a) !== tableOf(image, b) || elementOf(image, a) !== elementOf(image, b)) return false;
  return maxOf(image, a) >= maxOf(image, b);
}

/** Whether a CALL has what its function takes, and can hold what it gives. */
function callFits(image: usize, pc: usize, a: u32, b: u32): bool {
  const id = load<u16>(pc, INSTRUCTION_IMM) as u32;
  const d = load<u16>(pc, INSTRUCTION_IMM + 2) as u32;
  const form = functionForm(id) as u32;
  if (form === 0 || typeOf(image, a) !== (form & 15)) return false;
  if (!argumentFits(image, b, (form >> FORM_B_SHIFT) & 15)) return false;
  if (!argumentFits(image, load<u16>(pc, INSTRUCTION_C), (form >> FORM_C_SHIFT) & 15)) return false;
  if (!argumentFits(image, d, (form >> FORM_D_SHIFT) & 15)) return false;
  if (!literalFits(image, load<u32>(pc, INSTRUCTION_IMM + 4), form >> FORM_LITERAL_SHIFT)) return false;
  if (typeOf(image, a) !== RegisterType.TEXT) return true;
  return (maxOf(image, a) as f64) >= functionTextBytes(id, textBytesOf(image, b) as f64);
}

/** Whether the registers from a on take the results of a blob, and those from b on hold its inputs. */
function ensembleFits(image: usize, a: u32, b: u32, index: u64): bool {
  if (index >= (load<u32>(image, IMAGE_BLOB_COUNT) as u64)) return false;
  if (load<u32>(blobOf(image, index as u32), BLOB_KIND) !== BlobKind.ENSEMBLE) return false;
  const blob = blobAddress(image, index as u32);
  return areNumbers(image, a, load<u32>(blob, ENSEMBLE_RESULTS)) && areNumbers(image, b, load<u32>(blob, ENSEMBLE_INPUTS));
}

function areNumbers(image: usize, first: u32, count: u32): bool {
  for (let index: u32 = 0; index < count; index++) {
    if (typeOf(image, first + index) !== RegisterType.F64) return false;
  }
  return true;
}

/** Whether a register has the type that a function takes; where it takes none, the operand is 0. */
function argumentFits(image: usize, register: u32, type: u32): bool {
  return type === RegisterType.NONE ? register === 0 : typeOf(image, register) === type;
}

function literalFits(image: usize, literal: u32, kind: u32): bool {
  switch (kind) {
    case LiteralKind.NONE:
      return literal === 0;
    case LiteralKind.ROUNDING:
      return (literal & 255) <= DIGITS_MAX && literal >> 8 <= ROUNDING_LAST;
    case LiteralKind.MILLISECONDS:
      return literal !== 0;
    default:
      // ZONE, PATTERN, CASE have the order of BlobKind.
      if (literal >= load<u32>(image, IMAGE_BLOB_COUNT)) return false;
      return load<u32>(blobOf(image, literal), BLOB_KIND) === kind - LiteralKind.ZONE + 1;
  }
}

/** Whether register a can hold each element of the list b, of which the cursor c names one. */
function elementFits(image: usize, pc: usize, a: u32, b: u32): bool {
  if (typeOf(image, b) !== RegisterType.LIST) return false;
  if (typeOf(image, load<u16>(pc, INSTRUCTION_C)) !== RegisterType.CURSOR) return false;
  const element = elementOf(image, b);
  if (typeOf(image, a) !== registerTypeOf(element)) return false;
  if (element === FieldKind.OBJECT) return tableOf(image, a) === tableOf(image, b);
  if (element !== FieldKind.TEXT) return true;
  // The register's table need not be that of any field: then it never holds a list.
  const table = image + load<u32>(image, IMAGE_TABLES) + tableOf(image, b) * TABLE_BYTES;
  if (load<u32>(table, TABLE_FIELD_COUNT) !== 1) return false;
  const field = fieldAt(image, load<u32>(table, TABLE_FIRST_FIELD));
  return load<u8>(field, FIELD_KIND) === FieldKind.TEXT && registerHolds(image, a, field);
}

/** Whether `register` is an object of the table that has field number `index`. */
function hasField(image: usize, register: u32, index: u64): bool {
  if (typeOf(image, register) !== RegisterType.OBJECT) return false;
  const table = image + load<u32>(image, IMAGE_TABLES) + tableOf(image, register) * TABLE_BYTES;
  const first = load<u32>(table, TABLE_FIRST_FIELD) as u64;
  return index >= first && index - first < (load<u32>(table, TABLE_FIELD_COUNT) as u64);
}

function fieldAt(image: usize, index: u32): usize {
  return image + load<u32>(image, IMAGE_FIELDS) + index * FIELD_BYTES;
}

/** Whether a register can hold every value of a field. */
function valueFits(image: usize, register: u32, field: usize): bool {
  return typeOf(image, register) === registerTypeOf(load<u8>(field, FIELD_KIND)) && registerHolds(image, register, field);
}
