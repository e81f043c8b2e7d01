// The interpreter: one switch over the opcodes of shared/opcode.ts. It trusts the image verifier: operands name registers of
// the right type, constants lie in the image, jumps go forward and end inside the code. So it checks nothing but the room for
// joined texts and for the values of an expression image.

import { scratchHits, scratchRegisters, scratchText, zero8 } from '../memory/scratch';
import { f64Remainder } from '../ops/arithmetic';
import { appendText, textCompare, textEqual, textKey } from '../ops/text';
import { wideAdd, wideEqual, wideLess, wideMultiply, wideNegate, widen, wideSubtract } from '../ops/wide';
import {
  IMAGE_CODE,
  IMAGE_CONSTANTS,
  IMAGE_FIELD_REGISTERS,
  IMAGE_OUT_COUNT,
  IMAGE_REGISTER_COUNT,
  IMAGE_RULE_COUNT,
} from '../shared/image';
import { VALUE_BYTES, VALUE_HIGH, VALUE_LOW, VALUE_TAG } from '../shared/layout';
import { TEXT_SCRATCH_BYTES } from '../shared/limits';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_BYTES, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { Status } from '../shared/status';
import { RegisterType } from '../shared/value-type';
import { runConjunctions } from './conjunctions';
import { runTests } from './tests';

/** Address of the register that the instruction's a names; b and c alike. */
function registerA(registers: usize, pc: usize): usize {
  return registers + ((load<u16>(pc, INSTRUCTION_A) as usize) << 3);
}

function registerB(registers: usize, pc: usize): usize {
  return registers + ((load<u16>(pc, INSTRUCTION_B) as usize) << 3);
}

function registerC(registers: usize, pc: usize): usize {
  return registers + ((load<u16>(pc, INSTRUCTION_C) as usize) << 3);
}

/** The instruction that comes next: the branch's target where `taken`, else the one behind. */
function branch(pc: usize, taken: bool): usize {
  return taken ? pc + ((load<u16>(pc, INSTRUCTION_C) as usize) << 4) : pc + INSTRUCTION_BYTES;
}

/** The text constant of an instruction: offset in the constants | bytes << 32 becomes address | bytes << 32. */
function textConstant(constants: usize, pc: usize): u64 {
  return load<u64>(pc, INSTRUCTION_IMM) + (constants as u64);
}

/**
 * Runs the image's program over the field registers. Hits are left in the hit bits of the scratch, OUT values at `output`.
 * Temporaries and hit bits start as zeros: what an earlier payload left is never seen.
 *
 * @param output where an expression image writes its values, IMAGE_OUT_COUNT x VALUE_BYTES; unused by a decision image
 * @returns OK; INTERNAL where joined texts exceed TEXT_SCRATCH_BYTES or the number of values is not IMAGE_OUT_COUNT
 */
