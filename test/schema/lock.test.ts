import { describe, expect, test } from 'vitest';
import { FieldKind } from '#assembly/shared/value-type.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { checkLock, lockKind, parseLockKind, readLock } from '#src/schema/lock.js';
import type { ModelLock } from '#src/schema/model.js';
import { modelOf, objectSchema, readSchema } from '../lib/model.js';

const text = { type: 'string' };
const money = { type: 'number', multipleOf: 0.01 };
const members = (...names: string[]): unknown => ({ type: 'string', enum: names });
const first = modelOf(objectSchema({ a: text, b: money, e: members('x', 'y'), o: objectSchema({ p: text }) })).lock;

describe('ids are append-only', () => {
  test('a first lock numbers in the order written', () => {
    expect(first).toEqual({
      format: 1,
      tables: {
        '': {
          a: { id: 0, kind: 'TEXT' },
          b: { id: 1, kind: 'DECIMAL(2)' },
          e: { id: 2, kind: 'ENUM' },
          o: { id: 3, kind: 'OBJECT' },
        },
        o: { p: { id: 0, kind: 'TEXT' } },
      },
      enums: { e: { x: 0, y: 1 } },
    });
  });

  test('what leaves stays in the lock, and what comes takes the next number', () => {
    const before = structuredClone(first);
    const { lock, fields } = modelOf(objectSchema({ c: text, e: members('z', 'y'), b: money }), first);
    expect(first).toEqual(before);
    expect(fields.map(({ name, slot }) => [name, slot])).toEqual([
      ['c', 4],
      ['e', 2],
      ['b', 1],
    ]);
    expect(fields[1]!.members).toEqual([
      { name: 'z', number: 2 },
      { name: 'y', number: 1 },
    ]);
    expect(fields[1]!.memberNumberMax).toBe(2);
    expect(lock.tables['']).toMatchObject({ a: { id: 0 }, o: { id: 3 }, c: { id: 4 } });
    expect(lock.tables.o).toEqual(first.tables.o);
    expect(lock.enums.e).toEqual({ x: 0, y: 1, z: 2 });
    expect(checkLock(first, lock)).toEqual([]);
  });

  test('what comes back has its old number', () => {
    const gone = modelOf(objectSchema({ b: money }), first).lock;
    expect(modelOf(objectSchema({ b: money, a: text }), gone).fields[1]!.slot).toBe(0);
  });

  test('names of Object.prototype are ordinary names', () => {
    const schema = objectSchema({ constructor: members('toString', 'valueOf'), hasOwnProperty: objectSchema({ toString: text }) });
    const { lock } = modelOf(schema);
    expect(modelOf(schema, JSON.parse(JSON.stringify(lock)) as ModelLock).lock).toEqual(lock);
    expect(lock.tables['']!.constructor).toEqual({ id: 0, kind: 'ENUM' });
    expect(lock.enums.constructor).toEqual({ toString: 0, valueOf: 1 });
  });

  test.each<[string, Record<string, unknown>, number]>([
    ['a kind', { a: { type: 'boolean' } }, 1],
    ['a scale', { b: { type: 'number', multipleOf: 0.001 } }, 1],
    ['text to enum', { a: members('x') }, 1],
    ['object to text', { o: text }, 1],
    ['in a nested object', { o: objectSchema({ p: money }) }, 1],
    ['nothing', { a: text, b: money }, 0],
  ])('a change of kind is an error: %s', (_, properties, count) => {
    const { diagnostics } = readSchema(objectSchema(properties), first);
    expect(diagnostics.map(({ code }) => code)).toEqual(Array(count).fill('V2011'));
  });

  test('INT may not become LONG, but LONG stays LONG where bounds are narrowed', () => {
    const small = { type: 'integer', minimum: 0, maximum: 9 };
    const intLock = modelOf(objectSchema({ n: small })).lock;
    const longLock = modelOf(objectSchema({ n: { type: 'integer' } })).lock;
    expect(readSchema(objectSchema({ n: { type: 'integer' } }), intLock).diagnostics).toMatchObject([{ code: 'V2011' }]);
    const narrowed = modelOf(objectSchema({ n: small }), longLock);
    expect(narrowed.fields[0]).toMatchObject({ kind: FieldKind.LONG, minimum: 0, maximum: 9 });
    expect(checkLock(longLock, narrowed.lock)).toEqual([]);
  });
});

