// What reading a model is about at every place of its JSON Schema: where one stands, what is reported there, which type and
// keywords a schema has, where a $ref leads.

import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { BESIDE_REF, KEYWORDS, nearest, SCHEMA_TYPES, type SchemaType, UNSUPPORTED_ADVICE } from './keywords.js';
import type { ModelLock, Table } from './model.js';
import type { Complain } from './read-field.js';

export type Schema = Readonly<Record<string, unknown>>;

/** A schema and the JSON Pointer of the place where it is written. */
export interface Place {
  schema: Schema;
  pointer: string;
}

export interface Reading {
  root: unknown;
  lock: ModelLock;
  spanOf: (jsonPointer: string) => Span;
  bag: DiagnosticBag;
  tables: Table[];
  names: Set<string>;
  fieldCount: number;
  failed: boolean;
}

/** Type and nullability of a schema: `type: T`, or `type: [T, "null"]`. */
export function readType(place: Place, complain: Complain): { type: SchemaType; nullable: boolean } | undefined {
  const type = place.schema.type ?? impliedType(place.schema);
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
  const advice = near === undefined ? allowed : `did you mean ${near}?`;
  complain('V2004', 'type', `type ${jsonText(rest[0])} is not supported`, advice);
  return undefined;
}

/** The type that `enum` or `const` alone leave: texts, or one number. What else they may name is refused without a type. */
function impliedType(schema: Schema): string | string[] | undefined {
  const values = schema.enum ?? [schema.const];
  if (Array.isArray(values) && values.some((value) => typeof value === 'string')) {
    if (values.every((value) => typeof value === 'string')) return 'string';
    if (values.every((value) => typeof value === 'string' || value === null)) return ['string', 'null'];
  }
  if (schema.enum !== undefined) return undefined;
  if (typeof schema.const === 'bigint' || Number.isInteger(schema.const)) return 'integer';
  return typeof schema.const === 'number' ? 'number' : undefined;
}

/** Refuses every keyword that would not be honoured on this type. */
export function checkKeywords(place: Place, type: SchemaType, complain: Complain): void {
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
export function resolve(reading: Reading, from: Place): Place | undefined {
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
      const near = target === undefined ? nearest(name ?? '', Object.keys(defs)) : undefined;
      const message = target === undefined ? `there is no definition ${ref}` : `the definition ${ref} is not an object`;
      complain('V2008', '$ref', message, near === undefined ? undefined : `did you mean #/$defs/${escapePointer(near)}?`);
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

export function complainAt(reading: Reading, place: Place): Complain {
  return (code, keyword, message, advice) => {
    report(reading, code, keyword === '' ? place.pointer : `${place.pointer}/${keyword}`, message, advice);
  };
}

export function report(
  reading: Reading,
  code: DiagnosticCode,
  pointer: string,
  message: string,
  advice?: string | undefined,
): void {
  reading.failed = true;
  const span = reading.spanOf(pointer);
  // A definition that is used twice is read twice; its mistakes are reported once.
  const { items } = reading.bag;
  const same = (span2: Span): boolean => span2.file === span.file && span2.start === span.start && span2.end === span.end;
  if (!items.some((item) => item.code === code && item.message === message && same(item.span))) {
    reading.bag.error(code, span, message, advice);
  }
}

export function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(token: string): string | undefined {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of a schema as JSON, for messages. Integers may be bigints, which JSON.stringify refuses. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, own: unknown) => (typeof own === 'bigint' ? String(own) : own));
}
