// Cuts a program into segments that no jump crosses, mostly one rule each, and tells which registers outlive a segment.

import { Opcode } from '../../assembly/shared/opcode.js';
import type { ImageParts, Instruction } from './image-parts.js';
import { jumpTarget } from './jumps.js';
import { operandsOf } from './operands.js';

export interface Segment {
  readonly first: number;
  /** One behind its last instruction. */
  readonly end: number;
  /** Temporaries that may be read behind it before they are written anew. */
  readonly liveOut: ReadonlySet<number>;
}

/** The segments of a program, in order. */
export function segmentsOf(image: ImageParts): Segment[] {
  const { code } = image;
  const cuts: { first: number; end: number }[] = [];
  for (let first = 0; first < code.length; ) {
    let end = first + 1;
    for (let index = first; index < end; index++) end = Math.max(end, jumpTarget(image, code[index] as Instruction) ?? 0);
    cuts.push({ first, end });
    first = end;
  }
  const segments: Segment[] = [];
  let live: ReadonlySet<number> = new Set();
  for (const { first, end } of cuts.reverse()) {
    segments.push({ first, end, liveOut: live });
    const { exposed, killed } = accesses(image, first, end);
    if (exposed.size === 0 && killed.size === 0) continue;
    live = new Set([...[...live].filter((register) => !killed.has(register)), ...exposed]);
  }
  return segments.reverse();
}

/**
 * Registers that a segment may read before it has written them, and those that it always writes. Rather too many of the first and
 * too few of the second: a write counts for a read where the program cannot have come around it.
 */
function accesses(image: ImageParts, first: number, end: number): { exposed: Set<number>; killed: Set<number> } {
  const exposed = new Set<number>();
  const killed = new Set<number>();
  /** Written since the last place that a jump leads to. */
  let straight = new Set<number>();
  const targets = new Set<number>();
  let furthest = first;
  for (let index = first; index < end; index++) {
    if (targets.has(index)) straight = new Set();
    const instruction = image.code[index] as Instruction;
    const { reads, writes } = operandsOf(image, instruction);
    for (const register of reads) if (!killed.has(register) && !straight.has(register)) exposed.add(register);
    for (const register of writes) {
      straight.add(register);
      if (furthest <= index) killed.add(register);
    }
    const target = jumpTarget(image, instruction);
    if (target !== undefined) {
      targets.add(target);
      furthest = Math.max(furthest, target);
    }
    if (instruction.op === Opcode.FOR || instruction.op === Opcode.FOR_PIECE) {
      // Its body begins again and again.
      targets.add(index + 1);
    }
  }
  return { exposed, killed };
}
