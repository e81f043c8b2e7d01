import { describe, expect, test } from 'vitest';
import {
  ENUM_MEMBERS_MAX,
  MODEL_DEPTH_MAX,
  MODEL_FIELDS_MAX,
  MODEL_TABLES_MAX,
  TEXT_CHARS_DEFAULT,
  TEXT_CHARS_MAX,
} from '#assembly/shared/limits.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { UNSUPPORTED_ADVICE } from '#src/schema/keywords.js';
import type { Field } from '#src/schema/model.js';
import { modelOf, objectSchema, readSchema } from '../lib/model.js';

/** The one field of a model with this property. */
function fieldOf(schema: unknown, rest: Record<string, unknown> = {}): Field {
  return modelOf(objectSchema({ f: schema }, rest)).fields[0]!;
}

/** Diagnostics as `code pointer`, of a model or of one property of it. */
function codesOf(schema: unknown): string[] {
  return readSchema(schema).diagnostics.map((d) => `${d.code} ${d.span.file}`);
}

function codesOfField(schema: unknown): string[] {
  return codesOf(objectSchema({ f: schema })).map((text) => text.replace('/properties/f', '~'));
}

const { BOOL, INT, LONG, DOUBLE, DECIMAL, TIMESTAMP, DATE, ENUM, TEXT, OBJECT } = FieldKind;

