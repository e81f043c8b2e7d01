// Bytecode as text, one instruction a line, for tests and for people:
//
//      0  F64_NOT_GT_I   r0, 5000        -> 3
//      1  TEXT_EQ        r1, r2          -> 3
//      2  HIT            0
//      3  END

import {
  INSTRUCTION_A,
  INSTRUCTION_B,
  INSTRUCTION_BYTES,
  INSTRUCTION_C,
  INSTRUCTION_IMM,
  INSTRUCTION_OP,
  Opcode,
} from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { isBranch } from './cost.js';

export interface DisassembleOptions {
  /** RegisterType of each register: shows CONST by its type. */
  registerTypes?: Uint8Array;
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
    const target = isBranch(op) ? `-> ${i + view.getUint16(at + INSTRUCTION_C, true)}` : '';
    lines.push(`${String(i).padStart(4)}  ${name.padEnd(14)} ${operands.padEnd(target === '' ? 0 : 20)} ${target}`.trimEnd());
  }
  return lines.join('\n');
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
    case Opcode.RESET_TEXT:
      return [];
    case Opcode.HIT:
      return [integer()];
    case Opcode.OUT:
      return [register(INSTRUCTION_A), RegisterType[number(INSTRUCTION_B)] ?? String(number(INSTRUCTION_B))];
    case Opcode.CONST: {
      const isFloat = options.registerTypes?.[number(INSTRUCTION_A)] === RegisterType.F64;
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
      return [register(INSTRUCTION_A), register(INSTRUCTION_B)];
    case Opcode.ALL:
      return [0, 1, 2, 3].map((kind) => String(view.getUint8(at + INSTRUCTION_IMM + kind)));
    case Opcode.IF_TRUE:
    case Opcode.IF_FALSE:
    case Opcode.IF_NULL:
    case Opcode.IF_NOT_NULL:
      return [register(INSTRUCTION_A)];
  }
  if (isBranch(op)) return [register(INSTRUCTION_A), name.endsWith('_I') ? immediate() : register(INSTRUCTION_B)];
  if (name.endsWith('_I')) return [register(INSTRUCTION_A), register(INSTRUCTION_B), immediate()];
  return [register(INSTRUCTION_A), register(INSTRUCTION_B), register(INSTRUCTION_C)];
}
