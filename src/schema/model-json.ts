// A model as JSON: the manifest of an image carries it. JSON has no 64-bit integers: a bigint is written { "$int": "123" }.

import type { Field, Model, Table } from './model.js';

/** A copy of the model that JSON.stringify writes without loss. */
export function modelToJson(model: Model): unknown {
  return toJson({ ...model, tables: model.tables.map((table) => ({ ...table, fields: table.fields.map(withoutElement) })) });
}

/** The model of parsed JSON that modelToJson made; fields and tables are linked again. Not for untrusted input. */
export function modelFromJson(value: unknown): Model {
  const model = fromJson(value) as Model;
  const tables: Table[] = model.tables;
  for (const { fields } of tables) {
    for (const field of fields) {
      const child = field.child === undefined ? undefined : tables[field.child]!;
      if (child?.element === true) field.element = child.fields[0]!;
    }
  }
  return { ...model, tables, fields: tables.flatMap((table): Field[] => table.fields) };
}

/** The element is a field of its table as well. */
function withoutElement({ element: _, ...field }: Field): Field {
  return field;
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: String(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const int = (value as { $int?: unknown }).$int;
  if (keys.length === 1 && typeof int === 'string') return BigInt(int);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromJson(entry)]));
}
