// The static worst case of an image, added up: no image may say less (IMAGE_COST_MAX). src/image/cost.ts does the same, in the same
// order, so that both sums agree bit for bit.

import { scratchWork } from '../memory/scratch';
import { decisionUnits, PAYLOAD_UNITS } from '../shared/cost';
import { ENSEMBLE_UNITS } from '../shared/ensemble';
import { FORM_LITERAL_SHIFT, functionForm, functionUnits, LiteralKind } from '../shared/function';
import {
  FIELD_AUX,
  FIELD_BYTES,
  FIELD_KIND,
  FIELD_MAX,
  IMAGE_COST_MAX,
  IMAGE_FIELDS,
  IMAGE_LIST_COUNT,
  IMAGE_PARAMETER_COUNT,
  IMAGE_REASONS_MAX,
  IMAGE_RULE_COUNT,
  IMAGE_TABLE_COUNT,
  IMAGE_TABLES,
  TABLE_BYTES,
  TABLE_FIELD_COUNT,
  TABLE_FIRST_FIELD,
} from '../shared/image';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_C, INSTRUCTION_IMM, instructionUnits, Opcode } from '../shared/opcode';
import { OUT_BYTES, OUT_STORES } from '../shared/outputs';
import { PATTERN_UNITS } from '../shared/pattern';
import { FieldKind, fieldUnits } from '../shared/value-type';
import { blobAddress } from './blobs';
import { fieldTextBytes } from './fields';
import { matchUnits } from './matches';
import { textBytesOf } from './registers';

/** What the two sums may differ by, where another compiler adds in another order. */
const SLACK: f64 = 1e-9;

/** Whether the image states at least what it can cost. @param units of its program, loops included */
export function statesCost(image: usize, units: f64): bool {
  const rules = load<u32>(image, IMAGE_RULE_COUNT) as f64;
  const bound = (load<u32>(image, IMAGE_LIST_COUNT) + load<u32>(image, IMAGE_PARAMETER_COUNT)) as f64;
  const decision = decisionUnits(rules, load<u32>(image, IMAGE_REASONS_MAX) as f64, bound);
  const whole = payloadUnits(image) + units + decision;
  return whole <= load<f64>(image, IMAGE_COST_MAX) * (1 + SLACK);
}

/** Units of verifying a payload: each field as often as the lists around it have elements. */
function payloadUnits(image: usize): f64 {
  const tableCount = load<u32>(image, IMAGE_TABLE_COUNT);
  const tables = image + load<u32>(image, IMAGE_TABLES);
  const fields = image + load<u32>(image, IMAGE_FIELDS);
  // How often each table is read; a child's is known before it comes.
  const times = scratchWork();
  store<f64>(times, 1);
  let units: f64 = PAYLOAD_UNITS;
  for (let index: u32 = 0; index < tableCount; index++) {
    const table = tables + index * TABLE_BYTES;
    const own = load<f64>(times + (index << 3));
    let field = fields + load<u32>(table, TABLE_FIRST_FIELD) * FIELD_BYTES;
    const end = field + load<u32>(table, TABLE_FIELD_COUNT) * FIELD_BYTES;
    for (; field < end; field += FIELD_BYTES) {
      const kind = load<u8>(field, FIELD_KIND) as u32;
      units += fieldUnits(kind as FieldKind, kind === FieldKind.TEXT ? (fieldTextBytes(field) as f64) : 0) * own;
      if (kind !== FieldKind.OBJECT && kind !== FieldKind.LIST) continue;
      const each: f64 = kind === FieldKind.LIST ? (load<u32>(field, FIELD_MAX) as f64) : 1;
      store<f64>(times + (load<u32>(field, FIELD_AUX) << 3), own * each);
    }
  }
  return units;
}

/** Units of one instruction, its function's included. Its operands and blob are known to be good. */
export function unitsAt(image: usize, pc: usize): f64 {
  const op = load<u16>(pc) as u32;
  if (op === Opcode.MATCH || op === Opcode.ALIVE) return matchUnits(image, pc);
  const units = instructionUnits(op as Opcode, instructionTextBytes(image, pc, op) as f64);
  if (op === Opcode.ENSEMBLE) return units + load<f64>(blobAddress(image, load<u32>(pc, INSTRUCTION_IMM)), ENSEMBLE_UNITS);
  if (op !== Opcode.CALL) return units;
  const id = load<u16>(pc, INSTRUCTION_IMM) as u32;
  const left = textBytesOf(image, load<u16>(pc, INSTRUCTION_B)) as f64;
  const right = textBytesOf(image, load<u16>(pc, INSTRUCTION_C)) as f64;
  const hasPattern = (functionForm(id) as u32) >> FORM_LITERAL_SHIFT === (LiteralKind.PATTERN as u32);
  const pattern: f64 = hasPattern ? (load<u32>(blobAddress(image, load<u32>(pc, INSTRUCTION_IMM + 4)), PATTERN_UNITS) as f64) : 0;
  return units + functionUnits(id, left, right, pattern);
}

/** Bytes of text that an instruction touches at most; a function's are its own affair. */
function instructionTextBytes(image: usize, pc: usize, op: u32): u32 {
  const a = textBytesOf(image, load<u16>(pc, INSTRUCTION_A));
  if (op === Opcode.OUT && load<u16>(pc, INSTRUCTION_C) === OUT_STORES) return a + OUT_BYTES;
  if (op === Opcode.TEXT_CONCAT || op === Opcode.IF_MEMBER || op === Opcode.IF_NOT_MEMBER) return a;
  if (op >= (Opcode.TEXT_EQ as u32) && op <= (Opcode.TEXT_LE as u32)) {
    return min(a, textBytesOf(image, load<u16>(pc, INSTRUCTION_B)));
  }
  if (op >= (Opcode.TEXT_EQ_I as u32) && op <= (Opcode.TEXT_GE_I as u32)) return min(a, load<u32>(pc, INSTRUCTION_IMM + 4));
  return 0;
}
