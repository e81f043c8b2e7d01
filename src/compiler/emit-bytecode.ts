// Typed IR -> bytecode. A condition becomes tests that branch, in the sense that is asked for; values live in registers. NaN
// makes !(a < b) differ from a >= b, so that a negated test of numbers uses the opcode's NOT form, never the mirrored test.

import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { I64_MAX, I64_MIN } from '../schema/decimal.js';
import { CodeBuffer, type Immediate, type Label } from './code-buffer.js';
import { leadConjunction } from './conjunction.js';
import { TextConstants } from './constants.js';
import { instructionUnits } from './cost.js';
import { powerOfTen } from './exact.js';
import {
  type ArithmeticIr,
  type CompareIr,
  type ConstantIr,
  type FieldIr,
  type Ir,
  type Relation,
  swapRelation,
  visit,
} from './ir.js';
import { type Registers, registerTypeOf } from './registers.js';
import { keyedField, textKey } from './text-key.js';
import type { TextType } from './types.js';

type RegisterTest = Readonly<Record<Relation, { op: Opcode; swap: boolean }>>;

const straight = (op: Opcode): { op: Opcode; swap: boolean } => ({ op, swap: false });
const swapped = (op: Opcode): { op: Opcode; swap: boolean } => ({ op, swap: true });

/** Jump if the relation holds between two registers. */
const F64_TESTS: RegisterTest = {
  '<': straight(Opcode.F64_LT),
  '<=': straight(Opcode.F64_LE),
  '>': swapped(Opcode.F64_LT),
  '>=': swapped(Opcode.F64_LE),
  '===': straight(Opcode.F64_EQ),
  '!==': straight(Opcode.F64_NOT_EQ),
};

/** Jump if it does not hold. */
const F64_NOT_TESTS: RegisterTest = {
  '<': straight(Opcode.F64_NOT_LT),
  '<=': straight(Opcode.F64_NOT_LE),
  '>': swapped(Opcode.F64_NOT_LT),
  '>=': swapped(Opcode.F64_NOT_LE),
  '===': straight(Opcode.F64_NOT_EQ),
  '!==': straight(Opcode.F64_EQ),
};

const I64_TESTS: RegisterTest = {
  '<': straight(Opcode.I64_LT),
  '<=': straight(Opcode.I64_LE),
  '>': swapped(Opcode.I64_LT),
  '>=': swapped(Opcode.I64_LE),
  '===': straight(Opcode.I64_EQ),
  '!==': straight(Opcode.I64_NE),
};

const WIDE_TESTS: RegisterTest = {
  '<': straight(Opcode.WIDE_LT),
  '<=': straight(Opcode.WIDE_LE),
  '>': swapped(Opcode.WIDE_LT),
  '>=': swapped(Opcode.WIDE_LE),
  '===': straight(Opcode.WIDE_EQ),
  '!==': straight(Opcode.WIDE_NE),
};

const TEXT_TESTS: RegisterTest = {
  '<': straight(Opcode.TEXT_LT),
  '<=': straight(Opcode.TEXT_LE),
  '>': swapped(Opcode.TEXT_LT),
  '>=': swapped(Opcode.TEXT_LE),
  '===': straight(Opcode.TEXT_EQ),
  '!==': straight(Opcode.TEXT_NE),
};

type ImmediateTest = Readonly<Record<Relation, Opcode>>;

const F64_TESTS_I: ImmediateTest = {
  '<': Opcode.F64_LT_I,
  '<=': Opcode.F64_LE_I,
  '>': Opcode.F64_GT_I,
  '>=': Opcode.F64_GE_I,
  '===': Opcode.F64_EQ_I,
  '!==': Opcode.F64_NOT_EQ_I,
};

const F64_NOT_TESTS_I: ImmediateTest = {
  '<': Opcode.F64_NOT_LT_I,
  '<=': Opcode.F64_NOT_LE_I,
  '>': Opcode.F64_NOT_GT_I,
  '>=': Opcode.F64_NOT_GE_I,
  '===': Opcode.F64_NOT_EQ_I,
  '!==': Opcode.F64_EQ_I,
};

const I64_TESTS_I: ImmediateTest = {
  '<': Opcode.I64_LT_I,
  '<=': Opcode.I64_LE_I,
  '>': Opcode.I64_GT_I,
  '>=': Opcode.I64_GE_I,
  '===': Opcode.I64_EQ_I,
  '!==': Opcode.I64_NE_I,
};

const TEXT_TESTS_I: ImmediateTest = {
  '<': Opcode.TEXT_LT_I,
  '<=': Opcode.TEXT_LE_I,
  '>': Opcode.TEXT_GT_I,
  '>=': Opcode.TEXT_GE_I,
  '===': Opcode.TEXT_EQ_I,
  '!==': Opcode.TEXT_NE_I,
};

