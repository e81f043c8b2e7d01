// An assembler for the bytecode: what engine tests write programs with. It checks nothing, so that tests can write wrong ones.

import { ImageKind, NO_REGISTER } from '#assembly/shared/image.js';
import { INSTRUCTION_BYTES, Opcode } from '#assembly/shared/opcode.js';
import { Combine, Outcome } from '#assembly/shared/outcome.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { imageUnits } from '#src/image/cost.js';
import type { ImageParts, ImageRegister, ImageRule } from '#src/image/parts.js';
import { fieldRegister } from '#src/image/registers.js';
import type { Model } from '#src/schema/model.js';

/** Bits of an f64, as an instruction's imm. */
export function f64Bits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return view.getBigUint64(0, true);
}

interface Operands {
  a?: number;
  b?: number;
  /** Register, or distance of a jump. */
  c?: number;
  /** Name of a label, instead of a distance; of FOR_PIECE and NEXT_PIECE it goes into imm. Those that go back take one behind. */
  to?: string;
  imm?: bigint;
  /** f64, instead of imm. */
  f64?: number;
  /** Text constant, instead of imm. */
  text?: string | Uint8Array;
}

/** Every field of the model has a register, in Model.fields' order; then `now`; temporaries are made on request. */
export class Assembler {
  readonly #instructions: { op: number; operands: Operands }[] = [];
  readonly #labels = new Map<string, number>();
  readonly #registers: ImageRegister[] = [];
  readonly #fieldRegisterCount: number;
  readonly #registerOfField: Uint16Array;
  #constants = new Uint8Array(0);
  readonly nowRegister: number;

  constructor(
    readonly model: Model,
    options: { now?: boolean } = {},
  ) {
    this.#registerOfField = new Uint16Array(model.fields.length).fill(NO_REGISTER);
    for (const field of model.fields) {
      // Fields of lists' elements are read by FIELD.
      if (field.path.includes('[]')) continue;
      this.#registerOfField[field.index] = this.#registers.push(fieldRegister(field)) - 1;
    }
    this.nowRegister = options.now === true ? this.#registers.push({ type: RegisterType.I64 }) - 1 : NO_REGISTER;
    this.#fieldRegisterCount = this.#registers.length;
  }

  /** Register of a field, by path. */
  field(path: string): number {
    return this.#registerOfField[this.descriptor(path)]!;
  }

  /** Number of a field's descriptor, by path. */
  descriptor(path: string): number {
    const index = this.model.fields.findIndex((field) => field.path === path);
    if (index < 0) throw new Error(`no field ${path}`);
    return index;
  }

  /** A new temporary; WIDE_LOW makes a pair and gives its low half. A TEXT holds up to 4,096 bytes where nothing else is said. */
  temporary(type: RegisterType, options: Omit<ImageRegister, 'type'> = {}): number {
    const max = type === RegisterType.TEXT ? { max: 4096 } : {};
    const register = this.#registers.push({ type, ...max, ...options }) - 1;
    if (type === RegisterType.WIDE_LOW) this.#registers.push({ type: RegisterType.WIDE_HIGH });
    return register;
  }

  op(op: number, operands: Operands = {}): this {
    this.#instructions.push({ op, operands });
    return this;
  }

  label(name: string): this {
    this.#labels.set(name, this.#instructions.length);
    return this;
  }

  /** Text constant: offset | bytes << 32. */
  text(value: string | Uint8Array): bigint {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    const offset = this.#constants.length;
    const joined = new Uint8Array(offset + bytes.length);
    joined.set(this.#constants);
    joined.set(bytes, offset);
    this.#constants = joined;
    return BigInt(offset) | (BigInt(bytes.length) << 32n);
  }

  code(): Uint8Array {
    const code = new Uint8Array(this.#instructions.length * INSTRUCTION_BYTES);
    const view = new DataView(code.buffer);
    for (const [index, { op, operands }] of this.#instructions.entries()) {
      const base = index * INSTRUCTION_BYTES;
      const target = operands.to === undefined ? undefined : this.#labels.get(operands.to);
      if (operands.to !== undefined && target === undefined) throw new Error(`no label ${operands.to}`);
      let imm = operands.imm ?? 0n;
      const distance = target === undefined ? undefined : Math.abs(target - index);
      const isPiece = op === Opcode.FOR_PIECE || op === Opcode.NEXT_PIECE;
      if (isPiece && distance !== undefined) imm = BigInt(distance);
      if (operands.f64 !== undefined) imm = f64Bits(operands.f64);
      if (operands.text !== undefined) imm = this.text(operands.text);
      view.setUint16(base, op, true);
      view.setUint16(base + 2, operands.a ?? 0, true);
      view.setUint16(base + 4, operands.b ?? 0, true);
      view.setUint16(base + 6, distance === undefined || isPiece ? (operands.c ?? 0) : distance, true);
      view.setBigUint64(base + 8, BigInt.asUintN(64, imm), true);
    }
    return code;
  }

  /** A DECISION image of the program; END is appended. */
  decision(rules: readonly ImageRule[], options: Partial<ImageParts> = {}): ImageParts {
    return this.#parts({ rules, thresholds: [], ...options });
  }

  /** An EXPRESSIONS image of the program; END is appended. */
  expressions(outCount: number, options: Partial<ImageParts> = {}): ImageParts {
    return this.#parts({ kind: ImageKind.EXPRESSIONS, outCount, ...options });
  }

  #parts(options: Partial<ImageParts>): ImageParts {
    this.op(Opcode.END);
    const code = this.code();
    const parts: Omit<ImageParts, 'costMax'> = {
      kind: ImageKind.DECISION,
      model: this.model,
      registerOfField: this.#registerOfField,
      nowRegister: this.nowRegister,
      registers: this.#registers,
      fieldRegisterCount: this.#fieldRegisterCount,
      code,
      constants: this.#constants,
      blobs: [],
      lists: [],
      parameters: [],
      rules: [],
      thresholds: [],
      combine: Combine.SCORE,
      onError: Outcome.REVIEW,
      outcomeDefault: Outcome.APPROVE,
      reasonsMax: 8,
      outCount: 0,
      name: 'test-bundle',
      version: '1.2.3',
      ...options,
    };
    return { costMax: imageUnits(parts), ...parts };
  }
}
