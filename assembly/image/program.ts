// Verifies the code of an image: what the interpreter relies on.

import {
  IMAGE_CODE,
  IMAGE_CODE_COUNT,
  IMAGE_CONSTANT_BYTES,
  IMAGE_FIELD_REGISTERS,
  IMAGE_KIND,
  IMAGE_OUT_COUNT,
  IMAGE_RULE_COUNT,
  ImageKind,
} from '../shared/image';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_BYTES, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { ImageError } from '../shared/status';
import { RegisterType } from '../shared/value-type';
import { typeOf } from './registers';

// What an operand may be. A RegisterType as it is: a register of that type is read.
const WRITE: u32 = 8; // + RegisterType: a temporary of that type is written
const JUMP: u32 = 8; // in c: a distance
const IMM_BITS: u32 = 1; // any 64 bits
const IMM_TEXT: u32 = 2; // a piece of the constants
const IMM_RULE: u32 = 3;

/** The form of an instruction, 4 bits each: a, b, c, imm. */
function form(a: u32, b: u32, c: u32, imm: u32): u32 {
  return a | (b << 4) | (c << 8) | (imm << 12);
}

/** Form of the instructions whose operands have fixed types; UNKNOWN for no opcode. The others are in verifySpecial. */
const UNKNOWN: u32 = 0xffffffff;
const SPECIAL: u32 = 0xfffffffe;

function formOf(op: u32): u32 {
  switch (op) {
    case Opcode.END:
    case Opcode.RESET_TEXT:
      return form(0, 0, 0, 0);
    case Opcode.JUMP:
      return form(0, 0, JUMP, 0);
    case Opcode.HIT:
      return form(0, 0, 0, IMM_RULE);
    case Opcode.OUT:
    case Opcode.OUT_NULL:
    case Opcode.CONST:
    case Opcode.MOVE:
    case Opcode.IF_NULL:
    case Opcode.IF_NOT_NULL:
      return SPECIAL;
    case Opcode.CONST_TEXT:
      return form(WRITE | RegisterType.TEXT, 0, 0, IMM_TEXT);
    case Opcode.F64_NEG:
      return form(WRITE | RegisterType.F64, RegisterType.F64, 0, 0);
    case Opcode.F64_ADD:
    case Opcode.F64_SUB:
    case Opcode.F64_MUL:
    case Opcode.F64_DIV:
    case Opcode.F64_REM:
      return form(WRITE | RegisterType.F64, RegisterType.F64, RegisterType.F64, 0);
    case Opcode.F64_ADD_I:
    case Opcode.F64_SUB_I:
    case Opcode.F64_MUL_I:
    case Opcode.F64_DIV_I:
    case Opcode.F64_REM_I:
      return form(WRITE | RegisterType.F64, RegisterType.F64, 0, IMM_BITS);
    case Opcode.I64_NEG:
      return form(WRITE | RegisterType.I64, RegisterType.I64, 0, 0);
    case Opcode.I64_ADD:
    case Opcode.I64_SUB:
    case Opcode.I64_MUL:
      return form(WRITE | RegisterType.I64, RegisterType.I64, RegisterType.I64, 0);
    case Opcode.I64_ADD_I:
    case Opcode.I64_MUL_I:
      return form(WRITE | RegisterType.I64, RegisterType.I64, 0, IMM_BITS);
    case Opcode.WIDEN:
      return form(WRITE | RegisterType.WIDE_LOW, RegisterType.I64, 0, 0);
    case Opcode.WIDE_NEG:
      return form(WRITE | RegisterType.WIDE_LOW, RegisterType.WIDE_LOW, 0, 0);
    case Opcode.WIDE_ADD:
    case Opcode.WIDE_SUB:
    case Opcode.WIDE_MUL:
      return form(WRITE | RegisterType.WIDE_LOW, RegisterType.WIDE_LOW, RegisterType.WIDE_LOW, 0);
    case Opcode.TEXT_CONCAT:
      return form(WRITE | RegisterType.TEXT, RegisterType.TEXT, RegisterType.TEXT, 0);
    case Opcode.TEXT_KEY:
      return form(WRITE | RegisterType.I64, RegisterType.TEXT, 0, 0);
    case Opcode.ALL:
      return form(0, 0, JUMP, IMM_BITS);
    case Opcode.F64_LT:
    case Opcode.F64_NOT_LT:
    case Opcode.F64_LE:
    case Opcode.F64_NOT_LE:
    case Opcode.F64_EQ:
    case Opcode.F64_NOT_EQ:
      return form(RegisterType.F64, RegisterType.F64, JUMP, 0);
    case Opcode.F64_LT_I:
    case Opcode.F64_NOT_LT_I:
    case Opcode.F64_LE_I:
    case Opcode.F64_NOT_LE_I:
    case Opcode.F64_GT_I:
    case Opcode.F64_NOT_GT_I:
    case Opcode.F64_GE_I:
    case Opcode.F64_NOT_GE_I:
    case Opcode.F64_EQ_I:
    case Opcode.F64_NOT_EQ_I:
      return form(RegisterType.F64, 0, JUMP, IMM_BITS);
    case Opcode.I64_LT:
    case Opcode.I64_LE:
    case Opcode.I64_EQ:
    case Opcode.I64_NE:
      return form(RegisterType.I64, RegisterType.I64, JUMP, 0);
    case Opcode.I64_LT_I:
    case Opcode.I64_LE_I:
    case Opcode.I64_GT_I:
    case Opcode.I64_GE_I:
    case Opcode.I64_EQ_I:
    case Opcode.I64_NE_I:
      return form(RegisterType.I64, 0, JUMP, IMM_BITS);
    case Opcode.WIDE_LT:
    case Opcode.WIDE_LE:
    case Opcode.WIDE_EQ:
    case Opcode.WIDE_NE:
      return form(RegisterType.WIDE_LOW, RegisterType.WIDE_LOW, JUMP, 0);
    case Opcode.TEXT_EQ:
    case Opcode.TEXT_NE:
    case Opcode.TEXT_LT:
    case Opcode.TEXT_LE:
      return form(RegisterType.TEXT, RegisterType.TEXT, JUMP, 0);
    case Opcode.TEXT_EQ_I:
    case Opcode.TEXT_NE_I:
    case Opcode.TEXT_LT_I:
    case Opcode.TEXT_LE_I:
    case Opcode.TEXT_GT_I:
    case Opcode.TEXT_GE_I:
      return form(RegisterType.TEXT, 0, JUMP, IMM_TEXT);
    case Opcode.IF_TRUE:
    case Opcode.IF_FALSE:
      return form(RegisterType.BOOL, 0, JUMP, 0);
    default:
      return UNKNOWN;
  }
}

