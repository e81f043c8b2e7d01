// Which registers an instruction reads and writes.

import { FORM_B_SHIFT, FORM_C_SHIFT, FORM_D_SHIFT, functionForm } from '../../assembly/shared/function.js';
import { SCRATCH_NULLS } from '../../assembly/shared/layout.js';
import {
  DIMENSION_BYTES,
  DIMENSION_NULL,
  DIMENSION_REGISTER,
  INDEX_DIMENSIONS,
  INDEX_HEADER_BYTES,
  NEVER_NULL,
} from '../../assembly/shared/match-index.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { ImageParts, Instruction } from './image-parts.js';

export interface Operands {
  /** Both halves of a WIDE pair are named. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** What a, b and c are: W written, R read, X both, - no register. CALL, ENSEMBLE and MATCH are apart. */
const ROLES: Readonly<Partial<Record<Opcode, string>>> = {
  ...roles('W--', Opcode.CONST, Opcode.CONST_TEXT, Opcode.PARAMETER),
  ...roles('WR-', Opcode.MOVE, Opcode.F64_NEG, Opcode.F64_ADD_I, Opcode.F64_SUB_I, Opcode.F64_MUL_I, Opcode.F64_DIV_I),
  ...roles('WR-', Opcode.F64_REM_I, Opcode.I64_NEG, Opcode.I64_ADD_I, Opcode.I64_MUL_I, Opcode.WIDEN, Opcode.WIDE_NEG),
  ...roles('WR-', Opcode.TEXT_KEY, Opcode.NARROW, Opcode.COUNT, Opcode.FIELD, Opcode.FOR),
  ...roles('WRR', Opcode.F64_ADD, Opcode.F64_SUB, Opcode.F64_MUL, Opcode.F64_DIV, Opcode.F64_REM, Opcode.I64_ADD, Opcode.I64_SUB),
  ...roles('WRR', Opcode.I64_MUL, Opcode.WIDE_ADD, Opcode.WIDE_SUB, Opcode.WIDE_MUL, Opcode.TEXT_CONCAT, Opcode.ELEMENT),
  ...roles('WRR', Opcode.PIECE, Opcode.FOR_PIECE),
  ...roles('XR-', Opcode.NEXT),
  ...roles('XRR', Opcode.NEXT_PIECE),
  ...roles('R--', Opcode.OUT, Opcode.IF_FIELD_NULL, Opcode.IF_FIELD_NOT_NULL, Opcode.IF_MEMBER, Opcode.IF_NOT_MEMBER),
  ...roles('R--', Opcode.IF_TRUE, Opcode.IF_FALSE),
  ...roles('RR-', Opcode.F64_LT, Opcode.F64_NOT_LT, Opcode.F64_LE, Opcode.F64_NOT_LE, Opcode.F64_EQ, Opcode.F64_NOT_EQ),
  ...roles('RR-', Opcode.I64_LT, Opcode.I64_LE, Opcode.I64_EQ, Opcode.I64_NE),
  ...roles('RR-', Opcode.WIDE_LT, Opcode.WIDE_LE, Opcode.WIDE_EQ, Opcode.WIDE_NE),
  ...roles('RR-', Opcode.TEXT_EQ, Opcode.TEXT_NE, Opcode.TEXT_LT, Opcode.TEXT_LE),
  ...range('R--', Opcode.F64_LT_I, Opcode.F64_NOT_EQ_I),
  ...range('R--', Opcode.I64_LT_I, Opcode.I64_NE_I),
  ...range('R--', Opcode.TEXT_EQ_I, Opcode.TEXT_GE_I),
};

/** Those that take the half of a pair for a register. */
const HALVES: ReadonlySet<Opcode> = new Set([Opcode.CONST, Opcode.MOVE]);

function roles(role: string, ...ops: Opcode[]): Record<number, string> {
  return Object.fromEntries(ops.map((op) => [op, role]));
}

function range(role: string, first: Opcode, last: Opcode): Record<number, string> {
  return roles(role, ...Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/** What a MATCH reads. */
export interface MatchReads {
  /** Registers, each once; those that say whether a feature is null are among them. */
  readonly registers: readonly number[];
  /** Field registers whose null flags are read. */
  readonly flags: readonly number[];
}

/** The registers and null flags that the index of a MATCH tests. */
export function matchReads(image: ImageParts, { low }: Instruction): MatchReads {
  const blob = image.blobOffset(low);
  const registers = new Set<number>();
  const flags = new Set<number>();
  for (let index = 0; index < image.word(blob + INDEX_DIMENSIONS); index++) {
    const dimension = blob + INDEX_HEADER_BYTES + index * DIMENSION_BYTES;
    registers.add(image.half(dimension + DIMENSION_REGISTER));
    const nullAt = image.word(dimension + DIMENSION_NULL);
    if (nullAt === NEVER_NULL) continue;
    if (nullAt >= SCRATCH_NULLS) flags.add(nullAt - SCRATCH_NULLS);
    else registers.add(nullAt >>> 3);
  }
  return { registers: [...registers], flags: [...flags] };
}

/** The registers of an instruction. */
export function operandsOf(image: ImageParts, instruction: Instruction): Operands {
  const { op, a, b, c } = instruction;
  const both = (registers: readonly number[]): number[] =>
    registers.flatMap((each) => (image.registerType(each) === RegisterType.WIDE_LOW ? [each, each + 1] : [each]));
  if (op === Opcode.CALL) return { reads: both(callArguments(instruction)), writes: both([a]) };
  if (op === Opcode.MATCH) return { reads: matchReads(image, instruction).registers, writes: [] };
  if (op === Opcode.ENSEMBLE) {
    const { inputs, results } = image.ensemble(instruction.low);
    return { reads: numbered(b, inputs), writes: numbered(a, results) };
  }
  // An OUT that begins or ends a list stores no register.
  if (op === Opcode.OUT && b === 0) return { reads: [], writes: [] };
  const role = ROLES[op] ?? '---';
  const named = [a, b, c];
  const of = (kinds: string): number[] => {
    const registers = named.filter((_, index) => kinds.includes(role.charAt(index)));
    return HALVES.has(op) ? registers : both(registers);
  };
  return { reads: of('RX'), writes: of('WX') };
}

function numbered(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** The registers that a CALL's function takes, in order. */
export function callArguments({ b, c, low }: Instruction): number[] {
  const form = functionForm(low & 0xffff);
  const taken: number[] = [];
  if ((form >>> FORM_B_SHIFT) & 15) taken.push(b);
  if ((form >>> FORM_C_SHIFT) & 15) taken.push(c);
  if ((form >>> FORM_D_SHIFT) & 15) taken.push(low >>> 16);
  return taken;
}
