// Field descriptors: the model as the engine's payload verifier reads it.

import * as at from '../../assembly/shared/image.js';
import { LIST_COUNT_MAX } from '../../assembly/shared/limits.js';
import { FIELD_HAS_DEFAULT, FIELD_HAS_MAX, FIELD_HAS_MIN, FIELD_REQUIRED, FieldKind } from '../../assembly/shared/value-type.js';
import type { Field, FieldValue, Model } from '../schema/model.js';
import type { ConstantPool } from './constants.js';

const I64_MIN = -(1n << 63n);
const I64_MAX = (1n << 63n) - 1n;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** What a kind can hold where the model sets no bounds of its own: the engine compares with bounds always, integers and texts. */
const RANGES: Partial<Record<FieldKind, readonly [bigint, bigint]>> = {
  [FieldKind.INT]: [-(1n << 31n), (1n << 31n) - 1n],
  [FieldKind.LONG]: [-SAFE_MAX, SAFE_MAX],
  [FieldKind.DECIMAL]: [I64_MIN, I64_MAX],
  [FieldKind.TIMESTAMP]: [I64_MIN, I64_MAX],
  [FieldKind.DATE]: [-(1n << 31n), (1n << 31n) - 1n],
  [FieldKind.TEXT]: [0n, 0xffffffffn],
  [FieldKind.LIST]: [0n, BigInt(LIST_COUNT_MAX)],
};

/**
 * Writes the table and field sections of a model.
 *
 * @param registerOfField register by Field.index, or NO_REGISTER
 * @param pool takes the enum bitmaps and default texts that descriptors point to
 */
export function writeFields(
  model: Model,
  registerOfField: Uint16Array,
  pool: ConstantPool,
): { tables: Uint8Array; fields: Uint8Array } {
  const tables = new Uint8Array(model.tables.length * at.TABLE_BYTES);
  const tableView = new DataView(tables.buffer);
  const fieldCount = model.tables.reduce((count, table) => count + table.fields.length, 0);
  const fields = new Uint8Array(fieldCount * at.FIELD_BYTES);
  const fieldView = new DataView(fields.buffer);
  let next = 0;
  for (const [index, table] of model.tables.entries()) {
    tableView.setUint32(index * at.TABLE_BYTES + at.TABLE_FIRST_FIELD, next, true);
    tableView.setUint32(index * at.TABLE_BYTES + at.TABLE_FIELD_COUNT, table.fields.length, true);
    for (const field of table.fields) {
      const register = registerOfField[field.index] ?? at.NO_REGISTER;
      writeField(fieldView, next++ * at.FIELD_BYTES, field, register, pool);
    }
  }
  return { tables, fields };
}

function writeField(view: DataView, base: number, field: Field, register: number, pool: ConstantPool): void {
  let flags = 0;
  if (field.required) flags |= FIELD_REQUIRED;
  if (field.minimum !== undefined) flags |= FIELD_HAS_MIN;
  if (field.maximum !== undefined) flags |= FIELD_HAS_MAX;
  if (field.default !== undefined) flags |= FIELD_HAS_DEFAULT;
  view.setUint8(base + at.FIELD_KIND, field.kind);
  view.setUint8(base + at.FIELD_FLAGS, flags);
  view.setUint16(base + at.FIELD_SLOT, field.slot, true);
  view.setUint16(base + at.FIELD_REGISTER, register, true);
  if (field.kind === FieldKind.OBJECT) view.setUint32(base + at.FIELD_AUX, field.child!, true);
  if (field.kind === FieldKind.LIST) {
    view.setUint32(base + at.FIELD_AUX, field.child!, true);
    view.setUint32(base + at.FIELD_AUX2, field.element?.kind ?? FieldKind.OBJECT, true);
  }
  if (field.kind === FieldKind.ENUM) {
    const bits = (field.memberNumberMax ?? 0) + 1;
    const bitmap = new Uint8Array((bits + 7) >> 3);
    for (const member of field.members ?? []) bitmap[member.number >> 3]! |= 1 << (member.number & 7);
    view.setUint32(base + at.FIELD_AUX, pool.add(bitmap), true);
    view.setUint32(base + at.FIELD_AUX2, bits, true);
  }
  writeBounds(view, base, field);
  if (field.default !== undefined) writeDefault(view, base + at.FIELD_DEFAULT, field.kind, field.default, pool);
}

function writeBounds(view: DataView, base: number, field: Field): void {
  if (field.kind === FieldKind.DOUBLE) {
    view.setFloat64(base + at.FIELD_MIN, Number(field.minimum ?? 0), true);
    view.setFloat64(base + at.FIELD_MAX, Number(field.maximum ?? 0), true);
    return;
  }
  const range = RANGES[field.kind];
  if (range === undefined) return;
  const minimum = field.minimum === undefined ? range[0] : toInteger(field.minimum, 'up');
  const maximum = field.maximum === undefined ? range[1] : toInteger(field.maximum, 'down');
  view.setBigInt64(base + at.FIELD_MIN, clamp(minimum, range), true);
  view.setBigInt64(base + at.FIELD_MAX, clamp(maximum, range), true);
}

function clamp(value: bigint, [low, high]: readonly [bigint, bigint]): bigint {
  if (value < low) return low;
  return value > high ? high : value;
}

/** A bound of an integer field: a fraction bounds as the next integer inside it does; infinities are cut to 128 bits. */
function toInteger(bound: number | bigint, towards: 'up' | 'down'): bigint {
  if (typeof bound === 'bigint') return bound;
  if (!Number.isFinite(bound)) return bound < 0 ? -(1n << 127n) : 1n << 127n;
  return BigInt(towards === 'up' ? Math.ceil(bound) : Math.floor(bound));
}

function writeDefault(view: DataView, offset: number, kind: FieldKind, value: FieldValue, pool: ConstantPool): void {
  switch (kind) {
    case FieldKind.BOOL:
      view.setBigUint64(offset, value === true ? 1n : 0n, true);
      return;
    case FieldKind.INT:
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
      view.setFloat64(offset, Number(value), true);
      return;
    case FieldKind.TEXT: {
      const text = new TextEncoder().encode(String(value));
      view.setUint32(offset, pool.add(text), true);
      view.setUint32(offset + 4, text.length, true);
      return;
    }
    default:
      view.setBigInt64(offset, BigInt(value), true);
  }
}
