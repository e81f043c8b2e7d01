// Instructions that write texts, call the engine, end the program or write its values: what happens only where a program comes by.

import { FunctionId } from '../../assembly/shared/function.js';
import { SCRATCH_REGISTERS, SCRATCH_TEXT, VALUE_BYTES, VALUE_HIGH, VALUE_LOW, VALUE_TAG } from '../../assembly/shared/layout.js';
import { TEXT_SCRATCH_BYTES } from '../../assembly/shared/limits.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Status } from '../../assembly/shared/status.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { Op, ValueType } from '../wasm/format.js';
import { emitElement, emitField } from './elements.js';
import { engineFunction } from './engine-calls.js';
import { type Frame, Parameter } from './frame.js';
import type { Instruction } from './image-parts.js';
import { operandsOf } from './operands.js';
import { emitOutput, hasOutputs } from './outputs.js';
import { Unsupported } from './unsupported.js';

/** Results of callFunction from here on are addresses, those below are statuses. */
const STATUS_END = 256;
/** The one NaN that an expression image writes. */
const NAN_BITS = 0x7ff8000000000000n;

/** Writes one instruction that is no branch and no plain value. Throws Unsupported for an opcode that it does not know. */
export function emitEffect(frame: Frame, instruction: Instruction): void {
  const { body } = frame;
  const { op, a, b, c, imm, low } = instruction;
  switch (op) {
    case Opcode.ALL:
      return; // it changes nothing in what its tests mean
    case Opcode.END:
      body.br(frame.done);
      return;
    case Opcode.FAIL:
      body.i32(low);
      body.set(frame.status);
      body.br(frame.fail);
      return;
    case Opcode.OUT:
      if (hasOutputs(frame.image)) emitOutput(frame, instruction);
      else emitOut(frame, a, b);
      return;
    case Opcode.OUT_NULL:
      emitRoomForValue(frame);
      for (const at of [VALUE_LOW, VALUE_HIGH]) {
        body.get(frame.out);
        body.i64(0n);
        body.memory(Op.I64_STORE, at);
      }
      emitTag(frame, RegisterType.NONE);
      return;
    case Opcode.RESET_TEXT:
      if (imm !== 0n) {
        body.get(frame.textTop);
        body.set(frame.textBase);
      }
      body.get(frame.textBase);
      body.set(frame.textTop);
      return;
    case Opcode.F64_REM:
    case Opcode.F64_REM_I:
      body.get(frame.register(b));
      if (op === Opcode.F64_REM) body.get(frame.register(c));
      else body.f64(imm);
      body.call(engineFunction('f64Remainder'));
      body.set(frame.register(a));
      return;
    case Opcode.ELEMENT:
      emitElement(frame, instruction);
      body.set(frame.register(a));
      return;
    case Opcode.FIELD:
      emitField(frame, instruction);
      body.set(frame.register(a));
      return;
    case Opcode.TEXT_CONCAT:
      emitConcat(frame, instruction);
      return;
    case Opcode.PIECE:
      emitPiece(frame, instruction);
      return;
    case Opcode.CALL:
      emitCall(frame, instruction);
      return;
    case Opcode.ENSEMBLE:
      emitEnsemble(frame, instruction);
      return;
    default:
      throw new Unsupported(`no code is generated for ${Opcode[op] ?? `opcode ${op}`}`);
  }
}

/** Pushes the bytes that are left in the text scratch. */
function pushTextRoom(frame: Frame): void {
  const { body } = frame;
  frame.pushScratch();
  body.i32(SCRATCH_TEXT + TEXT_SCRATCH_BYTES);
  body.op(Op.I32_ADD);
  body.get(frame.textTop);
  body.op(Op.I32_SUB);
}

function pushLength({ body }: Frame, local: number): void {
  body.get(local);
  body.i64(32n);
  body.op(Op.I64_SHR_U);
}

function emitConcat(frame: Frame, { a, b, c }: Instruction): void {
  const { body } = frame;
  const end = body.temporary(ValueType.I32);
  pushLength(frame, frame.register(b));
  pushLength(frame, frame.register(c));
  body.op(Op.I64_ADD);
  pushTextRoom(frame);
  body.op(Op.I64_EXTEND_I32_U, Op.I64_GT_U);
  frame.failIf(Status.INTERNAL);
  body.get(frame.textTop);
  body.get(frame.register(b));
  body.get(frame.register(c));
  body.call(engineFunction('textJoin'));
  body.set(end);
  body.get(frame.textTop);
  body.op(Op.I64_EXTEND_I32_U);
  body.get(end);
  body.get(frame.textTop);
  body.op(Op.I32_SUB, Op.I64_EXTEND_I32_U);
  body.i64(32n);
  body.op(Op.I64_SHL, Op.I64_OR);
  body.set(frame.register(a));
  body.get(end);
  body.set(frame.textTop);
}

