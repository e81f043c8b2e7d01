// Random models, and random payloads of a model with what a reader must find in them.

import fc from 'fast-check';
import { FieldKind } from '#assembly/shared/value-type.js';
import { formatDecimal } from '#src/schema/decimal.js';
import type { Field, Model } from '#src/schema/model.js';
import type { PayloadObject, PayloadValue } from '#src/schema/reader.js';
import { formatDate, formatTimestamp } from '#src/schema/time.js';

/** A JSON value and what it is after encoding and reading. */
export interface Sample<T = PayloadValue> {
  json: unknown;
  value: T;
}

const MEMBERS = ['A', 'B-1', '', 'für', 'constructor', '😀', 'x y'];
const NAMES = ['a', 'b', 'c', '_d', 'constructor', 'toString', 'valueOf', 'amount', 'E1', 'hasOwnProperty'];

const scalarSchema: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'boolean', default: true }),
  fc.constant({ type: 'integer' }),
  fc.constant({ type: 'integer', format: 'int32' }),
  fc.constant({ type: 'integer', format: 'int64' }),
  fc.constant({ type: 'integer', format: 'int64', default: 7 }),
  fc.constant({ type: 'integer', minimum: -5, exclusiveMaximum: 100, default: 9 }),
  fc.constant({ type: 'number' }),
  fc.constant({ type: 'number', exclusiveMinimum: 0, maximum: 1e6 }),
  fc.constant({ type: 'number', default: -1.5 }),
  fc.integer({ min: 0, max: 18 }).map((scale) => ({ type: 'number', multipleOf: Number(`1e-${scale}`) })),
  fc.constant({ type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1e9, default: 19.99 }),
  fc.constant({ type: 'string' }),
  fc.constant({ type: 'string', minLength: 1, maxLength: 3 }),
  fc.constant({ type: 'string', maxLength: 300, default: 'naïve 😀' }),
  fc.constant({ type: 'string', format: 'date' }),
  fc.constant({ type: 'string', format: 'date-time' }),
  fc.constant({ type: ['string', 'null'], format: 'date-time', default: '2026-01-01T00:00:00.5Z' }),
  fc.uniqueArray(fc.constantFrom(...MEMBERS), { minLength: 1 }).map((members) => ({ type: 'string', enum: members })),
  fc.constant({ type: 'string', enum: MEMBERS, default: 'B-1' }),
  fc.constant({ const: 'x y' }),
  fc.constant({ type: 'number', multipleOf: 0.01, const: 19.99 }),
);

/** What may stand under `items`: an item has no default and is not null. */
const itemSchema: fc.Arbitrary<Record<string, unknown>> = scalarSchema.map(({ default: _, type, ...rest }) => ({
  ...(type === undefined ? {} : { type: Array.isArray(type) ? type[0] : type }),
  ...rest,
}));

function listSchemaOf(item: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(item, fc.constantFrom(0, 1, 2, 5, 40), fc.constantFrom(0, 0, 1), fc.boolean())
    .map(([items, max, min, nullable]) => ({
      type: nullable ? ['array', 'null'] : 'array',
      items,
      maxItems: max,
      ...(min > 0 && min <= max ? { minItems: min } : {}),
    }));
}

function objectSchemaOf(depth: number): fc.Arbitrary<Record<string, unknown>> {
  const property =
    depth === 0
      ? fc.oneof({ weight: 5, arbitrary: scalarSchema }, { weight: 1, arbitrary: listSchemaOf(itemSchema) })
      : fc.oneof(
          { weight: 8, arbitrary: scalarSchema },
          { weight: 2, arbitrary: objectSchemaOf(depth - 1) },
          { weight: 2, arbitrary: listSchemaOf(itemSchema) },
          { weight: 2, arbitrary: listSchemaOf(objectSchemaOf(depth - 1)) },
        );
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), property, fc.boolean()), {
      selector: ([name]) => name,
      maxLength: NAMES.length,
    })
    .chain((entries) =>
      fc.boolean().map((closed) => ({
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, schema]) => [name, schema])),
        required: entries.filter(([, , required]) => required).map(([name]) => name),
        ...(closed ? { additionalProperties: false } : {}),
      })),
    );
}

/** Schemas of up to three levels of objects and lists of objects, with lists of everything else in all of them. */
export const schemaArbitrary: fc.Arbitrary<Record<string, unknown>> = objectSchemaOf(2);

