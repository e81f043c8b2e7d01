// Bytecode as text, one instruction a line, for tests and for people:
//
//      0  F64_NOT_GT_I   r0, 5000        -> 3
//      1  TEXT_EQ        r1, r2          -> 3
//      2  HIT            0
//      3  END

import {
  FORM_B_SHIFT,
  FORM_C_SHIFT,
  FORM_D_SHIFT,
  FORM_LITERAL_SHIFT,
  FunctionId,
  functionForm,
} from '../../assembly/shared/function.js';
import {
  INSTRUCTION_A,
  INSTRUCTION_B,
  INSTRUCTION_BYTES,
  INSTRUCTION_C,
  INSTRUCTION_IMM,
  INSTRUCTION_OP,
  Opcode,
} from '../../assembly/shared/opcode.js';
import { Status } from '../../assembly/shared/status.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { ImageRegister } from '../image/parts.js';

export interface DisassembleOptions {
  /** What each register holds: shows CONST by its type. */
  registers?: readonly ImageRegister[];
  /** The constants that texts point into. */
  constants?: Uint8Array;
  /** Names of registers, such as field paths; `rN` for the others. */
  names?: ReadonlyMap<number, string>;
}

/** Lists a program. Unknown opcodes are shown as numbers; nothing is thrown for damaged code. */
export function disassemble(code: Uint8Array, options: DisassembleOptions = {}): string {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const count = Math.floor(code.length / INSTRUCTION_BYTES);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * INSTRUCTION_BYTES;
    const op = view.getUint16(at + INSTRUCTION_OP, true);
    const name = Opcode[op] ?? `op${op}`;
    const operands = operandsAt(view, at, op, name, options).join(', ');
    const to = targetOf(view, i, op);
    const target = to === undefined ? '' : `-> ${to}`;
    lines.push(`${String(i).padStart(4)}  ${name.padEnd(14)} ${operands.padEnd(target === '' ? 0 : 20)} ${target}`.trimEnd());
  }
  return lines.join('\n');
}

/** The instruction that one may go on at, undefined where it is always the next. */
function targetOf(view: DataView, index: number, op: number): number | undefined {
  const c = view.getUint16(index * INSTRUCTION_BYTES + INSTRUCTION_C, true);
  const imm = view.getUint32(index * INSTRUCTION_BYTES + INSTRUCTION_IMM, true);
  switch (op) {
    case Opcode.NEXT:
      return index - c;
    case Opcode.FOR_PIECE:
      return index + imm;
    case Opcode.NEXT_PIECE:
      return index - imm;
    default:
      return op !== Opcode.ENSEMBLE && (op === Opcode.JUMP || op >= Opcode.ALL) ? index + c : undefined;
  }
}

