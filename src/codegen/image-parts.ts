// An image's sections as the generator reads them. The image has been verified, or comes from the compiler: nothing is checked here.

import { ENSEMBLE_INPUTS, ENSEMBLE_RESULTS } from '../../assembly/shared/ensemble.js';
import * as at from '../../assembly/shared/image.js';
import {
  INSTRUCTION_A,
  INSTRUCTION_B,
  INSTRUCTION_BYTES,
  INSTRUCTION_C,
  INSTRUCTION_IMM,
  type Opcode,
} from '../../assembly/shared/opcode.js';
import type { FieldKind, RegisterType } from '../../assembly/shared/value-type.js';

export interface Instruction {
  readonly index: number;
  readonly op: Opcode;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Unsigned. */
  readonly imm: bigint;
  /** Its low and high words. */
  readonly low: number;
  readonly high: number;
}

export interface FieldPart {
  /** Offset of its descriptor in the image. */
  readonly offset: number;
  readonly kind: FieldKind;
  readonly flags: number;
  readonly slot: number;
  /** NO_REGISTER where no rule reads it. */
  readonly register: number;
  readonly aux: number;
  readonly aux2: number;
  /** Unsigned bits. */
  readonly min: bigint;
  readonly max: bigint;
  readonly fallback: bigint;
}

export interface RulePart {
  readonly score: number;
  readonly outcome: number;
  readonly reasonBytes: number;
}

export class ImageParts {
  readonly code: readonly Instruction[];
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const first = this.word(at.IMAGE_CODE);
    this.code = Array.from({ length: this.word(at.IMAGE_CODE_COUNT) }, (_, index) =>
      this.instruction(index, first + index * INSTRUCTION_BYTES),
    );
  }

  /** A u32 anywhere in the image: header fields by their names. */
  word(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  /** A u16 anywhere in the image. */
  half(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  /** 8 bytes as an unsigned number. */
  long(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  double(offset: number): number {
    return this.view.getFloat64(offset, true);
  }

  /** First field and number of fields of a table. */
  table(index: number): { first: number; count: number } {
    const offset = this.word(at.IMAGE_TABLES) + index * at.TABLE_BYTES;
    return { first: this.word(offset + at.TABLE_FIRST_FIELD), count: this.word(offset + at.TABLE_FIELD_COUNT) };
  }

  field(index: number): FieldPart {
    const offset = this.word(at.IMAGE_FIELDS) + index * at.FIELD_BYTES;
    return {
      offset,
      kind: this.bytes[offset + at.FIELD_KIND] as number,
      flags: this.bytes[offset + at.FIELD_FLAGS] as number,
      slot: this.view.getUint16(offset + at.FIELD_SLOT, true),
      register: this.view.getUint16(offset + at.FIELD_REGISTER, true),
      aux: this.word(offset + at.FIELD_AUX),
      aux2: this.word(offset + at.FIELD_AUX2),
      min: this.long(offset + at.FIELD_MIN),
      max: this.long(offset + at.FIELD_MAX),
      fallback: this.long(offset + at.FIELD_DEFAULT),
    };
  }

  registerType(register: number): RegisterType {
    return this.bytes[this.word(at.IMAGE_REGISTERS) + register * at.REGISTER_BYTES + at.REGISTER_TYPE] as number;
  }

  /** FieldKind of the elements of a LIST register. */
  elementKind(register: number): FieldKind {
    return this.bytes[this.word(at.IMAGE_REGISTERS) + register * at.REGISTER_BYTES + at.REGISTER_ELEMENT] as number;
  }

  rule(rank: number): RulePart {
    const offset = this.word(at.IMAGE_RULES) + rank * at.RULE_BYTES;
    return {
      score: this.double(offset + at.RULE_SCORE),
      outcome: this.word(offset + at.RULE_OUTCOME),
      reasonBytes: this.word(offset + at.RULE_REASON_BYTES),
    };
  }

  threshold(index: number): { atLeast: bigint; outcome: number } {
    const offset = this.word(at.IMAGE_THRESHOLDS) + index * at.THRESHOLD_BYTES;
    return { atLeast: this.long(offset + at.THRESHOLD_AT_LEAST), outcome: this.word(offset + at.THRESHOLD_OUTCOME) };
  }

  /** RegisterType of the members of a list. */
  listType(index: number): RegisterType {
    return this.word(this.word(at.IMAGE_LISTS) + index * at.LIST_BYTES + at.LIST_TYPE);
  }

  /** The bytes of a text constant: offset in the constants, length. */
  constant(offset: number, bytes: number): Uint8Array {
    const first = this.word(at.IMAGE_CONSTANTS) + offset;
    return this.bytes.subarray(first, first + bytes);
  }

  /** Bytes anywhere in the image. */
  slice(offset: number, bytes: number): Uint8Array {
    return this.bytes.subarray(offset, offset + bytes);
  }

  /** Offset of a blob in the image. */
  blobOffset(index: number): number {
    return this.word(at.IMAGE_DATA) + this.word(this.word(at.IMAGE_BLOBS) + index * at.BLOB_BYTES + at.BLOB_OFFSET);
  }

  /** Registers that the ensemble in a blob takes and gives. */
  ensemble(blob: number): { inputs: number; results: number } {
    const offset = this.blobOffset(blob);
    return { inputs: this.word(offset + ENSEMBLE_INPUTS), results: this.word(offset + ENSEMBLE_RESULTS) };
  }

  /** Offset of an instruction in the image. */
  codeOffset(index: number): number {
    return this.word(at.IMAGE_CODE) + index * INSTRUCTION_BYTES;
  }

  private instruction(index: number, offset: number): Instruction {
    return {
      index,
      op: this.view.getUint16(offset, true),
      a: this.view.getUint16(offset + INSTRUCTION_A, true),
      b: this.view.getUint16(offset + INSTRUCTION_B, true),
      c: this.view.getUint16(offset + INSTRUCTION_C, true),
      imm: this.long(offset + INSTRUCTION_IMM),
      low: this.word(offset + INSTRUCTION_IMM),
      high: this.word(offset + INSTRUCTION_IMM + 4),
    };
  }
}
