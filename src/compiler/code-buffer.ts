// Instructions as they are emitted: 16 bytes each, branches patched when their target is known.

import {
  INSTRUCTION_A,
  INSTRUCTION_B,
  INSTRUCTION_BYTES,
  INSTRUCTION_C,
  INSTRUCTION_IMM,
  INSTRUCTION_OP,
  Opcode,
} from '../../assembly/shared/opcode.js';
import { BRANCH_DISTANCE_MAX } from './limits.js';

/** The target of branches that lie before it. */
export interface Label {
  /** Instructions that wait for the target. */
  uses: number[];
}

/** An immediate: the bits of an f64 (number), of an i64 (bigint), or of a text constant. */
export type Immediate = number | bigint | { offset: number; bytes: number };

/** Instructions after which a label that is still ahead gets a stepping stone. */
const RELAY_DISTANCE = BRANCH_DISTANCE_MAX >> 1;

export class CodeBuffer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #count = 0;
  /** A branch was too long since this was last set to false. */
  branchOverflow = false;

  get count(): number {
    return this.#count;
  }

  /** A copy of the code. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#count * INSTRUCTION_BYTES);
  }

  /** Forgets all instructions. */
  clear(): void {
    this.#count = 0;
    this.branchOverflow = false;
  }

  emit(op: Opcode, a = 0, b = 0, c = 0, imm?: Immediate): void {
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
  }

  /** The opcode of an instruction. */
  opAt(index: number): number {
    return this.#view.getUint16(index * INSTRUCTION_BYTES + INSTRUCTION_OP, true);
  }

  /** Puts the instructions of `order` in the places from `first` on. Branches among them are not bound yet. */
  reorder(first: number, order: readonly number[]): void {
    const copies = order.map((index) => this.#bytes.slice(index * INSTRUCTION_BYTES, (index + 1) * INSTRUCTION_BYTES));
    for (const [offset, copy] of copies.entries()) this.#bytes.set(copy, (first + offset) * INSTRUCTION_BYTES);
  }

  /** Inserts an instruction before others that no bound label lies in or behind. */
  insert(first: number, op: Opcode, imm: bigint): void {
    this.emit(op, 0, 0, 0, imm);
    const last = this.#count - 1;
    this.reorder(first, [last, ...Array.from({ length: last - first }, (_, offset) => first + offset)]);
  }

  label(): Label {
    return { uses: [] };
  }

  /** Emits a branch to a label that is bound later. @param c of FOR_PIECE alone: its target is no c, but its imm */
  branch(op: Opcode, label: Label, a = 0, b = 0, imm?: Immediate, c = 0): void {
    label.uses.push(this.#count);
    this.emit(op, a, b, c, imm);
  }

  /** NEXT or NEXT_PIECE: goes back to the instruction `body`. @param c of NEXT_PIECE alone: the separator */
  next(op: Opcode.NEXT | Opcode.NEXT_PIECE, body: number, a: number, b: number, c = 0): void {
    const distance = this.#count - body;
    if (distance > BRANCH_DISTANCE_MAX) this.branchOverflow = true;
    if (op === Opcode.NEXT) this.emit(op, a, b, Math.min(distance, BRANCH_DISTANCE_MAX));
    else this.emit(op, a, b, c, BigInt(distance));
  }

  /** The label's target is the next instruction. */
  bind(label: Label): void {
    for (const use of label.uses) {
      const distance = this.#count - use;
      if (distance > BRANCH_DISTANCE_MAX) this.branchOverflow = true;
      const at = use * INSTRUCTION_BYTES;
      if (this.opAt(use) === Opcode.FOR_PIECE) this.#view.setBigUint64(at + INSTRUCTION_IMM, BigInt(distance), true);
      else this.#view.setUint16(at + INSTRUCTION_C, Math.min(distance, BRANCH_DISTANCE_MAX), true);
    }
    label.uses = [];
  }

  /**
   * Keeps branches to a label that is far ahead from being too long: where the oldest of them is, they end here, at one jump that
   * goes on. To be called where no branch of a smaller construct is open.
   *
   * @param distance from the oldest, from which on they end here
   */
  relay(label: Label, distance = RELAY_DISTANCE): void {
    if (label.uses.length === 0 || this.#count - label.uses[0]! < distance) return;
    const over = this.label();
    this.branch(Opcode.JUMP, over);
    this.bind(label);
    this.branch(Opcode.JUMP, label);
    this.bind(over);
  }

  /** Branches to one label, and those to another that is far ahead, end here at one jump to the latter. */
  merge(label: Label, into: Label): void {
    if (label.uses.length === 0) return;
    const over = this.label();
    this.branch(Opcode.JUMP, over);
    this.bind(label);
    this.bind(into);
    this.branch(Opcode.JUMP, into);
    this.bind(over);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
