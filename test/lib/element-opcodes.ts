// The opcodes that test/assembly/vm/elements.test.ts runs, and interpreter.test.ts does not.

import { Opcode } from '#assembly/shared/opcode.js';

export const ELEMENT_OPCODES: readonly Opcode[] = [
  Opcode.FAIL,
  Opcode.NARROW,
  Opcode.COUNT,
  Opcode.ELEMENT,
  Opcode.FIELD,
  Opcode.PIECE,
  Opcode.FOR,
  Opcode.NEXT,
  Opcode.FOR_PIECE,
  Opcode.NEXT_PIECE,
  Opcode.IF_FIELD_NULL,
  Opcode.IF_FIELD_NOT_NULL,
  Opcode.IF_MEMBER,
  Opcode.IF_NOT_MEMBER,
];
