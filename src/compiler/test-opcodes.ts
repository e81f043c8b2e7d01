// Which opcode tests a relation, by the type of its operands and by the sense that is asked for. NaN makes !(a < b) differ from
// a >= b, so that a negated test of numbers is the opcode's NOT form, never the mirrored test.

import { Opcode } from '../../assembly/shared/opcode.js';
import type { Relation } from './ir.js';

/** A test of two registers; `swap` where they stand in the other order. */
export interface RegisterTest {
  op: Opcode;
  swap: boolean;
}

type RegisterTests = Readonly<Record<Relation, RegisterTest>>;

const straight = (op: Opcode): RegisterTest => ({ op, swap: false });
const swapped = (op: Opcode): RegisterTest => ({ op, swap: true });

/** Jump if the relation holds between two registers. */
export const F64_TESTS: RegisterTests = {
  '<': straight(Opcode.F64_LT),
  '<=': straight(Opcode.F64_LE),
  '>': swapped(Opcode.F64_LT),
  '>=': swapped(Opcode.F64_LE),
  '===': straight(Opcode.F64_EQ),
  '!==': straight(Opcode.F64_NOT_EQ),
};

/** Jump if it does not hold. */
export const F64_NOT_TESTS: RegisterTests = {
  '<': straight(Opcode.F64_NOT_LT),
  '<=': straight(Opcode.F64_NOT_LE),
  '>': swapped(Opcode.F64_NOT_LT),
  '>=': swapped(Opcode.F64_NOT_LE),
  '===': straight(Opcode.F64_NOT_EQ),
  '!==': straight(Opcode.F64_EQ),
};

export const I64_TESTS: RegisterTests = {
  '<': straight(Opcode.I64_LT),
  '<=': straight(Opcode.I64_LE),
  '>': swapped(Opcode.I64_LT),
  '>=': swapped(Opcode.I64_LE),
  '===': straight(Opcode.I64_EQ),
  '!==': straight(Opcode.I64_NE),
};

export const WIDE_TESTS: RegisterTests = {
  '<': straight(Opcode.WIDE_LT),
  '<=': straight(Opcode.WIDE_LE),
  '>': swapped(Opcode.WIDE_LT),
  '>=': swapped(Opcode.WIDE_LE),
  '===': straight(Opcode.WIDE_EQ),
  '!==': straight(Opcode.WIDE_NE),
};

export const TEXT_TESTS: RegisterTests = {
  '<': straight(Opcode.TEXT_LT),
  '<=': straight(Opcode.TEXT_LE),
  '>': swapped(Opcode.TEXT_LT),
  '>=': swapped(Opcode.TEXT_LE),
  '===': straight(Opcode.TEXT_EQ),
  '!==': straight(Opcode.TEXT_NE),
};

type ImmediateTests = Readonly<Record<Relation, Opcode>>;

export const F64_TESTS_I: ImmediateTests = {
  '<': Opcode.F64_LT_I,
  '<=': Opcode.F64_LE_I,
  '>': Opcode.F64_GT_I,
  '>=': Opcode.F64_GE_I,
  '===': Opcode.F64_EQ_I,
  '!==': Opcode.F64_NOT_EQ_I,
};

export const F64_NOT_TESTS_I: ImmediateTests = {
  '<': Opcode.F64_NOT_LT_I,
  '<=': Opcode.F64_NOT_LE_I,
  '>': Opcode.F64_NOT_GT_I,
  '>=': Opcode.F64_NOT_GE_I,
  '===': Opcode.F64_NOT_EQ_I,
  '!==': Opcode.F64_EQ_I,
};

export const I64_TESTS_I: ImmediateTests = {
  '<': Opcode.I64_LT_I,
  '<=': Opcode.I64_LE_I,
  '>': Opcode.I64_GT_I,
  '>=': Opcode.I64_GE_I,
  '===': Opcode.I64_EQ_I,
  '!==': Opcode.I64_NE_I,
};

export const TEXT_TESTS_I: ImmediateTests = {
  '<': Opcode.TEXT_LT_I,
  '<=': Opcode.TEXT_LE_I,
  '>': Opcode.TEXT_GT_I,
  '>=': Opcode.TEXT_GE_I,
  '===': Opcode.TEXT_EQ_I,
  '!==': Opcode.TEXT_NE_I,
};

/** The relation that holds where this one does not; for totally ordered values only. */
export const NEGATED: Readonly<Record<Relation, Relation>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '===': '!==',
  '!==': '===',
};

export const F64_OPS = {
  '+': Opcode.F64_ADD,
  '-': Opcode.F64_SUB,
  '*': Opcode.F64_MUL,
  '/': Opcode.F64_DIV,
  '%': Opcode.F64_REM,
} as const;
export const F64_OPS_I = {
  '+': Opcode.F64_ADD_I,
  '-': Opcode.F64_SUB_I,
  '*': Opcode.F64_MUL_I,
  '/': Opcode.F64_DIV_I,
  '%': Opcode.F64_REM_I,
} as const;
export const I64_OPS = { '+': Opcode.I64_ADD, '-': Opcode.I64_SUB, '*': Opcode.I64_MUL } as const;
export const WIDE_OPS = { '+': Opcode.WIDE_ADD, '-': Opcode.WIDE_SUB, '*': Opcode.WIDE_MUL } as const;
