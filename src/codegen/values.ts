// Instructions that compute: from registers to registers, without a fault and without anything else to see. They may be run
// although nobody asks.

import { FunctionId } from '../../assembly/shared/function.js';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE } from '../../assembly/shared/layout.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Op, ValueType } from '../wasm/format.js';
import type { Frame } from './frame.js';
import type { Instruction } from './image-parts.js';

/** f64 and i64 instructions of two registers, or of a register and an immediate. */
const BINARY: Readonly<Partial<Record<Opcode, Op>>> = {
  [Opcode.F64_ADD]: Op.F64_ADD,
  [Opcode.F64_SUB]: Op.F64_SUB,
  [Opcode.F64_MUL]: Op.F64_MUL,
  [Opcode.F64_DIV]: Op.F64_DIV,
  [Opcode.F64_ADD_I]: Op.F64_ADD,
  [Opcode.F64_SUB_I]: Op.F64_SUB,
  [Opcode.F64_MUL_I]: Op.F64_MUL,
  [Opcode.F64_DIV_I]: Op.F64_DIV,
  [Opcode.I64_ADD]: Op.I64_ADD,
  [Opcode.I64_SUB]: Op.I64_SUB,
  [Opcode.I64_MUL]: Op.I64_MUL,
  [Opcode.I64_ADD_I]: Op.I64_ADD,
  [Opcode.I64_MUL_I]: Op.I64_MUL,
};

const IMMEDIATE: ReadonlySet<Opcode> = new Set([
  ...[Opcode.F64_ADD_I, Opcode.F64_SUB_I, Opcode.F64_MUL_I, Opcode.F64_DIV_I, Opcode.I64_ADD_I, Opcode.I64_MUL_I],
]);

const OTHER: ReadonlySet<Opcode> = new Set([
  ...[Opcode.CONST, Opcode.CONST_TEXT, Opcode.MOVE, Opcode.F64_NEG, Opcode.I64_NEG, Opcode.NARROW, Opcode.COUNT, Opcode.TEXT_KEY],
  ...[Opcode.PARAMETER, Opcode.WIDEN, Opcode.WIDE_NEG, Opcode.WIDE_ADD, Opcode.WIDE_SUB, Opcode.WIDE_MUL],
]);

/** Functions that are instructions of WebAssembly, or a few. */
const NATIVE: ReadonlySet<FunctionId> = new Set([
  ...[FunctionId.F64_ABS, FunctionId.F64_CEIL, FunctionId.F64_FLOOR, FunctionId.F64_ROUND, FunctionId.F64_TRUNC],
  ...[FunctionId.F64_SIGN, FunctionId.F64_MIN, FunctionId.F64_MAX, FunctionId.F64_SQRT, FunctionId.DATE_SINCE],
]);

/** Whether an instruction is of this file. */
export function isValue({ op, low }: Instruction): boolean {
  return op in BINARY || OTHER.has(op) || (op === Opcode.CALL && NATIVE.has(low & 0xffff));
}

/** Units of it, of about a third of a nanosecond: what to do it in vain costs. */
export function valueUnits({ op, low }: Instruction): number {
  switch (op) {
    case Opcode.F64_DIV:
    case Opcode.F64_DIV_I:
      return 5;
    case Opcode.WIDE_MUL:
      return 12;
    case Opcode.WIDE_ADD:
    case Opcode.WIDE_SUB:
    case Opcode.WIDE_NEG:
      return 4;
    case Opcode.TEXT_KEY:
      return 6;
    case Opcode.CALL:
      return (low & 0xffff) === FunctionId.F64_SQRT ? 6 : 3;
    default:
      return 1;
  }
}

/** Pushes the value; of a WIDE pair the low half and then the high one. */
export function emitValue(frame: Frame, instruction: Instruction): void {
  const { body } = frame;
  const { op, a, b, c, imm } = instruction;
  const binary = BINARY[op];
  if (binary !== undefined) {
    body.get(frame.register(b));
    if (!IMMEDIATE.has(op)) body.get(frame.register(c));
    else if (frame.isDouble(a)) body.f64(imm);
    else body.i64(imm);
    body.op(binary);
    return;
  }
  switch (op) {
    case Opcode.CONST:
      if (frame.isDouble(a)) body.f64(imm);
      else body.i64(imm);
      // A constant of a pair is one of its halves.
      return;
    case Opcode.CONST_TEXT:
      frame.pushTextConstant(imm);
      return;
    case Opcode.MOVE:
      body.get(frame.register(b));
      return;
    case Opcode.NARROW:
      body.get(frame.register(b));
      return;
    case Opcode.F64_NEG:
      body.get(frame.register(b));
      body.op(Op.F64_NEG);
      return;
    case Opcode.I64_NEG:
      body.i64(0n);
      body.get(frame.register(b));
      body.op(Op.I64_SUB);
      return;
    case Opcode.COUNT:
      body.get(frame.register(b));
      body.i64(32n);
      body.op(Op.I64_SHR_U, Op.I32_WRAP_I64, Op.F64_CONVERT_I32_U);
      return;
    case Opcode.TEXT_KEY: {
      const key = frame.key(b);
      if (key !== undefined) {
        body.get(key);
        return;
      }
      body.get(frame.register(b));
      body.call(frame.helpers.textKey);
      return;
    }
    case Opcode.PARAMETER:
      // Bound, which is asked before the program begins, and verified when it was set.
      body.get(frame.parameters);
      body.memory(frame.isDouble(a) ? Op.F64_LOAD : Op.I64_LOAD, instruction.low * PARAMETER_BINDING_BYTES + PARAMETER_VALUE);
      return;
    case Opcode.CALL:
      emitNative(frame, instruction);
      return;
    default:
      emitWide(frame, instruction);
  }
}

