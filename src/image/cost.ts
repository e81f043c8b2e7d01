// The static worst case of an image, added up exactly as the engine's verifier does (assembly/image/cost.ts): the same products
// and sums of f64 in the same order, so that both agree bit for bit. The verifier refuses an image that says less.

import { decisionUnits, PAYLOAD_UNITS } from '../../assembly/shared/cost.js';
import { ENSEMBLE_HEADER_BYTES, ENSEMBLE_UNITS } from '../../assembly/shared/ensemble.js';
import { FORM_LITERAL_SHIFT, type FunctionId, functionForm, functionUnits, LiteralKind } from '../../assembly/shared/function.js';
import * as index from '../../assembly/shared/match-index.js';
import * as at from '../../assembly/shared/opcode.js';
import { OUT_BYTES, OUT_STORES } from '../../assembly/shared/outputs.js';
import { PATTERN_RANGES, PATTERN_UNITS } from '../../assembly/shared/pattern.js';
import { FieldKind, fieldUnits, RegisterType } from '../../assembly/shared/value-type.js';
import type { Model } from '../schema/model.js';
import type { ImageBlob, ImageList, ImageParts, ImageRegister } from './parts.js';
import { fieldListCount, fieldTextBytes } from './registers.js';

const { Opcode } = at;

/** Units of beginning a payload, verifying it and loading its fields, texts and lists at their largest. */
export function payloadUnits(model: Model): number {
  const times = new Array<number>(model.tables.length).fill(0);
  times[0] = 1;
  let units: number = PAYLOAD_UNITS;
  for (const [index, table] of model.tables.entries()) {
    for (const field of table.fields) {
      units += fieldUnits(field.kind, field.kind === FieldKind.TEXT ? fieldTextBytes(field) : 0) * times[index]!;
      if (field.kind === FieldKind.OBJECT) times[field.child!] = times[index]!;
      if (field.kind === FieldKind.LIST) times[field.child!] = times[index]! * fieldListCount(field);
    }
  }
  return units;
}

/** What the units of an instruction depend on beside itself. */
export interface CostContext {
  registers: readonly ImageRegister[];
  blobs: readonly ImageBlob[];
  lists: readonly ImageList[];
}

/** Units of one instruction, its function's included; loops around it are the caller's. @param base where it lies in `code` */
export function unitsAt(code: DataView, base: number, { registers, blobs }: CostContext): number {
  const op = code.getUint16(base + at.INSTRUCTION_OP, true);
  if (op === Opcode.ALIVE) return index.ALIVE_UNITS;
  if (op === Opcode.MATCH) return matchUnits(blobs[code.getUint32(base + at.INSTRUCTION_IMM, true)], registers);
  const register = (offset: number): ImageRegister | undefined => registers[code.getUint16(base + offset, true)];
  const bytesOf = (held: ImageRegister | undefined): number => (held?.type === RegisterType.TEXT ? (held.max ?? 0) : 0);
  const a = bytesOf(register(at.INSTRUCTION_A));
  const b = bytesOf(register(at.INSTRUCTION_B));
  const constant = code.getUint32(base + at.INSTRUCTION_IMM + 4, true);
  const stores = op === Opcode.OUT && code.getUint16(base + at.INSTRUCTION_C, true) === OUT_STORES;
  let units = at.instructionUnits(op, stores ? a + OUT_BYTES : instructionTextBytes(op, a, b, constant));
  if (op === Opcode.ENSEMBLE) units += ensembleUnitsOf(blobs[code.getUint32(base + at.INSTRUCTION_IMM, true)]?.bytes);
  if (op === Opcode.CALL) {
    const id = code.getUint16(base + at.INSTRUCTION_IMM, true) as FunctionId;
    const literal = functionForm(id) >> FORM_LITERAL_SHIFT;
    const pattern = literal === LiteralKind.PATTERN ? patternUnitsOf(blobs[constant]?.bytes) : 0;
    units += functionUnits(id, b, bytesOf(register(at.INSTRUCTION_C)), pattern);
  }
  return units;
}