function emitPiece(frame: Frame, { a, b, c }: Instruction): void {
  const { body } = frame;
  const text = body.temporary(ValueType.I64);
  body.get(frame.register(b));
  body.get(frame.register(c));
  body.get(frame.textTop);
  pushTextRoom(frame);
  body.call(engineFunction('pieceText'));
  body.tee(text);
  body.i64(32n);
  body.op(Op.I64_SHR_U);
  body.i64(0xffffffffn);
  body.op(Op.I64_EQ);
  frame.failIf(Status.INTERNAL);
  body.get(text);
  body.set(frame.register(a));
  // Made in the text scratch where it is no part of the text.
  body.get(text);
  body.op(Op.I32_WRAP_I64);
  body.get(frame.textTop);
  body.op(Op.I32_EQ);
  body.if();
  body.get(frame.textTop);
  pushLength(frame, text);
  body.op(Op.I32_WRAP_I64, Op.I32_ADD);
  body.set(frame.textTop);
  body.end();
}

/** The engine's function, by way of the scratch's registers. */
function emitCall(frame: Frame, instruction: Instruction): void {
  const { body, image } = frame;
  const { low } = instruction;
  const result = body.temporary(ValueType.I32);
  if (FunctionId[low & 0xffff] === undefined) throw new Unsupported(`no code is generated for function ${low & 0xffff}`);
  for (const register of operandsOf(image, instruction).reads) frame.spill(register);
  body.get(Parameter.IMAGE);
  frame.pushScratch();
  body.get(Parameter.IMAGE);
  body.i32(image.codeOffset(instruction.index));
  body.op(Op.I32_ADD);
  body.get(frame.textTop);
  frame.pushScratch();
  body.i32(SCRATCH_TEXT + TEXT_SCRATCH_BYTES);
  body.op(Op.I32_ADD);
  body.call(engineFunction('callFunction'));
  body.tee(result);
  body.set(frame.status);
  body.get(result);
  body.i32(STATUS_END);
  body.op(Op.I32_LT_U);
  body.brIf(frame.fail);
  body.get(result);
  body.set(frame.textTop);
  for (const register of operandsOf(image, instruction).writes) frame.unspill(register);
}

/** The trees are the engine's: inputs and results by way of the scratch's registers. */
function emitEnsemble(frame: Frame, instruction: Instruction): void {
  const { body, image } = frame;
  const { a, b, low } = instruction;
  const { reads, writes } = operandsOf(image, instruction);
  for (const register of reads) frame.spill(register);
  body.get(Parameter.IMAGE);
  body.i32(image.blobOffset(low));
  body.op(Op.I32_ADD);
  for (const first of [b, a]) {
    frame.pushScratch();
    body.i32(SCRATCH_REGISTERS + first * 8);
    body.op(Op.I32_ADD);
  }
  body.call(engineFunction('runEnsemble'));
  for (const register of writes) frame.unspill(register);
}

/** More values than the image says it writes: our bug, not a write behind the output. */
function emitRoomForValue(frame: Frame): void {
  const { body } = frame;
  body.get(frame.out);
  body.get(frame.outEnd);
  body.op(Op.I32_EQ);
  frame.failIf(Status.INTERNAL);
}

function emitTag(frame: Frame, tag: number): void {
  const { body } = frame;
  body.get(frame.out);
  body.i32(tag);
  body.memory(Op.I32_STORE, VALUE_TAG);
  body.get(frame.out);
  body.i32(VALUE_BYTES);
  body.op(Op.I32_ADD);
  body.set(frame.out);
}

function emitOut(frame: Frame, a: number, tag: number): void {
  const { body } = frame;
  const from = frame.register(a);
  emitRoomForValue(frame);
  body.get(frame.out);
  body.get(from);
  if (frame.isDouble(a)) body.op(Op.I64_REINTERPRET_F64);
  if (tag === RegisterType.F64) {
    // One NaN for all: which bits an operation leaves in it differs between processors.
    body.i64(NAN_BITS);
    body.get(from);
    body.get(from);
    body.op(Op.F64_EQ, Op.SELECT);
  }
  body.memory(Op.I64_STORE, VALUE_LOW);
  body.get(frame.out);
  if (tag === RegisterType.WIDE_LOW) body.get(frame.register(a + 1));
  else body.i64(0n);
  body.memory(Op.I64_STORE, VALUE_HIGH);
  // A joined text that is handed out stays: RESET_TEXT goes back to behind it.
  if (tag === RegisterType.TEXT) {
    body.get(frame.textTop);
    body.set(frame.textBase);
  }
  emitTag(frame, tag);
}
