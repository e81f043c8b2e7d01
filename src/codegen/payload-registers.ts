// A payload whose values are in the scratch's registers already, where the engine has put them as it read JSON text
// (assembly/json/registers.ts): from there into the locals that the program reads.

import { NO_REGISTER } from '../../assembly/shared/image.js';
import { SCRATCH_NULLS, SCRATCH_REGISTERS } from '../../assembly/shared/layout.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import { Op, ValueType } from '../wasm/format.js';
import { type Frame, KEY_BYTES_MAX } from './frame.js';
import { pushShortText } from './helpers.js';

/** Takes the fields of a table and of the objects in it. Texts with lists are never read that way. */
export function emitLoadedFields(frame: Frame, table = 0): void {
  const { body, image } = frame;
  const { first, count } = image.table(table);
  for (let i = 0; i < count; i++) {
    const { kind, register, aux } = image.field(first + i);
    const flag = register === NO_REGISTER ? undefined : frame.nullFlag(register);
    if (flag !== undefined) {
      frame.pushScratch();
      body.memory(Op.I32_LOAD8_U, SCRATCH_NULLS + register);
      body.set(flag);
    }
    if (kind === FieldKind.OBJECT) emitLoadedFields(frame, aux);
    else if (kind !== FieldKind.LIST && frame.fieldsRead.has(register)) {
      frame.pushScratch();
      body.memory(frame.isDouble(register) ? Op.F64_LOAD : Op.I64_LOAD, SCRATCH_REGISTERS + register * 8);
      body.set(frame.register(register));
      if (kind === FieldKind.TEXT) emitKey(frame, register);
    }
  }
}

/** The key of a text in its register's local, where the program asks for it: 0 of a null, as textKey of helpers.ts. */
function emitKey(frame: Frame, register: number): void {
  const { body } = frame;
  const key = frame.key(register);
  if (key === undefined) return;
  const text = frame.register(register);
  const length = body.local(ValueType.I32);
  body.i64(0n);
  body.set(key);
  body.get(text);
  body.op(Op.I64_EQZ, Op.I32_EQZ);
  body.if();
  body.i64(-1n);
  body.set(key);
  body.get(text);
  body.i64(32n);
  body.op(Op.I64_SHR_U, Op.I32_WRAP_I64);
  body.tee(length);
  body.i32(KEY_BYTES_MAX);
  body.op(Op.I32_LE_U);
  body.if();
  // In front of a text there are 8 bytes and more: the slot's header, at the least.
  body.get(text);
  body.op(Op.I32_WRAP_I64);
  body.get(length);
  body.op(Op.I32_ADD);
  body.i32(8);
  body.op(Op.I32_SUB);
  body.memory(Op.I64_LOAD);
  pushShortText(body, length);
  body.get(length);
  body.op(Op.I64_EXTEND_I32_U);
  body.i64(56n);
  body.op(Op.I64_SHL, Op.I64_OR);
  body.set(key);
  body.end();
  body.end();
}
