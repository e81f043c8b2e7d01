import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '#src/errors.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Model } from '#src/schema/model.js';
import { readPayload } from '#src/schema/reader.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';
import { payloadArbitrary, schemaArbitrary } from '../lib/model-arbitrary.js';

const model = modelOf(
  objectSchema(
    {
      amount: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1_000_000 },
      count: { type: 'integer', format: 'int32' },
      long: { type: 'integer', minimum: -(2 ** 53) + 1 },
      free: { type: 'number' },
      ratio: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
      isOnline: { type: 'boolean' },
      at: { type: 'string', format: 'date-time' },
      born: { type: 'string', format: 'date' },
      kind: { type: 'string', enum: ['debit', 'credit', 'für'] },
      name: { type: 'string', minLength: 2, maxLength: 4 },
      text: { type: 'string', maxLength: 65_536 },
      constructor: { type: 'string' },
      card: objectSchema({ country: { type: 'string' }, level: { type: 'integer' } }, { required: ['country'] }),
    },
    { required: ['amount'] },
  ),
);
const encoder = new PayloadEncoder(model);

/** What JSON.parse and the encoder make of the text, read back; undefined where they refuse it. */
function viaObject(of: Model, by: PayloadEncoder, json: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
    return readPayload(of, by.encodeText(text));
  } catch (error) {
    if (error instanceof Problem || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whether the bytes were taken as plain. Whatever is taken is what JSON.parse and the encoder take for the same. */
function takes(json: string | Uint8Array, of: Model = model, by: PayloadEncoder = encoder): boolean {
  const bytes = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  const plain = by.encodePlain(bytes);
  if (plain === undefined) return false;
  expect(readPayload(of, plain.slice())).toEqual(viaObject(of, by, bytes));
  return true;
}

describe('what is plain', () => {
  const cases: [string, boolean][] = [
    ['{"amount":1}', true],
    [' { "amount" : 1 , "count" : 2 } \r\n\t', true],
    ['{"count":2,"amount":19.99}', true],
    ['{"amount":"19.99"}', true],
    ['{"amount":1000000}', true],
    ['{"amount":1000000.01}', false],
    ['{"amount":-0}', true],
    ['{"amount":-0.01}', false],
    ['{"amount":0.001}', false],
    ['{"amount":1e3}', false],
    ['{"amount":1E3}', false],
    ['{"amount":01}', false],
    ['{"amount":00}', false],
    ['{"amount":.5}', false],
    ['{"amount":1.}', false],
    ['{"amount":+1}', false],
    ['{"amount":-}', false],
    ['{"amount":}', false],
    ['{"amount":1 2}', false],
    ['{"amount":null}', false],
    ['{"amount":1,"amount":2}', false],
    ['{"amount":1,"count":null}', true],
    ['{"amount":1,"count":null,"count":2}', false],
    ['{"amount":1,"count":null,"count":null}', false],
    ['{"amount":1,"count":null,"free":null,"kind":null,"count":null}', false],
    ['{"amount":1,"count":2,"count":null}', false],
    ['{"amount":1,"count":nul}', false],
    ['{"amount":1,"count":2147483647}', true],
    ['{"amount":1,"count":2147483648}', false],
    ['{"amount":1,"count":-0}', true],
    ['{"amount":1,"count":1.5}', false],
    ['{"amount":1,"count":"1"}', false],
    ['{"amount":1,"long":999999999999999}', true],
    ['{"amount":1,"long":9007199254740991}', false],
    ['{"amount":1,"free":-0}', true],
    ['{"amount":1,"free":-0.0}', true],
    ['{"amount":1,"free":0.000000000000001}', false],
    ['{"amount":1,"free":0.00000000000001}', true],
    ['{"amount":1,"free":123456789.012345}', true],
    ['{"amount":1,"free":NaN}', false],
    ['{"amount":1,"free":null}', true],
    ['{"amount":1,"ratio":0}', false],
    ['{"amount":1,"ratio":1}', true],
    ['{"amount":1,"isOnline":true}', true],
    ['{"amount":1,"isOnline":false}', true],
    ['{"amount":1,"isOnline":truex}', false],
    ['{"amount":1,"isOnline":1}', false],
    ['{"amount":1,"at":"2026-01-01T00:00:00.5Z"}', true],
    ['{"amount":1,"at":"2026-01-01"}', false],
    ['{"amount":1,"at":1}', false],
    ['{"amount":1,"born":"2024-02-29"}', true],
    ['{"amount":1,"born":"2023-02-29"}', false],
    ['{"amount":1,"kind":"credit"}', true],
    ['{"amount":1,"kind":"cash"}', false],
    ['{"amount":1,"kind":"f\u00fcr"}', false],
    ['{"amount":1,"name":"ab"}', true],
    ['{"amount":1,"name":"a"}', false],
    ['{"amount":1,"name":"abcde"}', false],
    ['{"amount":1,"name":"a\u00e9"}', false],
    ['{"amount":1,"name":"a\\n"}', false],
    ['{"amount":1,"name":"a\n"}', false],
    ['{"amount":1,"name":"a\u007f"}', true],
    ['{"amount":1,"name":"ab}', false],
    ['{"amount":1,"constructor":"x"}', true],
    ['{"amount":1,"unknown":"x"}', false],
    ['{"amount":1,"__proto__":{}}', false],
    ['{"amount":1,"am\\u006funt":2}', false],
    ['{"amount":1,"card":{"country":"DE"}}', true],
    ['{"amount":1,"card":{"level":1, "country":"DE"},"count":1}', true],
    ['{"amount":1,"card":{}}', false],
    ['{"amount":1,"card":null}', true],
    ['{"amount":1,"card":[]}', false],
    ['{"amount":1,}', false],
    ['{,"amount":1}', false],
    ['{"amount":1', false],
    ['{"amount":1}}', false],
    ['{"amount":1}x', false],
    ['\ufeff{"amount":1}', false],
    ['{}', false],
    ['[]', false],
    ['null', false],
    ['', false],
    [`{"amount":1,"text":"${'x'.repeat(16_000)}"}`, true],
    [`{"amount":1,"text":"${'x'.repeat(17_000)}"}`, false],
  ];
  test.each(cases)('%.80s: %s', (json, isPlain) => {
    expect(takes(json)).toBe(isPlain);
  });

  test('bytes that are no UTF-8', () => {
    const bytes = new TextEncoder().encode('{"amount":1,"name":"abc"}');
    bytes[bytes.length - 4] = 0xff;
    expect(takes(bytes)).toBe(false);
  });

  test('an object without fields', () => {
    const empty = modelOf(objectSchema({ a: { type: 'boolean' } }));
    expect(takes(' { } ', empty, new PayloadEncoder(empty))).toBe(true);
  });

  test('in the order of the model, the bytes are those of the object', () => {
    const payload = { amount: 19.99, free: -1.5, isOnline: true, name: 'abc', card: { country: 'DE', level: 3 } };
    const wanted = encoder.encode(payload).slice();
    encoder.encodePlain(new TextEncoder().encode('{"amount":1,"name":"zzzz","text":"zzzzzzzzzzzzzzzzzzzzzzzzz"}'));
    expect(encoder.encodePlain(new TextEncoder().encode(JSON.stringify(payload)))?.slice()).toEqual(wanted);
  });
});

test('random texts of random models are taken as they are by way of the object, or not at all', () => {
  let taken = 0;
  const cases = schemaArbitrary.chain((schema) => {
    const random = modelOf(schema);
    return fc.tuple(
      fc.constant(random),
      payloadArbitrary(random),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ 0129.-eEntu\u0000\u00e9')), { maxLength: 3 }),
      fc.boolean(),
    );
  });
  fc.assert(
    fc.property(cases, ([random, { json }, damage, isReversed]) => {
      const entries = Object.entries(json as object);
      const text = JSON.stringify(Object.fromEntries(isReversed ? entries.reverse() : entries), undefined, damage.length % 2);
      const damaged = damage.reduce((before, [at, unit]) => {
        const place = at % (before.length + 1);
        return before.slice(0, place) + unit + before.slice(place + (at % 2));
      }, text);
      if (takes(damaged, random, new PayloadEncoder(random))) taken++;
    }),
    { seed: testSeed('encode-plain'), numRuns: 4000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('random numbers are what JSON.parse reads', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,7})?([eE][0-9])?$/);
  let taken = 0;
  fc.assert(
    fc.property(digits, (text) => {
      if (takes(`{"amount":1,"free":${text}}`)) taken++;
    }),
    { seed: testSeed('encode-plain-numbers'), numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(1000);
});
