// The transcoder, text by text: what it takes, it takes as the encoder does, and what it does not take, the encoder does not.

import { describe, expect, test } from 'vitest';
import { JsonFault } from '#assembly/shared/json.js';
import { JsonBox } from '../../lib/json-box.js';
import { modelOf, objectSchema } from '../../lib/model.js';
import { model as listModel } from '../../lib/model-lists.js';

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
const box = new JsonBox(model);

/** Whether a text is taken: by the transcoder as by the encoder, and as the same payload. */
function takes(json: string | Uint8Array, by: JsonBox = box): boolean {
  const { value } = by.transcode(json);
  expect(value).toEqual(by.encode(json));
  return value !== undefined;
}

describe('what is taken', () => {
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
    ['{"amount":1e3}', true],
    ['{"amount":1E3}', true],
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
    ['{"amount":1,"long":9007199254740991}', true],
    ['{"amount":1,"free":-0}', true],
    ['{"amount":1,"free":-0.0}', true],
    ['{"amount":1,"free":0.000000000000001}', true],
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
    ['{"amount":1,"kind":"f\u00fcr"}', true],
    ['{"amount":1,"name":"ab"}', true],
    ['{"amount":1,"name":"a"}', false],
    ['{"amount":1,"name":"abcde"}', false],
    ['{"amount":1,"name":"a\u00e9"}', true],
    ['{"amount":1,"name":"a\\n"}', true],
    ['{"amount":1,"name":"a\n"}', false],
    ['{"amount":1,"name":"a\u007f"}', true],
    ['{"amount":1,"name":"ab}', false],
    ['{"amount":1,"constructor":"x"}', true],
    ['{"amount":1,"unknown":"x"}', true],
    ['{"amount":1,"__proto__":{}}', true],
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
    [`{"amount":1,"text":"${'x'.repeat(17_000)}"}`, true],
  ];
  test.each(cases.map(([json, isTaken]) => [json.slice(0, 80), isTaken, json] as const))('%s: %s', (_, isTaken, json) => {
    expect(takes(json)).toBe(isTaken);
  });

  test('bytes that are no UTF-8', () => {
    for (const at of [-4, -20, 3]) {
      const bytes = new TextEncoder().encode('{"amount":1,"stray":"abc","name":"abc"}');
      bytes[(bytes.length + at) % bytes.length] = 0xff;
      expect(takes(bytes)).toBe(false);
    }
  });

  test('an object without fields', () => {
    expect(takes(' { } ', new JsonBox(modelOf(objectSchema({ a: { type: 'boolean' } }))))).toBe(true);
  });
});

describe('lists', () => {
  const lists = new JsonBox(listModel);
  test.each<[string, boolean]>([
    ['"tags":[]', true],
    ['"tags":[ ]', true],
    ['"tags" : [ "a" , "b" ] ', true],
    ['"tags":null', true],
    ['"tags":["a",]', false],
    ['"tags":[,"a"]', false],
    ['"tags":["a" "b"]', false],
    ['"tags":["a"', false],
    ['"tags":["a"}', false],
    ['"tags":["a","b","c","d","e"]', false],
    ['"tags":["a\\n"]', true],
    ['"tags":[null]', false],
    ['"tags":[["a"]]', false],
    ['"tags":{}', false],
    ['"tags":["]",",","["]', true],
    ['"hours":[1,2]', true],
    ['"hours":[1,24]', false],
    ['"hours":[1.0]', true],
    ['"hours":[1,2', false],
    ['"flags":[true,false]', true],
    ['"flags":[truefalse]', false],
    ['"kinds":["debit","credit"]', true],
    ['"kinds":["debit","cash"]', false],
    ['"prices":[1,"2.5"]', true],
    ['"tags":[],"tags":[]', false],
    ['"items":[{"price":2}]', false],
  ])('%s', (rest, expected) => expect(takes(`{"items":[{"price":1}],${rest}}`, lists)).toBe(expected));

  test.each<[string, boolean]>([
    ['[{"price":1},{"price":2,"codes":["x"],"parts":[{"n":1},{}]}]', true],
    ['[]', false],
    ['[{"price":1},{}]', false],
    ['[{"price":1,"price":2}]', false],
    ['[{"price":1,"stray":1}]', false],
    ['[{"price":1},null]', false],
  ])('objects in lists: %s', (items, expected) => expect(takes(`{"items":${items}}`, lists)).toBe(expected));
});