/** How many registers an instruction of this file writes: a, or a and the one behind it. */
export function writesPair({ op }: Instruction): boolean {
  return op >= Opcode.WIDEN && op <= Opcode.WIDE_MUL;
}

function emitWide(frame: Frame, { op, b, c }: Instruction): void {
  const { body } = frame;
  const get = (register: number): void => body.get(frame.register(register));
  switch (op) {
    case Opcode.WIDEN:
      get(b);
      get(b);
      body.i64(63n);
      body.op(Op.I64_SHR_S);
      return;
    case Opcode.WIDE_NEG:
      body.i64(0n);
      get(b);
      body.op(Op.I64_SUB);
      body.i64(0n);
      get(b + 1);
      body.op(Op.I64_SUB);
      get(b);
      body.op(Op.I64_EQZ, Op.I32_EQZ, Op.I64_EXTEND_I32_U, Op.I64_SUB);
      return;
    case Opcode.WIDE_ADD: {
      const low = body.temporary(ValueType.I64);
      get(b);
      get(c);
      body.op(Op.I64_ADD);
      body.tee(low);
      get(b + 1);
      get(c + 1);
      body.op(Op.I64_ADD);
      body.get(low);
      get(b);
      body.op(Op.I64_LT_U, Op.I64_EXTEND_I32_U, Op.I64_ADD);
      return;
    }
    case Opcode.WIDE_SUB:
      get(b);
      get(c);
      body.op(Op.I64_SUB);
      get(b + 1);
      get(c + 1);
      body.op(Op.I64_SUB);
      get(b);
      get(c);
      body.op(Op.I64_LT_U, Op.I64_EXTEND_I32_U, Op.I64_SUB);
      return;
    case Opcode.WIDE_MUL:
      get(b);
      get(c);
      body.op(Op.I64_MUL);
      get(b);
      get(c);
      body.call(frame.helpers.multiplyHigh);
      get(b + 1);
      get(c);
      body.op(Op.I64_MUL, Op.I64_ADD);
      get(b);
      get(c + 1);
      body.op(Op.I64_MUL, Op.I64_ADD);
      return;
    default:
      throw new Error(`opcode ${op} computes nothing`);
  }
}

/** The functions of NATIVE, as assembly/functions/math.ts has them. */
function emitNative(frame: Frame, { b, c, low }: Instruction): void {
  const { body } = frame;
  const x = frame.register(b);
  const id = low & 0xffff;
  body.get(x);
  switch (id) {
    case FunctionId.F64_ABS:
      body.op(Op.F64_ABS);
      return;
    case FunctionId.F64_CEIL:
      body.op(Op.F64_CEIL);
      return;
    case FunctionId.F64_FLOOR:
      body.op(Op.F64_FLOOR);
      return;
    case FunctionId.F64_TRUNC:
      body.op(Op.F64_TRUNC);
      return;
    case FunctionId.F64_SQRT:
      body.op(Op.F64_SQRT);
      return;
    case FunctionId.F64_MIN:
    case FunctionId.F64_MAX:
      body.get(frame.register(c));
      body.op(id === FunctionId.F64_MIN ? Op.F64_MIN : Op.F64_MAX);
      return;
    case FunctionId.F64_ROUND: {
      const below = body.temporary(ValueType.F64);
      body.op(Op.F64_FLOOR);
      body.tee(below);
      body.f64(ONE);
      body.op(Op.F64_ADD);
      body.get(below);
      body.get(x);
      body.get(below);
      body.op(Op.F64_SUB);
      body.f64(HALF);
      body.op(Op.F64_GE, Op.SELECT);
      body.get(x);
      body.op(Op.F64_COPYSIGN);
      return;
    }
    case FunctionId.F64_SIGN:
      // 1 above, -1 below, else itself, which is on the stack.
      body.f64(MINUS_ONE);
      body.get(x);
      body.f64(0n);
      body.op(Op.F64_LT, Op.I32_EQZ, Op.SELECT);
      body.f64(ONE);
      body.get(x);
      body.f64(0n);
      body.op(Op.F64_GT, Op.I32_EQZ, Op.SELECT);
      return;
    default:
      // DATE_SINCE
      body.get(frame.register(c));
      body.op(Op.I64_SUB, Op.F64_CONVERT_I64_S);
  }
}

const ONE = 0x3ff0000000000000n;
const MINUS_ONE = 0xbff0000000000000n;
const HALF = 0x3fe0000000000000n;
