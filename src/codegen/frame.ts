// What the parts of the generator share while they write the function that decides one payload: its locals, and where it goes on
// when something is wrong.

import { IMAGE_CONSTANTS, IMAGE_FIELD_REGISTERS, IMAGE_RULE_COUNT } from '../../assembly/shared/image.js';
import { SCRATCH_REGISTERS } from '../../assembly/shared/layout.js';
import { TEXT_KEY_BYTES_MAX } from '../../assembly/shared/limits.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { Op, ValueType } from '../wasm/format.js';
import { FunctionBody, type Label } from './body.js';
import { type Helpers, NO_KEY } from './helpers.js';
import type { ImageParts, Instruction } from './image-parts.js';
import { matchReads, operandsOf } from './operands.js';

/** Bits of a NaN. */
const NAN = 0x7ff8000000000000n;

/** Rules whose hit bits are locals. */
const HITS_IN_LOCALS_MAX = 2048;

/** Locals of the parameters: (slot, image, index, payload, bytes, output). */
export const PARAMETERS = [ValueType.I32, ValueType.I32, ValueType.I32, ValueType.I32, ValueType.I32, ValueType.I32] as const;
export enum Parameter {
  SLOT = 0,
  IMAGE = 1,
  INDEX = 2,
  PAYLOAD = 3,
  BYTES = 4,
  OUTPUT = 5,
}

export class Frame {
  readonly body = new FunctionBody(PARAMETERS);
  /** Status of a payload that fails. */
  readonly status = this.body.local(ValueType.I32);
  /** Where the text scratch is free, and from where RESET_TEXT frees it. */
  readonly textTop = this.body.local(ValueType.I32);
  readonly textBase = this.body.local(ValueType.I32);
  /** The slot's bindings of lists. */
  readonly lists = this.body.local(ValueType.I32);
  /** The slot's bindings of parameters. */
  readonly parameters = this.body.local(ValueType.I32);
  /** The bits of 64 parts of the match index that is run, and which of its words they are while code for it is written. */
  readonly alive = this.body.local(ValueType.I64);
  aliveWord: number | undefined;
  /** Whether hit bits are in the scratch and not in locals: there are too many, or a match index hits there. */
  readonly hitsInScratch: boolean;
  /** Address of the next value of an expression image. */
  readonly out = this.body.local(ValueType.I32);
  readonly outEnd = this.body.local(ValueType.I32);
  /** Where a payload that fails goes on, its status being set. */
  fail!: Label;
  /** Where a program goes on that has ended. */
  done!: Label;
  /** Field registers that the program reads. */
  readonly fieldsRead = new Set<number>();
  private readonly registers = new Map<number, number>();
  private readonly flags = new Map<number, number>();
  private readonly keys = new Map<number, number>();
  private readonly guards = new Map<number, number>();
  private readonly words: number[] = [];

  constructor(
    readonly image: ImageParts,
    readonly helpers: Helpers,
  ) {
    const fieldRegisters = image.word(IMAGE_FIELD_REGISTERS);
    this.hitsInScratch = image.word(IMAGE_RULE_COUNT) > HITS_IN_LOCALS_MAX || image.code.some(({ op }) => op === Opcode.MATCH);
    for (const instruction of image.code) {
      const { op, a, b } = instruction;
      for (const register of operandsOf(image, instruction).reads) {
        if (register < fieldRegisters) this.fieldsRead.add(register);
      }
      const flags =
        op === Opcode.IF_NULL || op === Opcode.IF_NOT_NULL ? [a] : op === Opcode.MATCH ? matchReads(image, instruction).flags : [];
      for (const flag of flags) this.flags.set(flag, this.flags.get(flag) ?? this.body.local(ValueType.I32));
      const keyed = op === Opcode.TEXT_KEY ? b : comparesByKey(instruction) ? a : undefined;
      if (keyed !== undefined && keyed < fieldRegisters && !this.keys.has(keyed)) {
        this.keys.set(keyed, this.body.local(ValueType.I64));
      }
    }
    for (const instruction of image.code) {
      for (const register of comparedRegisters(instruction)) {
        if (register >= fieldRegisters || !this.flags.has(register) || this.guards.has(register)) continue;
        this.guards.set(register, this.body.local(this.isDouble(register) ? ValueType.F64 : ValueType.I64));
      }
    }
  }

