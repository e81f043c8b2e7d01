// The operands of instructions: registers of the right type, results only into temporaries (fields stay as loaded) that are large
// enough for them, constants and rules inside the image.

import { IMAGE_CONSTANT_BYTES, IMAGE_CONSTANTS, IMAGE_FIELD_REGISTERS, IMAGE_RULE_COUNT } from '../shared/image';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { ImageError } from '../shared/status';
import { RegisterType } from '../shared/value-type';
import { maxOf, typeOf } from './registers';
import { verifySpecial } from './special';

// What an operand may be. A RegisterType as it is: a register of that type is read.
const WRITE: u32 = 16; // + RegisterType: a temporary of that type is written
const JUMP: u32 = 16; // in c: a distance, which loops.ts checks
const IMM_BITS: u32 = 1; // any 64 bits
const IMM_TEXT: u32 = 2; // a piece of the constants
const IMM_RULE: u32 = 3;

/** The form of an instruction, 5 bits each for a, b, c, then imm. */
function form(a: u32, b: u32, c: u32, imm: u32): u32 {
  return a | (b << 5) | (c << 10) | (imm << 15);
}

/** Form of the instructions whose operands have fixed types; UNKNOWN for no opcode. The others are in special.ts. */
const UNKNOWN: u32 = 0xffffffff;
const SPECIAL: u32 = 0xfffffffe;

function formOf(op: u32): u32 {
  switch (op) {
    case Opcode.END:
    case Opcode.RESET_TEXT:
      return form(0, 0, 0, 0);
    case Opcode.MATCH:
    case Opcode.ALIVE:
      // All that there is to them is for matches.ts.
      return form(0, 0, 0, IMM_BITS);
    case Opcode.JUMP:
      return form(0, 0, JUMP, 0);
    case Opcode.HIT:
      return form(0, 0, 0, IMM_RULE);
    case Opcode.OUT:
    case Opcode.OUT_NULL:
    case Opcode.CONST:
    case Opcode.MOVE:
    case Opcode.CALL:
    case Opcode.FAIL:
    case Opcode.ENSEMBLE:
    case Opcode.ELEMENT:
    case Opcode.FIELD:
    case Opcode.IF_FIELD_NULL:
    case Opcode.IF_FIELD_NOT_NULL:
    case Opcode.IF_MEMBER:
    case Opcode.IF_NOT_MEMBER:
    case Opcode.PARAMETER:
    case Opcode.IF_NULL:
    case Opcode.IF_NOT_NULL:
      return SPECIAL;
    case Opcode.CONST_TEXT:
      return form(WRITE | RegisterType.TEXT, 0, 0, IMM_TEXT);
    case Opcode.NARROW:
      return form(WRITE | RegisterType.I64, RegisterType.WIDE_LOW, 0, 0);
    case Opcode.COUNT:
      return form(WRITE | RegisterType.F64, RegisterType.LIST, 0, 0);
    case Opcode.PIECE:
      return form(WRITE | RegisterType.TEXT, RegisterType.TEXT, RegisterType.CURSOR, 0);
    case Opcode.FOR:
    case Opcode.NEXT:
      return form(WRITE | RegisterType.CURSOR, RegisterType.LIST, JUMP, 0);
    case Opcode.FOR_PIECE:
    case Opcode.NEXT_PIECE:
      return form(WRITE | RegisterType.CURSOR, RegisterType.TEXT, RegisterType.TEXT, IMM_BITS);
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

/** Checks an instruction's registers and constant. Jumps and loops are for loops.ts. */
export function verifyOperands(image: usize, pc: usize, op: u32): ImageError {
  const operands = formOf(op);
  if (operands === UNKNOWN) return ImageError.BAD_OPCODE;
  if (operands === SPECIAL) return verifySpecial(image, pc, op);
  if (!operandFits(image, load<u16>(pc, INSTRUCTION_A), operands & 31)) return ImageError.BAD_OPERAND;
  if (!operandFits(image, load<u16>(pc, INSTRUCTION_B), (operands >> 5) & 31)) return ImageError.BAD_OPERAND;
  const c = (operands >> 10) & 31;
  if (c !== JUMP && !operandFits(image, load<u16>(pc, INSTRUCTION_C), c)) return ImageError.BAD_OPERAND;
  const imm = load<u64>(pc, INSTRUCTION_IMM);
  const constant = operands >> 15;
  if (constant === IMM_TEXT && !textFits(image, imm)) return ImageError.BAD_CONSTANT;
  if (constant === IMM_RULE && imm >= (load<u32>(image, IMAGE_RULE_COUNT) as u64)) return ImageError.BAD_OPERAND;
  return resultFits(image, pc, op) ? ImageError.NONE : ImageError.BAD_OPERAND;
}

/**
 * Whether a text lies inside the constants, and no character that begins in it reaches beyond its end: functions that step from
 * character to character then stay inside, whatever its bytes are. To read every text as a whole would not be linear: any number of
 * instructions may name one long text.
 */
function textFits(image: usize, text: u64): bool {
  const bytes = (text >> 32) as u32;
  if ((text & 0xffffffff) + (bytes as u64) > (load<u32>(image, IMAGE_CONSTANT_BYTES) as u64)) return false;
  const end = image + load<u32>(image, IMAGE_CONSTANTS) + (text as u32) + bytes;
  for (let back: u32 = 1; back <= 3 && back <= bytes; back++) {
    const lead = load<u8>(end - back) as u32;
    const length: u32 = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length > back) return false;
  }
  return true;
}

/** Whether a register is what an operand's bits ask for: nothing, a type to read, a type to write. */
function operandFits(image: usize, register: u32, operand: u32): bool {
  if (operand === 0) return true;
  if (typeOf(image, register) !== (operand & 15)) return false;
  return (operand & WRITE) === 0 || register >= load<u32>(image, IMAGE_FIELD_REGISTERS);
}

/** Whether a text or cursor of register a is large enough for what is put there. Its operands have the right types. */
function resultFits(image: usize, pc: usize, op: u32): bool {
  switch (op) {
    case Opcode.CONST_TEXT:
      return maxOf(image, load<u16>(pc, INSTRUCTION_A)) >= load<u32>(pc, INSTRUCTION_IMM + 4);
    case Opcode.TEXT_CONCAT:
      return maxAt(image, pc, INSTRUCTION_A) >= maxAt(image, pc, INSTRUCTION_B) + maxAt(image, pc, INSTRUCTION_C);
    case Opcode.PIECE:
    case Opcode.FOR:
      return maxAt(image, pc, INSTRUCTION_A) >= maxAt(image, pc, INSTRUCTION_B);
    case Opcode.FOR_PIECE:
      // A text of n bytes has up to n + 1 pieces.
      return maxAt(image, pc, INSTRUCTION_A) > maxAt(image, pc, INSTRUCTION_B);
    default:
      return true;
  }
}

function maxAt(image: usize, pc: usize, operand: usize): u64 {
  return maxOf(image, load<u16>(pc + operand)) as u64;
}
