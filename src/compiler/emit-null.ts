// Values that may be null, as code with a way out: `??`, fields of elements, whether something is null.

import { Opcode } from '../../assembly/shared/opcode.js';
import { fieldRegister } from '../image/registers.js';
import type { Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import type { CoalesceIr, Ir, MemberIr } from './ir.js';

/** Where code goes for null; the checker lets no value that may be null stand where there is no such place. */
export function wayOut(whenNull: Label | undefined): Label {
  if (whenNull === undefined) throw new Error('a value that may be null stands where none may');
  return whenNull;
}

/** `a ?? b` in a register. */
export function coalesce(emitter: Emitter, ir: CoalesceIr, whenNull: Label | undefined, into: number | undefined): number {
  const result = into ?? emitter.takeFor(ir.type, emitter.textMax(ir));
  const done = emitter.code.label();
  const last = ir.operands.length - 1;
  for (let i = 0; i < last; i++) {
    const next = emitter.code.label();
    emitter.nullableValue(ir.operands[i]!, next, result);
    emitter.test(Opcode.JUMP, done);
    emitter.code.bind(next);
  }
  emitter.nullableValue(ir.operands[last]!, whenNull, result);
  emitter.code.bind(done);
  return result;
}

/** `a ?? b` as a condition; see Emitter.branch. */
export function branchCoalesce(emitter: Emitter, ir: CoalesceIr, target: Label, sense: boolean, whenNull: Label | undefined): void {
  const done = emitter.code.label();
  const last = ir.operands.length - 1;
  const final = emitter.resolve(ir.operands[last]!);
  for (let i = 0; i < last; i++) {
    // Where the rest is known, null goes the same way as that.
    if (i === last - 1 && final.op === 'constant' && final.value !== null) {
      emitter.branch(ir.operands[i]!, target, sense, final.value === sense ? target : done);
      emitter.code.bind(done);
      return;
    }
    const next = emitter.code.label();
    emitter.branch(ir.operands[i]!, target, sense, next);
    emitter.test(Opcode.JUMP, done);
    emitter.code.bind(next);
  }
  emitter.branch(final, target, sense, whenNull);
  emitter.code.bind(done);
}

/** Jumps where the value is null (sense) or is not. */
export function branchNull(emitter: Emitter, written: Ir, target: Label, sense: boolean): void {
  const ir = emitter.resolve(written);
  const nullRegister = ir.op === 'feature' ? emitter.place(ir.feature).nullRegister : undefined;
  if (ir.op === 'field' && ir.nullable) {
    emitter.test(sense ? Opcode.IF_NULL : Opcode.IF_NOT_NULL, target, emitter.registers.ofField[ir.field.index]!);
  } else if (nullRegister !== undefined) {
    emitter.test(sense ? Opcode.IF_TRUE : Opcode.IF_FALSE, target, nullRegister);
  } else if (ir.op === 'member' && ir.nullable) {
    const isNull = emitter.code.label();
    const object = emitter.nullableValue(ir.object, sense ? target : isNull);
    emitter.test(sense ? Opcode.IF_FIELD_NULL : Opcode.IF_FIELD_NOT_NULL, target, object, 0, BigInt(ir.field.index));
    emitter.registers.release(object);
    emitter.code.bind(isNull);
  } else {
    const isNull = sense ? target : emitter.code.label();
    const register = emitter.nullableValue(ir, isNull);
    emitter.registers.release(register);
    if (sense) return;
    emitter.test(Opcode.JUMP, target);
    emitter.code.bind(isNull);
  }
}

/** The object of a field that is known not to be null is not null either. */
function present(object: Ir): Ir {
  return 'nullable' in object && object.nullable ? { ...object, nullable: false } : object;
}

/** A field of an element, or of an object that lies in one. */
export function member(emitter: Emitter, ir: MemberIr, whenNull: Label | undefined, into: number | undefined): number {
  const object = emitter.nullableValue(ir.nullable ? ir.object : present(ir.object), whenNull);
  if (ir.nullable) emitter.test(Opcode.IF_FIELD_NULL, wayOut(whenNull), object, 0, BigInt(ir.field.index));
  const result =
    into !== undefined && emitter.registers.typeOf(into) === fieldRegister(ir.field).type
      ? into
      : emitter.registers.take(fieldRegister(ir.field));
  emitter.emit(Opcode.FIELD, result, object, 0, BigInt(ir.field.index));
  emitter.registers.release(object);
  return emitter.settle(result, into);
}
