// Segments with branches: WebAssembly knows no jumps, only ends of blocks and starts of loops. Jumps go forward, so each place that
// they lead to becomes the end of a block, which opens where the first of them stands, or further in front where two would cross.

import { Opcode } from '../../assembly/shared/opcode.js';
import type { Label } from './body.js';
import { emitEffect } from './effects.js';
import type { Frame } from './frame.js';
import type { ImageParts, Instruction } from './image-parts.js';
import { groupsOf, jumpTarget } from './jumps.js';
import { emitNext, emitOpenLoop } from './loops.js';
import { emitAlive, emitMatch } from './match.js';
import { emitHit } from './predicated.js';
import type { Segment } from './segments.js';
import { emitTest, isTest } from './tests.js';
import { emitValue, isValue, writesPair } from './values.js';

interface Block {
  /** It opens in front of this instruction, and ends in front of that one. */
  readonly first: number;
  readonly end: number;
  readonly isLoop: boolean;
}

/** Writes any segment. */
export function emitBranching(frame: Frame, segment: Segment): void {
  const { body, image } = frame;
  const opening = new Map<number, Block[]>();
  for (const block of blocksOf(image, segment)) {
    const together = opening.get(block.first);
    if (together === undefined) opening.set(block.first, [block]);
    else together.push(block);
  }
  const open: Block[] = [];
  const ends = new Map<number, Label>();
  const starts: Label[] = [];
  for (let index = segment.first; index <= segment.end; index++) {
    while (open.at(-1)?.end === index) {
      if (open.pop()?.isLoop) starts.pop();
      body.end();
    }
    if (index === segment.end) break;
    // Those that end last are outermost; of a block and a loop that end together, the block.
    const here = (opening.get(index) ?? []).sort((x, y) => y.end - x.end || Number(x.isLoop) - Number(y.isLoop));
    for (const block of here) {
      open.push(block);
      if (block.isLoop) starts.push(body.loop());
      else ends.set(block.end, body.block());
    }
    emitOne(frame, image.code[index] as Instruction, ends, starts);
    // What an instruction leaves is in registers.
    body.endTemporaries();
  }
}

function emitOne(frame: Frame, instruction: Instruction, ends: ReadonlyMap<number, Label>, starts: readonly Label[]): void {
  const { body, image } = frame;
  const { op, a, imm } = instruction;
  const target = jumpTarget(image, instruction);
  const label = target === undefined ? undefined : ends.get(target);
  if (op === Opcode.JUMP) {
    body.br(label as Label);
  } else if (op === Opcode.FOR || op === Opcode.FOR_PIECE) {
    emitOpenLoop(frame, instruction, label as Label);
  } else if (op === Opcode.NEXT || op === Opcode.NEXT_PIECE) {
    emitNext(frame, instruction, starts.at(-1) as Label);
  } else if (op === Opcode.HIT) {
    emitHit(frame, Number(imm), true);
  } else if (op === Opcode.MATCH) {
    emitMatch(frame, instruction);
  } else if (op === Opcode.ALIVE) {
    emitAlive(frame, instruction, ends);
  } else if (isTest(op)) {
    emitTest(frame, instruction);
    body.brIf(label as Label);
  } else if (isValue(instruction)) {
    emitValue(frame, instruction);
    if (writesPair(instruction)) body.set(frame.register(a + 1));
    body.set(frame.register(a));
  } else {
    emitEffect(frame, instruction);
  }
}

/** Blocks and loops of a segment, nested. */
function blocksOf(image: ImageParts, { first, end }: Segment): Block[] {
  const blocks: Block[] = [];
  /** For each place, the first instruction of the outermost construct that it is inside of. */
  const outermost = Array.from({ length: end - first + 1 }, (_, index) => first + index);
  const add = (block: Block): void => {
    blocks.push(block);
    for (let index = block.first + 1; index < block.end; index++) {
      outermost[index - first] = Math.min(outermost[index - first] as number, block.first);
    }
  };
  const sources = new Map<number, number>();
  const loops: Block[] = [];
  for (let index = first; index < end; index++) {
    const instruction = image.code[index] as Instruction;
    const target = jumpTarget(image, instruction);
    if (target === undefined) continue;
    const targets =
      instruction.op === Opcode.ALIVE ? [target, ...groupsOf(image, instruction).map((group) => group.target)] : [target];
    for (const each of targets) if (!sources.has(each)) sources.set(each, index);
    // NEXT stands in front of where its FOR jumps to.
    if (instruction.op === Opcode.FOR || instruction.op === Opcode.FOR_PIECE) {
      loops.push({ first: index + 1, end: target, isLoop: true });
    }
  }
  const jumps = [...sources].map(([target, source]) => ({ first: source, end: target, isLoop: false }));
  // A loop is there before the blocks that end with it or behind it.
  for (const block of [...loops, ...jumps].sort((x, y) => x.end - y.end || Number(y.isLoop) - Number(x.isLoop))) {
    add(block.isLoop ? block : { ...block, first: outermost[block.first - first] as number });
  }
  return blocks;
}