  isDouble(register: number): boolean {
    return this.image.registerType(register) === RegisterType.F64;
  }

  /** The local of a register. */
  register(register: number): number {
    let local = this.registers.get(register);
    if (local === undefined) {
      local = this.body.local(this.isDouble(register) ? ValueType.F64 : ValueType.I64);
      this.registers.set(register, local);
    }
    return local;
  }

  /** The local that is 1 where a field register is null; undefined where nothing asks. */
  nullFlag(register: number): number | undefined {
    return this.flags.get(register);
  }

  /** The local with the key of a text field's register; undefined where nothing asks. */
  key(register: number): number | undefined {
    return this.keys.get(register);
  }

  /**
   * The local with a field register's double, or its text's key, as no comparison holds of where the field is null: so one that
   * stands behind a test of null needs that test no more. undefined where nothing asks.
   */
  guard(register: number): number | undefined {
    return this.guards.get(register);
  }

  /** Sets the guards. Behind the loader: field registers and their flags do not change from there on. */
  emitGuards(): void {
    const { body } = this;
    for (const [register, guard] of this.guards) {
      if (this.isDouble(register)) body.f64(NAN);
      else body.i64(NO_KEY);
      body.get(this.isDouble(register) ? this.register(register) : (this.key(register) as number));
      body.get(this.nullFlag(register) as number);
      body.op(Op.SELECT);
      body.set(guard);
    }
  }

  /** The local with the hit bits of 64 rules. */
  hits(word: number): number {
    while (this.words.length <= word) this.words.push(this.body.local(ValueType.I64));
    return this.words[word] as number;
  }

  /** Pushes the address of this instance's scratch, for an access with SCRATCH_REGISTERS + ... as its offset. */
  pushScratch(): void {
    this.body.global(0);
  }

  /** Copies a register, by its local, to its place in the scratch, where the engine's functions find it. */
  spill(register: number): void {
    this.pushScratch();
    this.body.get(this.register(register));
    this.body.memory(this.isDouble(register) ? Op.F64_STORE : Op.I64_STORE, SCRATCH_REGISTERS + register * 8);
  }

  /** Takes a register from its place in the scratch. */
  unspill(register: number): void {
    this.pushScratch();
    this.body.memory(this.isDouble(register) ? Op.F64_LOAD : Op.I64_LOAD, SCRATCH_REGISTERS + register * 8);
    this.body.set(this.register(register));
  }

  /** Pushes a text constant, offset | bytes << 32, as a register has it. */
  pushTextConstant(constant: bigint): void {
    const { body, image } = this;
    body.get(Parameter.IMAGE);
    body.op(Op.I64_EXTEND_I32_U);
    body.i64(constant + BigInt(image.word(IMAGE_CONSTANTS)));
    body.op(Op.I64_ADD);
  }

  /** Ends the payload with a status where the i32 on the stack is not 0. */
  failIf(status: number): void {
    const { body } = this;
    body.i32(status);
    body.set(this.status);
    body.brIf(this.fail);
  }
}

/** Whether an instruction compares a text with a constant that a key holds. */
export function comparesByKey({ op, high }: { op: Opcode; high: number }): boolean {
  return (op === Opcode.TEXT_EQ_I || op === Opcode.TEXT_NE_I) && high <= TEXT_KEY_BYTES_MAX;
}

/** Field registers that an instruction holds to something that neither NaN nor NO_KEY fulfils, or to its opposite. */
export function comparedRegisters(instruction: Instruction): readonly number[] {
  const { op, a, b } = instruction;
  if (op >= Opcode.F64_LT && op <= Opcode.F64_NOT_EQ) return [a, b];
  if (op >= Opcode.F64_LT_I && op <= Opcode.F64_NOT_EQ_I) return [a];
  return comparesByKey(instruction) ? [a] : [];
}

/** The key of a text, as TEXT_KEY gives it. */
export function keyOf(bytes: Uint8Array): bigint {
  if (bytes.length > TEXT_KEY_BYTES_MAX) return NO_KEY;
  let key = BigInt(bytes.length) << 56n;
  for (const [index, byte] of bytes.entries()) key |= BigInt(byte) << BigInt(8 * index);
  return key;
}
