// Single values of a payload: loaded, held to their bounds, put into a local as registers have them.

import { IMAGE_CONSTANTS } from '../../assembly/shared/image.js';
import { FIELD_HAS_MAX, FIELD_HAS_MIN, FieldKind } from '../../assembly/shared/value-type.js';
import { Op, ValueType } from '../wasm/format.js';
import type { Label } from './body.js';
import { type Frame, Parameter } from './frame.js';
import type { FieldPart } from './image-parts.js';

/** Members up to which an enum's bitmap is a constant of the code. */
const BITMAP_BITS_MAX = 64;

/** Bytes of a value of this kind in a table. */
export function widthOf(kind: FieldKind): number {
  switch (kind) {
    case FieldKind.BOOL:
      return 1;
    case FieldKind.ENUM:
      return 2;
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
    case FieldKind.DECIMAL:
    case FieldKind.TIMESTAMP:
      return 8;
    default:
      return 4;
  }
}

/** Checks the value at the address on the stack, which lies in its table. Leaves for `invalid` where it does not fit. */
export function emitScalar(frame: Frame, field: FieldPart, register: number | undefined, invalid: Label): void {
  switch (field.kind) {
    case FieldKind.DOUBLE:
      emitDouble(frame, field, register, invalid);
      return;
    case FieldKind.BOOL: {
      const bits = localOf(frame, register, ValueType.I64);
      frame.body.memory(Op.I64_LOAD8_U);
      frame.body.tee(bits);
      frame.body.i64(1n);
      frame.body.op(Op.I64_GT_U);
      frame.body.brIf(invalid);
      return;
    }
    case FieldKind.ENUM:
      emitMember(frame, field, register, invalid);
      return;
    default:
      emitInteger(frame, field, register, invalid);
  }
}

function localOf(frame: Frame, register: number | undefined, type: ValueType): number {
  return register === undefined ? frame.body.local(type) : frame.register(register);
}

function emitDouble(frame: Frame, { flags, min, max }: FieldPart, register: number | undefined, invalid: Label): void {
  const { body } = frame;
  const number = localOf(frame, register, ValueType.F64);
  body.memory(Op.F64_LOAD);
  body.set(number);
  // Written so that NaN breaks any bound.
  const bound = (compare: Op, bits: bigint): void => {
    body.get(number);
    body.f64(bits);
    body.op(compare, Op.I32_EQZ);
    body.brIf(invalid);
  };
  if (flags & FIELD_HAS_MIN) bound(Op.F64_GE, min);
  if (flags & FIELD_HAS_MAX) bound(Op.F64_LE, max);
}

function emitInteger(frame: Frame, field: FieldPart, register: number | undefined, invalid: Label): void {
  const { body } = frame;
  const isShort = field.kind === FieldKind.INT || field.kind === FieldKind.DATE;
  const isNumber = field.kind === FieldKind.INT || field.kind === FieldKind.LONG;
  const integer = isNumber ? body.local(ValueType.I64) : localOf(frame, register, ValueType.I64);
  body.memory(isShort ? Op.I64_LOAD32_S : Op.I64_LOAD);
  body.set(integer);
  const min = BigInt.asIntN(64, field.min);
  const max = BigInt.asIntN(64, field.max);
  const [lowest, highest] = isShort ? [-(2n ** 31n), 2n ** 31n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
  if (min > lowest || max < highest) {
    // One comparison: unsigned, what is below the minimum is very large. Bounds that cross let nothing through.
    body.get(integer);
    body.i64(min);
    body.op(Op.I64_SUB);
    body.i64(max - min);
    body.op(Op.I64_GT_U);
    if (min > max) {
      body.i32(1);
      body.op(Op.I32_OR);
    }
    body.brIf(invalid);
  }
  if (!isNumber || register === undefined) return;
  body.get(integer);
  body.op(Op.F64_CONVERT_I64_S);
  body.set(frame.register(register));
}

function emitMember(frame: Frame, field: FieldPart, register: number | undefined, invalid: Label): void {
  const { body, image } = frame;
  const bits = localOf(frame, register, ValueType.I64);
  body.memory(Op.I64_LOAD16_U);
  body.tee(bits);
  body.i64(BigInt(field.aux2));
  body.op(Op.I64_GE_U);
  body.brIf(invalid);
  const bitmap = image.constant(field.aux, Math.ceil(field.aux2 / 8));
  const isMember = (member: number): boolean => (((bitmap[member >> 3] as number) >> (member & 7)) & 1) !== 0;
  const members = Array.from({ length: field.aux2 }, (_, member) => isMember(member));
  if (members.every((each) => each)) return;
  if (field.aux2 <= BITMAP_BITS_MAX) {
    body.i64(members.reduce((word, each, member) => (each ? word | (1n << BigInt(member)) : word), 0n));
    body.get(bits);
    body.op(Op.I64_SHR_U, Op.I32_WRAP_I64);
  } else {
    body.get(Parameter.IMAGE);
    body.get(bits);
    body.op(Op.I32_WRAP_I64);
    body.i32(3);
    body.op(Op.I32_SHR_U, Op.I32_ADD);
    body.memory(Op.I32_LOAD8_U, image.word(IMAGE_CONSTANTS) + field.aux);
    body.get(bits);
    body.op(Op.I32_WRAP_I64);
    body.i32(7);
    body.op(Op.I32_AND, Op.I32_SHR_U);
  }
  body.i32(1);
  body.op(Op.I32_AND, Op.I32_EQZ);
  body.brIf(invalid);
}