function operandsAt(view: DataView, at: number, op: number, name: string, options: DisassembleOptions): string[] {
  const number = (offset: number): number => view.getUint16(at + offset, true);
  const register = (offset: number): string => options.names?.get(number(offset)) ?? `r${number(offset)}`;
  const float = (): string => {
    const value = view.getFloat64(at + INSTRUCTION_IMM, true);
    return Object.is(value, -0) ? '-0' : String(value);
  };
  const integer = (): string => String(view.getBigInt64(at + INSTRUCTION_IMM, true));
  const text = (): string => {
    const offset = view.getUint32(at + INSTRUCTION_IMM, true);
    const bytes = view.getUint32(at + INSTRUCTION_IMM + 4, true);
    if (options.constants === undefined) return `text ${offset}+${bytes}`;
    return JSON.stringify(new TextDecoder().decode(options.constants.subarray(offset, offset + bytes)));
  };
  const immediate = name.startsWith('F64') ? float : name.startsWith('TEXT') ? text : integer;

  switch (op) {
    case Opcode.END:
    case Opcode.JUMP:
    case Opcode.OUT_NULL:
      return [];
    case Opcode.RESET_TEXT:
      return integer() === '0' ? [] : ['keep'];
    case Opcode.FAIL:
      return [Status[Number(view.getUint32(at + INSTRUCTION_IMM, true))] ?? integer()];
    case Opcode.HIT:
      return [integer()];
    case Opcode.OUT:
      return [register(INSTRUCTION_A), RegisterType[number(INSTRUCTION_B)] ?? String(number(INSTRUCTION_B))];
    case Opcode.CONST: {
      const isFloat = options.registers?.[number(INSTRUCTION_A)]?.type === RegisterType.F64;
      return [register(INSTRUCTION_A), isFloat ? float() : integer()];
    }
    case Opcode.CONST_TEXT:
      return [register(INSTRUCTION_A), text()];
    case Opcode.MOVE:
    case Opcode.F64_NEG:
    case Opcode.I64_NEG:
    case Opcode.WIDE_NEG:
    case Opcode.WIDEN:
    case Opcode.TEXT_KEY:
    case Opcode.NARROW:
    case Opcode.COUNT:
      return [register(INSTRUCTION_A), register(INSTRUCTION_B)];
    case Opcode.CALL:
      return callOperands(view, at, register);
    case Opcode.ENSEMBLE:
      return [register(INSTRUCTION_A), register(INSTRUCTION_B), `blob ${integer()}`];
    case Opcode.FIELD:
      return [register(INSTRUCTION_A), register(INSTRUCTION_B), `field ${integer()}`];
    case Opcode.IF_FIELD_NULL:
    case Opcode.IF_FIELD_NOT_NULL:
      return [register(INSTRUCTION_A), `field ${integer()}`];
    case Opcode.IF_MEMBER:
    case Opcode.IF_NOT_MEMBER:
      return [register(INSTRUCTION_A), `list ${integer()}`];
    case Opcode.PARAMETER:
      return [register(INSTRUCTION_A), `parameter ${integer()}`];
    case Opcode.FOR:
    case Opcode.NEXT:
      return [register(INSTRUCTION_A), register(INSTRUCTION_B)];
    case Opcode.FOR_PIECE:
    case Opcode.NEXT_PIECE:
      return [register(INSTRUCTION_A), register(INSTRUCTION_B), register(INSTRUCTION_C)];
    case Opcode.ALL:
      return [0, 1, 2, 3].map((kind) => String(view.getUint8(at + INSTRUCTION_IMM + kind)));
    case Opcode.IF_TRUE:
    case Opcode.IF_FALSE:
    case Opcode.IF_NULL:
    case Opcode.IF_NOT_NULL:
      return [register(INSTRUCTION_A)];
  }
  if (op >= Opcode.ALL) return [register(INSTRUCTION_A), name.endsWith('_I') ? immediate() : register(INSTRUCTION_B)];
  if (name.endsWith('_I')) return [register(INSTRUCTION_A), register(INSTRUCTION_B), immediate()];
  return [register(INSTRUCTION_A), register(INSTRUCTION_B), register(INSTRUCTION_C)];
}

/** Result, function, its operands, and its literal where it takes one. */
function callOperands(view: DataView, at: number, register: (offset: number) => string): string[] {
  const id = view.getUint16(at + INSTRUCTION_IMM, true);
  const form = functionForm(id);
  const has = (shift: number): boolean => ((form >> shift) & 15) !== 0;
  const operands = [register(INSTRUCTION_A), FunctionId[id] ?? `function ${id}`];
  if (has(FORM_B_SHIFT)) operands.push(register(INSTRUCTION_B));
  if (has(FORM_C_SHIFT)) operands.push(register(INSTRUCTION_C));
  if (has(FORM_D_SHIFT)) operands.push(register(INSTRUCTION_IMM + 2));
  if (has(FORM_LITERAL_SHIFT)) operands.push(`literal ${view.getUint32(at + INSTRUCTION_IMM + 4, true)}`);
  return operands;
}
