// Lists in models: the field table, the lock, and what callers are given.

import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { LIST_COUNT_MAX, MODEL_DEPTH_MAX, MODEL_FIELDS_MAX, MODEL_TABLES_MAX } from '#assembly/shared/limits.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { emitFbs } from '#src/schema/fbs.js';
import { emitJsonSchema } from '#src/schema/json-schema.js';
import { checkLock, parseLockKind } from '#src/schema/lock.js';
import { emitTypeScript } from '#src/schema/typescript.js';
import { modelOf, objectSchema, readSchema } from '../lib/model.js';
import { compileFbs } from '../lib/model-flatc.js';
import { list, model } from '../lib/model-lists.js';

describe('the field table', () => {
  test('paths, kinds and tables', () => {
    expect(model.fields.map(({ path, kind, index }) => `${index} ${path} ${FieldKind[kind]}`)).toEqual([
      '0 items LIST',
      '1 tags LIST',
      '2 flags LIST',
      '3 hours LIST',
      '4 counts LIST',
      '5 ratios LIST',
      '6 prices LIST',
      '7 times LIST',
      '8 days LIST',
      '9 kinds LIST',
      '10 last BOOL',
      '11 items[].price DECIMAL',
      '12 items[].codes LIST',
      '13 items[].parts LIST',
      '14 items[].codes[] TEXT',
      '15 items[].parts[].n LONG',
      '16 tags[] TEXT',
      '17 flags[] BOOL',
      '18 hours[] INT',
      '19 counts[] LONG',
      '20 ratios[] DOUBLE',
      '21 prices[] DECIMAL',
      '22 times[] TIMESTAMP',
      '23 days[] DATE',
      '24 kinds[] ENUM',
    ]);
    const [items, tags] = model.fields;
    expect(items).toMatchObject({
      required: true,
      nullable: false,
      minimum: 1,
      maximum: 3,
      child: 1,
      description: 'What is bought',
    });
    expect(items!.element).toBeUndefined();
    expect(tags).toMatchObject({ required: false, nullable: true, maximum: 4 });
    expect(tags!.minimum).toBeUndefined();
    expect(model.tables[tags!.child!]).toMatchObject({ path: 'tags[]', element: true, fields: [tags!.element] });
    expect(model.tables[tags!.child!]!.fields[0]).toBe(tags!.element);
    expect(tags!.element).toMatchObject({ slot: 0, required: true, nullable: false, maximum: 5, table: tags!.child });
    expect(model.fields[9]).toMatchObject({ required: false, nullable: true });
    expect(model.tables.filter(({ element }) => element !== true).map(({ path, name }) => `${path} ${name}`)).toEqual([
      ' Order',
      'items[] Items',
      'items[].parts[] ItemsParts',
    ]);
  });

  test.each<[unknown, string[]]>([
    [{ type: 'array', items: { type: 'string' } }, ['V2014 ~']],
    [{ type: 'array', maxItems: 3 }, ['V2015 ~']],
    [list(true), ['V2005 ~/items']],
    [list([{ type: 'string' }]), ['V2005 ~/items']],
    [list({}), ['V2004 ~/items']],
    [list({ type: ['string', 'null'] }), ['V2015 ~/items/type']],
    [list({ enum: ['a', null] }), ['V2015 ~/items/type']],
    [list(list({ type: 'string' })), ['V2015 ~/items/type']],
    [list({ type: 'string', default: 'x' }), ['V2002 ~/items/default']],
    [list({ type: 'string', pattern: 'x' }), ['V2002 ~/items/pattern']],
    [list(objectSchema({ a: { type: 'strin' } })), ['V2004 ~/items/properties/a/type']],
    [list({ $ref: '#/$defs/none' }), ['V2008 ~/items/$ref']],
    [list({ type: 'string' }, LIST_COUNT_MAX + 1), ['V2012 ~/maxItems']],
    [list({ type: 'string' }, -1), ['V2005 ~/maxItems']],
    [list({ type: 'string' }, 1.5), ['V2005 ~/maxItems']],
    [list({ type: 'string' }, 2, { minItems: 3 }), ['V2006 ~/minItems']],
    [list({ type: 'string' }, 2, { uniqueItems: true }), ['V2002 ~/uniqueItems']],
    [list({ type: 'string' }, 2, { default: [] }), ['V2002 ~/default']],
    [list({ type: 'string' }, 2, { prefixItems: [] }), ['V2002 ~/prefixItems']],
    [list({ type: 'string' }, 2, { contains: {} }), ['V2002 ~/contains']],
    [list({ type: 'string' }, 2, { maxLength: 2 }), ['V2002 ~/maxLength']],
    [{ type: 'string', items: {} }, ['V2002 ~/items']],
    [list({ type: 'string' }, 2, { minItems: 2, uniqueItems: false, title: 't', examples: [[]], 'x-y': 1 }), []],
    [list({ type: 'string' }, LIST_COUNT_MAX), []],
    [{ type: 'array', items: { type: 'boolean' }, maxItems: 7n }, []],
  ])('%o', (schema, expected) => {
    const codes = readSchema(objectSchema({ f: schema })).diagnostics.map((d) => `${d.code} ${d.span.file}`);
    expect(codes.map((text) => text.replace('/properties/f', '~'))).toEqual(expected);
  });

  test('a list that contains itself', () => {
    const node = objectSchema({ next: list({ $ref: '#/$defs/node' }) });
    const { diagnostics } = readSchema(objectSchema({ a: { $ref: '#/$defs/node' } }, { $defs: { node } }));
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(['V2008 object a.next[] contains itself']);
  });

  test('limits on depth, tables and fields count lists', () => {
    const nested = (levels: number): Record<string, unknown> =>
      objectSchema({ x: levels === 1 ? list({ type: 'string' }) : list(nested(levels - 1)) });
    expect(readSchema(nested(MODEL_DEPTH_MAX)).diagnostics).toEqual([]);
    expect(readSchema(nested(MODEL_DEPTH_MAX + 1)).diagnostics.map(({ code }) => code)).toEqual(['V2012']);
    const wide = (count: number, items: unknown): unknown =>
      objectSchema(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, list(items)])));
    for (const items of [{ type: 'string' }, objectSchema({ a: { type: 'string' } })]) {
      expect(readSchema(wide(MODEL_TABLES_MAX - 1, items)).diagnostics).toEqual([]);
      expect(readSchema(wide(MODEL_TABLES_MAX, items)).diagnostics.map(({ code }) => code)).toEqual(['V2012']);
    }
    const scalars = Object.fromEntries(Array.from({ length: MODEL_FIELDS_MAX - 1 }, (_, i) => [`f${i}`, { type: 'boolean' }]));
    expect(readSchema(objectSchema(scalars)).diagnostics).toEqual([]);
    const mixed = objectSchema({ ...scalars, tags: list({ type: 'string' }) });
    expect(readSchema(mixed).diagnostics.map(({ code }) => code)).toEqual(['V2012']);
  });
});

