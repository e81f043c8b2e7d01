// Loops over the elements of lists and the pieces of texts: assembly/vm/interpreter.ts, its FOR and NEXT.

import { Opcode } from '../../assembly/shared/opcode.js';
import { Op, ValueType } from '../wasm/format.js';
import type { Label } from './body.js';
import { engineFunction } from './engine-calls.js';
import type { Frame } from './frame.js';
import type { Instruction } from './image-parts.js';

/** FOR and FOR_PIECE: the cursor at its first place; to `none` where there is none. */
export function emitOpenLoop(frame: Frame, { op, a, b, c }: Instruction, none: Label): void {
  const { body } = frame;
  if (op === Opcode.FOR) {
    body.i64(0n);
    body.set(frame.register(a));
    pushLength(frame, b);
    body.op(Op.I64_EQZ);
    body.brIf(none);
    return;
  }
  body.get(frame.register(b));
  body.get(frame.register(c));
  body.i32(0);
  body.call(engineFunction('nextPiece'));
  body.set(frame.register(a));
  // Only an empty text cut at an empty one has no piece at all.
  body.get(frame.register(b));
  body.get(frame.register(c));
  body.op(Op.I64_OR);
  body.i64(32n);
  body.op(Op.I64_SHR_U, Op.I64_EQZ);
  body.brIf(none);
}

/** NEXT and NEXT_PIECE: to `again` with the cursor at its next place, where there is one. */
export function emitNext(frame: Frame, instruction: Instruction, again: Label): void {
  const { body } = frame;
  const { op, a, b } = instruction;
  if (op === Opcode.NEXT) {
    body.get(frame.register(a));
    body.i64(1n);
    body.op(Op.I64_ADD);
    body.tee(frame.register(a));
    pushLength(frame, b);
    body.op(Op.I64_LT_U);
    body.brIf(again);
    return;
  }
  emitNextPiece(frame, instruction, again);
}

/** As moveToPiece of assembly/vm/elements.ts: pieces begin further and further on. */
function emitNextPiece(frame: Frame, { a, b, c }: Instruction, again: Label): void {
  const { body } = frame;
  const next = body.temporary(ValueType.I32);
  body.get(frame.register(b));
  body.get(frame.register(c));
  pushLength(frame, a);
  body.op(Op.I32_WRAP_I64);
  body.call(engineFunction('afterPiece'));
  body.tee(next);
  pushLength(frame, b);
  body.op(Op.I32_WRAP_I64, Op.I32_LE_U);
  body.get(next);
  body.get(frame.register(a));
  body.op(Op.I32_WRAP_I64, Op.I32_GT_U, Op.I32_AND);
  body.if();
  body.get(frame.register(b));
  body.get(frame.register(c));
  body.get(next);
  body.call(engineFunction('nextPiece'));
  body.set(frame.register(a));
  body.br(again);
  body.end();
}

/** Pushes the high word of a register: bytes of a text, elements of a list, the end of a piece. */
function pushLength(frame: Frame, register: number): void {
  const { body } = frame;
  body.get(frame.register(register));
  body.i64(32n);
  body.op(Op.I64_SHR_U);
}
