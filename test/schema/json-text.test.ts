// Keys that stand twice, and other JSON that is sent to do harm: refused or bounded, on both ways into the encoder.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '#src/errors.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { jsonValue, parseJson } from '#src/schema/json-text.js';
import { readPayload } from '#src/schema/reader.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';

const twins = (text: string): string[] => parseJson(text).duplicates.map(({ pointer }) => pointer);

describe('keys that stand twice', () => {
  test.each<[string, string[]]>([
    ['{"a":1,"b":2}', []],
    ['{"a":1,"a":1}', ['/a']],
    ['{"a":1,"a":2,"a":3}', ['/a', '/a']],
    ['{"a":{"b":1},"b":{"b":1}}', []],
    ['{"a":{"b":1,"b":2},"c":1}', ['/a/b']],
    ['{"a":1,"\\u0061":2}', ['/a']],
    ['{"\\u0061":1,"a":2}', ['/a']],
    ['{"":1,"":2}', ['/']],
    ['{"a/b~":1,"a\\/b~":2}', ['/a~1b~0']],
    ['[{"a":1},{"a":1}]', []],
    ['[1,[2,{"a":1}],{"a":1,"b":[],"a":2}]', ['/2/a']],
    ['[[0,{"x":[1,{"y":1,"y":2}]}]]', ['/0/1/x/1/y']],
    ['{"a":[{"b":1},{"b":1}],"a":[{"c":1,"c":2}]}', ['/a', '/a/0/c']],
    ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
    ['{"constructor":1,"constructor":2,"toString":{"valueOf":1,"valueOf":1}}', ['/constructor', '/toString/valueOf']],
    ['{"1":1,"01":1,"1.0":1}', []],
    ['{"1":1,"1":1}', ['/1']],
    ['{"a":"b\\"","b":"a\\\\","c":":"}', []],
    ['{"a":"\\"a\\":1,","b":":{}[],"}', []],
    [' { "a" : 1 ,\n\t"a" : 2 } ', ['/a']],
    ['{"\ud83d\ude00":1,"\\ud83d\\ude00":2}', ['/\ud83d\ude00']],
    ['"{\\"a\\":1,\\"a\\":1}"', []],
    ['null', []],
    ['[]', []],
  ])('%s', (text, expected) => {
    expect(twins(text)).toEqual(expected);
    expect(parseJson(text).value).toEqual(JSON.parse(text));
  });

  test('every payload of a batch that has one is named', () => {
    const twin = '{"x":{"a":1,"a":2,"a":3}}';
    const errors = parseJson(`[${[...new Array<string>(60).fill(twin), '{"a":1}', twin, twin].join(',')}]`).duplicates;
    expect(errors).toHaveLength(112);
    expect(errors.slice(99, 102).map(({ pointer }) => pointer)).toEqual(['/49/x/a', '/50', '/51']);
    expect(errors.slice(-3).map(({ pointer }) => pointer)).toEqual(['/59', '/61', '/62']);
  });

  test('as many as are useful, however long and deep', () => {
    expect(twins(`{${'"a":1,'.repeat(1000)}"a":1}`)).toHaveLength(100);
    const key = 'k'.repeat(50_000);
    expect(twins(`{"${key}":{${'"a":1,'.repeat(1000)}"a":1}}`)).toHaveLength(2);
    const depth = 100_000;
    expect(twins(`${'{"a":'.repeat(depth)}{"b":1,"b":2,"b":3}${'}'.repeat(depth)}`)).toEqual([`${'/a'.repeat(depth)}/b`]);
  });

  type Node = number | string | Node[] | Members;
  interface Members {
    members: [string, Node][];
  }
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer(),
      fc.constantFrom('', 'x', '"', '\\', ':', '{"a":1,"a":1}', '\u2028', 'é😀'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', '', '1', '__proto__', 'é', '"', '\\', ':'), tie('node')), { maxLength: 4 })
        .map((members) => ({ members })),
    ),
  }));

  /** The text, some of its keys escaped, and the pointers of keys that stand twice. */
  function print(value: Node, pointer: string, found: string[]): string {
    if (Array.isArray(value)) return `[${value.map((entry, i) => print(entry, `${pointer}/${i}`, found)).join(' ,')}]`;
    if (typeof value !== 'object') return JSON.stringify(value);
    const seen: string[] = [];
    const members = value.members.map(([key, entry], i) => {
      const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (seen.includes(key)) found.push(place);
      seen.push(key);
      const escaped = [...key].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
      return `${i % 2 === 1 ? `"${escaped}"` : JSON.stringify(key)} :${print(entry, place, found)}`;
    });
    return `{${members.join(',\n')}}`;
  }

  /** The value of a node, by assignments alone. */
  function build(value: Node): unknown {
    if (Array.isArray(value)) return value.map(build);
    if (typeof value !== 'object') return value;
    return new Map(value.members.map(([key, entry]) => [key, build(entry)]));
  }

  /** A value or a built one, by its keys in order. */
  function render(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(render).join()}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
    return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => `${JSON.stringify(key)}:${render(entry)}`)}}`;
  }

  test('random texts', () => {
    let some = 0;
    fc.assert(
      fc.property(node, (value) => {
        const found: string[] = [];
        const text = print(value, '', found);
        expect(twins(text)).toEqual(found);
        expect(render(parseJson(text).value)).toBe(render(build(value)));
        if (found.length > 0) some++;
      }),
      { seed: testSeed('json-text'), numRuns: 3000 },
    );
    expect(some).toBeGreaterThan(100);
  });
});

const properties = {
  amount: { type: 'number', multipleOf: 0.01 },
  note: { type: 'string' },
  level: { type: 'integer' },
  constructor: { type: 'string' },
  tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
  items: { type: 'array', items: objectSchema({ price: { type: 'integer' } }), maxItems: 3 },
};
const open = modelOf(objectSchema(properties, { required: ['amount'] }));
const closed = modelOf(objectSchema(properties, { required: ['amount'], additionalProperties: false }));
const openEncoder = new PayloadEncoder(open);
const closedEncoder = new PayloadEncoder(closed);

/** What a JSON text is as a payload: `pointer CODE` of its errors, the code of the problem, or what is read back. */
function decode(encoder: PayloadEncoder, text: string): unknown {
  const model = encoder === openEncoder ? open : closed;
  try {
    const bytes = encoder.encodeText(text);
    const read = readPayload(model, bytes);
    return read.ok ? read.value : `${read.pointer} ${read.message}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'INVALID_JSON') return error.code;
    return error.errors?.map(({ pointer, code }) => `${pointer} ${code}`);
  }
}