describe('lock and hash', () => {
  const of = (items: unknown, lock = modelOf(objectSchema({ f: list({ type: 'integer' }) })).lock) =>
    readSchema(objectSchema({ f: items }), lock);

  test('the kinds of lists', () => {
    const kinds = Object.fromEntries(Object.entries(model.lock.tables['']!).map(([name, { kind }]) => [name, kind]));
    expect(kinds).toEqual({
      items: 'LIST(OBJECT)',
      tags: 'LIST(TEXT)',
      flags: 'LIST(BOOL)',
      hours: 'LIST(INT)',
      counts: 'LIST(LONG)',
      ratios: 'LIST(DOUBLE)',
      prices: 'LIST(DECIMAL(2))',
      times: 'LIST(TIMESTAMP)',
      days: 'LIST(DATE)',
      kinds: 'LIST(ENUM)',
      last: 'BOOL',
    });
    expect(Object.keys(model.lock.tables)).toEqual(['', 'items[]', 'items[].parts[]']);
    expect(model.lock.enums).toEqual({ 'kinds[]': { debit: 0, credit: 1 } });
  });

  test.each<[string, unknown]>([
    ['LIST(DECIMAL(2))', { kind: FieldKind.LIST, element: FieldKind.DECIMAL, scale: 2 }],
    ['LIST(OBJECT)', { kind: FieldKind.LIST, element: FieldKind.OBJECT }],
    ['LIST(LIST(TEXT))', undefined],
    ['LIST(NONE)', undefined],
    ['LIST()', undefined],
    ['LIST', undefined],
    ['LIST(DECIMAL)', undefined],
  ])('%s', (text, expected) => expect(parseLockKind(text)).toEqual(expected));

  test.each<[unknown, string[]]>([
    [list({ type: 'integer' }, 9), []],
    [{ type: 'integer' }, ['V2011']],
    [list({ type: 'number' }), ['V2011']],
    [list({ type: 'string' }), ['V2011']],
    [list(objectSchema({})), ['V2011']],
    [objectSchema({}), ['V2011']],
  ])('a list of integers that becomes %j', (schema, expected) => {
    expect(of(schema).diagnostics.map(({ code }) => code)).toEqual(expected);
  });

  test('wide integers stay wide, and locks are compared', () => {
    const next = of(list({ type: 'integer', format: 'int32' })).model!;
    expect(next.fields[0]!.element!.kind).toBe(FieldKind.LONG);
    const texts = modelOf(objectSchema({ f: list({ type: 'string' }) })).lock;
    expect(checkLock(next.lock, texts)).toEqual(['field f was LIST(LONG) and is now LIST(TEXT); give the new field another name']);
    expect(checkLock(next.lock, next.lock)).toEqual([]);
  });

  test('the hash covers what elements are and how many there may be', () => {
    const hashes = [
      list({ type: 'string' }),
      list({ type: 'string' }, 5),
      list({ type: 'string' }, 4, { minItems: 1 }),
      list({ type: 'string', maxLength: 5 }),
      list({ type: 'boolean' }),
      list({ enum: ['a'] }),
      list({ enum: ['a', 'b'] }),
      list(objectSchema({})),
      list(objectSchema({ a: { type: 'boolean' } })),
      objectSchema({}),
      { type: 'string' },
    ].map((schema) => modelOf(objectSchema({ f: schema })).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(modelOf(objectSchema({ f: list({ type: 'string' }, 4, { description: 'x' }) })).hash).toBe(hashes[0]);
  });
});

describe('what callers are given', () => {
  test('.fbs, with what was retired', async () => {
    const fbs = emitFbs(model);
    for (const line of [
      '  /// What is bought. 1 to 3 items.\n  items: [Items] (id: 0, required);',
      '  /// At most 4 items.\n  tags: [string] (id: 1);',
      '  flags: [bool] (id: 2);',
      '  hours: [int] (id: 3);',
      '  counts: [long] (id: 4);',
      '  ratios: [double] (id: 5);',
      '  /// Scaled by 10^2. At most 4 items.\n  prices: [long] (id: 6);',
      '  times: [long] (id: 7);',
      '  days: [int] (id: 8);',
      '  kinds: [Kinds] (id: 9);',
      'enum Kinds : ushort {\n  debit = 0,\n  credit = 1,\n}',
      'table ItemsParts {\n  n: long = null (id: 0);\n}',
    ]) {
      expect(fbs).toContain(line);
    }
    expect([...fbs.matchAll(/^table (\w+)/gm)].map(([, name]) => name)).toEqual(['Order', 'Items', 'ItemsParts']);
    await compileFbs(fbs);
    const next = emitFbs(modelOf(objectSchema({ last: { type: 'boolean' } }), model.lock));
    for (const line of [
      'items: [ubyte] (id: 0, deprecated)',
      'tags: [string] (id: 1, deprecated)',
      'kinds: [ushort] (id: 9, deprecated)',
    ]) {
      expect(next).toContain(line);
    }
    await compileFbs(next);
  });

  test('TypeScript', () => {
    const types = emitTypeScript(model);
    for (const line of [
      '  /** What is bought. 1 to 3 items. */\n  items: Items[];',
      '  tags?: string[] | null;',
      '  prices?: (number | string)[] | null;',
      '  kinds?: ("debit" | "credit")[] | null;',
      '  parts?: ItemsParts[] | null;',
    ]) {
      expect(types).toContain(line);
    }
    const { diagnostics } = ts.transpileModule(types, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
  });

  test('JSON Schema', () => {
    const { properties } = emitJsonSchema(model) as { properties: Record<string, Record<string, unknown>> };
    expect(properties.items).toMatchObject({
      type: 'array',
      minItems: 1,
      maxItems: 3,
      items: { type: 'object', required: ['price'] },
    });
    expect(properties.tags).toEqual({ type: ['array', 'null'], items: { type: 'string', maxLength: 5 }, maxItems: 4 });
    expect(properties.kinds).toEqual({
      type: ['array', 'null'],
      items: { type: 'string', enum: ['debit', 'credit'] },
      maxItems: 4,
    });
  });
});