describe('checkLock', () => {
  const changed = (change: (lock: ModelLock) => void): string[] => {
    const next = structuredClone(first);
    change(next);
    return checkLock(first, next);
  };

  test.each<[(lock: ModelLock) => void, string]>([
    [(lock) => delete lock.tables['']!.a, 'the lock has lost field a (id 0); removed fields stay in it'],
    [(lock) => delete lock.tables.o, 'the lock has lost field o.p (id 0); removed fields stay in it'],
    [(lock) => (lock.tables['']!.a!.id = 9), 'field a had id 0 and now has 9'],
    [
      (lock) => (lock.tables['']!.b!.kind = 'DECIMAL(3)'),
      'field b was DECIMAL(2) and is now DECIMAL(3); give the new field another name',
    ],
    [(lock) => delete lock.enums.e!.x, 'the lock has lost member "x" of e; removed members stay in it'],
    [(lock) => (lock.enums.e!.x = 5), 'member "x" of e had number 0 and now has 5'],
  ])('%s', (change, fault) => expect(changed(change)).toEqual([fault]));

  test('additions are no fault', () => {
    const more = modelOf(objectSchema({ z: text, q: objectSchema({ r: members('s') }) }), first).lock;
    expect(checkLock(first, more)).toEqual([]);
    expect(checkLock(more, first)).toHaveLength(4);
  });
});

describe('readLock', () => {
  const read = (value: unknown): string | ModelLock => {
    const bag = new DiagnosticBag();
    return readLock(value, { file: 'model.lock.json', start: 0, end: 0 }, bag) ?? `${bag.items[0]!.code} ${bag.items[0]!.message}`;
  };
  const field = (entry: unknown): unknown => ({ format: 1, tables: { '': { a: entry } }, enums: {} });

  test('takes what was written', () => expect(read(JSON.parse(JSON.stringify(first)))).toEqual(first));

  test.each<[unknown, string]>([
    [null, 'V2010 the lock is not an object'],
    [[], 'V2010 the lock is not an object'],
    [{ format: 2, tables: {}, enums: {} }, 'V2010 the lock has a format other than 1'],
    [{ format: 1, tables: {} }, 'V2010 the lock lacks tables or enums'],
    [{ format: 1, tables: { '': [] }, enums: {} }, `V2010 the lock's table "" is not an object`],
    [field({ id: 0 }), `V2010 the lock's field "a" of table "" has no kind`],
    [field({ id: 0, kind: 'NONE' }), `V2010 the lock's field "a" of table "" has no kind`],
    [field({ id: 0, kind: 'DECIMAL' }), `V2010 the lock's field "a" of table "" has no kind`],
    [field({ id: 0, kind: 'DECIMAL(19)' }), `V2010 the lock's field "a" of table "" has no kind`],
    [field({ id: 0, kind: 'constructor' }), `V2010 the lock's field "a" of table "" has no kind`],
    [field({ id: 1.5, kind: 'TEXT' }), `V2010 the lock's field "a" of table "" has no id`],
    [field({ id: -1, kind: 'TEXT' }), `V2010 the lock's field "a" of table "" has no id`],
    [field({ id: 1e6, kind: 'TEXT' }), `V2010 the lock's field "a" of table "" has no id`],
    [
      { format: 1, tables: { '': { a: { id: 0, kind: 'TEXT' }, b: { id: 0, kind: 'TEXT' } } }, enums: {} },
      'V2010 the lock gives id 0 of table "" twice',
    ],
    [{ format: 1, tables: {}, enums: { e: 1 } }, `V2010 the lock's enum "e" is not an object`],
    [{ format: 1, tables: {}, enums: { e: { x: '0' } } }, `V2010 the lock's member "x" of "e" has no number`],
    [{ format: 1, tables: {}, enums: { e: { x: 0, y: 0 } } }, 'V2010 the lock gives number 0 of "e" twice'],
  ])('%j', (value, expected) => expect(read(value)).toBe(expected));
});

test('kinds are spelt and read', () => {
  for (const [kind, scale, spelt] of [
    [FieldKind.TEXT, undefined, 'TEXT'],
    [FieldKind.DECIMAL, 0, 'DECIMAL(0)'],
    [FieldKind.DECIMAL, 18, 'DECIMAL(18)'],
  ] as const) {
    expect(lockKind(kind, scale)).toBe(spelt);
    expect(parseLockKind(spelt)).toEqual(scale === undefined ? { kind } : { kind, scale });
  }
});
