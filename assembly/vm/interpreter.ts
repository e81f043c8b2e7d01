// The interpreter: one switch over the opcodes of shared/opcode.ts. It trusts the image verifier: operands name registers of
// the right type, constants lie in the image, jumps go forward and end inside the code, but for those of loops, whose rounds
// are counted. So it checks nothing but the room for texts and for the values of an expression image.

import { callFunction, isStatus } from '../functions/call';
import { nextPiece, pieceText, textJoin } from '../functions/text';
import { blobAddress } from '../image/blobs';
import { entryOf, matchIndex, nextAlive } from '../index/match';
import { scratchHits, scratchRegisters, scratchText, zero8 } from '../memory/scratch';
import { f64Remainder } from '../ops/arithmetic';
import { textCompare, textEqual, textKey } from '../ops/text';
import { wideAdd, wideEqual, wideLess, wideMultiply, wideNegate, widen, wideSubtract } from '../ops/wide';
import { outputsOf } from '../outputs/instruction';
import { beginOutputs, endOutputs, writeOutput } from '../outputs/write';
import { parameterValue } from '../parameters/binding';
import {
  FIELD_BYTES,
  IMAGE_CODE,
  IMAGE_CONSTANTS,
  IMAGE_FIELD_REGISTERS,
  IMAGE_FIELDS,
  IMAGE_OUT_COUNT,
  IMAGE_REGISTER_COUNT,
  IMAGE_REGISTERS,
  IMAGE_RULE_COUNT,
  REGISTER_BYTES,
  REGISTER_ELEMENT,
} from '../shared/image';
import { VALUE_BYTES, VALUE_HIGH, VALUE_LOW, VALUE_TAG } from '../shared/layout';
import { TEXT_SCRATCH_BYTES } from '../shared/limits';
import { INDEX_PARTS } from '../shared/match-index';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_BYTES, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { Status } from '../shared/status';
import { RegisterType } from '../shared/value-type';
import { runEnsemble } from '../trees/ensemble';
import { runConjunctions } from './conjunctions';
import { elementOf, fieldIsNull, fieldOf, isMember, moveToPiece } from './elements';
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

/** The instruction that comes after the end of a loop's round: the one behind its FOR where `again`, else the one behind. */
function again(pc: usize, back: u64, again: bool): usize {
  return again ? pc - ((back as usize) << 4) : pc + INSTRUCTION_BYTES;
}

/**
 * The instruction behind the ALIVE of a part; the one where the index ends, for the number of parts.
 *
 * @param from instructions between the index's MATCH and `pc`
 */
function goOn(pc: usize, index: usize, from: u32, part: u32): usize {
  const past: u32 = part < load<u32>(index, INDEX_PARTS) ? INSTRUCTION_BYTES : 0;
  return pc + (((entryOf(index, part) - from) as usize) << 4) + past;
}

/**
 * Runs the image's program over the field registers. Hits are left in the hit bits of the scratch, OUT values at `output`.
 * Temporaries and hit bits start as zeros: what an earlier payload left is never seen.
 *
 * @param output where an expression image writes its values, IMAGE_OUT_COUNT x VALUE_BYTES; a decision image its outputs
 * @param lists what the image's lists are bound to, BINDING_BYTES each; all are there
 * @param parameters what its parameters are bound to, PARAMETER_BINDING_BYTES each; all are there
 * @returns OK; what FAIL or a function says; INTERNAL where texts exceed TEXT_SCRATCH_BYTES or the number of values is not
 * IMAGE_OUT_COUNT
 */
