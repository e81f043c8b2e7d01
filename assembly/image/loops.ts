// Jumps and loops of a program, checked in one pass over its code: jumps go forward, loops lie inside one another, and nothing
// jumps into a loop from outside. So what is inside a loop runs at most as often as the loops around it allow, and no cursor is
// moved but by its own loop.
//
// Works in the scratch: the hit bits are a ring of one bit for each of the next 65,536 instructions (as far as a jump reaches),
// set where a jump leads; the work area holds the loops that are open.

import { scratchHits, scratchWork, zero8 } from '../memory/scratch';
import { LOOP_DEPTH_MAX } from '../shared/limits';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_BYTES, INSTRUCTION_C, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { maxOf } from './registers';

/** Open loops: their number, then for each: how often its body runs, where its FOR is, where it ends. */
const DEPTH: usize = 0;
const LOOPS: usize = 8;
const LOOP_BYTES: usize = 16;
const LOOP_TIMES: usize = 0; // f64, product with the loops around it
const LOOP_FOR: usize = 8; // u32
const LOOP_END: usize = 12; // u32, behind its NEXT

const RING_BITS: u32 = 65536;
const RING_BYTES: usize = 8192;

/** Forgets all jumps and loops. */
export function beginLoops(): void {
  zero8(scratchHits(), RING_BYTES);
  store<u32>(scratchWork(), 0, DEPTH);
}

/** Number of loops that are open. */
export function loopDepth(): u32 {
  return load<u32>(scratchWork(), DEPTH);
}

/** How often an instruction in the innermost open loop runs. */
export function loopTimes(): f64 {
  const depth = loopDepth();
  return depth === 0 ? 1 : load<f64>(loopAt(depth - 1), LOOP_TIMES);
}

/** Whether the instruction at `pc`, number `index` of `count`, may stand there: its jump, and the loop that it opens or closes. */
export function verifyJump(image: usize, pc: usize, index: u32, count: u32): bool {
  const op = load<u16>(pc) as u32;
  passed(index);
  switch (op) {
    case Opcode.FOR:
      return openLoop(image, pc, index, count, load<u16>(pc, INSTRUCTION_C) as u64);
    case Opcode.FOR_PIECE:
      return openLoop(image, pc, index, count, load<u64>(pc, INSTRUCTION_IMM));
    case Opcode.NEXT:
      return closeLoop(pc, index, load<u16>(pc, INSTRUCTION_C) as u64, Opcode.FOR);
    case Opcode.NEXT_PIECE:
      return closeLoop(pc, index, load<u64>(pc, INSTRUCTION_IMM), Opcode.FOR_PIECE);
    case Opcode.PARAMETER:
    case Opcode.MATCH:
    case Opcode.ALIVE:
      return true;
    default:
      if (op !== Opcode.JUMP && op !== Opcode.ALL && op < (Opcode.IF_FIELD_NULL as u32)) return true;
      if (op === Opcode.ENSEMBLE) return true;
      return jumpTo(index, count, load<u16>(pc, INSTRUCTION_C) as u64);
  }
}

/** Notes a jump from `index`. @returns whether it is forward and ends inside the code */
function jumpTo(index: u32, count: u32, distance: u64): bool {
  if (distance === 0 || distance >= ((count - index) as u64) || distance >= (RING_BITS as u64)) return false;
  const place = (index + (distance as u32)) & (RING_BITS - 1);
  const at = scratchHits() + (place >> 3);
  store<u8>(at, (load<u8>(at) as u32) | ((1 as u32) << (place & 7)));
  return true;
}

/** An instruction's own place in the ring is free for the one that far behind it. */
function passed(index: u32): void {
  const place = index & (RING_BITS - 1);
  const at = scratchHits() + (place >> 3);
  store<u8>(at, (load<u8>(at) as u32) & ~((1 as u32) << (place & 7)));
}

/** Whether an instruction before `first` jumps to one from `first` on and before `end`. */
export function isEntered(first: u32, end: u32): bool {
  for (let index = first; index < end; index++) {
    const place = index & (RING_BITS - 1);
    if (((load<u8>(scratchHits() + (place >> 3)) as u32) >> (place & 7)) & 1) return true;
  }
  return false;
}

function openLoop(image: usize, pc: usize, index: u32, count: u32, distance: u64): bool {
  const depth = loopDepth();
  if (depth >= (LOOP_DEPTH_MAX as u32) || cursorIsOpen(pc, index)) return false;
  const times = loopTimes() * (maxOf(image, load<u16>(pc, INSTRUCTION_A)) as f64);
  if (!jumpTo(index, count, distance)) return false;
  const end = index + (distance as u32);
  if (isEntered(index + 1, end)) return false;
  const loop = loopAt(depth);
  store<f64>(loop, times, LOOP_TIMES);
  store<u32>(loop, index, LOOP_FOR);
  store<u32>(loop, end, LOOP_END);
  store<u32>(scratchWork(), depth + 1, DEPTH);
  return true;
}

/** Whether the cursor of the FOR at `pc` is that of an open loop. */
function cursorIsOpen(pc: usize, index: u32): bool {
  const code = pc - index * INSTRUCTION_BYTES;
  const cursor = load<u16>(pc, INSTRUCTION_A);
  for (let loop: u32 = 0; loop < loopDepth(); loop++) {
    const opened = code + load<u32>(loopAt(loop), LOOP_FOR) * INSTRUCTION_BYTES;
    if (load<u16>(opened, INSTRUCTION_A) === cursor) return true;
  }
  return false;
}

/** Whether a NEXT ends the innermost loop: the same registers as its FOR, which ends here, and back to behind it. */
function closeLoop(pc: usize, index: u32, distance: u64, opener: u32): bool {
  const depth = loopDepth();
  if (depth === 0) return false;
  const loop = loopAt(depth - 1);
  const first = load<u32>(loop, LOOP_FOR);
  const opened = pc - (index - first) * INSTRUCTION_BYTES;
  if (load<u16>(opened) !== opener || load<u32>(loop, LOOP_END) !== index + 1) return false;
  if (distance !== ((index - first - 1) as u64)) return false;
  if (load<u16>(opened, INSTRUCTION_A) !== load<u16>(pc, INSTRUCTION_A)) return false;
  if (load<u16>(opened, INSTRUCTION_B) !== load<u16>(pc, INSTRUCTION_B)) return false;
  if (opener === Opcode.FOR_PIECE && load<u16>(opened, INSTRUCTION_C) !== load<u16>(pc, INSTRUCTION_C)) return false;
  store<u32>(scratchWork(), depth - 1, DEPTH);
  return true;
}

function loopAt(index: u32): usize {
  return scratchWork() + LOOPS + (index as usize) * LOOP_BYTES;
}
