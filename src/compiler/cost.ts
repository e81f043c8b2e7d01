// Static worst-case cost, in units of about a nanosecond on a plain machine (2 GHz, one core, warm). Programs only jump
// forward, so that the dearest path is found in one backward pass. The figures are upper estimates, not measurements of one
// machine: they are part of the format, so that a bundle costs the same everywhere.

import { INSTRUCTION_BYTES, INSTRUCTION_C, INSTRUCTION_OP, Opcode } from '../../assembly/shared/opcode.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import type { Model } from '../schema/model.js';

/** Fetching and dispatching one instruction. */
const INSTRUCTION_UNITS = 3;
/** Bytes of text that are compared or copied in one unit. */
const TEXT_BYTES_PER_UNIT = 8;

/** What an opcode costs beyond its dispatch. */
const EXTRA_UNITS: Readonly<Partial<Record<Opcode, number>>> = {
  [Opcode.HIT]: 2,
  [Opcode.OUT]: 4,
  [Opcode.F64_DIV]: 5,
  [Opcode.F64_DIV_I]: 5,
  // The remainder is exact: long division, one step for each bit that the exponents differ in, 2,098 at most.
  [Opcode.F64_REM]: 2100,
  [Opcode.F64_REM_I]: 2100,
  [Opcode.WIDE_MUL]: 6,
  [Opcode.TEXT_CONCAT]: 6,
  [Opcode.TEXT_KEY]: 3,
  [Opcode.TEXT_EQ]: 3,
  [Opcode.TEXT_NE]: 3,
  [Opcode.TEXT_LT]: 4,
  [Opcode.TEXT_LE]: 4,
  [Opcode.TEXT_EQ_I]: 3,
  [Opcode.TEXT_NE_I]: 3,
  [Opcode.TEXT_LT_I]: 4,
  [Opcode.TEXT_LE_I]: 4,
  [Opcode.TEXT_GT_I]: 4,
  [Opcode.TEXT_GE_I]: 4,
};

/** Units of one instruction that touches at most `textBytes` bytes of text. */
export function instructionUnits(op: Opcode, textBytes = 0): number {
  return INSTRUCTION_UNITS + (EXTRA_UNITS[op] ?? 0) + Math.ceil(textBytes / TEXT_BYTES_PER_UNIT);
}

/** Beginning a payload: finding it, its entry and its decision. */
const PAYLOAD_UNITS = 40;
/** Writing a decision without reasons. */
const DECISION_UNITS = 40;
/** Writing one reason. */
const REASON_UNITS = 20;
/** Rules whose hit bits are looked through in one unit. */
const RULES_PER_UNIT = 16;

const FIELD_UNITS: Readonly<Partial<Record<FieldKind, number>>> = { [FieldKind.TEXT]: 12, [FieldKind.OBJECT]: 15 };
const FIELD_UNITS_OTHER = 6;
/** Bytes in UTF-8 of one code point at most. */
const UTF8_BYTES_MAX = 4;

/** Units of verifying one payload and loading its fields, texts at their largest. */
export function payloadUnits(model: Model): number {
  let units = PAYLOAD_UNITS;
  for (const field of model.fields) {
    units += FIELD_UNITS[field.kind] ?? FIELD_UNITS_OTHER;
    if (field.kind === FieldKind.TEXT) units += Math.ceil((Number(field.maximum ?? 0) * UTF8_BYTES_MAX) / TEXT_BYTES_PER_UNIT);
  }
  return units;
}

/** Units of turning hits into a decision with as many reasons as it may carry. */
export function decisionUnits(ruleCount: number, reasonsMax: number): number {
  return DECISION_UNITS + Math.ceil(ruleCount / RULES_PER_UNIT) + Math.min(ruleCount, reasonsMax) * REASON_UNITS;
}

/**
 * Units of the dearest path through instructions [first, end) of a program; a jump to `end` or beyond leaves the range.
 * @param units of each instruction of the program
 */
export function pathUnits(code: Uint8Array, units: readonly number[], first = 0, end = units.length): number {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const dearest = new Float64Array(end - first + 1);
  for (let i = end - 1; i >= first; i--) {
    const op = view.getUint16(i * INSTRUCTION_BYTES + INSTRUCTION_OP, true);
    const next = op === Opcode.END || op === Opcode.JUMP ? 0 : dearest[i + 1 - first]!;
    let target = 0;
    if (isBranch(op)) {
      const distance = view.getUint16(i * INSTRUCTION_BYTES + INSTRUCTION_C, true);
      target = i + distance < end ? dearest[i + distance - first]! : 0;
    }
    dearest[i - first] = units[i]! + Math.max(next, target);
  }
  return dearest[0]!;
}

/** True for an opcode whose c is a distance. */
export function isBranch(op: number): boolean {
  return op === Opcode.JUMP || op >= Opcode.ALL;
}
