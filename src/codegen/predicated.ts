// Segments without a branch: every instruction is run, and what it means is held to whether the program would have come by. So
// nothing depends on the payload for where the processor goes on, which it cannot foresee: a rule of three comparisons costs some
// 15 instructions, and no misprediction of as many cycles.

import { SCRATCH_HITS } from '../../assembly/shared/layout.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Op, ValueType } from '../wasm/format.js';
import type { Frame } from './frame.js';
import type { Instruction } from './image-parts.js';
import { jumpTarget } from './jumps.js';
import { operandsOf } from './operands.js';
import type { Segment } from './segments.js';
import { emitTest, isSimpleTest } from './tests.js';
import { emitValue, isValue, valueUnits, writesPair } from './values.js';

/** Units up to which everything is run: more than a few mispredictions cost. */
const UNITS_MAX = 64;

/** Whether a segment is small, and has nothing that must not happen in vain. */
export function isPredicable(frame: Frame, { first, end }: Segment): boolean {
  let units = 0;
  for (let index = first; index < end && units <= UNITS_MAX; index++) {
    const instruction = frame.image.code[index] as Instruction;
    const { op } = instruction;
    if (op === Opcode.ALL || op === Opcode.JUMP || op === Opcode.HIT || isSimpleTest(op)) units += 2;
    else if (isValue(instruction)) units += valueUnits(instruction);
    else return false;
  }
  return units <= UNITS_MAX;
}

/** Whether the program comes by: always, never, or as a local says. */
type Reach = true | false | number;

/** Writes a segment that is predicable. */
export function emitPredicated(frame: Frame, segment: Segment): void {
  const { body, image } = frame;
  const pending = new Map<number, Reach>();
  let reach: Reach = true;
  const newLocal = (): number => {
    const local = body.local(ValueType.I32);
    body.set(local);
    return local;
  };
  const join = (left: Reach, right: Reach): Reach => {
    if (left === true || right === true) return true;
    if (left === false) return right;
    if (right === false) return left;
    body.get(left);
    body.get(right);
    body.op(Op.I32_OR);
    return newLocal();
  };
  for (let index = segment.first; index < segment.end; index++) {
    reach = join(reach, pending.get(index) ?? false);
    pending.delete(index);
    if (reach === false) continue;
    const instruction = image.code[index] as Instruction;
    const { op, imm } = instruction;
    const target = jumpTarget(image, instruction);
    if (target !== undefined && op !== Opcode.JUMP) {
      // Where the segment ends, it is always come by: nobody asks for that.
      if (target < segment.end) {
        emitTest(frame, instruction);
        const taken = newLocal();
        body.get(taken);
        if (reach !== true) {
          body.get(reach);
          body.op(Op.I32_AND);
        }
        pending.set(target, join(pending.get(target) ?? false, newLocal()));
        body.get(taken);
        body.op(Op.I32_EQZ);
      } else {
        emitTest(frame, instruction, true);
      }
      if (reach !== true) {
        body.get(reach);
        body.op(Op.I32_AND);
      }
      reach = newLocal();
    } else if (target !== undefined) {
      if (target < segment.end) pending.set(target, join(pending.get(target) ?? false, reach));
      reach = false;
    } else if (op === Opcode.HIT) {
      emitHit(frame, Number(imm), reach);
    } else if (op !== Opcode.ALL) {
      emitValue(frame, instruction);
      const isPlain = reach === true || !outlivesReach(frame, segment, index);
      const { a } = instruction;
      if (writesPair(instruction)) emitWrite(frame, a + 1, isPlain ? true : reach);
      emitWrite(frame, a, isPlain ? true : reach);
    }
  }
}

/** Pops a value into a register where the program comes by. */
function emitWrite(frame: Frame, register: number, reach: Reach): void {
  const { body } = frame;
  const local = frame.register(register);
  if (typeof reach === 'number') {
    body.get(local);
    body.get(reach);
    body.op(Op.SELECT);
  }
  body.set(local);
}

/** Sets a rule's bit where the program comes by. */
export function emitHit(frame: Frame, rank: number, reach: Reach): void {
  const { body } = frame;
  const at = SCRATCH_HITS + (rank >> 6) * 8;
  const word = frame.hitsInScratch ? 0 : frame.hits(rank >> 6);
  if (frame.hitsInScratch) {
    frame.pushScratch();
    frame.pushScratch();
    body.memory(Op.I64_LOAD, at);
  } else {
    body.get(word);
  }
  if (typeof reach === 'number') {
    body.get(reach);
    body.op(Op.I64_EXTEND_I32_U);
    if ((rank & 63) !== 0) {
      body.i64(BigInt(rank & 63));
      body.op(Op.I64_SHL);
    }
  } else {
    body.i64(1n << BigInt(rank & 63));
  }
  body.op(Op.I64_OR);
  if (frame.hitsInScratch) body.memory(Op.I64_STORE, at);
  else body.set(word);
}

/**
 * Whether what the instruction writes may be read where the program has not come by it: behind the segment, or behind the next
 * place that a jump of it leads to.
 */
function outlivesReach(frame: Frame, segment: Segment, index: number): boolean {
  const { code } = frame.image;
  const { writes } = operandsOf(frame.image, code[index] as Instruction);
  if (writes.some((register) => segment.liveOut.has(register))) return true;
  const targets = new Set<number>();
  for (let at = segment.first; at < segment.end; at++) {
    const target = jumpTarget(frame.image, code[at] as Instruction);
    if (target !== undefined) targets.add(target);
  }
  let joined = false;
  for (let at = index + 1; at < segment.end; at++) {
    joined ||= targets.has(at);
    const { reads } = operandsOf(frame.image, code[at] as Instruction);
    if (joined && reads.some((register) => writes.includes(register))) return true;
  }
  return false;
}