/** The relation that holds where this one does not; for totally ordered values only. */
const NEGATED: Readonly<Record<Relation, Relation>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '===': '!==', '!==': '===' };

const F64_OPS = {
  '+': Opcode.F64_ADD,
  '-': Opcode.F64_SUB,
  '*': Opcode.F64_MUL,
  '/': Opcode.F64_DIV,
  '%': Opcode.F64_REM,
} as const;
const F64_OPS_I = {
  '+': Opcode.F64_ADD_I,
  '-': Opcode.F64_SUB_I,
  '*': Opcode.F64_MUL_I,
  '/': Opcode.F64_DIV_I,
  '%': Opcode.F64_REM_I,
} as const;
const I64_OPS = { '+': Opcode.I64_ADD, '-': Opcode.I64_SUB, '*': Opcode.I64_MUL } as const;
const WIDE_OPS = { '+': Opcode.WIDE_ADD, '-': Opcode.WIDE_SUB, '*': Opcode.WIDE_MUL } as const;

/** Emits one program: conditions of rules, or values of expressions. */
export class Emitter {
  readonly code = new CodeBuffer();
  readonly constants = new TextConstants();
  readonly registers: Registers;
  /** Bytes of the texts joined since the last resetText, at most. */
  joinedBytes = 0;
  /** Register of the key of a text field, by Field.index. */
  readonly #keys = new Map<number, number>();

  constructor(registers: Registers) {
    this.registers = registers;
  }

  /** HIT of a rule's rank where its condition holds; then, where only the first hit counts, the end. */
  rule(condition: Ir, rank: number, endAfterHit: boolean): void {
    if (condition.op === 'constant' && condition.value === false) return;
    const next = this.code.label();
    const first = this.code.count;
    this.branch(condition, next, false);
    if (!endAfterHit) leadConjunction(this.code, first, next, instructionUnits(Opcode.ALL));
    this.#emit(Opcode.HIT, 0, 0, 0, BigInt(rank));
    if (endAfterHit) this.#emit(Opcode.END);
    this.code.bind(next);
  }

  /**
   * Gives keys to the text fields that are compared with short texts more than once, at the beginning of the program. Making a
   * key costs about as much as one comparison of bytes.
   */
  textKeys(conditions: readonly Ir[]): void {
    const uses = new Map<number, number>();
    for (const condition of conditions) {
      visit(condition, (node) => {
        const field = node.op === 'compare' ? keyedField(node) : undefined;
        if (field !== undefined) uses.set(field.index, (uses.get(field.index) ?? 0) + 1);
      });
    }
    for (const [index, count] of uses) {
      if (count < 2) continue;
      const register = this.registers.take(RegisterType.I64);
      this.#emit(Opcode.TEXT_KEY, register, this.registers.ofField[index]!);
      this.#keys.set(index, register);
    }
  }

  /** OUT of an expression's value. */
  output(ir: Ir): void {
    if (ir.op === 'constant' && ir.value === null) {
      this.#emit(Opcode.OUT_NULL);
      return;
    }
    const done = this.code.label();
    if (ir.op === 'field' && ir.nullable) {
      const present = this.code.label();
      this.#test(Opcode.IF_NOT_NULL, present, this.registers.ofField[ir.field.index]!);
      this.#emit(Opcode.OUT_NULL);
      this.#test(Opcode.JUMP, done);
      this.code.bind(present);
    }
    const register = this.value(ir);
    this.#emit(Opcode.OUT, register, registerTypeOf(ir.type));
    this.registers.release(register);
    this.code.bind(done);
  }

  /** Forgets joined texts. */
  resetText(): void {
    this.#emit(Opcode.RESET_TEXT);
    this.joinedBytes = 0;
  }

  /** The end of the program. */
  end(): void {
    this.#emit(Opcode.END);
  }