export function runProgram(image: usize, output: usize): Status {
  const registers = scratchRegisters();
  const hits = scratchHits();
  const constants = image + load<u32>(image, IMAGE_CONSTANTS);
  const fieldRegisters = load<u32>(image, IMAGE_FIELD_REGISTERS);
  zero8(registers + (fieldRegisters << 3), (load<u32>(image, IMAGE_REGISTER_COUNT) - fieldRegisters) << 3);
  zero8(hits, ((load<u32>(image, IMAGE_RULE_COUNT) + 63) >> 6) << 3);
  let textBase = scratchText();
  let textTop = textBase;
  const textEnd = textBase + TEXT_SCRATCH_BYTES;
  let out = output;
  const outEnd = output + load<u32>(image, IMAGE_OUT_COUNT) * VALUE_BYTES;
  let pc = image + load<u32>(image, IMAGE_CODE);
  while (true) {
    if ((load<u16>(pc) as u32) >= (Opcode.F64_LT_I as u32)) pc = runTests(pc, registers, constants);
    switch (load<u16>(pc) as u32) {
      case Opcode.END:
        return out === outEnd ? Status.OK : Status.INTERNAL;
      case Opcode.JUMP:
        pc = branch(pc, true);
        break;
      case Opcode.HIT: {
        const rank = load<u32>(pc, INSTRUCTION_IMM);
        const word = hits + ((rank >> 6) << 3);
        store<u64>(word, load<u64>(word) | ((1 as u64) << ((rank & 63) as u64)));
        pc += INSTRUCTION_BYTES;
        break;
      }
      case Opcode.OUT: {
        if (out === outEnd) return Status.INTERNAL;
        const from = registerA(registers, pc);
        const tag = load<u16>(pc, INSTRUCTION_B) as u32;
        store<u32>(out, tag, VALUE_TAG);
        // One NaN for all: which bits an operation leaves in it differs between processors.
        const isNaN = tag === RegisterType.F64 && load<f64>(from) !== load<f64>(from);
        store<u64>(out, isNaN ? reinterpret<u64>(NaN) : load<u64>(from), VALUE_LOW);
        store<u64>(out, tag === RegisterType.WIDE_LOW ? load<u64>(from, 8) : 0, VALUE_HIGH);
        // A joined text that is handed out stays: RESET_TEXT goes back to behind it.
        if (tag === RegisterType.TEXT) textBase = textTop;
        out += VALUE_BYTES;
        pc += INSTRUCTION_BYTES;
        break;
      }
      case Opcode.OUT_NULL:
        if (out === outEnd) return Status.INTERNAL;
        store<u32>(out, RegisterType.NONE, VALUE_TAG);
        store<u64>(out, 0, VALUE_LOW);
        store<u64>(out, 0, VALUE_HIGH);
        out += VALUE_BYTES;
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.RESET_TEXT:
        textTop = textBase;
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.CONST:
        store<u64>(registerA(registers, pc), load<u64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.CONST_TEXT:
        store<u64>(registerA(registers, pc), textConstant(constants, pc));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.MOVE:
        store<u64>(registerA(registers, pc), load<u64>(registerB(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.F64_NEG:
        store<f64>(registerA(registers, pc), -load<f64>(registerB(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_ADD:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) + load<f64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_SUB:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) - load<f64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_MUL:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) * load<f64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_DIV:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) / load<f64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_REM:
        store<f64>(
          registerA(registers, pc),
          f64Remainder(load<f64>(registerB(registers, pc)), load<f64>(registerC(registers, pc))),
        );
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_ADD_I:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) + load<f64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_SUB_I:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) - load<f64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_MUL_I:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) * load<f64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_DIV_I:
        store<f64>(registerA(registers, pc), load<f64>(registerB(registers, pc)) / load<f64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.F64_REM_I:
        store<f64>(registerA(registers, pc), f64Remainder(load<f64>(registerB(registers, pc)), load<f64>(pc, INSTRUCTION_IMM)));
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.I64_NEG:
        store<i64>(registerA(registers, pc), 0 - load<i64>(registerB(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.I64_ADD:
        store<i64>(registerA(registers, pc), load<i64>(registerB(registers, pc)) + load<i64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.I64_SUB:
        store<i64>(registerA(registers, pc), load<i64>(registerB(registers, pc)) - load<i64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.I64_MUL:
        store<i64>(registerA(registers, pc), load<i64>(registerB(registers, pc)) * load<i64>(registerC(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.I64_ADD_I:
        store<i64>(registerA(registers, pc), load<i64>(registerB(registers, pc)) + load<i64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.I64_MUL_I:
        store<i64>(registerA(registers, pc), load<i64>(registerB(registers, pc)) * load<i64>(pc, INSTRUCTION_IMM));
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.WIDEN:
        widen(registerA(registers, pc), registerB(registers, pc));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.WIDE_NEG:
        wideNegate(registerA(registers, pc), registerB(registers, pc));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.WIDE_ADD:
        wideAdd(registerA(registers, pc), registerB(registers, pc), registerC(registers, pc));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.WIDE_SUB:
        wideSubtract(registerA(registers, pc), registerB(registers, pc), registerC(registers, pc));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.WIDE_MUL:
        wideMultiply(registerA(registers, pc), registerB(registers, pc), registerC(registers, pc));
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.TEXT_CONCAT: {
        const left = load<u64>(registerB(registers, pc));
        const right = load<u64>(registerC(registers, pc));
        const length = (left >> 32) + (right >> 32);
        if (length > ((textEnd - textTop) as u64)) return Status.INTERNAL;
        store<u64>(registerA(registers, pc), (textTop as u64) | (length << 32));
        textTop = appendText(appendText(textTop, left), right);
        pc += INSTRUCTION_BYTES;
        break;
      }

      case Opcode.TEXT_KEY:
        store<u64>(registerA(registers, pc), textKey(load<u64>(registerB(registers, pc))));
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.ALL:
        pc = runConjunctions(pc, registers);
        break;

      case Opcode.F64_LT:
        pc = branch(pc, load<f64>(registerA(registers, pc)) < load<f64>(registerB(registers, pc)));
        break;
      case Opcode.F64_NOT_LT:
        pc = branch(pc, !(load<f64>(registerA(registers, pc)) < load<f64>(registerB(registers, pc))));
        break;
      case Opcode.F64_LE:
        pc = branch(pc, load<f64>(registerA(registers, pc)) <= load<f64>(registerB(registers, pc)));
        break;
      case Opcode.F64_NOT_LE:
        pc = branch(pc, !(load<f64>(registerA(registers, pc)) <= load<f64>(registerB(registers, pc))));
        break;
      case Opcode.F64_EQ:
        pc = branch(pc, load<f64>(registerA(registers, pc)) === load<f64>(registerB(registers, pc)));
        break;
      case Opcode.F64_NOT_EQ:
        pc = branch(pc, load<f64>(registerA(registers, pc)) !== load<f64>(registerB(registers, pc)));
        break;

      case Opcode.I64_LT:
        pc = branch(pc, load<i64>(registerA(registers, pc)) < load<i64>(registerB(registers, pc)));
        break;
      case Opcode.I64_LE:
        pc = branch(pc, load<i64>(registerA(registers, pc)) <= load<i64>(registerB(registers, pc)));
        break;
      case Opcode.I64_EQ:
        pc = branch(pc, load<i64>(registerA(registers, pc)) === load<i64>(registerB(registers, pc)));
        break;
      case Opcode.I64_NE:
        pc = branch(pc, load<i64>(registerA(registers, pc)) !== load<i64>(registerB(registers, pc)));
        break;

      case Opcode.WIDE_LT:
        pc = branch(pc, wideLess(registerA(registers, pc), registerB(registers, pc)));
        break;
      case Opcode.WIDE_LE:
        pc = branch(pc, !wideLess(registerB(registers, pc), registerA(registers, pc)));
        break;
      case Opcode.WIDE_EQ:
        pc = branch(pc, wideEqual(registerA(registers, pc), registerB(registers, pc)));
        break;
      case Opcode.WIDE_NE:
        pc = branch(pc, !wideEqual(registerA(registers, pc), registerB(registers, pc)));
        break;

      case Opcode.TEXT_EQ:
        pc = branch(pc, textEqual(load<u64>(registerA(registers, pc)), load<u64>(registerB(registers, pc))));
        break;
      case Opcode.TEXT_NE:
        pc = branch(pc, !textEqual(load<u64>(registerA(registers, pc)), load<u64>(registerB(registers, pc))));
        break;
      case Opcode.TEXT_LT:
        pc = branch(pc, textCompare(load<u64>(registerA(registers, pc)), load<u64>(registerB(registers, pc))) < 0);
        break;
      case Opcode.TEXT_LE:
        pc = branch(pc, textCompare(load<u64>(registerA(registers, pc)), load<u64>(registerB(registers, pc))) <= 0);
        break;
      case Opcode.TEXT_EQ_I:
        pc = branch(pc, textEqual(load<u64>(registerA(registers, pc)), textConstant(constants, pc)));
        break;
      case Opcode.TEXT_NE_I:
        pc = branch(pc, !textEqual(load<u64>(registerA(registers, pc)), textConstant(constants, pc)));
        break;
      case Opcode.TEXT_LT_I:
        pc = branch(pc, textCompare(load<u64>(registerA(registers, pc)), textConstant(constants, pc)) < 0);
        break;
      case Opcode.TEXT_LE_I:
        pc = branch(pc, textCompare(load<u64>(registerA(registers, pc)), textConstant(constants, pc)) <= 0);
        break;
      case Opcode.TEXT_GT_I:
        pc = branch(pc, textCompare(load<u64>(registerA(registers, pc)), textConstant(constants, pc)) > 0);
        break;
      case Opcode.TEXT_GE_I:
        pc = branch(pc, textCompare(load<u64>(registerA(registers, pc)), textConstant(constants, pc)) >= 0);
        break;

      default:
        // The image verifier lets no other opcode through.
        return Status.INTERNAL;
    }
  }
}
