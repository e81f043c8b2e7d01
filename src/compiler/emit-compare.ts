// Comparisons as branches. A comparison with a constant has it in the instruction; one of a short text is made on keys.

import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { Immediate, Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import { type CompareIr, type ConstantIr, type Ir, type Relation, swapRelation } from './ir.js';
import { registerTypeOf } from './registers.js';
import {
  F64_NOT_TESTS,
  F64_NOT_TESTS_I,
  F64_TESTS,
  F64_TESTS_I,
  I64_TESTS,
  I64_TESTS_I,
  NEGATED,
  type RegisterTest,
  TEXT_TESTS,
  TEXT_TESTS_I,
  WIDE_TESTS,
} from './test-opcodes.js';
import { keyedName, textKey } from './text-key.js';
import { grouped, shorterText } from './wording.js';

/** Bytes of text from which a comparison is named in reports. */
const LONG_TEXT_BYTES = 256;

/** Jumps to `target` where the comparison's result is `sense`. */
export function branchCompare(emitter: Emitter, written: CompareIr, target: Label, sense: boolean): void {
  const ir = { ...written, left: emitter.resolve(written.left), right: emitter.resolve(written.right) };
  const [left, right, relation] =
    ir.left.op === 'constant' ? [ir.right, ir.left, swapRelation(ir.relation)] : [ir.left, ir.right, ir.relation];
  const type = registerTypeOf(left.type);
  switch (type) {
    case RegisterType.BOOL:
      compareBooleans(emitter, left, right, target, (relation === '===') === sense);
      return;
    case RegisterType.F64:
      if (right.op === 'constant') {
        testConstant(emitter, (sense ? F64_TESTS_I : F64_NOT_TESTS_I)[relation], left, right.value as number, target);
      } else {
        testRegisters(emitter, (sense ? F64_TESTS : F64_NOT_TESTS)[relation], emitter.value(left), emitter.value(right), target);
      }
      return;
    case RegisterType.TEXT:
      compareTexts(emitter, left, right, keyedName(ir), sense ? relation : NEGATED[relation], target);
      return;
    default: {
      const test = sense ? relation : NEGATED[relation];
      if (type === RegisterType.WIDE_LOW || registerTypeOf(right.type) === RegisterType.WIDE_LOW) {
        testRegisters(emitter, WIDE_TESTS[test], emitter.wideValue(left), emitter.wideValue(right), target);
      } else if (right.op === 'constant') {
        testConstant(emitter, I64_TESTS_I[test], left, right.value as bigint, target);
      } else {
        testRegisters(emitter, I64_TESTS[test], emitter.value(left), emitter.value(right), target);
      }
    }
  }
}

function compareTexts(emitter: Emitter, left: Ir, right: Ir, keyed: Ir | undefined, test: Relation, target: Label): void {
  const key = emitter.keyOf(keyed);
  if (key !== undefined) {
    emitter.test(I64_TESTS_I[test], target, key, 0, textKey(right as ConstantIr));
    return;
  }
  if (right.op === 'constant') {
    testConstant(emitter, TEXT_TESTS_I[test], left, emitter.constants.place(right.value as string), target);
    return;
  }
  const [a, b] = [emitter.value(left), emitter.value(right)];
  const bytes = Math.min(emitter.registers.maxOf(a), emitter.registers.maxOf(b));
  const emit = (): void => testRegisters(emitter, TEXT_TESTS[test], a, b, target);
  if (bytes < LONG_TEXT_BYTES) emit();
  else emitter.marked(`comparing texts of up to ${grouped(bytes)} bytes`, shorterText(left), emit);
}

function testConstant(emitter: Emitter, op: Opcode, left: Ir, imm: Immediate, target: Label): void {
  const register = emitter.value(left);
  emitter.test(op, target, register, 0, imm);
  emitter.registers.release(register);
}

function testRegisters(emitter: Emitter, { op, swap }: RegisterTest, left: number, right: number, target: Label): void {
  const [a, b] = swap ? [right, left] : [left, right];
  emitter.test(op, target, a, b);
  emitter.registers.release(left);
  emitter.registers.release(right);
}

/** Jumps where the two are equal (or differ). The right side is put into a register first, so that its code stands once. */
function compareBooleans(emitter: Emitter, left: Ir, right: Ir, target: Label, equal: boolean): void {
  const register = emitter.value(right);
  const isFalse = emitter.code.label();
  const done = emitter.code.label();
  emitter.branch(left, isFalse, false);
  emitter.test(equal ? Opcode.IF_TRUE : Opcode.IF_FALSE, target, register);
  emitter.test(Opcode.JUMP, done);
  emitter.code.bind(isFalse);
  emitter.test(equal ? Opcode.IF_FALSE : Opcode.IF_TRUE, target, register);
  emitter.code.bind(done);
  emitter.registers.release(register);
}
