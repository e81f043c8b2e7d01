// Arithmetic on numbers and decimals. Decimals are computed in 64 bits where the checker has proven that this suffices, else in
// pairs of registers.

import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { I64_MAX, I64_MIN } from '../schema/decimal.js';
import type { Emitter } from './emit-bytecode.js';
import { powerOfTen } from './exact.js';
import type { ArithmeticIr, NegateIr, RescaleIr } from './ir.js';
import { registerTypeOf } from './registers.js';
import { F64_OPS, F64_OPS_I, I64_OPS, WIDE_OPS } from './test-opcodes.js';

const F64 = { type: RegisterType.F64 };
const I64 = { type: RegisterType.I64 };
const WIDE = { type: RegisterType.WIDE_LOW };

/** `-x`. @returns the register of the result */
export function negate(emitter: Emitter, ir: NegateIr, into?: number): number {
  const { operand } = ir;
  if (registerTypeOf(ir.type) === RegisterType.F64)
    return emitter.unary(Opcode.F64_NEG, emitter.value(operand), F64, undefined, into);
  if (registerTypeOf(ir.type) === RegisterType.I64) {
    return emitter.settle(emitter.unary(Opcode.I64_NEG, emitter.value(operand), I64), into);
  }
  return emitter.settle(emitter.unary(Opcode.WIDE_NEG, emitter.wideValue(operand), WIDE), into);
}

/** A decimal at a larger scale. */
export function rescale(emitter: Emitter, ir: RescaleIr, into?: number): number {
  const factor = powerOfTen(ir.digits);
  if (ir.type.wide) {
    const left = emitter.wideValue(ir.operand);
    return emitter.settle(emitter.binary(Opcode.WIDE_MUL, left, emitter.wideConstant(factor), WIDE), into);
  }
  return emitter.settle(emitter.unary(Opcode.I64_MUL_I, emitter.value(ir.operand), I64, factor), into);
}

/** `+ - * / %` on numbers, `+ - *` on decimals. */
export function arithmetic(emitter: Emitter, ir: ArithmeticIr, into?: number): number {
  const type = registerTypeOf(ir.type);
  if (type === RegisterType.F64) return numbers(emitter, ir, into);
  return emitter.settle(type === RegisterType.WIDE_LOW ? wide(emitter, ir) : narrow(emitter, ir), into);
}

function numbers(emitter: Emitter, { operator, ...ir }: ArithmeticIr, into: number | undefined): number {
  const [left, right] = [emitter.resolve(ir.left), emitter.resolve(ir.right)];
  const commutes = operator === '+' || operator === '*';
  const [first, second] = commutes && left.op === 'constant' ? [right, left] : [left, right];
  const emit = (): number => {
    if (second.op === 'constant') {
      return emitter.unary(F64_OPS_I[operator], emitter.value(first), F64, second.value as number, into);
    }
    return emitter.binary(F64_OPS[operator], emitter.value(first), emitter.value(second), F64, into);
  };
  return operator === '%' ? emitter.marked('an exact remainder `%`', undefined, emit) : emit();
}

function wide(emitter: Emitter, { operator, left, right }: ArithmeticIr): number {
  // The checker lets only + - * through on decimals.
  const op = WIDE_OPS[operator as '+' | '-' | '*'];
  return emitter.binary(op, emitter.wideValue(left), emitter.wideValue(right), WIDE);
}

function narrow(emitter: Emitter, { operator, ...ir }: ArithmeticIr): number {
  const decimal = operator as '+' | '-' | '*';
  const [left, right] = [emitter.resolve(ir.left), emitter.resolve(ir.right)];
  const [first, second] = decimal !== '-' && left.op === 'constant' ? [right, left] : [left, right];
  if (second.op === 'constant') {
    const value = decimal === '-' ? -(second.value as bigint) : (second.value as bigint);
    const op = decimal === '*' ? Opcode.I64_MUL_I : Opcode.I64_ADD_I;
    if (value >= I64_MIN && value <= I64_MAX) return emitter.unary(op, emitter.value(first), I64, value);
  }
  return emitter.binary(I64_OPS[decimal], emitter.value(first), emitter.value(second), I64);
}
