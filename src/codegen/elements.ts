// Elements of lists and their fields, read in place: assembly/vm/elements.ts, with what the image says of a field written out.

import { FIELD_HAS_DEFAULT, FieldKind } from '../../assembly/shared/value-type.js';
import { Op, ValueType } from '../wasm/format.js';
import type { Frame } from './frame.js';
import type { FieldPart, Instruction } from './image-parts.js';
import { widthOf } from './payload-value.js';

/** Pushes element number c of the list b, as a register has it; zeros where there is none. */
export function emitElement(frame: Frame, { b, c }: Instruction): void {
  const { body, image } = frame;
  const kind = image.elementKind(b);
  const isDouble = kind === FieldKind.DOUBLE || kind === FieldKind.INT || kind === FieldKind.LONG;
  body.get(frame.register(c));
  body.get(frame.register(b));
  body.i64(32n);
  body.op(Op.I64_SHR_U, Op.I64_LT_U);
  body.if(isDouble ? ValueType.F64 : ValueType.I64);
  body.get(frame.register(b));
  body.op(Op.I32_WRAP_I64);
  body.get(frame.register(c));
  body.op(Op.I32_WRAP_I64);
  body.i32(widthOf(kind));
  body.op(Op.I32_MUL, Op.I32_ADD);
  emitValue(frame, kind);
  body.else();
  pushZero(frame, isDouble);
  body.end();
}

/** Pushes field number imm of the object b: its default where it is absent, else zeros; of no object zeros. */
export function emitField(frame: Frame, { b, low }: Instruction): void {
  const { body, image } = frame;
  const field = image.field(low);
  const isDouble = field.kind === FieldKind.DOUBLE || field.kind === FieldKind.INT || field.kind === FieldKind.LONG;
  const at = body.temporary(ValueType.I32);
  const object = body.temporary(ValueType.I32);
  body.get(frame.register(b));
  body.op(Op.I32_WRAP_I64);
  body.set(object);
  pushFieldAddress(frame, field, object);
  body.tee(at);
  body.if(isDouble ? ValueType.F64 : ValueType.I64);
  body.get(at);
  emitValue(frame, field.kind);
  body.else();
  if ((field.flags & FIELD_HAS_DEFAULT) === 0) {
    pushZero(frame, isDouble);
  } else {
    if (isDouble) body.f64(field.fallback);
    else if (field.kind === FieldKind.TEXT) frame.pushTextConstant(field.fallback);
    else body.i64(field.fallback);
    pushZero(frame, isDouble);
    body.get(object);
    body.op(Op.SELECT);
  }
  body.end();
}

/** Pushes whether field number imm of the object a is null. */
export function emitFieldIsNull(frame: Frame, { a, low }: Instruction): void {
  const { body, image } = frame;
  const field = image.field(low);
  const object = body.temporary(ValueType.I32);
  body.get(frame.register(a));
  body.op(Op.I32_WRAP_I64);
  body.set(object);
  if ((field.flags & FIELD_HAS_DEFAULT) === 0) pushFieldAddress(frame, field, object);
  else body.get(object);
  body.op(Op.I32_EQZ);
}

/** Pushes the address of a field's value in an object, which has been checked; 0 where it is absent, or there is no object. */
function pushFieldAddress({ body }: Frame, { slot }: FieldPart, object: number): void {
  const vtable = body.temporary(ValueType.I32);
  const offset = body.temporary(ValueType.I32);
  const entry = 4 + 2 * slot;
  body.get(object);
  body.if(ValueType.I32);
  body.get(object);
  body.get(object);
  body.memory(Op.I32_LOAD);
  body.op(Op.I32_SUB);
  body.tee(vtable);
  body.memory(Op.I32_LOAD16_U);
  body.i32(entry);
  body.op(Op.I32_GT_U);
  body.if(ValueType.I32);
  body.get(object);
  body.get(vtable);
  body.memory(Op.I32_LOAD16_U, entry);
  body.tee(offset);
  body.op(Op.I32_ADD);
  body.i32(0);
  body.get(offset);
  body.op(Op.SELECT);
  body.else();
  body.i32(0);
  body.end();
  body.else();
  body.i32(0);
  body.end();
}

/** Turns the address on the stack into the value there, as a register has it. */
function emitValue({ body }: Frame, kind: FieldKind): void {
  switch (kind) {
    case FieldKind.BOOL:
      body.memory(Op.I64_LOAD8_U);
      return;
    case FieldKind.ENUM:
      body.memory(Op.I64_LOAD16_U);
      return;
    case FieldKind.INT:
      body.memory(Op.I64_LOAD32_S);
      body.op(Op.F64_CONVERT_I64_S);
      return;
    case FieldKind.LONG:
      body.memory(Op.I64_LOAD);
      body.op(Op.F64_CONVERT_I64_S);
      return;
    case FieldKind.DATE:
      body.memory(Op.I64_LOAD32_S);
      return;
    case FieldKind.DOUBLE:
      body.memory(Op.F64_LOAD);
      return;
    case FieldKind.TEXT:
    case FieldKind.LIST:
    case FieldKind.OBJECT: {
      const target = body.temporary(ValueType.I32);
      body.tee(target);
      body.get(target);
      body.memory(Op.I32_LOAD);
      body.op(Op.I32_ADD);
      if (kind === FieldKind.OBJECT) {
        body.op(Op.I64_EXTEND_I32_U);
        return;
      }
      // Both are a length or count, then bytes or elements.
      body.tee(target);
      body.i32(4);
      body.op(Op.I32_ADD, Op.I64_EXTEND_I32_U);
      body.get(target);
      body.memory(Op.I64_LOAD32_U);
      body.i64(32n);
      body.op(Op.I64_SHL, Op.I64_OR);
      return;
    }
    default:
      body.memory(Op.I64_LOAD);
  }
}

function pushZero({ body }: Frame, isDouble: boolean): void {
  if (isDouble) body.f64(0n);
  else body.i64(0n);
}
