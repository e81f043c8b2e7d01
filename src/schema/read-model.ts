// JSON Schema 2020-12 -> Model: the mapping of docs/ARCHITECTURE.md. Reading never stops at the first mistake; a keyword that
// would not be honoured is refused by name.

import { ENUM_MEMBERS_MAX, MODEL_DEPTH_MAX, MODEL_FIELDS_MAX, MODEL_TABLES_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { modelHash } from './hash.js';
import {
  BESIDE_REF,
  FIELD_NAME,
  KEYWORDS,
  nearest,
  RESERVED_NAMES,
  SCHEMA_TYPES,
  type SchemaType,
  UNSUPPORTED_ADVICE,
} from './keywords.js';
import { cloneLock, emptyLock, FIELD_ID_MAX, lockField, lockKind, lockMembers, memberNumberMax } from './lock.js';
import type { Field, Model, ModelLock, Table } from './model.js';
import { pascalCase, uniqueName } from './names.js';
import { type Complain, readDefault, readShape } from './read-field.js';

type Schema = Readonly<Record<string, unknown>>;

/** A schema and the JSON Pointer of the place where it is written. */
interface Place {
  schema: Schema;
  pointer: string;
}

interface Reading {
  root: unknown;
  lock: ModelLock;
  spanOf: (jsonPointer: string) => Span;
  bag: DiagnosticBag;
  tables: Table[];
  names: Set<string>;
  fieldCount: number;
  failed: boolean;
}

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
    report(reading, 'V2001', '/$schema', 'the model is not written in JSON Schema 2020-12', `write $schema: ${DRAFT}`);
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
  reading.tables.push(table);
  if (reading.tables.length === MODEL_TABLES_MAX + 1) {
    complain('V2012', '', `the model has more than ${MODEL_TABLES_MAX} objects`, 'write nested fields into the object around them');
  }
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
    reading.fieldCount++;
    if (reading.fieldCount === MODEL_FIELDS_MAX + 1) {
      report(reading, 'V2012', pointer, `the model has more than ${MODEL_FIELDS_MAX} fields`);
    }
    if (reading.tables.length > MODEL_TABLES_MAX || reading.fieldCount > MODEL_FIELDS_MAX) break;
    readField(reading, table, fieldName, { entry, pointer }, required.has(fieldName), depth, here);
  }
  return table.index;
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
  if (!FIELD_NAME.test(name)) {
    report(
      reading,
      'V2003',
      pointer,
      `the field name ${JSON.stringify(name)} is not an identifier`,
      'use letters, digits and _, with no digit first',
    );
    return false;
  }
  if (RESERVED_NAMES.has(name)) {
    report(
      reading,
      'V2003',
      pointer,
      `the field name ${name} has a meaning of its own in expressions`,
      `call it ${name.replace(/^_+/, '')}_ or ${name.replace(/^_+/, '')}Value`,
    );
    return false;
  }
  return true;
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
  const shape = readShape(place.schema, type.type, type.nullable, complain);

  const locked = lockField(reading.lock, table.path, name, lockKind(shape.kind, shape.scale));
  if (locked.conflict !== undefined) {
    complainOuter(
      'V2011',
      '',
      `field ${path} is ${locked.kind}, but model.lock.json has it as ${locked.conflict}: payloads of older callers would be misread`,
      'keep the kind, or give the new field another name',
    );
  }
  if (locked.id > FIELD_ID_MAX) complainOuter('V2012', '', `object "${table.path}" has used up its ${FIELD_ID_MAX} field ids`);
  // LONG in the lock stays LONG, see lockField.
  const kind = locked.conflict === undefined && locked.kind === 'LONG' ? FieldKind.LONG : shape.kind;

  const description = outer.schema.description ?? place.schema.description;
  const field: Field = {
    name,
    path,
    index: 0,
    table: table.index,
    slot: locked.id,
    kind,
    required: mandatory && !type.nullable,
    nullable: true,
    ...(shape.minimum === undefined ? {} : { minimum: shape.minimum }),
    ...(shape.maximum === undefined ? {} : { maximum: shape.maximum }),
    ...(shape.scale === undefined ? {} : { scale: shape.scale }),
    ...(typeof description === 'string' ? { description } : {}),
  };
  table.fields.push(field);
  if (shape.memberNames !== undefined) {
    field.members = lockMembers(reading.lock, path, shape.memberNames);
    field.memberNumberMax = memberNumberMax(reading.lock, path);
    if (field.memberNumberMax >= ENUM_MEMBERS_MAX) {
      complain('V2012', 'enum', `enum ${path} has had more than ${ENUM_MEMBERS_MAX} members, retired ones included`);
    }
  }
  if (kind === FieldKind.OBJECT) {
    // Beside $ref; checkKeywords refuses the one in the definition itself.
    if (outer.schema.default !== undefined && place !== outer) complainOuter('V2002', 'default', 'default has no effect on object');
  } else if (outer.schema.default !== undefined) readDefault(field, outer.schema.default, complainOuter);
  else if (place.schema.default !== undefined) readDefault(field, place.schema.default, complain);
  field.nullable = !field.required && field.default === undefined;
  if (kind === FieldKind.OBJECT) readChild(reading, field, place, depth, trail, complain);
}