describe('the mapping', () => {
  test.each<[Record<string, unknown>, Partial<Field>]>([
    [{ type: 'boolean' }, { kind: BOOL }],
    [{ type: 'integer' }, { kind: LONG }],
    [
      { type: 'integer', minimum: 0 },
      { kind: LONG, minimum: 0 },
    ],
    [
      { type: 'integer', minimum: 0, maximum: 23 },
      { kind: INT, minimum: 0, maximum: 23 },
    ],
    [{ type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }, { kind: INT }],
    [
      { type: 'integer', minimum: 0, maximum: 2 ** 31 },
      { kind: LONG, minimum: 0, maximum: 2 ** 31 },
    ],
    [
      { type: 'integer', minimum: 0, exclusiveMaximum: 2 ** 31 },
      { kind: INT, minimum: 0, maximum: 2 ** 31 - 1 },
    ],
    [
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 },
      { kind: INT, minimum: 1, maximum: 9 },
    ],
    [
      { type: 'integer', exclusiveMinimum: 0.5, exclusiveMaximum: 9.5 },
      { kind: INT, minimum: 1, maximum: 9 },
    ],
    [
      { type: 'integer', minimum: -0.5, maximum: 9.5 },
      { kind: INT, minimum: 0, maximum: 9 },
    ],
    [
      { type: 'integer', minimum: 1, exclusiveMinimum: 5, maximum: 9 },
      { kind: INT, minimum: 6, maximum: 9 },
    ],
    [
      { type: 'integer', format: 'int32' },
      { kind: INT, minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    ],
    [
      { type: 'integer', format: 'int32', minimum: 1, maximum: 1e12 },
      { kind: INT, minimum: 1, maximum: 2 ** 31 - 1 },
    ],
    [
      { type: 'integer', maximum: 1e15 },
      { kind: LONG, maximum: 1e15 },
    ],
    [{ type: 'integer', multipleOf: 1 }, { kind: LONG }],
    [
      { type: 'integer', format: 'int64' },
      { kind: DECIMAL, scale: 0 },
    ],
    [
      { type: 'integer', format: 'int64', minimum: 5 },
      { kind: DECIMAL, scale: 0, minimum: 5n },
    ],
    [
      { type: 'integer', format: 'int64', minimum: 2n ** 60n + 1n },
      { kind: DECIMAL, scale: 0, minimum: 2n ** 60n + 1n },
    ],
    [{ type: 'number' }, { kind: DOUBLE }],
    [
      { type: 'number', format: 'double', minimum: 0.1 },
      { kind: DOUBLE, minimum: 0.1 },
    ],
    [
      { type: 'number', exclusiveMinimum: 0 },
      { kind: DOUBLE, minimum: Number.MIN_VALUE },
    ],
    [
      { type: 'number', exclusiveMaximum: 0 },
      { kind: DOUBLE, maximum: -Number.MIN_VALUE },
    ],
    [
      { type: 'number', exclusiveMaximum: 1 },
      { kind: DOUBLE, maximum: 1 - 2 ** -53 },
    ],
    [
      { type: 'number', exclusiveMinimum: -1 },
      { kind: DOUBLE, minimum: -1 + 2 ** -53 },
    ],
    [
      { type: 'number', exclusiveMinimum: 1, minimum: 1 },
      { kind: DOUBLE, minimum: 1 + 2 ** -52 },
    ],
    [
      { type: 'number', multipleOf: 1 },
      { kind: DECIMAL, scale: 0 },
    ],
    [
      { type: 'number', multipleOf: 0.01 },
      { kind: DECIMAL, scale: 2 },
    ],
    [
      { type: 'number', multipleOf: 1e-18 },
      { kind: DECIMAL, scale: 18 },
    ],
    [
      { type: 'number', multipleOf: 0.01, minimum: 0.01, maximum: 999.99 },
      { scale: 2, minimum: 1n, maximum: 99_999n },
    ],
    [
      { type: 'number', multipleOf: 0.01, minimum: 0.005, maximum: 0.999 },
      { scale: 2, minimum: 1n, maximum: 99n },
    ],
    [
      { type: 'number', multipleOf: 0.01, minimum: -0.005, maximum: 0.001 },
      { scale: 2, minimum: 0n, maximum: 0n },
    ],
    [
      { type: 'number', multipleOf: 0.01, exclusiveMinimum: 0, exclusiveMaximum: 100 },
      { scale: 2, minimum: 1n, maximum: 9999n },
    ],
    [
      { type: 'number', multipleOf: 0.1, maximum: 1e-7 },
      { scale: 1, maximum: 0n },
    ],
    [
      { type: 'number', multipleOf: 0.1, maximum: 1.15 },
      { scale: 1, maximum: 11n },
    ],
    [
      { type: 'number', multipleOf: 0.001, maximum: 4.35 },
      { scale: 3, maximum: 4350n },
    ],
    [{ type: 'string' }, { kind: TEXT, maximum: TEXT_CHARS_DEFAULT }],
    [
      { type: 'string', minLength: 2, maxLength: 10 },
      { kind: TEXT, minimum: 2, maximum: 10 },
    ],
    [
      { type: 'string', maxLength: TEXT_CHARS_MAX },
      { kind: TEXT, maximum: TEXT_CHARS_MAX },
    ],
    [{ type: 'string', format: 'date-time' }, { kind: TIMESTAMP }],
    [{ type: 'string', format: 'date' }, { kind: DATE }],
    [
      { type: 'string', enum: ['a', 'b'] },
      {
        kind: ENUM,
        members: [
          { name: 'a', number: 0 },
          { name: 'b', number: 1 },
        ],
        memberNumberMax: 1,
      },
    ],
    [
      { type: ['string', 'null'], enum: ['a', null] },
      { kind: ENUM, memberNumberMax: 0 },
    ],
    [
      { type: 'object', properties: { g: { type: 'boolean' } } },
      { kind: OBJECT, child: 1 },
    ],
    [{ type: 'boolean', default: false }, { default: false }],
    [{ type: 'integer', default: -0 }, { default: 0 }],
    [{ type: 'number', default: 1.5 }, { default: 1.5 }],
    [{ type: 'number', multipleOf: 0.01, default: 19.99 }, { default: 1999n }],
    [{ type: 'string', default: '' }, { default: '' }],
    [{ type: 'string', enum: ['a', 'b'], default: 'b' }, { default: 1 }],
    [{ type: 'string', format: 'date', default: '1970-01-02' }, { default: 1n }],
    [{ type: 'string', format: 'date-time', default: '1970-01-01T00:00:01Z' }, { default: 1_000_000n }],
    [
      { type: 'string', title: 't', description: 'd', examples: ['x'], $comment: 'c', deprecated: true, 'x-owner': 'risk' },
      { description: 'd' },
    ],
  ])('%o', (schema, expected) => {
    const field = fieldOf(schema);
    expect(field).toMatchObject(expected);
    const { minimum, maximum } = field;
    if ('minimum' in expected || 'maximum' in expected)
      expect({ minimum, maximum }).toEqual({ minimum: expected.minimum, maximum: expected.maximum });
    expect(field.default).toBe(expected.default);
  });

  test.each<[Record<string, unknown>, boolean, { required: boolean; nullable: boolean }]>([
    [{ type: 'string' }, false, { required: false, nullable: true }],
    [{ type: 'string' }, true, { required: true, nullable: false }],
    [{ type: ['string', 'null'] }, true, { required: false, nullable: true }],
    [{ type: ['null', 'string'] }, false, { required: false, nullable: true }],
    [{ type: 'string', default: 'x' }, false, { required: false, nullable: false }],
    [{ type: 'string', default: 'x' }, true, { required: true, nullable: false }],
    [{ type: 'string', default: null }, false, { required: false, nullable: true }],
    [{ type: ['string', 'null'], default: 'x' }, true, { required: false, nullable: false }],
  ])('%o required: %s', (schema, required, expected) => {
    expect(fieldOf(schema, required ? { required: ['f'] } : {})).toMatchObject(expected);
  });

  test('tables come root first, and know their fields', () => {
    const leaf = objectSchema({ x: { type: 'boolean' } }, { additionalProperties: false });
    const model = modelOf(
      objectSchema(
        { a: { type: 'string' }, b: objectSchema({ c: leaf, d: { type: 'string' } }), e: leaf },
        { title: 'card payment v2' },
      ),
    );
    expect(model.name).toBe('CardPaymentV2');
    expect(model.tables.map(({ name, path, closed }) => [name, path, closed])).toEqual([
      ['CardPaymentV2', '', undefined],
      ['B', 'b', undefined],
      ['BC', 'b.c', true],
      ['E', 'e', true],
    ]);
    expect(model.fields.map(({ path }) => path)).toEqual(['a', 'b', 'e', 'b.c', 'b.d', 'b.c.x', 'e.x']);
    expect(model.fields.every((field, i) => field.index === i && model.tables[field.table]!.fields.includes(field))).toBe(true);
    expect(model.fields.map(({ slot }) => slot)).toEqual([0, 1, 2, 0, 1, 0, 0]);
  });

  test('names of tables do not collide', () => {
    const leaf = objectSchema({ x: { type: 'boolean' } });
    const model = modelOf(objectSchema({ payload: leaf, a_b: leaf, aB: leaf }));
    expect(model.tables.map(({ name }) => name)).toEqual(['Payload', 'Payload2', 'AB', 'AB2']);
  });

  test('$ref follows definitions, and text beside it wins', () => {
    const model = modelOf({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://example.com/m',
      $ref: '#/$defs/Root',
      title: 'm',
      $defs: {
        Root: objectSchema({ a: { $ref: '#/$defs/a~1b%20c', description: 'here', default: 2 }, b: { $ref: '#/$defs/Alias' } }),
        'a/b c': { type: 'number', multipleOf: 0.01, description: 'there', default: 1 },
        Alias: { $ref: '#/$defs/a~1b%20c' },
      },
    });
    expect(model.fields).toMatchObject([
      { scale: 2, description: 'here', default: 200n },
      { scale: 2, description: 'there', default: 100n },
    ]);
  });
});

