// Small models for engine tests, without going through a JSON Schema.

import type { FieldKind } from '#assembly/shared/value-type.js';
import type { Field, Model, Table } from '#src/schema/model.js';

/** One field: name, kind, and what else the Field has. `fields` makes it an object. */
export interface FieldSpec extends Partial<Omit<Field, 'name' | 'kind'>> {
  name: string;
  kind: FieldKind;
  fields?: FieldSpec[];
}

/** Builds a model; slots are given in the order written, tables breadth first. */
export function modelOf(specs: FieldSpec[], hash = '0123456789abcdef'): Model {
  const tables: Table[] = [];
  const queue: { name: string; path: string; specs: FieldSpec[] }[] = [{ name: 'Root', path: '', specs }];
  let index = 0;
  for (let next = 0; next < queue.length; next++) {
    const { name, path, specs: own } = queue[next]!;
    const table: Table = { index: next, name, path, fields: [] };
    for (const [slot, { fields, ...spec }] of own.entries()) {
      const fieldPath = path === '' ? spec.name : `${path}.${spec.name}`;
      const required = spec.required ?? false;
      const field: Field = {
        nullable: !required && spec.default === undefined,
        path: fieldPath,
        index: index++,
        table: next,
        slot,
        ...spec,
        required,
      };
      if (fields !== undefined) {
        field.child = queue.length;
        queue.push({ name: `Root${queue.length}`, path: fieldPath, specs: fields });
      }
      table.fields.push(field);
    }
    tables.push(table);
  }
  return {
    name: 'Root',
    tables,
    fields: tables.flatMap((table) => table.fields),
    lock: { format: 1, tables: {}, enums: {} },
    hash,
  };
}
