// Model -> JSON Schema 2020-12 of the JSON payloads that Verdict accepts, for callers and their validators. It differs from what
// the author wrote: a field that is not required may be null, and a decimal is a number or a text. There is no `multipleOf`,
// since validators divide doubles and refuse valid money; Verdict checks decimals exactly.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { formatValue } from './convert.js';
import { formatDecimal } from './decimal.js';
import type { Field, Model } from './model.js';

/** The schema as JSON data. */
export function emitJsonSchema(model: Model): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: model.name,
    $comment: `Model hash ${model.hash}`,
    ...tableSchema(model, 0),
  };
}

function tableSchema(model: Model, index: number): Record<string, unknown> {
  const { fields, closed } = model.tables[index]!;
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(model, field)])),
    ...(required.length === 0 ? {} : { required }),
    ...(closed === true ? { additionalProperties: false } : {}),
  };
}

function fieldSchema(model: Model, field: Field): Record<string, unknown> {
  const schema = kindSchema(model, field);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const nullable = !field.required;
  return {
    ...(field.description === undefined ? {} : { description: field.description }),
    ...schema,
    type: nullable ? [...types, 'null'] : schema.type,
    ...(nullable && Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
    ...(field.default === undefined ? {} : { default: defaultValue(field) }),
  };
}

function kindSchema(model: Model, field: Field): Record<string, unknown> {
  switch (field.kind) {
    case FieldKind.BOOL:
      return { type: 'boolean' };
    case FieldKind.INT:
    case FieldKind.LONG:
      return { type: 'integer', ...bounds(field) };
    case FieldKind.DOUBLE:
      return { type: 'number', ...bounds(field) };
    case FieldKind.DECIMAL: {
      const digits = field.scale === 0 ? '(\\.0+)?' : `(\\.[0-9]{1,${field.scale}}0*)?`;
      return { type: [field.scale === 0 ? 'integer' : 'number', 'string'], pattern: `^-?[0-9]+${digits}$`, ...bounds(field) };
    }
    case FieldKind.TIMESTAMP:
      return { type: 'string', format: 'date-time' };
    case FieldKind.DATE:
      return { type: 'string', format: 'date' };
    case FieldKind.ENUM:
      return { type: 'string', enum: field.members!.map(({ name }) => name) };
    case FieldKind.TEXT:
      return {
        type: 'string',
        ...(field.minimum === undefined ? {} : { minLength: field.minimum }),
        ...(field.maximum === undefined ? {} : { maxLength: field.maximum }),
      };
    case FieldKind.LIST:
      return {
        type: 'array',
        items: field.element === undefined ? tableSchema(model, field.child!) : kindSchema(model, field.element),
        ...(field.minimum === undefined ? {} : { minItems: field.minimum }),
        maxItems: field.maximum,
      };
    default:
      return tableSchema(model, field.child!);
  }
}

/** Bounds as JSON numbers; one that a number does not hold exactly is left out, and Verdict still checks it. */
function bounds(field: Field): Record<string, number> {
  const result: Record<string, number> = {};
  for (const keyword of ['minimum', 'maximum'] as const) {
    const bound = field[keyword];
    if (typeof bound === 'number') result[keyword] = bound;
    else if (bound !== undefined && bound >= -(2n ** 53n) && bound <= 2n ** 53n)
      result[keyword] = Number(formatDecimal(bound, field.scale!));
  }
  return result;
}

/** A default as a caller would write it. */
function defaultValue(field: Field): unknown {
  const value = field.default!;
  if (field.kind === FieldKind.ENUM) return field.members!.find(({ number }) => number === value)!.name;
  if (typeof value !== 'bigint') return value;
  return formatValue(field, value);
}