describe('what is refused', () => {
  test.each<[unknown, string[]]>([
    [null, ['V2001 ']],
    [true, ['V2001 ']],
    [[], ['V2001 ']],
    [{}, ['V2004 ']],
    [{ type: 'string' }, ['V2001 /type']],
    [{ type: ['object', 'null'], properties: {} }, ['V2001 /type']],
    [{ type: 'object' }, ['V2005 ']],
    [{ type: 'object', properties: [] }, ['V2005 /properties']],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: {} }, ['V2001 /$schema']],
    [objectSchema({}, { additionalProperties: { type: 'string' } }), ['V2005 /additionalProperties']],
    [objectSchema({}, { required: 'a' }), ['V2005 /required']],
    [objectSchema({}, { required: [1] }), ['V2005 /required/0']],
    [objectSchema({ amount: { type: 'number' } }, { required: ['amuont'] }), ['V2013 /required/0']],
    [objectSchema({}, { required: ['toString'] }), ['V2013 /required/0']],
    [objectSchema({}, { minimum: 5 }), ['V2002 /minimum']],
    [objectSchema({}, { foo: 5 }), ['V2002 /foo']],
    [objectSchema({ 'a-b': { type: 'string' } }), ['V2003 /properties/a-b']],
    [objectSchema({ 'a/b': { type: 'string' } }), ['V2003 /properties/a~1b']],
    [objectSchema({ '': { type: 'string' } }), ['V2003 /properties/']],
    [objectSchema({ '1a': { type: 'string' } }), ['V2003 /properties/1a']],
    [objectSchema({ a: objectSchema({ 'b-c': { type: 'string' } }) }), ['V2003 /properties/a/properties/b-c']],
    [objectSchema({ payload: { type: 'string' }, class: { type: 'string' } }), ['V2003 /properties/class']],
    [objectSchema({ now: { type: 'string' }, payload: objectSchema({ now: { type: 'string' } }) }), ['V2003 /properties/now']],
    [objectSchema(JSON.parse('{"__proto__":{"type":"string"}}')), ['V2003 /properties/__proto__']],
    [objectSchema({ a: { $ref: '#/$defs/R' } }, { $defs: { R: objectSchema({ b: { $ref: '#/$defs/R' } }) } }), ['V2008 /$defs/R']],
    [objectSchema({ a: { $ref: '#/$defs/R' } }, { $defs: { R: { $ref: '#/$defs/R' } } }), ['V2008 /$defs/R/$ref']],
    [objectSchema({ a: { $ref: '#' } }), ['V2008 /properties/a/$ref']],
    [objectSchema({ a: { $ref: '#/$defs/toString' } }), ['V2008 /properties/a/$ref']],
    [objectSchema({ a: { $ref: '#/$defs/%zz' } }), ['V2008 /properties/a/$ref']],
    [objectSchema({ a: { $ref: 'other.json' } }), ['V2008 /properties/a/$ref']],
    [
      objectSchema({ a: { $ref: '#/$defs/R', minLength: 1 } }, { $defs: { R: { type: 'string' } } }),
      ['V2002 /properties/a/minLength'],
    ],
    [
      objectSchema({ a: { $ref: '#/$defs/R' }, b: { $ref: '#/$defs/R' } }, { $defs: { R: { type: 'text' } } }),
      ['V2004 /$defs/R/type'],
    ],
  ])('model %o', (schema, expected) => {
    expect(readSchema(schema).model).toBeUndefined();
    expect(codesOf(schema)).toEqual(expected);
  });

  test.each<[unknown, string[]]>([
    [true, ['V2005 ~']],
    ['string', ['V2005 ~']],
    [{}, ['V2004 ~']],
    [{ type: 'array', items: {} }, ['V2004 ~/items']],
    [{ type: 'null' }, ['V2004 ~/type']],
    [{ type: ['string', 'number'] }, ['V2004 ~/type']],
    [{ type: ['string', 'string'] }, ['V2004 ~/type']],
    [{ type: [] }, ['V2004 ~/type']],
    [{ type: 'str' }, ['V2004 ~/type']],
    [{ type: 7 }, ['V2004 ~/type']],
    [{ type: 'string', format: 'email' }, ['V2002 ~/format']],
    [{ type: 'integer', format: 'date' }, ['V2002 ~/format']],
    [{ type: 'boolean', format: 'x' }, ['V2002 ~/format', 'V2002 ~/format']],
    [{ type: 'number', minLength: 1 }, ['V2002 ~/minLength']],
    [{ type: 'string', minimum: 1 }, ['V2002 ~/minimum']],
    [{ type: 'integer', enum: [1] }, ['V2002 ~/enum']],
    [{ type: 'object', properties: {}, default: {} }, ['V2002 ~/default']],
    [{ type: 'string', $defs: {} }, ['V2002 ~/$defs']],
    [{ type: 'string', patern: 'x' }, ['V2002 ~/patern']],
    [{ type: 'string', constructor: 1 }, ['V2002 ~/constructor']],
    [{ type: 'string', enum: 'a' }, ['V2009 ~/enum']],
    [{ type: 'string', enum: [] }, ['V2009 ~/enum']],
    [{ type: 'string', enum: ['a', 1] }, ['V2009 ~/enum/1']],
    [{ type: 'string', enum: ['a', null] }, ['V2009 ~/enum/1']],
    [{ type: 'string', enum: ['a', 'a'] }, ['V2009 ~/enum/1']],
    [{ type: 'string', enum: ['a', '__proto__'] }, ['V2009 ~/enum/1']],
    [{ type: 'string', enum: Array.from({ length: ENUM_MEMBERS_MAX + 1 }, (_, i) => `m${i}`) }, ['V2012 ~/enum']],
    [{ type: 'string', enum: ['a'], maxLength: 5 }, ['V2002 ~/maxLength']],
    [{ type: 'string', enum: ['2026-01-01'], format: 'date' }, ['V2002 ~/format']],
    [{ type: 'string', format: 'date', minLength: 5 }, ['V2002 ~/minLength']],
    [{ type: 'string', minLength: -1 }, ['V2005 ~/minLength']],
    [{ type: 'string', maxLength: 1.5 }, ['V2005 ~/maxLength']],
    [{ type: 'string', maxLength: '5' }, ['V2005 ~/maxLength']],
    [{ type: 'string', maxLength: TEXT_CHARS_MAX + 1 }, ['V2012 ~/maxLength']],
    [{ type: 'string', minLength: 5, maxLength: 4 }, ['V2006 ~/minLength']],
    [{ type: 'string', minLength: TEXT_CHARS_DEFAULT + 1 }, ['V2006 ~/minLength']],
    [{ type: 'number', multipleOf: 0.05 }, ['V2005 ~/multipleOf']],
    [{ type: 'number', multipleOf: 1e-19 }, ['V2005 ~/multipleOf']],
    [{ type: 'number', multipleOf: 0 }, ['V2005 ~/multipleOf']],
    [{ type: 'number', multipleOf: 10 }, ['V2005 ~/multipleOf']],
    [{ type: 'integer', multipleOf: 5 }, ['V2005 ~/multipleOf']],
    [{ type: 'number', minimum: '0' }, ['V2005 ~/minimum']],
    [{ type: 'number', maximum: Number.NaN }, ['V2005 ~/maximum']],
    [{ type: 'number', exclusiveMinimum: true }, ['V2005 ~/exclusiveMinimum']],
    [{ type: 'number', minimum: 2, maximum: 1 }, ['V2006 ~/maximum']],
    [{ type: 'number', multipleOf: 0.01, minimum: -0.005, maximum: -0.001 }, ['V2006 ~/maximum']],
    [{ type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 1 }, ['V2006 ~/exclusiveMaximum']],
    [{ type: 'number', exclusiveMinimum: Number.MAX_VALUE }, ['V2006 ~/exclusiveMinimum']],
    [{ type: 'integer', minimum: 2, maximum: 1 }, ['V2006 ~/maximum']],
    [{ type: 'integer', minimum: 0.2, maximum: 0.8 }, ['V2006 ~/maximum']],
    [{ type: 'integer', format: 'int32', minimum: 2 ** 31 }, ['V2006 ~/minimum']],
    [{ type: 'integer', minimum: 2 ** 53 }, ['V2006 ~/minimum']],
    [{ type: 'integer', exclusiveMaximum: 1 - 2 ** 53 }, ['V2006 ~/exclusiveMaximum']],
    [{ type: 'number', multipleOf: 0.01, minimum: 1e18 }, ['V2006 ~/minimum']],
    [{ type: 'number', multipleOf: 0.01, minimum: 0.001, maximum: 0.009 }, ['V2006 ~/maximum']],
    [{ type: 'integer', format: 'int64', maximum: 2 ** 53 + 2 }, ['V2006 ~/maximum']],
    [{ type: 'boolean', default: 'true' }, ['V2007 ~/default']],
    [{ type: 'integer', default: 1.5 }, ['V2007 ~/default']],
    [{ type: 'integer', maximum: 5, default: 6 }, ['V2007 ~/default']],
    [{ type: 'number', multipleOf: 0.01, default: 0.001 }, ['V2007 ~/default']],
    [{ type: 'string', maxLength: 2, default: 'abc' }, ['V2007 ~/default']],
    [{ type: 'string', enum: ['a'], default: 'b' }, ['V2007 ~/default']],
    [{ type: 'string', format: 'date', default: 'tomorrow' }, ['V2007 ~/default']],
  ])('field %o', (schema, expected) => {
    expect(readSchema(objectSchema({ f: schema })).model).toBeUndefined();
    expect(codesOfField(schema)).toEqual(expected);
  });

  test.each(Object.keys(UNSUPPORTED_ADVICE))('keyword %s is refused by name, with advice', (keyword) => {
    const { diagnostics } = readSchema(objectSchema({ f: { type: 'string', [keyword]: {} } }));
    expect(diagnostics).toMatchObject([
      { code: 'V2002', span: { file: `/properties/f/${keyword}` }, advice: UNSUPPORTED_ADVICE[keyword] },
    ]);
    expect(diagnostics[0]!.message).toContain(keyword);
    expect(codesOfField({ [keyword]: {} })).toEqual([`V2002 ~/${keyword}`]);
  });

  test('where a keyword has an integer beyond the safe ones', () => {
    const field = (schema: unknown): string[] =>
      readSchema(objectSchema({ a: schema })).diagnostics.map(({ code, message }) => `${code} ${message}`);
    const big = 9007199254740993n;
    expect(field({ type: big })).toEqual([expect.stringMatching(/^V2004 .*9007199254740993/)]);
    expect(field({ type: { x: [big] } })).toEqual([expect.stringMatching(/^V2004 .*9007199254740993/)]);
    expect(field({ type: 'string', format: big })).toEqual([expect.stringMatching(/^V2002 .*9007199254740993/)]);
    expect(field({ type: 'string', enum: ['A', big] })).toEqual([expect.stringMatching(/^V2009 .*9007199254740993/)]);
    expect(field({ type: 'string', default: { x: big } })).toEqual([expect.stringMatching(/^V2007 .*9007199254740993/)]);
  });

  test('all problems come in one run, with advice', () => {
    const { diagnostics } = readSchema(
      objectSchema({ a: { type: 'strng' }, b: { type: 'string', maxLenght: 3 }, c: { type: 'integer', minimum: 3, maximum: 2 } }),
    );
    expect(diagnostics.map(({ code, advice }) => [code, advice])).toEqual([
      ['V2004', 'did you mean string?'],
      ['V2002', 'did you mean maxLength?'],
      ['V2006', undefined],
    ]);
  });

  test('limits', () => {
    const many = (count: number, schema: unknown): Record<string, unknown> =>
      objectSchema(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, schema])));
    expect(codesOf(many(MODEL_FIELDS_MAX, { type: 'boolean' }))).toEqual([]);
    expect(codesOf(many(MODEL_FIELDS_MAX + 1, { type: 'boolean' }))).toEqual([`V2012 /properties/f${MODEL_FIELDS_MAX}`]);
    expect(codesOf(many(MODEL_TABLES_MAX - 1, objectSchema({})))).toEqual([]);
    expect(codesOf(many(MODEL_TABLES_MAX, objectSchema({})))).toEqual([`V2012 /properties/f${MODEL_TABLES_MAX - 1}`]);
    const nested = (depth: number): Record<string, unknown> => objectSchema(depth === 0 ? {} : { o: nested(depth - 1) });
    expect(codesOf(nested(MODEL_DEPTH_MAX))).toEqual([]);
    expect(codesOf(nested(MODEL_DEPTH_MAX + 1))).toHaveLength(1);
  });
});

