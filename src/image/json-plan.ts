// Writes the plan of a model for JSON: what the engine's transcoder (assembly/json/) knows of a model beside its field descriptors.
// assembly/shared/json.ts has the layout. Deterministic: equal models give equal bytes.

import * as at from '../../assembly/shared/json.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import { planTable, ROOT_OFFSET_BYTES, type TablePlan } from '../schema/encode-plan.js';
import type { Field, Model } from '../schema/model.js';
import { writeNames } from './json-names.js';
import { ByteWriter } from './json-writer.js';
import { widePowers } from './powers-of-ten.js';

/** Makes the plan. `descriptorOf`: offset in the image of the descriptor of a field, by its number among those of all tables. */
export function jsonPlan(model: Model, descriptorOf: (number: number) => number): Uint8Array {
  const fieldCount = model.tables.reduce((count, table) => count + table.fields.length, 0);
  const tables = at.PLAN_HEADER_BYTES;
  const fields = tables + model.tables.length * at.PLAN_TABLE_BYTES;
  const powers = fields + fieldCount * at.PLAN_FIELD_BYTES;
  const widePlace = powers + (at.POWER_MAX + 1) * 8 + 8;
  const out = new ByteWriter(widePlace);
  out.u32(at.PLAN_FORMAT, at.PLAN_FORMAT_VALUE);
  out.u32(at.PLAN_TABLE_COUNT, model.tables.length);
  out.u32(at.PLAN_FIELD_COUNT, fieldCount);
  out.u32(at.PLAN_TABLES, tables);
  out.u32(at.PLAN_FIELDS, fields);
  out.u32(at.PLAN_POWERS, powers);
  for (let power = 0; power <= at.POWER_MAX; power++) out.f64(powers + 8 * power, Number(`1e${power}`));
  out.u32(at.PLAN_WIDE_POWERS, out.append(widePowers()));

  let first = 0;
  for (const [index, table] of model.tables.entries()) {
    const base = tables + index * at.PLAN_TABLE_BYTES;
    const plan = table.element === true ? undefined : planTable(model, index, index === 0 ? ROOT_OFFSET_BYTES : 0);
    const keys = table.fields.map(({ name }) => (plan === undefined ? 0 : out.append(quoted(name))));
    const entries =
      plan === undefined ? [] : table.fields.map(({ name }, number) => ({ text: keys[number]! + 1, name, value: number }));
    out.u32(base + at.PLAN_TABLE_NAMES, writeNames(out, entries));
    out.u32(base + at.PLAN_TABLE_FIRST, first);
    out.u32(base + at.PLAN_TABLE_FIELDS, table.fields.length);
    if (plan !== undefined) writeTable(out, base, plan);
    for (const [number, field] of table.fields.entries()) {
      const place = fields + (first + number) * at.PLAN_FIELD_BYTES;
      writeField(out, place, field, descriptorOf(first + number));
      if (plan === undefined) continue;
      const { entryAt, valueAt } = plan.fields[number]!;
      out.u32(place + at.PLAN_FIELD_KEY, keys[number]!);
      out.u32(place + at.PLAN_FIELD_KEY_BYTES, field.name.length + 3);
      out.u16(place + at.PLAN_FIELD_ENTRY, entryAt);
      out.u16(place + at.PLAN_FIELD_VALUE, valueAt);
    }
    first += table.fields.length;
  }
  return out.finish();
}

function writeTable(out: ByteWriter, base: number, plan: TablePlan): void {
  out.u32(base + at.PLAN_TABLE_BLOCK, out.append(plan.blankBlock));
  out.u32(base + at.PLAN_TABLE_BLOCK_BYTES, plan.blankBlock.length);
  out.u32(base + at.PLAN_TABLE_AT, plan.tableAt);
  out.u32(base + at.PLAN_TABLE_CLOSED, plan.closed ? 1 : 0);
  out.u32(base + at.PLAN_TABLE_REQUIRED, plan.requiredCount);
}

function writeField(out: ByteWriter, base: number, field: Field, descriptor: number): void {
  out.u8(base + at.PLAN_FIELD_KIND, field.kind);
  out.u8(base + at.PLAN_FIELD_REQUIRED, field.required ? 1 : 0);
  out.u16(base + at.PLAN_FIELD_SCALE, field.scale ?? 0);
  out.u32(base + at.PLAN_FIELD_DESCRIPTOR, descriptor);
  if (field.kind === FieldKind.ENUM) {
    const members = (field.members ?? []).map(({ name, number }) => ({ text: out.append(encode(name)), name, value: number }));
    out.u32(base + at.PLAN_FIELD_AUX, writeNames(out, members));
  } else if (field.child !== undefined) {
    out.u32(base + at.PLAN_FIELD_AUX, field.child);
    if (field.kind === FieldKind.LIST) out.u32(base + at.PLAN_FIELD_ELEMENT, field.element?.kind ?? FieldKind.OBJECT);
  }
}

function quoted(name: string): Uint8Array {
  return encode(`"${name}":`);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
