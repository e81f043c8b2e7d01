// The part of a document's JSON Schema that holds at a path: its keys, their descriptions, and the words that a value may be.

import { DOCUMENT_SCHEMAS, type DocumentKind } from '../bundle/schemas.js';
import { FORMATS, KEYWORDS, SCHEMA_TYPES } from '../schema/keywords.js';
import type { FileKind } from './document-kind.js';
import type { Key } from './document-tree.js';

export interface SchemaPart {
  description?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  pattern?: string;
  default?: unknown;
  required?: readonly string[];
  properties?: Readonly<Record<string, SchemaPart>>;
  patternProperties?: Readonly<Record<string, SchemaPart>>;
  additionalProperties?: SchemaPart | boolean;
  items?: SchemaPart;
}

/** The schema of the value at a path. */
export function schemaAt(kind: FileKind, path: readonly Key[]): SchemaPart | undefined {
  if (kind === 'csv') return undefined;
  if (kind === 'model') return modelSchemaAt(path);
  let part = DOCUMENT_SCHEMAS[kind as DocumentKind] as SchemaPart | undefined;
  for (const key of path) {
    if (part === undefined) return undefined;
    part = typeof key === 'number' ? part.items : memberOf(part, key);
  }
  return part;
}

function memberOf(part: SchemaPart, key: string): SchemaPart | undefined {
  const { properties, patternProperties, additionalProperties } = part;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  for (const [pattern, schema] of Object.entries(patternProperties ?? {})) if (new RegExp(pattern).test(key)) return schema;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The values that a text may be there, where they are few. */
export function wordsOf(part: SchemaPart | undefined): string[] {
  if (part === undefined) return [];
  const types = typeof part.type === 'string' ? [part.type] : (part.type ?? []);
  const fromPattern = /^\^\(([A-Za-z|]+)\)\$$/.exec(part.pattern ?? '')?.[1]?.split('|') ?? [];
  const booleans = types.length === 1 && types[0] === 'boolean' ? ['true', 'false'] : [];
  return [...(part.enum ?? []).map(String), ...fromPattern, ...booleans];
}

/** The schema of a JSON Schema, as far as models go. */
function modelSchemaAt(path: readonly Key[]): SchemaPart | undefined {
  const last = path.at(-1);
  const parent = path.at(-2);
  // Behind one of these stands a name that the author gives.
  if (last === 'properties' || last === '$defs') return path.length > 1 && isNaming(parent, path) ? MODEL_PART : {};
  if (last === 'type' && !isNaming(parent, path)) return { enum: SCHEMA_TYPES, description: MODEL_KEYS.type! };
  if (last === 'format' && !isNaming(parent, path)) return { enum: Object.values(FORMATS).flat(), description: MODEL_KEYS.format! };
  if (last === undefined || last === 'items' || isNaming(parent, path)) return MODEL_PART;
  return Object.hasOwn(MODEL_KEYS, last) ? { description: MODEL_KEYS[last]! } : undefined;
}

function isNaming(parent: Key | undefined, path: readonly Key[]): boolean {
  if (parent !== 'properties' && parent !== '$defs') return false;
  // `properties` may itself be the name of a property.
  return !isNaming(path.at(-3), path.slice(0, -1));
}

const MODEL_KEYS: Readonly<Record<string, string>> = {
  type: 'What the value is; with `null` beside it in a list, it may be null.',
  title: 'A name for people.',
  description: 'What editors and the documentation say of it.',
  properties: 'The fields of an object, by name.',
  required: 'Fields without which a payload is invalid.',
  additionalProperties: 'false: fields that the model does not name are refused.',
  minimum: 'Least value.',
  maximum: 'Largest value.',
  exclusiveMinimum: 'Every value is above it.',
  exclusiveMaximum: 'Every value is below it.',
  multipleOf: '0.01 and such: an exact decimal of so many digits.',
  format: 'int64, date-time, date: what the type alone does not say.',
  enum: 'Members, in any order: their numbers stand in model.lock.json.',
  default: 'Taken where the field is absent.',
  minLength: 'Characters at least.',
  maxLength: 'Characters at most; the cost of a text grows with it.',
  items: 'What each element of a list is.',
  minItems: 'Elements at least.',
  maxItems: 'Elements at most: a list must have it.',
  $defs: 'Schemas that `$ref` names: `#/$defs/NAME`.',
  $ref: 'The schema that stands elsewhere in the document.',
  const: 'The only value.',
};

const MODEL_PART: SchemaPart = {
  properties: Object.fromEntries(
    [...Object.keys(KEYWORDS), '$ref'].map((key) => [key, Object.hasOwn(MODEL_KEYS, key) ? { description: MODEL_KEYS[key]! } : {}]),
  ),
};