describe('the hash', () => {
  const base = { a: { type: 'string' }, b: { type: 'number', multipleOf: 0.01 }, c: { type: 'string', enum: ['x', 'y'] } };
  const hash = modelOf(objectSchema(base)).hash;

  test('is 16 hex digits', () => expect(hash).toMatch(/^[0-9a-f]{16}$/));

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['descriptions', { ...base, a: { type: 'string', description: 'd' } }, {}],
    ['a title', base, { title: 'T' }],
    ['additionalProperties', base, { additionalProperties: false }],
    ['a bound that is there anyway', { ...base, a: { type: 'string', maxLength: TEXT_CHARS_DEFAULT } }, {}],
    ['a bound that asks for nothing', { ...base, b: { type: 'number', multipleOf: 0.01, maximum: 1e17 } }, {}],
  ])('does not depend on %s', (_, properties, rest) => expect(modelOf(objectSchema(properties, rest)).hash).toBe(hash));

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a name', { z: base.a, b: base.b, c: base.c }, {}],
    ['a field', { ...base, d: { type: 'boolean' } }, {}],
    ['required', base, { required: ['a'] }],
    ['a bound', { ...base, a: { type: 'string', maxLength: 5 } }, {}],
    ['a scale', { ...base, b: { type: 'number', multipleOf: 0.001 } }, {}],
    ['a default', { ...base, a: { type: 'string', default: '' } }, {}],
    ['a member', { ...base, c: { type: 'string', enum: ['x'] } }, {}],
    ['the numbers of members', { ...base, c: { type: 'string', enum: ['y', 'x'] } }, {}],
    ['a kind', { ...base, a: { type: 'string', format: 'date' } }, {}],
  ])('depends on %s', (_, properties, rest) => expect(modelOf(objectSchema(properties, rest)).hash).not.toBe(hash));

  test('does not depend on the order of properties, once ids are given', () => {
    const { lock } = modelOf(objectSchema(base));
    expect(modelOf(objectSchema({ c: base.c, b: base.b, a: base.a }), lock).hash).toBe(hash);
  });
});