function readChild(
  reading: Reading,
  field: Field,
  place: Place,
  depth: number,
  trail: readonly string[],
  complain: Complain,
): void {
  if (trail.includes(place.pointer)) {
    complain('V2008', '', `object ${field.path} contains itself`, 'write the levels that rules read as objects of their own');
    return;
  }
  if (depth === MODEL_DEPTH_MAX) {
    complain('V2012', '', `objects are nested more than ${MODEL_DEPTH_MAX} deep`);
    return;
  }
  field.child = readTable(reading, place, field.path, pascalCase(field.path), depth + 1, trail);
}

/** Type and nullability of a schema: `type: T`, or `type: [T, "null"]`. */
function readType(place: Place, complain: Complain): { type: SchemaType; nullable: boolean } | undefined {
  const { type } = place.schema;
  const names: unknown[] = Array.isArray(type) ? type : [type];
  const rest = names.filter((name) => name !== 'null');
  const nullable = rest.length < names.length;
  const allowed = `the types are ${SCHEMA_TYPES.join(', ')}, and "null" beside one of them`;
  if (type === undefined) {
    const unsupported = Object.keys(place.schema).find((keyword) => Object.hasOwn(UNSUPPORTED_ADVICE, keyword));
    if (unsupported !== undefined)
      complain('V2002', unsupported, `${unsupported} is not supported`, UNSUPPORTED_ADVICE[unsupported]);
    else complain('V2004', '', 'the schema has no type', allowed);
    return undefined;
  }
  if (rest.length !== 1 || names.length > 2) {
    complain('V2004', 'type', 'a field has exactly one type', allowed);
    return undefined;
  }
  const found = SCHEMA_TYPES.find((name) => name === rest[0]);
  if (found !== undefined) return { type: found, nullable };
  const near = typeof rest[0] === 'string' ? nearest(rest[0], SCHEMA_TYPES) : undefined;
  const advice = rest[0] === 'array' ? UNSUPPORTED_ADVICE.items : near === undefined ? allowed : `did you mean ${near}?`;
  complain('V2004', 'type', `type ${JSON.stringify(rest[0])} is not supported`, advice);
  return undefined;
}

/** Refuses every keyword that would not be honoured on this type. */
function checkKeywords(place: Place, type: SchemaType, complain: Complain): void {
  for (const keyword of Object.keys(place.schema)) {
    if (keyword.startsWith('x-')) continue;
    const on = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (on === 'any') continue;
    if (on === 'root') {
      if (place.pointer !== '') complain('V2002', keyword, `${keyword} is only supported at the top of the model`);
    } else if (on === undefined) {
      const advice = Object.hasOwn(UNSUPPORTED_ADVICE, keyword) ? UNSUPPORTED_ADVICE[keyword] : undefined;
      const near = advice === undefined ? nearest(keyword, Object.keys(KEYWORDS)) : undefined;
      complain(
        'V2002',
        keyword,
        `${keyword} is not supported`,
        near === undefined ? (advice ?? 'remove it') : `did you mean ${near}?`,
      );
    } else if (!on.includes(type)) {
      complain('V2002', keyword, `${keyword} has no effect on ${type}`, `it acts on ${on.join(' and ')}`);
    }
  }
}

/** Follows `$ref` into `$defs` until a schema without one. */
function resolve(reading: Reading, from: Place): Place | undefined {
  let place = from;
  const seen = new Set<string>();
  while (place.schema.$ref !== undefined) {
    const complain = complainAt(reading, place);
    const top: readonly string[] = place.pointer === '' ? ['$schema', '$id', '$defs'] : [];
    for (const keyword of Object.keys(place.schema)) {
      if (BESIDE_REF.includes(keyword) || top.includes(keyword) || keyword.startsWith('x-')) continue;
      complain('V2002', keyword, `${keyword} is not supported beside $ref`, 'write it into the definition that $ref names');
    }
    const ref = place.schema.$ref;
    if (typeof ref !== 'string' || !/^#\/\$defs\/[^/]+$/.test(ref)) {
      complain('V2008', '$ref', 'a $ref must have the form #/$defs/NAME', 'put the definition under $defs at the top of the model');
      return undefined;
    }
    const name = unescapePointer(ref.slice('#/$defs/'.length));
    const defs = isRecord(reading.root) && isRecord(reading.root.$defs) ? reading.root.$defs : {};
    const target = name !== undefined && Object.hasOwn(defs, name) ? defs[name] : undefined;
    if (name === undefined || !isRecord(target)) {
      const near = nearest(name ?? '', Object.keys(defs));
      complain(
        'V2008',
        '$ref',
        `there is no definition ${ref}`,
        near === undefined ? undefined : `did you mean #/$defs/${escapePointer(near)}?`,
      );
      return undefined;
    }
    if (seen.has(name)) {
      complain('V2008', '$ref', `the definition ${ref} leads back to itself`);
      return undefined;
    }
    seen.add(name);
    place = { schema: target, pointer: `/$defs/${escapePointer(name)}` };
  }
  return place;
}

function complainAt(reading: Reading, place: Place): Complain {
  return (code, keyword, message, advice) => {
    report(reading, code, keyword === '' ? place.pointer : `${place.pointer}/${keyword}`, message, advice);
  };
}

function report(reading: Reading, code: DiagnosticCode, pointer: string, message: string, advice?: string | undefined): void {
  reading.failed = true;
  const span = reading.spanOf(pointer);
  // A definition that is used twice is read twice; its mistakes are reported once.
  const { items } = reading.bag;
  const same = (span2: Span): boolean => span2.file === span.file && span2.start === span.start && span2.end === span.end;
  if (!items.some((item) => item.code === code && item.message === message && same(item.span))) {
    reading.bag.error(code, span, message, advice);
  }
}

function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(token: string): string | undefined {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
