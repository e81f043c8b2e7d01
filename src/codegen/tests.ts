// Tests: what a branch asks, as an i32 of 0 or 1 on the stack.

import { BINDING_ADDRESS, BINDING_BYTES } from '../../assembly/shared/layout.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Op, ValueType } from '../wasm/format.js';
import { emitFieldIsNull } from './elements.js';
import { engineFunction } from './engine-calls.js';
import { comparesByKey, type Frame, keyOf } from './frame.js';
import type { Instruction } from './image-parts.js';

/** Comparisons of f64 registers, with their immediates: the operator, and whether the branch is taken where it does not hold. */
const DOUBLES: Readonly<Partial<Record<Opcode, readonly [Op, boolean]>>> = {
  [Opcode.F64_LT]: [Op.F64_LT, false],
  [Opcode.F64_NOT_LT]: [Op.F64_LT, true],
  [Opcode.F64_LE]: [Op.F64_LE, false],
  [Opcode.F64_NOT_LE]: [Op.F64_LE, true],
  [Opcode.F64_EQ]: [Op.F64_EQ, false],
  [Opcode.F64_NOT_EQ]: [Op.F64_EQ, true],
  [Opcode.F64_LT_I]: [Op.F64_LT, false],
  [Opcode.F64_NOT_LT_I]: [Op.F64_LT, true],
  [Opcode.F64_LE_I]: [Op.F64_LE, false],
  [Opcode.F64_NOT_LE_I]: [Op.F64_LE, true],
  [Opcode.F64_GT_I]: [Op.F64_GT, false],
  [Opcode.F64_NOT_GT_I]: [Op.F64_GT, true],
  [Opcode.F64_GE_I]: [Op.F64_GE, false],
  [Opcode.F64_NOT_GE_I]: [Op.F64_GE, true],
  [Opcode.F64_EQ_I]: [Op.F64_EQ, false],
  [Opcode.F64_NOT_EQ_I]: [Op.F64_EQ, true],
};

/** Comparisons of i64 registers: the operator, and its opposite. */
const INTEGERS: Readonly<Partial<Record<Opcode, readonly [Op, Op]>>> = {
  [Opcode.I64_LT]: [Op.I64_LT_S, Op.I64_GE_S],
  [Opcode.I64_LE]: [Op.I64_LE_S, Op.I64_GT_S],
  [Opcode.I64_EQ]: [Op.I64_EQ, Op.I64_NE],
  [Opcode.I64_NE]: [Op.I64_NE, Op.I64_EQ],
  [Opcode.I64_LT_I]: [Op.I64_LT_S, Op.I64_GE_S],
  [Opcode.I64_LE_I]: [Op.I64_LE_S, Op.I64_GT_S],
  [Opcode.I64_GT_I]: [Op.I64_GT_S, Op.I64_LE_S],
  [Opcode.I64_GE_I]: [Op.I64_GE_S, Op.I64_LT_S],
  [Opcode.I64_EQ_I]: [Op.I64_EQ, Op.I64_NE],
  [Opcode.I64_NE_I]: [Op.I64_NE, Op.I64_EQ],
};

/** How doubles are compared, and whether the branch is taken where it does not hold; undefined of another instruction. */
export function doubleTest(op: Opcode): readonly [Op, boolean] | undefined {
  return DOUBLES[op];
}

/** How integers are compared; undefined of another instruction. */
export function integerTest(op: Opcode): Op | undefined {
  return INTEGERS[op]?.[0];
}

/** Orders of texts: how the result of textCompare is held to 0. */
const ORDERS: Readonly<Partial<Record<Opcode, 'below' | 'not above' | 'above' | 'not below'>>> = {
  [Opcode.TEXT_LT]: 'below',
  [Opcode.TEXT_LE]: 'not above',
  [Opcode.TEXT_LT_I]: 'below',
  [Opcode.TEXT_LE_I]: 'not above',
  [Opcode.TEXT_GT_I]: 'above',
  [Opcode.TEXT_GE_I]: 'not below',
};

