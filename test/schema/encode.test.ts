import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '#src/errors.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { readPayload } from '#src/schema/reader.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';
import { payloadArbitrary, schemaArbitrary } from '../lib/model-arbitrary.js';

const model = modelOf(
  objectSchema(
    {
      amount: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1_000_000 },
      wide: { type: 'number', multipleOf: 0.0001 },
      id: { type: 'integer', format: 'int64' },
      hour: { type: 'integer', minimum: 0, maximum: 23 },
      count: { type: 'integer' },
      ratio: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
      free: { type: 'number' },
      isOnline: { type: 'boolean' },
      at: { type: 'string', format: 'date-time' },
      born: { type: 'string', format: 'date' },
      kind: { type: 'string', enum: ['debit', 'credit'] },
      name: { type: 'string', minLength: 2, maxLength: 4 },
      long: { type: 'string', minLength: 70, maxLength: 80 },
      constructor: { type: 'string' },
      card: objectSchema(
        { country: { type: 'string' }, level: { type: 'integer' } },
        { required: ['country'], additionalProperties: false },
      ),
    },
    { required: ['amount'], additionalProperties: false },
  ),
);
const encoder = new PayloadEncoder(model);

/** Errors of a payload as `pointer CODE`, or what is read back. */
function encode(value: unknown): unknown {
  try {
    const result = readPayload(model, encoder.encode(value));
    return result.ok ? result.value : `${result.path} ${result.message}`;
  } catch (error) {
    if (error instanceof Problem) return error.errors?.map(({ pointer, code }) => `${pointer} ${code}`);
    throw error;
  }
}

/** The value of one field beside a valid amount, or its errors. */
function field(name: string, value: unknown): unknown {
  const result = encode({ amount: 1, [name]: value });
  return Array.isArray(result) ? result : (result as Record<string, unknown>)[name];
}

const half = '\ud83d';