/**
 * Checks each instruction: opcode known, registers of the right type, results only into temporaries (fields stay as loaded),
 * constants and rules inside the image, jumps forward and inside the code, END last. So a program ends after at most as many
 * steps as it has instructions, and reads only what was written with the same type (temporaries start as zeros).
 */
export function verifyProgram(image: usize): ImageError {
  const count = load<u32>(image, IMAGE_CODE_COUNT);
  const code = image + load<u32>(image, IMAGE_CODE);
  if (count === 0 || load<u16>(code + (count - 1) * INSTRUCTION_BYTES) !== Opcode.END) return ImageError.BAD_JUMP;
  let outs: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const pc = code + index * INSTRUCTION_BYTES;
    const op = load<u16>(pc) as u32;
    const operands = formOf(op);
    if (operands === UNKNOWN) return ImageError.BAD_OPCODE;
    if (op === Opcode.OUT || op === Opcode.OUT_NULL) outs += 1;
    const error = operands === SPECIAL ? verifySpecial(image, pc, op) : verifyOperands(image, pc, operands);
    if (error !== ImageError.NONE) return error;
    if (jumps(op) && !insideCode(pc, count - index)) return ImageError.BAD_JUMP;
    if (op === Opcode.ALL && !leadsTests(pc)) return ImageError.BAD_OPERAND;
  }
  return outs < load<u32>(image, IMAGE_OUT_COUNT) ? ImageError.BAD_HEADER : ImageError.NONE;
}

function jumps(op: u32): bool {
  return op === Opcode.JUMP || op >= (Opcode.ALL as u32);
}

/** Whether the jump of an instruction is forward and ends among the `left` instructions that begin with it. */
function insideCode(pc: usize, left: u32): bool {
  const distance = load<u16>(pc, INSTRUCTION_C) as u32;
  return distance !== 0 && distance < left;
}