describe('keys with escapes', () => {
  /** The names of an object, and of those in it, in the order of the text. */
  const names = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? Object.entries(value).map(([name, entry]) => [name, names(entry)]) : value;

  // V8 13.6 takes the second text's escaped key for the one that the first has in its place.
  test.each<[string, string, unknown]>([
    [
      '{"a":1,"\\\\":1}',
      '{"a":1,"\\u0062":1}',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ['{"\\\\":1}', '{"\\u0062":1}', [['b', 1]]],
    [
      '{"c":0,"\\\\u":1}',
      '{"c":0,"\\\\u0062":2}',
      [
        ['c', 0],
        ['\\u0062', 2],
      ],
    ],
    [
      '{"d":{"\\\\":1}}',
      '{"d":{"\\n":[1,{"\\\\":2}]}}',
      [
        [
          'd',
          [
            [
              '\n',
              [
                ['0', 1],
                ['1', [['\\', 2]]],
              ],
            ],
          ],
        ],
      ],
    ],
    [
      '{"e":1,"\\\\":1}',
      '{"e":1,"\\"":-1.5e-3}',
      [
        ['e', 1],
        ['"', -0.0015],
      ],
    ],
  ])('%s before %s', (before, text, expected) => {
    for (const read of [(given: string) => parseJson(given).value, jsonValue]) {
      for (let i = 0; i < 3; i++) JSON.parse(before);
      expect(names(read(text))).toEqual(expected);
      expect(names(read(before))).toEqual(names(read(` ${before} `)));
    }
    expect(twins(text)).toEqual([]);
  });

  test('change neither order nor prototypes nor numbers', () => {
    const text =
      ' {"b":[true,false,null,-0,1e400,12345678901234567890],"\\u0032":"\\ud800","1":{ },"__pro\\u0074o__":{"x":[]},"a":""} ';
    const value = jsonValue(text) as Record<string, unknown>;
    expect(Object.entries(value)).toEqual([
      ['1', {}],
      ['2', '\ud800'],
      ['b', [true, false, null, -0, Number.POSITIVE_INFINITY, 12345678901234567000]],
      ['__proto__', { x: [] }],
      ['a', ''],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('x' in value).toBe(false);
  });

  test('reach the field that they name, whatever was decided before', () => {
    for (let i = 0; i < 3; i++) expect(decode(openEncoder, '{"amount":1,"\\\\":1}')).toMatchObject({ amount: 100n });
    expect(decode(openEncoder, '{"amount":1,"\\u006eote":"x"}')).toMatchObject({ note: 'x' });
    expect(decode(closedEncoder, '{"amount":1,"\\u006eote":"x","\\n":1}')).toEqual(['/\n UNKNOWN_FIELD']);
  });

  test('are read in time linear in the text, at any depth', () => {
    const depth = 100_000;
    let value = jsonValue(`${'{"\\u0061":['.repeat(depth)}1${']}'.repeat(depth)}`);
    let levels = 0;
    for (; typeof value === 'object'; levels++) value = (value as { a: unknown[] }).a[0];
    expect([levels, value]).toEqual([depth, 1]);
    const backslashes = '\\\\'.repeat(200_000);
    expect(Object.keys(jsonValue(`{"${backslashes}":"${backslashes}","b":1}`) as object)).toEqual(['\\'.repeat(200_000), 'b']);
  });
});

describe('a payload whose keys stand twice', () => {
  test.each<[string, string[]]>([
    ['{"amount":1,"amount":2}', ['/amount DUPLICATE_FIELD']],
    ['{"amount":1,"am\\u006funt":2}', ['/amount DUPLICATE_FIELD']],
    ['{"amount":1,"note":null,"note":null}', ['/note DUPLICATE_FIELD']],
    ['{"amount":1,"note":null,"note":"x"}', ['/note DUPLICATE_FIELD']],
    ['{"amount":1,"note":"é","note":null}', ['/note DUPLICATE_FIELD']],
    ['{"amount":1,"items":[{"price":1},{"price":1,"price":2}]}', ['/items/1/price DUPLICATE_FIELD']],
    ['{"amount":1,"unknown":{"x":1,"x":2}}', ['/unknown/x DUPLICATE_FIELD']],
    ['{"amount":"x","note":1,"note":2}', ['/note DUPLICATE_FIELD']],
  ])('%s', (text, expected) => {
    expect(decode(openEncoder, text)).toEqual(expected);
    expect(() => openEncoder.encodeText(text)).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
  });
});

describe('JSON that is sent to do harm', () => {
  test('keys of prototypes reach no prototype, and no field', () => {
    const text = '{"amount":1,"__proto__":{"level":9,"admin":true},"constructor":{"prototype":{"note":"x"}}}';
    expect(decode(closedEncoder, text)).toEqual(['/constructor TYPE', '/__proto__ UNKNOWN_FIELD']);
    const harmless = '{"amount":1,"__proto__":{"level":9,"note":"x"},"toString":1,"valueOf":[],"hasOwnProperty":null}';
    const nothing = { note: null, level: null, constructor: null, tags: null, items: null };
    expect(decode(openEncoder, harmless)).toEqual({ amount: 100n, ...nothing });
    expect(decode(openEncoder, '{"amount":1,"constructor":"c","items":[{"__proto__":{"price":1}}]}')).toEqual({
      amount: 100n,
      ...nothing,
      constructor: 'c',
      items: [{ price: null }],
    });
    expect(decode(openEncoder, '{"__proto__":{"amount":1}}')).toEqual(['/amount REQUIRED']);
    const probe = {} as Record<string, unknown>;
    expect([probe.level, probe.admin, probe.note, Object.keys(Object.prototype)]).toEqual([undefined, undefined, undefined, []]);
  });

  test('200,000 levels', () => {
    const depth = 200_000;
    const lists = '['.repeat(depth) + ']'.repeat(depth);
    const objects = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const encoder of [openEncoder, closedEncoder]) {
      expect(decode(encoder, lists)).toEqual([' TYPE']);
      expect(decode(encoder, '['.repeat(depth))).toBe('INVALID_JSON');
      expect(decode(encoder, '{"a":'.repeat(depth))).toBe('INVALID_JSON');
      expect(decode(encoder, `{"amount":${lists}}`)).toEqual(['/amount TYPE']);
      expect(decode(encoder, `{"amount":1,"tags":${lists}}`)).toEqual(['/tags/0 TYPE']);
      expect(decode(encoder, `{"amount":1,"items":[${lists}]}`)).toEqual(['/items/0 TYPE']);
      expect(decode(encoder, `{"amount":1,"items":[${objects}]}`)).toMatchObject({ items: [{ price: null }] });
    }
    expect(decode(openEncoder, `{"amount":1,"stray":${objects}}`)).toMatchObject({ amount: 100n });
    expect(decode(closedEncoder, `{"amount":1,"stray":${lists}}`)).toEqual(['/stray UNKNOWN_FIELD']);
  });

  test('50,000 keys that are integers and collide', () => {
    // Where keys hash to their value, those with the same low bits fall into the same place of a table.
    const keys: number[] = [];
    for (let low = 0; keys.length < 50_000; low++) for (let key = low; key < 2 ** 24; key += 2 ** 17) keys.push(key);
    const members = keys.slice(0, 50_000).map((key) => `"${key}":1`);
    expect(decode(openEncoder, `{"amount":1,${members.join(',')}}`)).toMatchObject({ amount: 100n });
    expect(decode(openEncoder, `{"amount":1,${members.join(',')},"0":1}`)).toEqual(['/0 DUPLICATE_FIELD']);
    const errors = decode(closedEncoder, `{"amount":1,${members.join(',')}}`) as string[];
    expect(errors).toHaveLength(100);
    expect(errors.every((error) => error.endsWith(' UNKNOWN_FIELD'))).toBe(true);
  });

  test('values with methods are no values, and their methods are not called', () => {
    let calls = 0;
    const count = (): number => ++calls;
    const evil = { valueOf: count, toString: count, toJSON: count, [Symbol.toPrimitive]: count };
    for (const value of [count, evil, Object(1), Object('x'), new Date(0), Symbol('x')]) {
      for (const name of ['amount', 'note', 'level', 'tags']) {
        expect(() => closedEncoder.encode({ amount: 1, [name]: value })).toThrow(
          expect.objectContaining({ errors: [expect.objectContaining({ pointer: `/${name}`, code: 'TYPE' })] }),
        );
      }
      expect(() => closedEncoder.encode({ amount: 1, tags: [value] })).toThrow('/tags/0 must be a text');
    }
    expect(calls).toBe(0);
  });
});