describe('one field', () => {
  const cases: [string, unknown, unknown][] = [
    ['amount', 19.99, 1999n],
    ['amount', '19.99', 1999n],
    ['amount', '19.9900', 1999n],
    ['amount', '0019.9', 1990n],
    ['amount', -0, 0n],
    ['amount', '-0.00', 0n],
    ['amount', 1e6, 100_000_000n],
    ['amount', 19.999, ['/amount SCALE']],
    ['amount', '19.999', ['/amount SCALE']],
    ['amount', -0.01, ['/amount MINIMUM']],
    ['amount', 1_000_000.01, ['/amount MAXIMUM']],
    ['amount', '1000000.01', ['/amount MAXIMUM']],
    ['amount', 1e300, ['/amount MAXIMUM']],
    ['amount', Number.NaN, ['/amount TYPE']],
    ['amount', Number.POSITIVE_INFINITY, ['/amount MAXIMUM']],
    ['amount', '19,99', ['/amount FORMAT']],
    ['amount', '1e3', ['/amount FORMAT']],
    ['amount', '+1', ['/amount FORMAT']],
    ['amount', '.5', ['/amount FORMAT']],
    ['amount', '5.', ['/amount FORMAT']],
    ['amount', '-', ['/amount FORMAT']],
    ['amount', '', ['/amount FORMAT']],
    ['amount', ' 1', ['/amount FORMAT']],
    ['amount', '1\n', ['/amount FORMAT']],
    ['amount', '1'.repeat(70), ['/amount FORMAT']],
    ['amount', true, ['/amount TYPE']],
    ['amount', [1], ['/amount TYPE']],
    ['amount', null, ['/amount REQUIRED']],
    ['amount', undefined, ['/amount REQUIRED']],
    ['amount', 5n, 500n],
    ['wide', '922337203685477.5807', 2n ** 63n - 1n],
    ['wide', '-922337203685477.5808', -(2n ** 63n)],
    ['wide', '922337203685477.5808', ['/wide MAXIMUM']],
    ['wide', '-922337203685477.5809', ['/wide MINIMUM']],
    ['wide', 900719925474.0991, 9_007_199_254_740_991n],
    ['wide', 900719925474.0992, ['/wide SCALE']],
    ['wide', -900719925474.0992, ['/wide SCALE']],
    ['id', 2 ** 53 - 1, 2n ** 53n - 1n],
    ['id', 1 - 2 ** 53, 1n - 2n ** 53n],
    ['id', 2 ** 53, ['/id SCALE']],
    ['id', -(2 ** 53), ['/id SCALE']],
    ['id', '9007199254740993', 9_007_199_254_740_993n],
    ['id', '9223372036854775807', 2n ** 63n - 1n],
    ['id', '-9223372036854775808', -(2n ** 63n)],
    ['id', '9223372036854775808', ['/id MAXIMUM']],
    ['id', 2n ** 63n - 1n, 2n ** 63n - 1n],
    ['id', 2n ** 63n, ['/id MAXIMUM']],
    ['id', 1.5, ['/id SCALE']],
    ['id', '1.0', 1n],
    ['id', '1.5', ['/id SCALE']],
    ['hour', 0, 0],
    ['hour', 23, 23],
    ['hour', -0, 0],
    ['hour', 24, ['/hour MAXIMUM']],
    ['hour', -1, ['/hour MINIMUM']],
    ['hour', 1.5, ['/hour TYPE']],
    ['hour', 2 ** 32, ['/hour MAXIMUM']],
    ['hour', '5', ['/hour TYPE']],
    ['hour', 7n, 7],
    ['count', 2 ** 53 - 1, 2 ** 53 - 1],
    ['count', 1 - 2 ** 53, 1 - 2 ** 53],
    ['count', -1, -1],
    ['count', -(2 ** 32), -(2 ** 32)],
    ['count', 2 ** 53, ['/count MAXIMUM']],
    ['count', -(2 ** 53), ['/count MINIMUM']],
    ['count', 2n ** 53n, ['/count MAXIMUM']],
    ['count', 0.5, ['/count TYPE']],
    ['count', Number.NaN, ['/count TYPE']],
    ['ratio', 1, 1],
    ['ratio', Number.MIN_VALUE, Number.MIN_VALUE],
    ['ratio', 0, ['/ratio MINIMUM']],
    ['ratio', -0, ['/ratio MINIMUM']],
    ['ratio', 1.0000000000000002, ['/ratio MAXIMUM']],
    ['ratio', Number.NaN, ['/ratio MINIMUM']],
    ['free', -0, -0],
    ['free', Number.NaN, Number.NaN],
    ['free', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ['free', '1', ['/free TYPE']],
    ['free', 1n, ['/free TYPE']],
    ['isOnline', true, true],
    ['isOnline', false, false],
    ['isOnline', 1, ['/isOnline TYPE']],
    ['at', '1970-01-01T00:00:00Z', 0n],
    ['at', '1970-01-01t00:00:00.000001z', 1n],
    ['at', '1970-01-01T01:00:00+01:00', 0n],
    ['at', '1969-12-31T23:59:59.5-00:30', 1_799_500_000n],
    ['at', '0000-01-01T00:00:00Z', -62_167_219_200_000_000n],
    ['at', '9999-12-31T23:59:59.999999Z', 253_402_300_799_999_999n],
    ['at', '2024-02-29T00:00:00Z', 1_709_164_800_000_000n],
    ['at', '2023-02-29T00:00:00Z', ['/at FORMAT']],
    ['at', '2026-01-01T00:00:00', ['/at FORMAT']],
    ['at', '2026-01-01 00:00:00Z', ['/at FORMAT']],
    ['at', '2026-01-01T00:00:60Z', ['/at FORMAT']],
    ['at', '2026-01-01T24:00:00Z', ['/at FORMAT']],
    ['at', '2026-01-01T00:00:00.1234567Z', ['/at FORMAT']],
    ['at', '2026-01-01T00:00:00.Z', ['/at FORMAT']],
    ['at', '2026-01-01T00:00:00+0100', ['/at FORMAT']],
    ['at', '2026-13-01T00:00:00Z', ['/at FORMAT']],
    ['at', 0, ['/at TYPE']],
    ['born', '1970-01-02', 1n],
    ['born', '1900-02-28', -25_509n],
    ['born', '1900-02-29', ['/born FORMAT']],
    ['born', '1970-1-2', ['/born FORMAT']],
    ['born', 19700102, ['/born TYPE']],
    ['kind', 'credit', 'credit'],
    ['kind', 'Credit', ['/kind ENUM']],
    ['kind', 1, ['/kind TYPE']],
    ['name', 'ab', 'ab'],
    ['name', '😀😀😀😀', '😀😀😀😀'],
    ['name', 'é€', 'é€'],
    ['name', 'a', ['/name MIN_LENGTH']],
    ['name', '😀', ['/name MIN_LENGTH']],
    ['name', 'abcde', ['/name MAX_LENGTH']],
    ['name', '😀😀😀😀😀', ['/name MAX_LENGTH']],
    ['name', `a${half}`, ['/name UTF16']],
    ['name', `${half}a`, ['/name UTF16']],
    ['name', '\ude00a', ['/name UTF16']],
    ['name', 5, ['/name TYPE']],
    ['long', 'x'.repeat(70), 'x'.repeat(70)],
    ['long', '😀'.repeat(80), '😀'.repeat(80)],
    ['long', 'é'.repeat(75), 'é'.repeat(75)],
    ['long', '😀'.repeat(81), ['/long MAX_LENGTH']],
    ['long', '😀'.repeat(40), ['/long MIN_LENGTH']],
    ['long', 'x'.repeat(75) + half, ['/long UTF16']],
    ['constructor', 'x', 'x'],
    ['constructor', undefined, null],
    ['card', null, null],
    ['card', [], ['/card TYPE']],
    ['card', 'x', ['/card TYPE']],
    ['card', {}, ['/card/country REQUIRED']],
    ['card', { country: 'DE' }, { country: 'DE', level: null }],
    ['card', { country: 'DE', 'a/b~c': 1 }, ['/card/a~1b~0c UNKNOWN_FIELD']],
    ['stray', 1, ['/stray UNKNOWN_FIELD']],
  ];
  for (const [name, value, expected] of cases) {
    test(`${name} = ${inspect(value, { maxStringLength: 30 })}`, () => expect(field(name, value)).toEqual(expected));
  }
});

describe('the whole payload', () => {
  test.each([[null], [[]], ['x'], [5], [undefined], [() => 1]])('%j is no object', (value) => {
    expect(encode(value)).toEqual([' TYPE']);
  });

  test('all errors come at once, by JSON Pointer', () => {
    const payload = { amount: 'x', hour: 99, kind: 'gold', name: 'toolong', card: { level: 'high', extra: 1 }, extra: 2 };
    expect(encode(payload)).toEqual([
      '/amount FORMAT',
      '/hour MAXIMUM',
      '/kind ENUM',
      '/name MAX_LENGTH',
      '/card/country REQUIRED',
      '/card/level TYPE',
      '/card/extra UNKNOWN_FIELD',
      '/extra UNKNOWN_FIELD',
    ]);
  });

  test('an own __proto__ is an unknown field, and changes no prototype', () => {
    expect(encode(JSON.parse('{"amount":1,"__proto__":{"hour":5}}'))).toEqual(['/__proto__ UNKNOWN_FIELD']);
    expect(encode(JSON.parse('{"amount":1,"card":{"__proto__":{"country":"DE"}}}'))).toEqual([
      '/card/country REQUIRED',
      '/card/__proto__ UNKNOWN_FIELD',
    ]);
  });

  test('undefined under an unknown name is no field', () => {
    expect(encode({ amount: 1, extra: undefined })).toMatchObject({ amount: 100n });
  });

  test('as many errors as are useful', () => {
    const payload = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x${i}`, 1]));
    expect(encode(payload)).toHaveLength(100);
  });

  test('a payload above PAYLOAD_BYTES_MAX is refused as a whole', () => {
    const properties = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`t${i}`, { type: 'string', maxLength: 65_536 }]));
    const large = new PayloadEncoder(modelOf(objectSchema(properties)));
    const texts = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, 'x'.repeat(65_536)]));
    expect(large.encode(texts(15)).length).toBeGreaterThan(15 * 65_536);
    expect(() => large.encode(texts(16))).toThrow('must have at most 1048576 bytes');
    expect(large.encode(texts(1)).length).toBeLessThan(66_000);
  });

  test('equal payloads give equal bytes, whatever was encoded before', () => {
    const payload = { amount: 1, name: 'ab', card: { country: 'D' } };
    const first = encoder.encode(payload).slice();
    encoder.encode({ amount: 2, long: '😀'.repeat(75), card: { country: 'xxxxxxxxxxxxx', level: -1 }, name: 'abcd', free: -1 });
    expect(() => encoder.encode({ amount: 2, long: 'x'.repeat(75), name: 'abcdefg' })).toThrow(Problem);
    expect(encoder.encode(payload)).toEqual(first);
  });
});

describe('JSON text', () => {
  test.each([
    ['', 'line 1, column 1 (offset 0): the text ends where value is expected'],
    ['{"amount":1', 'line 1, column 12 (offset 11): the text ends where , or } is expected'],
    ['{"amount":1}\n x', 'line 2, column 2 (offset 14): something follows the value'],
    ['{"amount":01}', 'line 1, column 12 (offset 11): expected , or }'],
    ["{'amount':1}", 'line 1, column 2 (offset 1): expected a key in double quotes'],
    ['{"amount" 1}', 'line 1, column 11 (offset 10): expected :'],
    ['{"amount":NaN}', 'line 1, column 11 (offset 10): expected a value'],
    ['{"amount":1,}', 'line 1, column 13 (offset 12): expected a key in double quotes'],
    ['[1,]', 'line 1, column 4 (offset 3): expected a value'],
    ['{"name":"a\nb"}', 'line 1, column 9 (offset 8): a text is not well-formed'],
    ['{"name":"\\x"}', 'line 1, column 9 (offset 8): a text is not well-formed'],
    ['{"name":"', 'line 1, column 9 (offset 8): a text is not well-formed'],
    ['[}', 'line 1, column 2 (offset 1): expected a value'],
  ])('%j', (text, detail) => {
    expect(() => encoder.encodeText(text)).toThrow(expect.objectContaining({ code: 'INVALID_JSON', message: detail }));
  });

  test('is the same payload as the object', () => {
    const payload = { amount: 19.99, name: 'é€', card: { country: 'DE' } };
    expect(encoder.encodeText(JSON.stringify(payload)).slice()).toEqual(encoder.encode(payload).slice());
  });

  test('a million brackets are a payload of the wrong type, not a crash', () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(() => encoder.encodeText(deep)).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
    expect(() => encoder.encodeText('['.repeat(500_000))).toThrow(expect.objectContaining({ code: 'INVALID_JSON' }));
  });
});

test('random payloads of random models are read back as they were', () => {
  const cases = schemaArbitrary.chain((schema) => {
    const random = modelOf(schema);
    return fc.tuple(fc.constant(random), fc.array(payloadArbitrary(random), { minLength: 1, maxLength: 4 }));
  });
  fc.assert(
    fc.property(cases, ([random, samples]) => {
      const randomEncoder = new PayloadEncoder(random);
      for (const { json, value } of samples) {
        const result = readPayload(random, randomEncoder.encode(json));
        expect(result).toEqual({ ok: true, value });
      }
    }),
    { seed: testSeed('encode'), numRuns: 1500 },
  );
});

test('one wrong value among right ones is one error, or none where it happens to fit', () => {
  const wrong = fc.constantFrom<unknown>(
    5,
    1.25,
    2 ** 60,
    -1,
    'x',
    '',
    true,
    [],
    {},
    `${half}x`,
    '12.345678901234567890123',
    Number.NaN,
  );
  const cases = schemaArbitrary.chain((schema) => {
    const random = modelOf(schema);
    return fc.tuple(fc.constant(random), payloadArbitrary(random), fc.nat(), wrong);
  });
  fc.assert(
    fc.property(cases, ([random, sample, pick, value]) => {
      const { fields } = random.tables[0]!;
      const target = fields[pick % Math.max(1, fields.length)];
      if (target === undefined) return;
      const json = { ...(sample.json as Record<string, unknown>), [target.name]: value };
      try {
        const result = readPayload(random, new PayloadEncoder(random).encode(json));
        expect(result.ok).toBe(true);
      } catch (error) {
        // Never the encoder's own error, that fast and slow path disagree.
        expect(error).toBeInstanceOf(Problem);
        for (const { pointer } of (error as Problem).errors!) expect(`${pointer}/`).toMatch(new RegExp(`^/${target.name}/`));
      }
    }),
    { seed: testSeed('encode errors'), numRuns: 1500 },
  );
});
