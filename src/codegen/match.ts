// The match index in generated code: the engine finds the parts that are alive, with the registers that its dimensions test in
// the scratch; their bits are then tested here, one word for 64 parts, and what is left of each part is code like any other.

import { SCRATCH_ALIVE, SCRATCH_NULLS } from '../../assembly/shared/layout.js';
import { Op } from '../wasm/format.js';
import type { Label } from './body.js';
import { engineFunction } from './engine-calls.js';
import { type Frame, Parameter } from './frame.js';
import type { Instruction } from './image-parts.js';
import { groupsOf, jumpTarget } from './jumps.js';
import { matchReads } from './operands.js';

/** MATCH: what the index reads goes to the scratch, and the engine leaves hits and the bits of parts there. */
export function emitMatch(frame: Frame, instruction: Instruction): void {
  const { body, image } = frame;
  const { registers, flags } = matchReads(image, instruction);
  for (const register of registers) frame.spill(register);
  for (const register of flags) {
    frame.pushScratch();
    body.get(frame.nullFlag(register) as number);
    body.memory(Op.I32_STORE8, SCRATCH_NULLS + register);
  }
  body.get(Parameter.IMAGE);
  body.i32(image.blobOffset(instruction.low));
  body.op(Op.I32_ADD);
  body.call(engineFunction('matchIndex'));
  frame.aliveWord = undefined;
}

/** ALIVE: past the part where its bit is not set, and past whole groups of parts where none of theirs is. */
export function emitAlive(frame: Frame, instruction: Instruction, ends: ReadonlyMap<number, Label>): void {
  const { body, image } = frame;
  const { a } = instruction;
  // Whatever goes on behind the first ALIVE of a word has come by it: so it loads the word for all of them.
  if (frame.aliveWord !== a >> 6) {
    frame.pushScratch();
    body.memory(Op.I64_LOAD, SCRATCH_ALIVE + (a >> 6) * 8);
    body.set(frame.alive);
    frame.aliveWord = a >> 6;
  }
  const unless = (mask: bigint, target: number): void => {
    body.get(frame.alive);
    body.i64(mask);
    body.op(Op.I64_AND, Op.I64_EQZ);
    body.brIf(ends.get(target) as Label);
  };
  for (const { mask, target } of groupsOf(image, instruction)) unless(mask, target);
  unless(1n << BigInt(a & 63), jumpTarget(image, instruction) as number);
}
