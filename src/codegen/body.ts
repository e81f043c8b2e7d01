// The body of one function while it is written: instructions, locals, and labels by name instead of by depth.

import { ByteWriter } from '../wasm/byte-writer.js';
import {
  BLOCK_EMPTY,
  BULK_MEMORY_COPY,
  BULK_MEMORY_FILL,
  BULK_MEMORY_INIT,
  Op,
  SIMD_V128_CONST,
  SIMD_V128_LOAD,
  SIMD_V128_STORE,
  type Simd,
  type ValueType,
} from '../wasm/format.js';

/** Where a branch leads: the end of a block or of an if, the start of a loop. */
export interface Label {
  /** Open constructs when it was opened. */
  readonly level: number;
}

/** log2 of the alignment that accesses promise: none, since payloads lie anywhere. */
const UNALIGNED = 0;

const BITS = new DataView(new ArrayBuffer(8));

export class FunctionBody {
  private readonly code = new ByteWriter();
  private readonly locals: ValueType[] = [];
  private depth = 0;
  /** Temporaries in use, and those that are free, by type. */
  private readonly taken: { readonly type: ValueType; readonly local: number }[] = [];
  private readonly free = new Map<ValueType, number[]>();

  /** @param params their types; they are the locals 0, 1, ... */
  constructor(readonly params: readonly ValueType[]) {}

  /** Bytes of the instructions so far. */
  get bytes(): number {
    return this.code.length;
  }

  /** A new local, which starts as 0. @returns its number */
  local(type: ValueType): number {
    this.locals.push(type);
    return this.params.length + this.locals.length - 1;
  }

  /**
   * A local until `endTemporaries`, which holds anything before it is set. V8 takes at most 50,000 locals, and its quick code is slow
   * where there are many.
   */
  temporary(type: ValueType): number {
    const local = this.free.get(type)?.pop() ?? this.local(type);
    this.taken.push({ type, local });
    return local;
  }

  /** What follows reads no temporary that there is now. */
  endTemporaries(): void {
    for (let last = this.taken.pop(); last !== undefined; last = this.taken.pop()) {
      const free = this.free.get(last.type);
      if (free === undefined) this.free.set(last.type, [last.local]);
      else free.push(last.local);
    }
  }

  /** Instructions without immediates. */
  op(...ops: Op[]): void {
    for (const op of ops) this.code.byte(op);
  }

  i32(value: number): void {
    this.code.byte(Op.I32_CONST);
    this.code.signed(value);
  }

  i64(value: bigint): void {
    this.code.byte(Op.I64_CONST);
    this.code.signedLong(value);
  }

  /** An f64 by its bits. */
  f64(bits: bigint): void {
    this.code.byte(Op.F64_CONST);
    this.code.doubleBits(bits);
  }

  /** An f64 by its value. */
  number(value: number): void {
    BITS.setFloat64(0, value);
    this.f64(BITS.getBigUint64(0));
  }

  get(local: number): void {
    this.code.byte(Op.LOCAL_GET);
    this.code.unsigned(local);
  }

  set(local: number): void {
    this.code.byte(Op.LOCAL_SET);
    this.code.unsigned(local);
  }

  tee(local: number): void {
    this.code.byte(Op.LOCAL_TEE);
    this.code.unsigned(local);
  }

  global(index: number): void {
    this.code.byte(Op.GLOBAL_GET);
    this.code.unsigned(index);
  }

  call(functionIndex: number): void {
    this.code.byte(Op.CALL);
    this.code.unsigned(functionIndex);
  }

  /** A load or a store; the address is on the stack, and above it what is stored. */
  memory(op: Op, offset = 0): void {
    this.code.byte(op);
    this.code.byte(UNALIGNED);
    this.code.unsigned(offset);
  }

  loadVector(offset: number): void {
    this.simd(SIMD_V128_LOAD, offset);
  }

  storeVector(offset: number): void {
    this.simd(SIMD_V128_STORE, offset);
  }

  /** A vector of 16 times the same byte. */
  splat(byte: number): void {
    this.code.append([Op.SIMD, SIMD_V128_CONST, ...new Array<number>(16).fill(byte)]);
  }

  vector(...ops: Simd[]): void {
    for (const op of ops) {
      this.code.byte(Op.SIMD);
      this.code.unsigned(op);
    }
  }

  /** An instruction of one lane. */
  lane(op: Simd, lane: number): void {
    this.vector(op);
    this.code.byte(lane);
  }

  /** memory.init: to, from, bytes of a segment of data. */
  initMemory(data: number): void {
    this.code.append([Op.BULK, BULK_MEMORY_INIT]);
    this.code.unsigned(data);
    this.code.byte(0);
  }

  /** memory.copy: to, from, bytes. */
  copyMemory(): void {
    this.code.append([Op.BULK, BULK_MEMORY_COPY, 0, 0]);
  }

  /** memory.fill: to, byte, bytes. */
  fillMemory(): void {
    this.code.append([Op.BULK, BULK_MEMORY_FILL, 0]);
  }

  block(): Label {
    return this.open(Op.BLOCK, BLOCK_EMPTY);
  }

  loop(): Label {
    return this.open(Op.LOOP, BLOCK_EMPTY);
  }

  /** @param result what both arms leave on the stack; without it nothing */
  if(result?: ValueType): Label {
    return this.open(Op.IF, result ?? BLOCK_EMPTY);
  }

  else(): void {
    this.code.byte(Op.ELSE);
  }

  end(): void {
    this.depth--;
    this.code.byte(Op.END);
  }

  br(label: Label): void {
    this.code.byte(Op.BR);
    this.code.unsigned(this.depth - 1 - label.level);
  }

  brIf(label: Label): void {
    this.code.byte(Op.BR_IF);
    this.code.unsigned(this.depth - 1 - label.level);
  }

  /** The function as the code section has it: locals, instructions, their length in front. */
  finish(): Uint8Array {
    const whole = new ByteWriter();
    const groups: [number, ValueType][] = [];
    for (const type of this.locals) {
      const last = groups.at(-1);
      if (last !== undefined && last[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    whole.unsigned(groups.length);
    for (const [count, type] of groups) {
      whole.unsigned(count);
      whole.byte(type);
    }
    whole.append(this.code.finish());
    whole.byte(Op.END);
    const sized = new ByteWriter();
    sized.unsigned(whole.length);
    sized.append(whole.finish());
    return sized.finish();
  }

  private open(op: Op, type: number): Label {
    this.code.byte(op);
    this.code.byte(type);
    return { level: this.depth++ };
  }

  private simd(op: number, offset: number): void {
    this.code.byte(Op.SIMD);
    this.code.byte(op);
    this.code.byte(UNALIGNED);
    this.code.unsigned(offset);
  }
}