/** Units of a MATCH by its index, which says them or has them in its bytes. */
function matchUnits(blob: ImageBlob | undefined, registers: readonly ImageRegister[]): number {
  if (blob === undefined || blob.matchUnits !== undefined) return blob?.matchUnits ?? 0;
  const view = new DataView(blob.bytes.buffer, blob.bytes.byteOffset, blob.bytes.byteLength);
  const dimensions = view.getUint32(index.INDEX_DIMENSIONS, true);
  let units = index.blocksUnits(view.getUint32(index.INDEX_BLOCKS, true), view.getUint32(index.INDEX_ROW_BYTES, true), dimensions);
  for (let i = 0; i < dimensions; i++) {
    const base = index.INDEX_HEADER_BYTES + i * index.DIMENSION_BYTES;
    const held = registers[view.getUint16(base + index.DIMENSION_REGISTER, true)];
    const texts = view.getUint32(base + index.DIMENSION_TEXTS, true);
    const heldBytes = held?.type === RegisterType.TEXT ? (held.max ?? 0) : 0;
    const textBytes = texts === 0 ? 0 : Math.min(heldBytes, view.getUint32(texts + index.TEXTS_LONGEST, true));
    const points = view.getUint32(base + index.DIMENSION_POINTS, true);
    units += index.dimensionUnits(view.getUint8(base + index.DIMENSION_KIND), points, textBytes);
  }
  return units;
}

/** Units that a byte of text costs by the blob of a pattern; 0 where there is none. */
function patternUnitsOf(blob: Uint8Array | undefined): number {
  if (blob === undefined || blob.length < PATTERN_RANGES) return 0;
  return new DataView(blob.buffer, blob.byteOffset).getUint32(PATTERN_UNITS, true);
}

/** Units of the trees of an ensemble; 0 where there is none. */
function ensembleUnitsOf(blob: Uint8Array | undefined): number {
  if (blob === undefined || blob.length < ENSEMBLE_HEADER_BYTES) return 0;
  return new DataView(blob.buffer, blob.byteOffset).getFloat64(ENSEMBLE_UNITS, true);
}

/** Bytes of text that an instruction touches at most, of texts a and b and a constant. */
function instructionTextBytes(op: number, a: number, b: number, constant: number): number {
  if (op === Opcode.TEXT_CONCAT || op === Opcode.IF_MEMBER || op === Opcode.IF_NOT_MEMBER) return a;
  if (op >= Opcode.TEXT_EQ && op <= Opcode.TEXT_LE) return Math.min(a, b);
  if (op >= Opcode.TEXT_EQ_I && op <= Opcode.TEXT_GE_I) return Math.min(a, constant);
  return 0;
}

/** Units of a program: each instruction as often as the loops around it go round. */
export function programUnits(code: Uint8Array, context: CostContext): number {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const times = [1];
  let units = 0;
  for (let base = 0; base < code.length; base += at.INSTRUCTION_BYTES) {
    const op = view.getUint16(base + at.INSTRUCTION_OP, true);
    units += unitsAt(view, base, context) * times[times.length - 1]!;
    if (op === Opcode.FOR || op === Opcode.FOR_PIECE) {
      const cursor = context.registers[view.getUint16(base + at.INSTRUCTION_A, true)];
      times.push(times[times.length - 1]! * (cursor?.max ?? 0));
    } else if ((op === Opcode.NEXT || op === Opcode.NEXT_PIECE) && times.length > 1) {
      times.pop();
    }
  }
  return units;
}

/** The cost that an image must state at least: IMAGE_COST_MAX. */
export function imageUnits(parts: Omit<ImageParts, 'costMax'>): number {
  const decision = decisionUnits(parts.rules.length, parts.reasonsMax, parts.lists.length + parts.parameters.length);
  return payloadUnits(parts.model) + programUnits(parts.code, parts) + decision;
}