/** Payloads of a model that are valid. */
export function payloadArbitrary(model: Model): fc.Arbitrary<Sample<PayloadObject>> {
  return tableArbitrary(model, 0);
}

function tableArbitrary(model: Model, index: number): fc.Arbitrary<Sample<PayloadObject>> {
  const { fields, closed } = model.tables[index]!;
  const samples = fields.map((field) => {
    const present = fieldArbitrary(model, field);
    return field.required
      ? present
      : fc.oneof({ weight: 3, arbitrary: present as fc.Arbitrary<Sample> }, { weight: 1, arbitrary: absent(field) });
  });
  return fc.tuple(fc.tuple(...(samples as fc.Arbitrary<Sample>[])), fc.boolean()).map(([values, stray]) => {
    const json: Record<string, unknown> = {};
    const value: PayloadObject = {};
    for (const [i, field] of fields.entries()) {
      if (values[i]!.json !== undefined) json[field.name] = values[i]!.json;
      value[field.name] = values[i]!.value;
    }
    if (closed !== true && stray) json.stray = [1, { amount: 2 }];
    return { json, value };
  });
}

function absent(field: Field): fc.Arbitrary<Sample> {
  const value =
    field.default === undefined ? null : field.kind === FieldKind.ENUM ? memberName(field, field.default) : field.default;
  return fc.constantFrom({ json: undefined, value }, { json: null, value });
}

function memberName(field: Field, number: unknown): string {
  return field.members!.find((member) => member.number === number)!.name;
}

function fieldArbitrary(model: Model, field: Field): fc.Arbitrary<Sample> {
  if (field.kind === FieldKind.OBJECT) return tableArbitrary(model, field.child!);
  if (field.kind !== FieldKind.LIST) return valueArbitrary(field);
  const item = field.element === undefined ? tableArbitrary(model, field.child!) : valueArbitrary(field.element);
  const bounds = { minLength: Number(field.minimum ?? 0), maxLength: Number(field.maximum) };
  return fc
    .array(item as fc.Arbitrary<Sample>, bounds)
    .map((samples) => ({ json: samples.map(({ json }) => json), value: samples.map(({ value }) => value) }));
}

const I64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
// Years 0000 to 9999, which is what RFC 3339 can write.
const MICROS = { min: -62_167_219_200_000_000n, max: 253_402_300_799_999_999n };
const DAYS = { min: -719_528, max: 2_932_896 };

function valueArbitrary(field: Field): fc.Arbitrary<Sample> {
  const low = field.minimum;
  const high = field.maximum;
  switch (field.kind) {
    case FieldKind.BOOL:
      return fc.boolean().map(same);
    case FieldKind.INT:
      return fc.integer({ min: low as number, max: high as number }).map(same);
    case FieldKind.LONG:
      return fc.maxSafeInteger().map(same);
    case FieldKind.DOUBLE:
      if (low === undefined && high === undefined) return fc.double().map(same);
      return fc.double({ min: low as number, max: high as number, noNaN: true }).map(same);
    case FieldKind.DECIMAL: {
      const edges = fc.bigInt((low as bigint) ?? I64.min, (high as bigint) ?? I64.max);
      const nearest = (high as bigint) ?? I64.max;
      const small = fc.bigInt((low as bigint) ?? -100_000n, nearest < 100_000n ? nearest : 100_000n);
      return fc.tuple(fc.oneof(edges, small), fc.boolean()).map(([value, asText]) => {
        const text = formatDecimal(value, field.scale!);
        // 15 digits are what every double tells apart.
        const isExact = value > -(10n ** 15n) && value < 10n ** 15n;
        return { json: asText || !isExact ? text : Number(text), value };
      });
    }
    case FieldKind.TIMESTAMP:
      return fc.bigInt(MICROS.min, MICROS.max).map((value) => ({ json: formatTimestamp(value), value }));
    case FieldKind.DATE:
      return fc.integer(DAYS).map((days) => ({ json: formatDate(days), value: BigInt(days) }));
    case FieldKind.ENUM:
      return fc.constantFrom(...field.members!.map(({ name }) => name)).map(same);
    default:
      return fc.string({ unit: 'binary', minLength: (low as number) ?? 0, maxLength: Math.min(high as number, 200) }).map(same);
  }
}

function same(value: PayloadValue): Sample {
  return { json: value, value };
}
