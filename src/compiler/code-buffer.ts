// Instructions as they are emitted: 16 bytes each, branches patched when their target is known. Beside the code, the units each
// instruction costs at most.

import {
  INSTRUCTION_A,
  INSTRUCTION_B,
  INSTRUCTION_BYTES,
  INSTRUCTION_C,
  INSTRUCTION_IMM,
  INSTRUCTION_OP,
  type Opcode,
} from '../../assembly/shared/opcode.js';
import { BRANCH_DISTANCE_MAX } from './limits.js';

/** The target of branches that lie before it. */
export interface Label {
  /** Instructions that wait for the target. */
  uses: number[];
}

/** An immediate: the bits of an f64 (number), of an i64 (bigint), or of a text constant. */
export type Immediate = number | bigint | { offset: number; bytes: number };

export class CodeBuffer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #count = 0;
  readonly #units: number[] = [];
  /** A branch was too long since this was last set to false. */
  branchOverflow = false;

  get count(): number {
    return this.#count;
  }

  /** Units of each instruction. */
  get units(): readonly number[] {
    return this.#units;
  }

  /** A copy of the code. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#count * INSTRUCTION_BYTES);
  }

  emit(op: Opcode, units: number, a = 0, b = 0, c = 0, imm?: Immediate): void {
    const at = this.#count * INSTRUCTION_BYTES;
    if (at === this.#bytes.length) this.#grow();
    this.#view.setUint16(at + INSTRUCTION_OP, op, true);
    this.#view.setUint16(at + INSTRUCTION_A, a, true);
    this.#view.setUint16(at + INSTRUCTION_B, b, true);
    this.#view.setUint16(at + INSTRUCTION_C, c, true);
    if (typeof imm === 'number') this.#view.setFloat64(at + INSTRUCTION_IMM, imm, true);
    else if (typeof imm === 'bigint') this.#view.setBigUint64(at + INSTRUCTION_IMM, BigInt.asUintN(64, imm), true);
    else if (imm !== undefined) {
      this.#view.setUint32(at + INSTRUCTION_IMM, imm.offset, true);
      this.#view.setUint32(at + INSTRUCTION_IMM + 4, imm.bytes, true);
    }
    this.#count++;
    this.#units.push(units);
  }

  /** The opcode of an instruction. */
  opAt(index: number): number {
    return this.#view.getUint16(index * INSTRUCTION_BYTES + INSTRUCTION_OP, true);
  }

  /** Puts the instructions of `order` in the places from `first` on. Branches among them are not bound yet. */
  reorder(first: number, order: readonly number[]): void {
    const copies = order.map((index) => this.#bytes.slice(index * INSTRUCTION_BYTES, (index + 1) * INSTRUCTION_BYTES));
    const units = order.map((index) => this.#units[index]!);
    for (const [offset, copy] of copies.entries()) {
      this.#bytes.set(copy, (first + offset) * INSTRUCTION_BYTES);
      this.#units[first + offset] = units[offset]!;
    }
  }

  /** Inserts an instruction before others that no bound label lies in or behind. */
  insert(first: number, op: Opcode, units: number, imm: bigint): void {
    this.emit(op, units, 0, 0, 0, imm);
    const last = this.#count - 1;
    this.reorder(first, [last, ...Array.from({ length: last - first }, (_, offset) => first + offset)]);
  }

  label(): Label {
    return { uses: [] };
  }

  /** Emits a branch to a label that is bound later. */
  branch(op: Opcode, units: number, label: Label, a = 0, b = 0, imm?: Immediate): void {
    label.uses.push(this.#count);
    this.emit(op, units, a, b, 0, imm);
  }

  /** The label's target is the next instruction. */
  bind(label: Label): void {
    for (const use of label.uses) {
      const distance = this.#count - use;
      if (distance > BRANCH_DISTANCE_MAX) this.branchOverflow = true;
      this.#view.setUint16(use * INSTRUCTION_BYTES + INSTRUCTION_C, Math.min(distance, BRANCH_DISTANCE_MAX), true);
    }
    label.uses = [];
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