/** Whether an instruction is a branch that this file knows. */
export function isTest(op: Opcode): boolean {
  return isSimpleTest(op) || op in ORDERS || SLOW.has(op);
}

/** Tests that call functions of the engine or read elements. */
const SLOW: ReadonlySet<Opcode> = new Set([
  Opcode.IF_FIELD_NULL,
  Opcode.IF_FIELD_NOT_NULL,
  Opcode.IF_MEMBER,
  Opcode.IF_NOT_MEMBER,
  Opcode.TEXT_EQ,
  Opcode.TEXT_NE,
]);

const SIMPLE: ReadonlySet<Opcode> = new Set([
  ...[Opcode.WIDE_LT, Opcode.WIDE_LE, Opcode.WIDE_EQ, Opcode.WIDE_NE, Opcode.TEXT_EQ_I, Opcode.TEXT_NE_I],
  ...[Opcode.IF_TRUE, Opcode.IF_FALSE, Opcode.IF_NULL, Opcode.IF_NOT_NULL],
]);

/** Tests of a few instructions, without a call and without a fault: they may be made although nobody asks. */
export function isSimpleTest(op: Opcode): boolean {
  return op in DOUBLES || op in INTEGERS || SIMPLE.has(op);
}

const NONE: ReadonlySet<number> = new Set();

/**
 * Pushes whether the branch is taken; `negated`, whether it is not.
 *
 * @param guarded registers of which the guard is compared
 */
export function emitTest(frame: Frame, instruction: Instruction, negated = false, guarded = NONE): void {
  const { body } = frame;
  const { op, a, b, imm } = instruction;
  const double = DOUBLES[op];
  if (double !== undefined) {
    const [compare, whereNot] = double;
    const push = (register: number): void => {
      body.get(guarded.has(register) ? (frame.guard(register) as number) : frame.register(register));
    };
    push(a);
    if (op >= Opcode.F64_LT_I) body.f64(imm);
    else push(b);
    if (compare === Op.F64_EQ) body.op(whereNot === negated ? Op.F64_EQ : Op.F64_NE);
    else {
      body.op(compare);
      if (whereNot !== negated) body.op(Op.I32_EQZ);
    }
    return;
  }
  const integer = INTEGERS[op];
  if (integer !== undefined) {
    body.get(frame.register(a));
    if (op >= Opcode.I64_LT_I) body.i64(imm);
    else body.get(frame.register(b));
    body.op(integer[negated ? 1 : 0]);
    return;
  }
  if (emitOther(frame, instruction, guarded) === negated) return;
  body.op(Op.I32_EQZ);
}

/** Pushes a test or its opposite, whichever is quicker to ask. @returns whether it is the opposite */
export function emitEither(frame: Frame, instruction: Instruction, guarded: ReadonlySet<number>): boolean {
  const { op } = instruction;
  if (!(op in DOUBLES || op in INTEGERS)) return emitOther(frame, instruction, guarded);
  const isOpposite = DOUBLES[op]?.[1] ?? false;
  emitTest(frame, instruction, isOpposite, guarded);
  return isOpposite;
}