describe('faults', () => {
  test.each<[string, JsonFault, number]>([
    ['{"amount":1,}', JsonFault.SYNTAX, 12],
    ['{"amount":}', JsonFault.SYNTAX, 10],
    ['{"amount":tru}', JsonFault.TYPE, 10],
    ['{"amount":"x"}', JsonFault.FORMAT, 11],
    ['{"amount":0.001}', JsonFault.RANGE, 10],
    ['{"amount":1,"amount":2}', JsonFault.DUPLICATE, 21],
    ['{"amount":1,"x":{"a":1,"a":2}}', JsonFault.DUPLICATE, 24],
    ['{"amount":1,"count":1.5}', JsonFault.TYPE, 20],
    ['{"amount":1,"count":3e9}', JsonFault.RANGE, 20],
    ['{"count":1}', JsonFault.REQUIRED, 0],
    ['{"amount":null}', JsonFault.REQUIRED, 10],
    ['{"amount":1,"kind":"cash"}', JsonFault.ENUM, 19],
    ['{"amount":1,"name":"a"}', JsonFault.LENGTH, 20],
    ['{"amount":1,"name":"a\\ud83d"}', JsonFault.LENGTH, 20],
    ['{"amount":1,"born":"2023-02-29"}', JsonFault.FORMAT, 20],
    ['[1]', JsonFault.TYPE, 0],
    ['', JsonFault.SYNTAX, 0],
    ['{"amount":1}x', JsonFault.SYNTAX, 12],
  ])('%s', (json, code, at) => {
    const found = box.transcode(json);
    expect([JsonFault[found.fault], found.at]).toEqual([JsonFault[code], at]);
  });

  test('unknown fields of a closed object', () => {
    const closed = new JsonBox(modelOf(objectSchema({ a: { type: 'integer' } }, { additionalProperties: false })));
    expect(closed.transcode('{"a":1,"b":2}')).toMatchObject({ fault: JsonFault.UNKNOWN, at: 8 });
    expect(takes('{"a":1}', closed)).toBe(true);
    expect(takes('{"b":null}', closed)).toBe(false);
  });

  test('what is left to the encoder: an area too small, and depth', () => {
    const small = new JsonBox(model, 1024);
    expect(small.transcode(`{"amount":1,"text":"${'x'.repeat(2000)}"}`).fault).toBe(JsonFault.ROOM);
    expect(small.transcode(`{"amount":1${Array.from({ length: 200 }, (_, i) => `,"x${i}":1`).join('')}}`).fault).toBe(
      JsonFault.ROOM,
    );
    const deep = (depth: number): string => `{"amount":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(takes(deep(1024))).toBe(true);
    expect(box.transcode(deep(1025)).fault).toBe(JsonFault.DEPTH);
    expect(box.transcode(`{"amount":1,"x":${'['.repeat(500_000)}`).fault).toBe(JsonFault.DEPTH);
  });

  test('each text has an answer of its own, whatever came before', () => {
    const good = '{"amount":1,"name":"abc"}';
    const want = box.encode(good);
    for (const bad of [
      '{"amount":1,"text":"',
      '{"amount":1,"x":[[{"a":1',
      '{"amount":2,"text":"zzzzzzzzzzzzzzzzzzzzzz"}',
      '{"x":1,"x":2}',
    ]) {
      expect(box.transcode(bad, good).value).toEqual(want);
    }
  });
});

test('many keys that the model does not have, with and without a twin', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `"key number ${(i * 7919) % 20_000}":${i % 7}`);
  const text = (more: string): string => `{"amount":1,${keys.join(',')}${more}}`;
  expect(takes(text(''))).toBe(true);
  expect(takes(text(',"key number 1":1'))).toBe(false);
  expect(takes(text(`,"key number \\u0031":1`))).toBe(false);
  expect(takes(`{"amount":1,"${'k'.repeat(1_000_000)}":1}`)).toBe(true);
});
