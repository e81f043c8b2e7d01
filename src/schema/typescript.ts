// Model -> TypeScript types of the JSON payloads, for callers.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { formatValue } from './convert.js';
import type { Field, Model, Table } from './model.js';

/** What a JSON payload holds, by FieldKind; enums and objects have types of their own. */
const TYPES: readonly string[] = [
  '',
  'boolean',
  'number',
  'number',
  'number',
  'number | string',
  'string',
  'string',
  '',
  'string',
  '',
  '',
];

/** One exported interface a table, the root's last name first; compiles under `tsc --strict`. */
export function emitTypeScript(model: Model): string {
  const head = `// Payloads of model ${model.name}, hash ${model.hash}. Made by Verdict from the JSON Schema; do not edit.\n`;
  return [head, ...model.tables.filter(({ element }) => element !== true).map((table) => emitTable(model, table))].join('\n');
}

function emitTable(model: Model, table: Table): string {
  const fields = table.fields.flatMap((field) => {
    const notes = fieldNotes(field);
    const type = field.required ? typeOf(model, field) : `${typeOf(model, field)} | null`;
    return [...(notes === '' ? [] : [`  /** ${notes} */`]), `  ${field.name}${field.required ? '' : '?'}: ${type};`];
  });
  return [`export interface ${table.name} {`, ...fields, '}', ''].join('\n');
}

function typeOf(model: Model, field: Field): string {
  if (field.kind === FieldKind.LIST) {
    const element = field.element === undefined ? model.tables[field.child!]!.name : typeOf(model, field.element);
    return element.includes(' | ') ? `(${element})[]` : `${element}[]`;
  }
  if (field.kind === FieldKind.OBJECT) return model.tables[field.child!]!.name;
  if (field.kind === FieldKind.ENUM) return field.members!.map(({ name }) => JSON.stringify(name)).join(' | ');
  return TYPES[field.kind]!;
}

function fieldNotes(field: Field): string {
  const notes: string[] = [];
  if (field.description !== undefined) notes.push(field.description.trim().replace(/([^.!?])$/, '$1.'));
  const { kind, scale } = field.element ?? field;
  if (field.kind === FieldKind.LIST) {
    notes.push(field.minimum === undefined ? `At most ${field.maximum} items.` : `${field.minimum} to ${field.maximum} items.`);
  }
  if (kind === FieldKind.TIMESTAMP) notes.push('RFC 3339 timestamp with an offset, at most 6 digits of a second.');
  if (kind === FieldKind.DATE) notes.push('YYYY-MM-DD.');
  if (kind === FieldKind.DECIMAL) {
    notes.push(scale === 0 ? '64-bit integer; as a text beyond 2^53.' : `At most ${scale} digits after the point.`);
  }
  if (field.default !== undefined) notes.push(`Default: ${formatValue(field, field.default)}.`);
  return notes.join(' ').replace(/\s+/g, ' ').replaceAll('*/', '* /');
}