/** Whether an ALL, whose jump is known to be inside the code, leads the tests it counts and their HIT, all with its target. */
function leadsTests(pc: usize): bool {
  const counts = load<u64>(pc, INSTRUCTION_IMM);
  const distance = load<u16>(pc, INSTRUCTION_C) as u32;
  const floats = (counts as u32) & 0xff;
  const integers = floats + (((counts as u32) >> 8) & 0xff);
  const nulls = integers + (((counts as u32) >> 16) & 0xff);
  const tests = nulls + ((counts as u32) >> 24);
  if (counts >> 32 || tests === 0 || distance !== tests + 2) return false;
  for (let index: u32 = 0; index < tests; index++) {
    const at = pc + (index + 1) * INSTRUCTION_BYTES;
    const op = load<u16>(at) as u32;
    if ((load<u16>(at, INSTRUCTION_C) as u32) !== distance - 1 - index) return false;
    const first: u32 =
      index < floats ? Opcode.F64_LT_I : index < integers ? Opcode.I64_LT_I : index < nulls ? Opcode.IF_NULL : Opcode.IF_TRUE;
    const last: u32 =
      index < floats
        ? Opcode.F64_NOT_EQ_I
        : index < integers
          ? Opcode.I64_NE_I
          : index < nulls
            ? Opcode.IF_NOT_NULL
            : Opcode.IF_FALSE;
    if (op < first || op > last) return false;
  }
  return load<u16>(pc + (tests + 1) * INSTRUCTION_BYTES) === Opcode.HIT;
}

function verifyOperands(image: usize, pc: usize, operands: u32): ImageError {
  if (!operandFits(image, load<u16>(pc, INSTRUCTION_A), operands & 15)) return ImageError.BAD_OPERAND;
  if (!operandFits(image, load<u16>(pc, INSTRUCTION_B), (operands >> 4) & 15)) return ImageError.BAD_OPERAND;
  const c = (operands >> 8) & 15;
  if (c !== JUMP && !operandFits(image, load<u16>(pc, INSTRUCTION_C), c)) return ImageError.BAD_OPERAND;
  const imm = load<u64>(pc, INSTRUCTION_IMM);
  switch (operands >> 12) {
    case IMM_TEXT:
      return (imm & 0xffffffff) + (imm >> 32) > (load<u32>(image, IMAGE_CONSTANT_BYTES) as u64)
        ? ImageError.BAD_CONSTANT
        : ImageError.NONE;
    case IMM_RULE:
      return imm >= (load<u32>(image, IMAGE_RULE_COUNT) as u64) ? ImageError.BAD_OPERAND : ImageError.NONE;
    default:
      return ImageError.NONE;
  }
}

/** Whether a register is what an operand's 4 bits ask for: nothing, a type to read, a type to write. */
function operandFits(image: usize, register: u32, operand: u32): bool {
  if (operand === 0) return true;
  if (typeOf(image, register) !== (operand & 7)) return false;
  return (operand & WRITE) === 0 || register >= load<u32>(image, IMAGE_FIELD_REGISTERS);
}

/** Types that a register can be given by CONST or MOVE. */
function isValueType(type: u32): bool {
  return type !== RegisterType.NONE && type !== RegisterType.OBJECT;
}

/** Instructions whose operands take any of several types. */
function verifySpecial(image: usize, pc: usize, op: u32): ImageError {
  const a = load<u16>(pc, INSTRUCTION_A) as u32;
  const b = load<u16>(pc, INSTRUCTION_B) as u32;
  const type = typeOf(image, a);
  const fieldRegisters = load<u32>(image, IMAGE_FIELD_REGISTERS);
  switch (op) {
    case Opcode.OUT:
      if (load<u32>(image, IMAGE_KIND) !== ImageKind.EXPRESSIONS) return ImageError.BAD_OPCODE;
      if (type !== b || !isValueType(type) || type === RegisterType.WIDE_HIGH) return ImageError.BAD_OPERAND;
      return ImageError.NONE;
    case Opcode.OUT_NULL:
      return load<u32>(image, IMAGE_KIND) === ImageKind.EXPRESSIONS ? ImageError.NONE : ImageError.BAD_OPCODE;
    case Opcode.CONST:
      if (a < fieldRegisters || !isValueType(type) || type === RegisterType.TEXT) return ImageError.BAD_OPERAND;
      if (type === RegisterType.BOOL && load<u64>(pc, INSTRUCTION_IMM) > 1) return ImageError.BAD_CONSTANT;
      return ImageError.NONE;
    case Opcode.MOVE:
      if (a < fieldRegisters || !isValueType(type) || typeOf(image, b) !== type) return ImageError.BAD_OPERAND;
      return ImageError.NONE;
    default:
      // IF_NULL, IF_NOT_NULL: only field registers have null flags.
      return a < fieldRegisters ? ImageError.NONE : ImageError.BAD_OPERAND;
  }
}
