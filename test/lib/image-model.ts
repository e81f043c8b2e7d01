// Small models for engine tests, without going through a JSON Schema.

import { FieldKind } from '#assembly/shared/value-type.js';
import type { Field, Model, Table } from '#src/schema/model.js';

/**
 * One field: name, kind, and what else the Field has. `fields` makes it an object, or a LIST one of objects; `items` is what each
 * element of another LIST is.
 */
export interface FieldSpec extends Partial<Omit<Field, 'name' | 'kind'>> {
  name: string;
  kind: FieldKind;
  fields?: FieldSpec[];
  items?: Omit<FieldSpec, 'name'>;
}

/** Builds a model; slots are given in the order written, tables breadth first. */
export function modelOf(specs: FieldSpec[], hash = '0123456789abcdef'): Model {
  const tables: Table[] = [];
  const queue: { name: string; path: string; specs: FieldSpec[]; list?: Field }[] = [{ name: 'Root', path: '', specs }];
  let index = 0;
  for (let next = 0; next < queue.length; next++) {
    const { name, path, specs: own, list } = queue[next]!;
    const table: Table = { index: next, name, path, fields: [], ...(list === undefined ? {} : { element: true }) };
    for (const [slot, { fields, items, ...spec }] of own.entries()) {
      const fieldPath = list !== undefined ? path : path === '' ? spec.name : `${path}.${spec.name}`;
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
      const below = spec.kind === FieldKind.LIST ? `${fieldPath}[]` : fieldPath;
      if (fields !== undefined) {
        field.child = queue.length;
        queue.push({ name: `Root${queue.length}`, path: below, specs: fields });
      } else if (items !== undefined) {
        field.child = queue.length;
        const element = { ...items, name: 'element', required: true };
        queue.push({ name: `Root${queue.length}`, path: below, specs: [element], list: field });
      }
      if (list !== undefined) list.element = field;
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