/** The same of all others. */
function emitOther(frame: Frame, instruction: Instruction, guarded: ReadonlySet<number>): boolean {
  const { body } = frame;
  const { op, a, b } = instruction;
  const register = frame.register(a);
  switch (op) {
    case Opcode.IF_TRUE:
    case Opcode.IF_FALSE:
      body.get(register);
      body.op(Op.I64_EQZ);
      return op === Opcode.IF_TRUE;
    case Opcode.IF_NULL:
    case Opcode.IF_NOT_NULL:
      body.get(frame.nullFlag(a) as number);
      return op === Opcode.IF_NOT_NULL;
    case Opcode.WIDE_LT:
      emitWideLess(frame, a, b);
      return false;
    case Opcode.WIDE_LE:
      emitWideLess(frame, b, a);
      return true;
    case Opcode.WIDE_EQ:
    case Opcode.WIDE_NE:
      body.get(register);
      body.get(frame.register(b));
      body.op(Op.I64_XOR);
      body.get(frame.register(a + 1));
      body.get(frame.register(b + 1));
      body.op(Op.I64_XOR, Op.I64_OR, Op.I64_EQZ);
      return op === Opcode.WIDE_NE;
    case Opcode.TEXT_EQ:
    case Opcode.TEXT_NE:
      body.get(register);
      body.get(frame.register(b));
      body.call(engineFunction('textEqual'));
      return op === Opcode.TEXT_NE;
    case Opcode.TEXT_EQ_I:
    case Opcode.TEXT_NE_I:
      emitTextConstant(frame, instruction, guarded);
      return op === Opcode.TEXT_NE_I;
    case Opcode.IF_FIELD_NULL:
    case Opcode.IF_FIELD_NOT_NULL:
      emitFieldIsNull(frame, instruction);
      return op === Opcode.IF_FIELD_NOT_NULL;
    case Opcode.IF_MEMBER:
    case Opcode.IF_NOT_MEMBER:
      emitMember(frame, instruction);
      return op === Opcode.IF_NOT_MEMBER;
    default:
      return emitOrder(frame, instruction);
  }
}

/** left < right, signed: by the high halves, and by the low ones, unsigned, where those are equal. */
function emitWideLess(frame: Frame, left: number, right: number): void {
  const { body } = frame;
  const high = (): void => {
    body.get(frame.register(left + 1));
    body.get(frame.register(right + 1));
  };
  high();
  body.op(Op.I64_LT_S);
  high();
  body.op(Op.I64_EQ);
  body.get(frame.register(left));
  body.get(frame.register(right));
  body.op(Op.I64_LT_U, Op.I32_AND, Op.I32_OR);
}

/** A text and a constant: as words where the constant is short, else by the engine. */
function emitTextConstant(frame: Frame, instruction: Instruction, guarded: ReadonlySet<number>): void {
  const { body, image } = frame;
  const { a, imm, low, high } = instruction;
  if (!comparesByKey(instruction)) {
    // Most texts differ in length from a long constant: the call is made for the others.
    body.get(frame.register(a));
    body.i64(32n);
    body.op(Op.I64_SHR_U);
    body.i64(BigInt(high));
    body.op(Op.I64_EQ);
    body.if(ValueType.I32);
    body.get(frame.register(a));
    frame.pushTextConstant(imm);
    body.call(engineFunction('textEqual'));
    body.else();
    body.i32(0);
    body.end();
    return;
  }
  const key = guarded.has(a) ? frame.guard(a) : frame.key(a);
  if (key === undefined) {
    body.get(frame.register(a));
    body.call(frame.helpers.textKey);
  } else {
    body.get(key);
  }
  body.i64(keyOf(image.constant(low, high)));
  body.op(Op.I64_EQ);
}

/** Pushes the order of two texts, or its opposite. @returns whether it is the opposite */
function emitOrder(frame: Frame, { op, a, b, imm }: Instruction): boolean {
  const { body } = frame;
  const order = ORDERS[op];
  if (order === undefined) throw new Error(`opcode ${op} is no test`);
  body.get(frame.register(a));
  if (op === Opcode.TEXT_LT || op === Opcode.TEXT_LE) body.get(frame.register(b));
  else frame.pushTextConstant(imm);
  body.call(engineFunction('textCompare'));
  if (order === 'below' || order === 'not below') {
    body.i32(0);
    body.op(Op.I32_LT_S);
    return order === 'not below';
  }
  body.i32(1);
  body.op(Op.I32_LT_S);
  return order === 'above';
}

/** The list's region comes from the slot's bindings, so that a new version of a list needs no new code. */
function emitMember(frame: Frame, { a, low }: Instruction): void {
  const { body, image } = frame;
  body.get(frame.lists);
  body.memory(Op.I32_LOAD, low * BINDING_BYTES + BINDING_ADDRESS);
  body.i32(image.listType(low));
  body.get(frame.register(a));
  if (frame.isDouble(a)) body.op(Op.I64_REINTERPRET_F64);
  body.call(engineFunction('listHas'));
}