export function runProgram(image: usize, lists: usize, parameters: usize, output: usize): Status {
  const registers = scratchRegisters();
  const hits = scratchHits();
  const constants = image + load<u32>(image, IMAGE_CONSTANTS);
  const fields = image + load<u32>(image, IMAGE_FIELDS);
  const types = image + load<u32>(image, IMAGE_REGISTERS);
  const fieldRegisters = load<u32>(image, IMAGE_FIELD_REGISTERS);
  zero8(registers + (fieldRegisters << 3), (load<u32>(image, IMAGE_REGISTER_COUNT) - fieldRegisters) << 3);
  zero8(hits, ((load<u32>(image, IMAGE_RULE_COUNT) + 63) >> 6) << 3);
  let textBase = scratchText();
  let textTop = textBase;
  const textEnd = textBase + TEXT_SCRATCH_BYTES;
  let out = output;
  const outEnd = output + load<u32>(image, IMAGE_OUT_COUNT) * VALUE_BYTES;
  const outputs = outputsOf(image);
  if (outputs !== 0) beginOutputs(outputs, output);
  let pc = image + load<u32>(image, IMAGE_CODE);
  while (true) {
    if ((load<u16>(pc) as u32) >= (Opcode.F64_LT_I as u32)) pc = runTests(pc, registers, constants);
    switch (load<u16>(pc) as u32) {
      case Opcode.END:
        if (outputs !== 0 && !endOutputs(output)) return Status.INTERNAL;
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
        if (outputs !== 0) {
          if (!writeOutput(outputs, output, registers, pc)) return Status.INTERNAL;
          pc += INSTRUCTION_BYTES;
          break;
        }
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
        if (load<u64>(pc, INSTRUCTION_IMM) !== 0) textBase = textTop;
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
        const end = textJoin(textTop, left, right);
        store<u64>(registerA(registers, pc), (textTop as u64) | (((end - textTop) as u64) << 32));
        textTop = end;
        pc += INSTRUCTION_BYTES;
        break;
      }

      case Opcode.TEXT_KEY:
        store<u64>(registerA(registers, pc), textKey(load<u64>(registerB(registers, pc))));
        pc += INSTRUCTION_BYTES;
        break;

      case Opcode.CALL: {
        const result = callFunction(image, registers, pc, textTop, textEnd);
        if (isStatus(result)) return result as Status;
        textTop = result;
        pc += INSTRUCTION_BYTES;
        break;
      }
      case Opcode.ENSEMBLE:
        runEnsemble(blobAddress(image, load<u32>(pc, INSTRUCTION_IMM)), registerB(registers, pc), registerA(registers, pc));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.FAIL:
        return load<u32>(pc, INSTRUCTION_IMM) as Status;
      case Opcode.NARROW:
        store<u64>(registerA(registers, pc), load<u64>(registerB(registers, pc)));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.COUNT:
        store<f64>(registerA(registers, pc), load<u32>(registerB(registers, pc), 4) as f64);
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.ELEMENT: {
        const kind = load<u8>(types + (load<u16>(pc, INSTRUCTION_B) as usize) * REGISTER_BYTES, REGISTER_ELEMENT) as u32;
        store<u64>(
          registerA(registers, pc),
          elementOf(kind, load<u64>(registerB(registers, pc)), load<u64>(registerC(registers, pc))),
        );
        pc += INSTRUCTION_BYTES;
        break;
      }
      case Opcode.FIELD: {
        const object = load<u32>(registerB(registers, pc)) as usize;
        store<u64>(registerA(registers, pc), fieldOf(constants, object, fields + load<u32>(pc, INSTRUCTION_IMM) * FIELD_BYTES));
        pc += INSTRUCTION_BYTES;
        break;
      }
      case Opcode.PIECE: {
        const piece = load<u64>(registerC(registers, pc));
        const text = pieceText(load<u64>(registerB(registers, pc)), piece, textTop, (textEnd - textTop) as u32);
        const bytes = (text >> 32) as u32;
        if (bytes === 0xffffffff) return Status.INTERNAL;
        store<u64>(registerA(registers, pc), text);
        if ((text as u32 as usize) === textTop) textTop += bytes;
        pc += INSTRUCTION_BYTES;
        break;
      }

      case Opcode.FOR:
        store<u64>(registerA(registers, pc), 0);
        pc = branch(pc, load<u32>(registerB(registers, pc), 4) === 0);
        break;
      case Opcode.NEXT: {
        const cursor = registerA(registers, pc);
        const next = load<u64>(cursor) + 1;
        store<u64>(cursor, next);
        pc = again(pc, load<u16>(pc, INSTRUCTION_C) as u64, next < (load<u32>(registerB(registers, pc), 4) as u64));
        break;
      }
      case Opcode.FOR_PIECE: {
        const text = load<u64>(registerB(registers, pc));
        const separator = load<u64>(registerC(registers, pc));
        store<u64>(registerA(registers, pc), nextPiece(text, separator, 0));
        // Only an empty text cut at an empty one has no piece at all.
        const none = (text | separator) >> 32 === 0;
        pc += none ? (load<u64>(pc, INSTRUCTION_IMM) as usize) << 4 : INSTRUCTION_BYTES;
        break;
      }
      case Opcode.NEXT_PIECE: {
        const text = load<u64>(registerB(registers, pc));
        const more = moveToPiece(registerA(registers, pc), text, load<u64>(registerC(registers, pc)));
        pc = again(pc, load<u64>(pc, INSTRUCTION_IMM), more);
        break;
      }
      case Opcode.IF_FIELD_NULL: {
        const field = fields + load<u32>(pc, INSTRUCTION_IMM) * FIELD_BYTES;
        pc = branch(pc, fieldIsNull(load<u32>(registerA(registers, pc)) as usize, field));
        break;
      }
      case Opcode.IF_FIELD_NOT_NULL: {
        const field = fields + load<u32>(pc, INSTRUCTION_IMM) * FIELD_BYTES;
        pc = branch(pc, !fieldIsNull(load<u32>(registerA(registers, pc)) as usize, field));
        break;
      }
      case Opcode.IF_MEMBER:
        pc = branch(pc, isMember(image, lists, load<u32>(pc, INSTRUCTION_IMM) as usize, registerA(registers, pc)));
        break;
      case Opcode.IF_NOT_MEMBER:
        pc = branch(pc, !isMember(image, lists, load<u32>(pc, INSTRUCTION_IMM) as usize, registerA(registers, pc)));
        break;

      case Opcode.PARAMETER:
        store<u64>(registerA(registers, pc), parameterValue(parameters, load<u32>(pc, INSTRUCTION_IMM) as usize));
        pc += INSTRUCTION_BYTES;
        break;
      case Opcode.MATCH: {
        const index = blobAddress(image, load<u32>(pc, INSTRUCTION_IMM));
        matchIndex(index);
        pc = goOn(pc, index, 0, nextAlive(index, 0));
        break;
      }
      case Opcode.ALIVE: {
        const index = blobAddress(image, load<u32>(pc, INSTRUCTION_IMM));
        const part = load<u16>(pc, INSTRUCTION_A) as u32;
        pc = goOn(pc, index, entryOf(index, part), nextAlive(index, part));
        break;
      }

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
