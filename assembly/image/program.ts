// Verifies the code of an image: what the interpreter relies on.

import { IMAGE_CODE, IMAGE_CODE_COUNT, IMAGE_OUT_COUNT } from '../shared/image';
import { INSTRUCTION_BYTES, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { ImageError } from '../shared/status';
import { statesCost, unitsAt } from './cost';
import { beginLoops, loopDepth, loopTimes, verifyJump } from './loops';
import { beginMatches, isMatching, verifyMatch } from './matches';
import { verifyOperands } from './operands';

/**
 * Checks each instruction: opcode known, operands as operands.ts says, jumps and loops as loops.ts says, END last. So a program
 * ends after at most as many steps as its instructions and loops allow, and reads only what was written with the same type
 * (temporaries start as zeros); and adds up what it can cost.
 */
export function verifyProgram(image: usize): ImageError {
  const count = load<u32>(image, IMAGE_CODE_COUNT);
  const code = image + load<u32>(image, IMAGE_CODE);
  if (count === 0 || load<u16>(code + (count - 1) * INSTRUCTION_BYTES) !== Opcode.END) return ImageError.BAD_JUMP;
  beginLoops();
  beginMatches();
  let outs: u32 = 0;
  let units: f64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const pc = code + index * INSTRUCTION_BYTES;
    const op = load<u16>(pc) as u32;
    if (op === Opcode.OUT || op === Opcode.OUT_NULL) outs += 1;
    const error = verifyOperands(image, pc, op);
    if (error !== ImageError.NONE) return error;
    // A loop's FOR runs as often as the loops around it, its NEXT as often as its body.
    const times = loopTimes();
    // An index ends before the instruction where it does, which may open a loop.
    if (!verifyMatch(image, pc, index, count) || !verifyJump(image, pc, index, count)) return ImageError.BAD_JUMP;
    if (op === Opcode.ALL && !leadsTests(pc)) return ImageError.BAD_OPERAND;
    units += unitsAt(image, pc) * times;
  }
  if (loopDepth() !== 0 || isMatching()) return ImageError.BAD_JUMP;
  if (outs < load<u32>(image, IMAGE_OUT_COUNT)) return ImageError.BAD_HEADER;
  return statesCost(image, units) ? ImageError.NONE : ImageError.BAD_COST;
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
