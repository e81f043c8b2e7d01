// JSON Schema 2020-12 -> Model: the mapping of docs/ARCHITECTURE.md. Reading never stops at the first mistake; a keyword that
// would not be honoured is refused by name.

import { ENUM_MEMBERS_MAX, MODEL_DEPTH_MAX, MODEL_FIELDS_MAX, MODEL_TABLES_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { isBehindPayload, isFieldName, PAYLOAD_NAME } from './field-name.js';
import { modelHash } from './hash.js';
import { nearest } from './keywords.js';
import { cloneLock, emptyLock, FIELD_ID_MAX, listLockKind, lockField, lockKind, lockMembers, memberNumberMax } from './lock.js';
import type { Field, Model, ModelLock, Table } from './model.js';
import { pascalCase, uniqueName } from './names.js';
import { type Complain, readCounts, readDefault, readShape, type Shape } from './read-field.js';
import {
  checkKeywords,
  complainAt,
  escapePointer,
  isRecord,
  type Place,
  type Reading,
  readType,
  report,
  resolve,
  type Schema,
} from './reading.js';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Reads a model. `schema` is parsed JSON or YAML (integers may be bigints); `spanOf` finds the text behind a JSON Pointer into it.
 * The lock is extended by new ids, not changed: the result is in `model.lock`. Problems go into the bag, and give undefined.
 */
export function readModel(
  schema: unknown,
  lock: ModelLock | undefined,
  spanOf: (jsonPointer: string) => Span,
  bag: DiagnosticBag,
): Model | undefined {
  const reading: Reading = {
    root: schema,
    lock: lock === undefined ? emptyLock() : cloneLock(lock),
    spanOf,
    bag,
    tables: [],
    names: new Set(),
    fieldCount: 0,
    failed: false,
  };
  if (!isRecord(schema)) {
    bag.error('V2001', spanOf(''), 'the model is not an object', 'write an object schema: type, properties, required');
    return undefined;
  }
  const draft = typeof schema.$schema === 'string' ? schema.$schema.replace(/#$/, '') : schema.$schema;
  if (draft !== undefined && draft !== DRAFT) {
    report(reading, 'V2001', '/$schema', '$schema names another dialect than JSON Schema 2020-12', `write $schema: ${DRAFT}`);
  }
  const place = resolve(reading, { schema, pointer: '' });
  if (place === undefined) return undefined;
  const type = readType(place, complainAt(reading, place));
  if (type?.type !== 'object' || type.nullable) {
    if (type !== undefined)
      bag.error('V2001', spanOf(`${place.pointer}/type`), 'the model is not of type object', 'write type: object');
    return undefined;
  }
  const title = typeof schema.title === 'string' ? pascalCase(schema.title) : '';
  readTable(reading, place, '', title === '' ? 'Payload' : title, 0, []);
  checkPayloadName(reading, reading.tables[0]!, place);
  if (reading.failed) return undefined;

  const fields: Field[] = [];
  for (const table of reading.tables) {
    for (const field of table.fields) {
      field.index = fields.length;
      fields.push(field);
    }
  }
  return { name: reading.tables[0]!.name, tables: reading.tables, fields, lock: reading.lock, hash: modelHash(reading.tables) };
}

function readTable(reading: Reading, place: Place, path: string, name: string, depth: number, trail: readonly string[]): number {
  const complain = complainAt(reading, place);
  const { schema } = place;
  checkKeywords(place, 'object', complain);
  const table: Table = { index: reading.tables.length, name: uniqueName(name, reading.names), path, fields: [] };
  addTable(reading, table, complain);
  if (schema.additionalProperties === false) table.closed = true;
  else if (schema.additionalProperties !== undefined && schema.additionalProperties !== true) {
    complain('V2005', 'additionalProperties', 'additionalProperties must be true or false', 'name each field under properties');
  }
  const properties = schema.properties;
  if (!isRecord(properties)) {
    complain('V2005', properties === undefined ? '' : 'properties', 'an object needs properties: a map from field name to schema');
    return table.index;
  }
  const required = readRequired(schema, properties, complain);
  const here = [...trail, place.pointer];
  for (const [fieldName, entry] of Object.entries(properties)) {
    const pointer = `${place.pointer}/properties/${escapePointer(fieldName)}`;
    if (!isAllowedName(reading, fieldName, pointer)) continue;
    countField(reading, pointer);
    if (reading.tables.length > MODEL_TABLES_MAX || reading.fieldCount > MODEL_FIELDS_MAX) break;
    readField(reading, table, fieldName, { entry, pointer }, required.has(fieldName), depth, here);
  }
  return table.index;
}

function addTable(reading: Reading, table: Table, complain: Complain): void {
  reading.tables.push(table);
  if (reading.tables.length !== MODEL_TABLES_MAX + 1) return;
  complain(
    'V2012',
    '',
    `the model has more than ${MODEL_TABLES_MAX} objects and lists`,
    'write nested fields into the object around them',
  );
}

function countField(reading: Reading, pointer: string): void {
  reading.fieldCount++;
  if (reading.fieldCount !== MODEL_FIELDS_MAX + 1) return;
  report(reading, 'V2012', pointer, `the model has more than ${MODEL_FIELDS_MAX} fields`);
}

function readRequired(schema: Schema, properties: Schema, complain: Complain): Set<string> {
  const names = new Set<string>();
  if (schema.required === undefined) return names;
  if (!Array.isArray(schema.required)) {
    complain('V2005', 'required', 'required must be a list of field names');
    return names;
  }
  for (const [i, name] of schema.required.entries()) {
    if (typeof name !== 'string') complain('V2005', `required/${i}`, 'required must be a list of field names');
    else if (!Object.hasOwn(properties, name)) {
      const near = nearest(name, Object.keys(properties));
      complain(
        'V2013',
        `required/${i}`,
        `required names "${name}", which is not among the properties`,
        near === undefined ? undefined : `did you mean "${near}"?`,
      );
    } else names.add(name);
  }
  return names;
}

function isAllowedName(reading: Reading, name: string, pointer: string): boolean {
  if (isFieldName(name)) return true;
  const message = `the field name ${JSON.stringify(name)} is not an identifier`;
  report(reading, 'V2003', pointer, message, 'use letters, digits and _, with no digit first');
  return false;
}

/** Where a field of the root is called `payload`, no other one can be written behind that name. */
function checkPayloadName(reading: Reading, root: Table, { pointer }: Place): void {
  if (!root.fields.some(({ name }) => name === PAYLOAD_NAME)) return;
  for (const { name } of root.fields.filter((field) => isBehindPayload(field.name))) {
    report(
      reading,
      'V2003',
      `${pointer}/properties/${name}`,
      `the field name ${name} has a meaning of its own in expressions, and \`${PAYLOAD_NAME}.${name}\` would read the field \`${PAYLOAD_NAME}\``,
      `give it or the field \`${PAYLOAD_NAME}\` another name`,
    );
  }
}

function readField(
  reading: Reading,
  table: Table,
  name: string,
  given: { entry: unknown; pointer: string },
  mandatory: boolean,
  depth: number,
  trail: readonly string[],
): void {
  const path = table.path === '' ? name : `${table.path}.${name}`;
  const outer: Place = { schema: isRecord(given.entry) ? given.entry : {}, pointer: given.pointer };
  const complainOuter = complainAt(reading, outer);
  if (!isRecord(given.entry)) {
    complainOuter('V2005', '', `the schema of field ${path} is not an object`, 'write { type: ... }');
    return;
  }
  const place = resolve(reading, outer);
  if (place === undefined) return;
  const complain = complainAt(reading, place);
  const type = readType(place, complain);
  if (type === undefined) return;
  if (type.type !== 'object') checkKeywords(place, type.type, complain);
  const items = type.type === 'array' ? readItems(reading, path, place, complain) : undefined;
  if (type.type === 'array' && items === undefined) return;
  const shape = type.type === 'array' ? readCounts(place.schema, complain) : readShape(place.schema, type, complain);

  const wanted = items === undefined ? lockKind(shape.kind, shape.scale) : listLockKind(items.shape.kind, items.shape.scale);
  const locked = lockField(reading.lock, table.path, name, wanted);
  if (locked.conflict !== undefined) {
    complainOuter(
      'V2011',
      '',
      `field ${path} is ${locked.kind}, but model.lock.json has it as ${locked.conflict}: payloads of older callers would be misread`,
      'keep the kind, or give the new field another name',
    );
  }
  if (locked.id > FIELD_ID_MAX) complainOuter('V2012', '', `object "${table.path}" has used up its ${FIELD_ID_MAX} field ids`);

  const description = outer.schema.description ?? place.schema.description;
  const field: Field = {
    name,
    path,
    index: 0,
    table: table.index,
    slot: locked.id,
    // LONG in the lock stays LONG, see lockField.
    kind: locked.conflict === undefined && locked.kind === 'LONG' ? FieldKind.LONG : shape.kind,
    required: mandatory && !type.nullable,
    nullable: true,
    ...boundsOf(shape),
    ...(typeof description === 'string' ? { description } : {}),
  };
  table.fields.push(field);
  takeMembers(reading, field, shape, complain);
  const isScalar = field.kind !== FieldKind.OBJECT && field.kind !== FieldKind.LIST;
  if (!isScalar) {
    // Beside $ref; checkKeywords refuses the one in the definition itself.
    if (outer.schema.default !== undefined && place !== outer)
      complainOuter('V2002', 'default', `default has no effect on ${type.type}`);
  } else if (outer.schema.default !== undefined) readDefault(field, outer.schema.default, complainOuter);
  else if (place.schema.default !== undefined) readDefault(field, place.schema.default, complain);
  field.nullable = !field.required && field.default === undefined;
  if (field.kind === FieldKind.OBJECT) readChild(reading, field, path, place, depth, trail);
  else if (items !== undefined) {
    if (items.shape.kind === FieldKind.OBJECT) readChild(reading, field, `${path}[]`, items.place, depth, trail);
    else readElement(reading, field, items, locked.conflict === undefined && locked.kind === LONG_LIST, depth);
  }
}

const LONG_LIST = listLockKind(FieldKind.LONG, undefined);

/** What the elements of a list are, and where that is written. */
interface Items {
  place: Place;
  shape: Shape;
}

/** The `items` of a list. After a complaint undefined: without them the field has no form. */
function readItems(reading: Reading, path: string, list: Place, complain: Complain): Items | undefined {
  const { items } = list.schema;
  if (!isRecord(items)) {
    const advice = 'write items: { type: ... }';
    if (items === undefined) complain('V2015', '', `list ${path} does not say what its items are`, advice);
    else complain('V2005', 'items', 'items must be the schema of every item', advice);
    return undefined;
  }
  const outer: Place = { schema: items, pointer: `${list.pointer}/items` };
  if (items.default !== undefined) {
    complainAt(reading, outer)('V2002', 'default', 'default has no effect on an item: no item is absent', 'remove it');
  }
  const place = resolve(reading, outer);
  if (place === undefined) return undefined;
  const complainItem = complainAt(reading, place);
  const type = readType(place, complainItem);
  if (type === undefined) return undefined;
  if (type.nullable) {
    complainItem('V2015', 'type', `an item of list ${path} cannot be null`, 'leave such items out of the list');
  }
  if (type.type === 'array') {
    complainItem(
      'V2015',
      'type',
      `list ${path} is a list of lists`,
      'write a list of objects that have a field with the inner list',
    );
    return undefined;
  }
  if (type.type !== 'object') checkKeywords(place, type.type, complainItem);
  return { place, shape: readShape(place.schema, type, complainItem) };
}

/** The one field of the table that stands for the elements of a list of scalars or texts. */
function readElement(reading: Reading, list: Field, { place, shape }: Items, isLong: boolean, depth: number): void {
  const path = `${list.path}[]`;
  const complain = complainAt(reading, place);
  if (!checkDepth(depth, complain)) return;
  const name = uniqueName(`${pascalCase(list.path)}Element`, reading.names);
  const table: Table = { index: reading.tables.length, name, path, fields: [], element: true };
  addTable(reading, table, complain);
  countField(reading, place.pointer);
  const element: Field = {
    name: '',
    path,
    index: 0,
    table: table.index,
    slot: 0,
    kind: isLong ? FieldKind.LONG : shape.kind,
    required: true,
    nullable: false,
    ...boundsOf(shape),
  };
  table.fields.push(element);
  takeMembers(reading, element, shape, complain);
  list.child = table.index;
  list.element = element;
}

function boundsOf(shape: Shape): Partial<Field> {
  return {
    ...(shape.minimum === undefined ? {} : { minimum: shape.minimum }),
    ...(shape.maximum === undefined ? {} : { maximum: shape.maximum }),
    ...(shape.scale === undefined ? {} : { scale: shape.scale }),
  };
}

/** Gives the members of an enum their numbers. */
function takeMembers(reading: Reading, field: Field, shape: Shape, complain: Complain): void {
  if (shape.memberNames === undefined) return;
  field.members = lockMembers(reading.lock, field.path, shape.memberNames);
  field.memberNumberMax = memberNumberMax(reading.lock, field.path);
  if (field.memberNumberMax >= ENUM_MEMBERS_MAX) {
    complain('V2012', 'enum', `enum ${field.path} has had more than ${ENUM_MEMBERS_MAX} members, retired ones included`);
  }
}

/** Reads the table of an object, or of the objects of a list, whose path ends in []. */
function readChild(reading: Reading, field: Field, path: string, place: Place, depth: number, trail: readonly string[]): void {
  const complain = complainAt(reading, place);
  if (trail.includes(place.pointer)) {
    complain('V2008', '', `object ${path} contains itself`, 'write the levels that rules read as objects of their own');
    return;
  }
  if (checkDepth(depth, complain)) field.child = readTable(reading, place, path, pascalCase(path), depth + 1, trail);
}

function checkDepth(depth: number, complain: Complain): boolean {
  if (depth < MODEL_DEPTH_MAX) return true;
  complain('V2012', '', `objects and lists are nested more than ${MODEL_DEPTH_MAX} deep`);
  return false;
}
