// The tests of two payloads at once: what a test reads lies in vectors, a lane for each payload, and so does what came of it.

import { INSTRUCTION_IMM, Opcode } from '../../assembly/shared/opcode.js';
import { Op, Simd, ValueType } from '../wasm/format.js';
import { FunctionBody } from './body.js';
import { comparesByKey, type Frame, keyOf } from './frame.js';
import type { Instruction } from './image-parts.js';
import type { Truths } from './predicated.js';
import { MASKS } from './reach.js';
import { doubleTest, integerTest } from './tests.js';

/** Bytes of a vector. */
export const LANES_BYTES = 16;

/** Comparisons of single values, and of both lanes. */
const VECTOR_OPS: Readonly<Partial<Record<Op, Simd>>> = {
  [Op.F64_LT]: Simd.F64X2_LT,
  [Op.F64_LE]: Simd.F64X2_LE,
  [Op.F64_GT]: Simd.F64X2_GT,
  [Op.F64_GE]: Simd.F64X2_GE,
  [Op.F64_EQ]: Simd.F64X2_EQ,
  [Op.I64_LT_S]: Simd.I64X2_LT_S,
  [Op.I64_LE_S]: Simd.I64X2_LE_S,
  [Op.I64_GT_S]: Simd.I64X2_GT_S,
  [Op.I64_GE_S]: Simd.I64X2_GE_S,
  [Op.I64_EQ]: Simd.I64X2_EQ,
};

/** What a vector holds of each payload. */
export interface Lane {
  readonly kind: 'register' | 'key' | 'guard' | 'null';
  readonly register: number;
}

/** Whether an instruction asks nothing but what lanes have: numbers, keys of texts, and what is null. */
export function isPairTest(frame: Frame, instruction: Instruction): boolean {
  const { op, a } = instruction;
  if (doubleTest(op) !== undefined || integerTest(op) !== undefined) return true;
  if (comparesByKey(instruction)) return frame.key(a) !== undefined;
  return op === Opcode.IF_NULL || op === Opcode.IF_NOT_NULL || op === Opcode.IF_TRUE || op === Opcode.IF_FALSE;
}

/** Locals of the function's parameters: where the lanes are, behind which it leaves the hit bits, and the image. */
enum MatchParameter {
  LANES = 0,
  IMAGE = 1,
}

/**
 * The function that makes them. Between two rules there is a branch that is never taken: V8 puts all loads of a stretch without
 * branches at its beginning, and what does not fit into registers is stored and loaded once more. 100 rules, frames of 64,
 * nanoseconds a payload: 206 without these branches, 147 with them, 160 with constants in the code in place of loads.
 */
export class PairTruths implements Truths {
  readonly body = new FunctionBody([ValueType.I32, ValueType.I32]);
  readonly logic = MASKS;
  readonly lanes: Lane[] = [];
  private readonly locals = new Map<string, number>();
  private readonly words: number[] = [];
  /** Where the hit bits are stored. */
  private readonly end = this.body.block();

  constructor(private readonly frame: Frame) {}

  isNull(register: number): number {
    return this.local('null', register);
  }

  emitEither(instruction: Instruction, guarded: ReadonlySet<number>): boolean {
    const { body } = this;
    const { op, a, b, low, high } = instruction;
    const push = (register: number): void => body.get(this.local(guarded.has(register) ? 'guard' : 'register', register));
    const double = doubleTest(op);
    if (double !== undefined) {
      const [compare, isOpposite] = double;
      push(a);
      if (op >= Opcode.F64_LT_I) this.pushConstant(instruction);
      else push(b);
      body.vector(VECTOR_OPS[compare] as Simd);
      return isOpposite;
    }
    const integer = integerTest(op);
    if (integer !== undefined) {
      push(a);
      if (op >= Opcode.I64_LT_I) this.pushConstant(instruction);
      else push(b);
      // What is unequal is not equal: one instruction less.
      body.vector(VECTOR_OPS[integer === Op.I64_NE ? Op.I64_EQ : integer] as Simd);
      return integer === Op.I64_NE;
    }
    switch (op) {
      case Opcode.IF_NULL:
      case Opcode.IF_NOT_NULL:
        body.get(this.isNull(a));
        return op === Opcode.IF_NOT_NULL;
      case Opcode.IF_TRUE:
      case Opcode.IF_FALSE:
        push(a);
        this.pushLong(0n);
        body.vector(Simd.I64X2_EQ);
        return op === Opcode.IF_TRUE;
      default:
        body.get(this.local(guarded.has(a) ? 'guard' : 'key', a));
        this.pushLong(keyOf(this.frame.image.constant(low, high)));
        body.vector(Simd.I64X2_EQ);
        return op === Opcode.TEXT_NE_I;
    }
  }

  emitHit(rank: number, reach: true | number): void {
    const { body } = this;
    const word = this.word(rank >> 6);
    body.get(word);
    if (reach === true) {
      this.pushLong(1n << BigInt(rank & 63));
    } else {
      body.get(reach);
      body.i32(63);
      body.vector(Simd.I64X2_SHR_U);
      body.i32(rank & 63);
      body.vector(Simd.I64X2_SHL);
    }
    body.vector(Simd.V128_OR);
    body.set(word);
  }

  /** Begins a rule. Each has another number, or V8 would take the branches for one; no address is that small. */
  begin(rule: number): void {
    const { body } = this;
    body.get(MatchParameter.LANES);
    body.i32(rule + 1);
    body.op(Op.I32_EQ);
    body.brIf(this.end);
  }

  /** Ends the function: behind the lanes, for each word of hit bits a vector. */
  finish(words: number): void {
    const { body } = this;
    body.end();
    for (let word = 0; word < words; word++) {
      body.get(MatchParameter.LANES);
      body.get(this.word(word));
      body.storeVector((this.lanes.length + word) * LANES_BYTES);
    }
  }

  private word(index: number): number {
    while (this.words.length <= index) this.words.push(this.body.local(ValueType.V128));
    return this.words[index] as number;
  }

  /** The local with a vector: loaded where it is first asked for, which all that follows has come by. */
  private local(kind: Lane['kind'], register: number): number {
    const name = `${kind} ${register}`;
    let local = this.locals.get(name);
    if (local === undefined) {
      const { body } = this;
      local = body.local(ValueType.V128);
      this.locals.set(name, local);
      // What is on the stack stays below it.
      body.get(MatchParameter.LANES);
      body.loadVector(this.lanes.length * LANES_BYTES);
      body.set(local);
      this.lanes.push({ kind, register });
    }
    return local;
  }

  /**
   * The constant of a comparison, where the image has it. Written into the code it is made in a register of integers, moved and
   * doubled, each of which takes the one port of the processor that shuffles.
   */
  private pushConstant({ index }: Instruction): void {
    this.body.get(MatchParameter.IMAGE);
    this.body.loadSplat(this.frame.image.codeOffset(index) + INSTRUCTION_IMM);
  }

  private pushLong(value: bigint): void {
    this.body.i64(value);
    this.body.vector(Simd.I64X2_SPLAT);
  }
}
