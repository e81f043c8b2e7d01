// Model -> .fbs, for callers in other languages. Ids are written out, and retired ones stay as deprecated fields, so that flatc
// sees the dense ids it asks for and no later field takes a place that old payloads have used.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { formatValue } from './convert.js';
import { type LockKind, own, parseLockKind } from './lock.js';
import type { Field, Model, Table } from './model.js';
import { pascalCase, uniqueName } from './names.js';

/** FlatBuffers type of a field, by FieldKind; enums and objects have names of their own. */
const TYPES: readonly string[] = ['', 'bool', 'int', 'long', 'double', 'long', 'long', 'int', 'ushort', 'string', '', ''];

const UNIT_NOTES: Partial<Record<FieldKind, string>> = {
  [FieldKind.TIMESTAMP]: 'Microseconds since 1970-01-01T00:00:00Z.',
  [FieldKind.DATE]: 'Days since 1970-01-01.',
};

/** The model as a FlatBuffers schema; flatc accepts it. Its first lines name the model hash that binary requests carry. */
export function emitFbs(model: Model): string {
  // flatc refuses a table with the name of any field, whatever table that is in.
  const taken = new Set(model.fields.map(({ name }) => name));
  for (const fields of Object.values(model.lock.tables)) for (const name of Object.keys(fields)) taken.add(name);
  const tableNames = model.tables.map(({ name, element }) => (element === true ? name : uniqueName(name, taken)));
  const enumNames = new Map<Field, string>();
  for (const field of model.fields) {
    if (field.kind === FieldKind.ENUM) enumNames.set(field, uniqueName(pascalCase(field.path) || 'Members', taken));
  }
  const parts = [
    `// Model ${model.name}, hash ${model.hash}: binary requests name it (header Verdict-Model, or \`model\` of a RequestBatch).`,
    '// Every scalar is optional: absent differs from 0. Made by Verdict from the JSON Schema; do not edit.',
    '',
    'namespace verdict.model;',
    '',
  ];
  for (const [field, name] of enumNames) parts.push(emitEnum(model, field, name), '');
  for (const table of model.tables) if (table.element !== true) parts.push(emitTable(model, table, tableNames, enumNames), '');
  parts.push(`root_type ${tableNames[0]};`, '');
  return parts.join('\n');
}

/** Members in the order of their numbers, retired ones included: their numbers stay taken. */
function emitEnum(model: Model, field: Field, name: string): string {
  const live = new Set(field.members!.map((member) => member.number));
  const numbers = own(model.lock.enums, field.path) ?? {};
  const taken = new Set<string>();
  const lines = Object.entries(numbers)
    .sort((a, b) => a[1] - b[1])
    .flatMap(([member, number]) => {
      const identifier = uniqueName(memberIdentifier(member), taken);
      const notes = identifier === member ? [] : [`"${commentText(member)}"`];
      if (!live.has(number)) notes.push('Retired: no longer accepted.');
      return [...doc(notes.join(' ')), `  ${identifier} = ${number},`];
    });
  return [`enum ${name} : ushort {`, ...lines, '}'].join('\n');
}

/** A member's name as an identifier; `null` is how flatc spells the default of an optional scalar. */
function memberIdentifier(member: string): string {
  const identifier = member.replace(/[^A-Za-z0-9_]/g, '_');
  if (identifier === 'null') return 'null_';
  return /^[A-Za-z_]/.test(identifier) ? identifier : `_${identifier}`;
}

type EnumNames = ReadonlyMap<Field, string>;

function emitTable(model: Model, table: Table, tableNames: readonly string[], enumNames: EnumNames): string {
  const bySlot = new Map<number, string[]>();
  for (const field of table.fields) bySlot.set(field.slot, emitField(field, tableNames, enumNames));
  for (const [name, { id, kind }] of Object.entries(own(model.lock.tables, table.path) ?? {})) {
    if (bySlot.has(id)) continue;
    bySlot.set(id, [`  ${name}: ${retiredType(parseLockKind(kind))} (id: ${id}, deprecated);`]);
  }
  // Ids without an entry do not come about by themselves; a lock that was merged by hand may have them.
  const count = Math.max(-1, ...bySlot.keys()) + 1;
  const lines: string[] = [];
  for (let id = 0; id < count; id++) lines.push(...(bySlot.get(id) ?? [`  unused_${id}: ubyte (id: ${id}, deprecated);`]));
  return [`table ${tableNames[table.index]} {`, ...lines, '}'].join('\n');
}

/** A retired object or enum lost its declaration: any type of its width keeps the place. */
function retiredType(given: LockKind | undefined): string {
  const kind = given?.element ?? given?.kind ?? FieldKind.TEXT;
  if (kind === FieldKind.OBJECT) return '[ubyte]';
  return given?.kind === FieldKind.LIST ? `[${TYPES[kind]}]` : TYPES[kind]!;
}

function emitField(field: Field, tableNames: readonly string[], enumNames: EnumNames): string[] {
  const single = field.element ?? field;
  const name =
    field.child !== undefined && field.element === undefined
      ? tableNames[field.child]!
      : (enumNames.get(single) ?? TYPES[single.kind]!);
  const type = field.kind === FieldKind.LIST ? `[${name}]` : name;
  const isScalar = isScalarKind(field.kind);
  const attributes = [`id: ${field.slot}`];
  // Only strings, vectors and tables can be `required` in FlatBuffers; Verdict checks required scalars all the same.
  if (field.required && !isScalar) attributes.push('required');
  return [...doc(fieldNotes(field)), `  ${field.name}: ${type}${isScalar ? ' = null' : ''} (${attributes.join(', ')});`];
}

function isScalarKind(kind: FieldKind): boolean {
  return kind !== FieldKind.TEXT && kind !== FieldKind.OBJECT && kind !== FieldKind.LIST;
}

function fieldNotes(field: Field): string {
  const notes: string[] = [];
  const { kind, scale } = field.element ?? field;
  if (field.description !== undefined) notes.push(commentText(field.description.trim()).replace(/([^.!?])$/, '$1.'));
  if (kind === FieldKind.DECIMAL && scale! > 0) notes.push(`Scaled by 10^${scale}.`);
  const unit = UNIT_NOTES[kind];
  if (unit !== undefined) notes.push(unit);
  if (field.kind === FieldKind.LIST) notes.push(countNote(field));
  if (field.required && isScalarKind(field.kind)) notes.push('Required.');
  if (field.default !== undefined) notes.push(`Default: ${commentText(formatValue(field, field.default))}.`);
  return notes.join(' ');
}

function countNote({ minimum, maximum }: Field): string {
  return minimum === undefined ? `At most ${maximum} items.` : `${minimum} to ${maximum} items.`;
}

function doc(text: string): string[] {
  return text === '' ? [] : [`  /// ${text}`];
}

/** Text that ends no comment line; what is no character (half a pair) or control is replaced. */
function commentText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stand in a comment
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').replace(/\p{Surrogate}/gu, '\ufffd');
}
