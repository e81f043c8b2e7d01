// Segments without a branch: every instruction is run, and what it means is held to whether the program would have come by. So
// nothing depends on the payload for where the processor goes on, which it cannot foresee: a rule of three comparisons costs some
// 15 instructions, and no misprediction of as many cycles.
//
// 300 rules of disjunctions over fields that may be null (`npm run bench -- workloads --only nullable`) take some 0.4 of the time of
// gcc's code with formulas (reach.ts) and guards (frame.ts) that spare most tests of null; 1.3 with each jump's reach written down
// as it comes.

import { SCRATCH_HITS } from '../../assembly/shared/layout.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Op, ValueType } from '../wasm/format.js';
import { comparedRegisters, type Frame } from './frame.js';
import type { Instruction } from './image-parts.js';
import { jumpTarget } from './jumps.js';
import { operandsOf } from './operands.js';
import { not, type Reach, Reaches, type Term } from './reach.js';
import type { Segment } from './segments.js';
import { emitEither, isSimpleTest } from './tests.js';
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

/** Writes a segment that is predicable. */
export function emitPredicated(frame: Frame, segment: Segment): void {
  const { image } = frame;
  const reaches = new Reaches(frame.body);
  const tests = new Tests(frame, reaches);
  const pending = new Map<number, Reach>();
  let reach: Reach = [];
  for (let index = segment.first; index < segment.end; index++) {
    reach = reaches.or(reach, pending.get(index) ?? false);
    pending.delete(index);
    if (reach === false) continue;
    const instruction = image.code[index] as Instruction;
    const { op, imm } = instruction;
    const target = jumpTarget(image, instruction);
    // Where the segment ends, it is always come by: nobody asks for that.
    const comeFrom = (way: Reach): void => {
      if (target !== undefined && target < segment.end) pending.set(target, reaches.or(pending.get(target) ?? false, way));
    };
    if (target !== undefined && op !== Opcode.JUMP) {
      const taken = tests.taken(instruction, reach);
      comeFrom(reaches.and(reach, taken));
      reach = reaches.and(reach, not(taken));
    } else if (target !== undefined) {
      comeFrom(reach);
      reach = false;
    } else if (op === Opcode.HIT) {
      emitHit(frame, Number(imm), reach.length === 0 ? true : reaches.local(reach));
    } else if (op !== Opcode.ALL) {
      emitValue(frame, instruction);
      const where = reach.length === 0 || !outlivesReach(frame, segment, index) ? true : reach;
      const { a } = instruction;
      const local = where === true ? true : reaches.local(where);
      if (writesPair(instruction)) emitWrite(frame, a + 1, local);
      emitWrite(frame, a, local);
    }
  }
  frame.body.endTemporaries();
}

/** The tests of a segment as terms. */
class Tests {
  private readonly nulls = new Map<number, Term>();

  constructor(
    private readonly frame: Frame,
    private readonly reaches: Reaches,
  ) {}

  /** The term that holds where a jump is taken. It is made here: registers may hold something else later. */
  taken(instruction: Instruction, reach: readonly Term[]): Term {
    const { op, a } = instruction;
    if (op === Opcode.IF_NULL) return this.isNull(a);
    if (op === Opcode.IF_NOT_NULL) return not(this.isNull(a));
    const { frame, reaches } = this;
    const implied: Term[] = [];
    const guarded = new Set<number>();
    for (const register of comparedRegisters(instruction)) {
      const isNull = this.nulls.get(register);
      if (isNull === undefined || frame.guard(register) === undefined || !reaches.knows(reach, not(isNull))) continue;
      implied.push(not(isNull));
      guarded.add(register);
    }
    const isOpposite = emitEither(frame, instruction, guarded);
    const local = frame.body.temporary(ValueType.I32);
    frame.body.set(local);
    const holds = reaches.test(local, implied);
    return isOpposite ? not(holds) : holds;
  }

  /** A field's flag never changes. */
  private isNull(register: number): Term {
    let term = this.nulls.get(register);
    if (term === undefined) {
      term = this.reaches.test(this.frame.nullFlag(register) as number);
      this.nulls.set(register, term);
    }
    return term;
  }
}

/** Pops a value into a register where the program comes by. */
function emitWrite(frame: Frame, register: number, reach: true | number): void {
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
export function emitHit(frame: Frame, rank: number, reach: true | number): void {
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