  /** Emits code that jumps to the label where the boolean is `sense`, and else falls through. */
  branch(ir: Ir, target: Label, sense: boolean): void {
    switch (ir.op) {
      case 'constant':
        if (ir.value === sense) this.#test(Opcode.JUMP, target);
        return;
      case 'not':
        this.branch(ir.operand, target, !sense);
        return;
      case 'and':
      case 'or': {
        // The value that any single operand forces: false for and, true for or.
        const forced = ir.op === 'or';
        if (forced === sense) {
          for (const operand of ir.operands) this.branch(operand, target, sense);
          return;
        }
        const skip = this.code.label();
        const last = ir.operands.length - 1;
        for (let i = 0; i < last; i++) this.branch(ir.operands[i]!, skip, forced);
        this.branch(ir.operands[last]!, target, sense);
        this.code.bind(skip);
        return;
      }
      case 'is-null':
        this.#test(
          sense ? Opcode.IF_NULL : Opcode.IF_NOT_NULL,
          target,
          this.registers.ofField[(ir.operand as FieldIr).field.index]!,
        );
        return;
      case 'compare':
        this.#compare(ir, target, sense);
        return;
      default: {
        const register = this.value(ir);
        this.#test(sense ? Opcode.IF_TRUE : Opcode.IF_FALSE, target, register);
        this.registers.release(register);
      }
    }
  }

  /** Emits code that leaves a value in a register, which the caller releases. */
  value(ir: Ir): number {
    switch (ir.op) {
      case 'field':
        return this.registers.ofField[ir.field.index]!;
      case 'now':
        return this.registers.now;
      case 'constant':
        return this.#constant(ir);
      case 'negate':
        return this.#negate(ir.operand, registerTypeOf(ir.type));
      case 'arithmetic':
        return this.#arithmetic(ir);
      case 'rescale': {
        const factor = powerOfTen(ir.digits);
        if (ir.type.wide) return this.#wide(Opcode.WIDE_MUL, this.#wideValue(ir.operand), this.#wideConstant(factor));
        return this.#unaryInto(Opcode.I64_MUL_I, this.value(ir.operand), RegisterType.I64, factor);
      }
      case 'concat': {
        this.joinedBytes += ir.type.bytesMax;
        const left = this.value(ir.left);
        const right = this.value(ir.right);
        return this.#into(Opcode.TEXT_CONCAT, left, right, RegisterType.TEXT, ir.type.bytesMax);
      }
      default:
        return this.#materialize(ir);
    }
  }

  #emit(op: Opcode, a = 0, b = 0, c = 0, imm?: Immediate, textBytes = 0): void {
    this.code.emit(op, instructionUnits(op, textBytes), a, b, c, imm);
  }

  #test(op: Opcode, target: Label, a = 0, b = 0, imm?: Immediate, textBytes = 0): void {
    this.code.branch(op, instructionUnits(op, textBytes), target, a, b, imm);
  }

  /**
   * a = b op c. The result's register is taken before the operands are given back, so that no instruction overwrites its
   * operands.
   */
  #into(op: Opcode, left: number, right: number, type: RegisterType, textBytes = 0): number {
    const result = this.registers.take(type, textBytes);
    this.#emit(op, result, left, right, undefined, textBytes);
    this.registers.release(left);
    this.registers.release(right);
    return result;
  }

  #unaryInto(op: Opcode, operand: number, type: RegisterType, imm?: Immediate): number {
    const result = this.registers.take(type);
    this.#emit(op, result, operand, 0, imm);
    this.registers.release(operand);
    return result;
  }

  #constant(ir: ConstantIr): number {
    const { value } = ir;
    if (typeof value === 'string') {
      const text = this.constants.place(value);
      const register = this.registers.take(RegisterType.TEXT, text.bytes);
      this.#emit(Opcode.CONST_TEXT, register, 0, 0, text);
      return register;
    }
    const type = registerTypeOf(ir.type);
    if (type === RegisterType.WIDE_LOW) return this.#wideConstant(value as bigint);
    const register = this.registers.take(type);
    this.#emit(Opcode.CONST, register, 0, 0, typeof value === 'boolean' ? BigInt(value) : (value as number | bigint));
    return register;
  }

  #wideConstant(value: bigint): number {
    const register = this.registers.take(RegisterType.WIDE_LOW);
    this.#emit(Opcode.CONST, register, 0, 0, BigInt.asUintN(64, value));
    this.#emit(Opcode.CONST, register + 1, 0, 0, value >> 64n);
    return register;
  }

  /** A decimal as a pair. */
  #wideValue(ir: Ir): number {
    if (ir.op === 'constant') return this.#wideConstant(ir.value as bigint);
    const register = this.value(ir);
    return registerTypeOf(ir.type) === RegisterType.WIDE_LOW
      ? register
      : this.#unaryInto(Opcode.WIDEN, register, RegisterType.WIDE_LOW);
  }

  #wide(op: Opcode, left: number, right: number): number {
    return this.#into(op, left, right, RegisterType.WIDE_LOW);
  }

  #negate(operand: Ir, type: RegisterType): number {
    if (type === RegisterType.WIDE_LOW) return this.#unaryInto(Opcode.WIDE_NEG, this.#wideValue(operand), type);
    return this.#unaryInto(type === RegisterType.F64 ? Opcode.F64_NEG : Opcode.I64_NEG, this.value(operand), type);
  }

  #arithmetic(ir: ArithmeticIr): number {
    const type = registerTypeOf(ir.type);
    const { operator, left, right } = ir;
    if (type === RegisterType.F64) {
      const commutes = operator === '+' || operator === '*';
      const [first, second] = commutes && left.op === 'constant' ? [right, left] : [left, right];
      if (second.op === 'constant') return this.#unaryInto(F64_OPS_I[operator], this.value(first), type, second.value as number);
      return this.#into(F64_OPS[operator], this.value(first), this.value(second), type);
    }
    // The checker lets only + - * through on decimals.
    const decimal = operator as '+' | '-' | '*';
    if (type === RegisterType.WIDE_LOW) return this.#wide(WIDE_OPS[decimal], this.#wideValue(left), this.#wideValue(right));
    const [first, second] = decimal !== '-' && left.op === 'constant' ? [right, left] : [left, right];
    if (second.op === 'constant') {
      const value = decimal === '-' ? -(second.value as bigint) : (second.value as bigint);
      const op = decimal === '*' ? Opcode.I64_MUL_I : Opcode.I64_ADD_I;
      if (value >= I64_MIN && value <= I64_MAX) return this.#unaryInto(op, this.value(first), type, value);
    }
    return this.#into(I64_OPS[decimal], this.value(first), this.value(second), type);
  }

  /** A condition as 1 or 0 in a register. */
  #materialize(ir: Ir): number {
    const otherwise = this.code.label();
    const done = this.code.label();
    this.branch(ir, otherwise, false);
    const register = this.registers.take(RegisterType.BOOL);
    this.#emit(Opcode.CONST, register, 0, 0, 1n);
    this.#test(Opcode.JUMP, done);
    this.code.bind(otherwise);
    this.#emit(Opcode.CONST, register, 0, 0, 0n);
    this.code.bind(done);
    return register;
  }

  #compare(ir: CompareIr, target: Label, sense: boolean): void {
    const [left, right, relation] =
      ir.left.op === 'constant' ? [ir.right, ir.left, swapRelation(ir.relation)] : [ir.left, ir.right, ir.relation];
    const type = registerTypeOf(left.type);
    switch (type) {
      case RegisterType.BOOL:
        this.#compareBooleans(left, right, target, (relation === '===') === sense);
        return;
      case RegisterType.F64:
        if (right.op === 'constant') {
          this.#testConstant((sense ? F64_TESTS_I : F64_NOT_TESTS_I)[relation], left, right.value as number, target);
        } else {
          this.#testRegisters((sense ? F64_TESTS : F64_NOT_TESTS)[relation], this.value(left), this.value(right), target);
        }
        return;
      case RegisterType.TEXT: {
        const test = sense ? relation : NEGATED[relation];
        const bytes = Math.min((left.type as TextType).bytesMax, (right.type as TextType).bytesMax);
        const key = this.#keys.get(keyedField(ir)?.index ?? -1);
        if (key !== undefined) {
          this.#test(I64_TESTS_I[test], target, key, 0, textKey(right as ConstantIr));
        } else if (right.op === 'constant') {
          this.#testConstant(TEXT_TESTS_I[test], left, this.constants.place(right.value as string), target, bytes);
        } else {
          this.#testRegisters(TEXT_TESTS[test], this.value(left), this.value(right), target, bytes);
        }
        return;
      }
      default: {
        const test = sense ? relation : NEGATED[relation];
        if (type === RegisterType.WIDE_LOW || registerTypeOf(right.type) === RegisterType.WIDE_LOW) {
          this.#testRegisters(WIDE_TESTS[test], this.#wideValue(left), this.#wideValue(right), target);
        } else if (right.op === 'constant') {
          this.#testConstant(I64_TESTS_I[test], left, right.value as bigint, target);
        } else {
          this.#testRegisters(I64_TESTS[test], this.value(left), this.value(right), target);
        }
      }
    }
  }

  #testConstant(op: Opcode, left: Ir, imm: Immediate, target: Label, textBytes = 0): void {
    const register = this.value(left);
    this.#test(op, target, register, 0, imm, textBytes);
    this.registers.release(register);
  }

  #testRegisters({ op, swap }: { op: Opcode; swap: boolean }, left: number, right: number, target: Label, textBytes = 0): void {
    const [a, b] = swap ? [right, left] : [left, right];
    this.#test(op, target, a, b, undefined, textBytes);
    this.registers.release(left);
    this.registers.release(right);
  }

  /** Jumps where the two are equal (or differ). The right side is put into a register first, so that its code stands once. */
  #compareBooleans(left: Ir, right: Ir, target: Label, equal: boolean): void {
    const register = this.value(right);
    const isFalse = this.code.label();
    const done = this.code.label();
    this.branch(left, isFalse, false);
    this.#test(equal ? Opcode.IF_TRUE : Opcode.IF_FALSE, target, register);
    this.#test(Opcode.JUMP, done);
    this.code.bind(isFalse);
    this.#test(equal ? Opcode.IF_FALSE : Opcode.IF_TRUE, target, register);
    this.code.bind(done);
    this.registers.release(register);
  }
}
