// What an exported module says of a JSON text that it does not take: the pointer and the offset that the library gives.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JsonFault } from '#assembly/shared/json.js';
import { Status } from '#assembly/shared/status.js';
import { Problem } from '#src/errors.js';
import { type EmbedBox, type Embedded, embed } from '../lib/embed-box.js';

const MODEL = `title: Order
type: object
additionalProperties: false
required: [amount, buyer]
properties:
  amount: { type: number, minimum: 0, maximum: 1000 }
  count: { type: integer }
  price: { type: number, multipleOf: 0.01 }
  note: { type: string, minLength: 2, maxLength: 5 }
  kind: { type: string, enum: [debit, credit] }
  at: { type: string, format: date-time }
  born: { type: string, format: date }
  vip: { type: boolean }
  tags: { type: array, items: { type: string, maxLength: 3 }, maxItems: 3 }
  scores: { type: array, items: { type: number }, minItems: 2, maxItems: 3 }
  buyer:
    type: object
    required: [name, address]
    properties:
      name: { type: string }
      address: { type: object, required: [city], properties: { city: { type: string } } }
  items:
    type: array
    maxItems: 9
    items: { type: object, required: [sku], properties: { sku: { type: string }, qty: { type: integer, minimum: 1 } } }
`;
const FILES = {
  'bundle.yaml':
    'name: orders\nversion: 1.0.0\nmodel: model.yaml\nprofile: strict\nonError: review\ndecide:\n  combine: score\n' +
    '  outcomes: [{ outcome: approve }]\n',
  'model.yaml': MODEL,
  'rules/all.yaml': '- { id: big, when: amount > 10, then: { score: 1, reason: BIG } }\n',
};

let embedded: Embedded;
beforeAll(async () => {
  embedded = await embed(new Map(Object.entries(FILES).map(([name, text]) => [name, new TextEncoder().encode(text)])));
});
afterAll(() => embedded.close());

/** The first that the library says of a text: where, and at which byte. */
function librarySays(text: Uint8Array): { pointer: string; offset: number | undefined } {
  try {
    embedded.ruleSet.decide(text, { isJson: true });
  } catch (error) {
    const first = error instanceof Problem ? error.errors?.[0] : undefined;
    if (first !== undefined) return { pointer: first.pointer, offset: first.offset };
    throw error;
  }
  throw new Error('the library takes it');
}

const BUYER = '"buyer":{"name":"n","address":{"city":"c"}}';
const HEAD = `{"amount":1,${BUYER}`;
const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));

describe('a text that is not taken', () => {
  const cases: [string | Uint8Array, JsonFault, string][] = [
    ['', JsonFault.SYNTAX, ''],
    ['  ', JsonFault.SYNTAX, ''],
    ['nul', JsonFault.SYNTAX, ''],
    ['[]', JsonFault.TYPE, ''],
    [' 5', JsonFault.TYPE, ''],
    ['{}', JsonFault.REQUIRED, '/amount'],
    [`{${BUYER}}`, JsonFault.REQUIRED, '/amount'],
    [` {"amount" : null , ${BUYER}}`, JsonFault.REQUIRED, '/amount'],
    ['{"amount":1}', JsonFault.REQUIRED, '/buyer'],
    ['{"amount":1,"buyer":{"address":{"city":"c"}}}', JsonFault.REQUIRED, '/buyer/name'],
    ['{"amount":1,"buyer":{"x":[{"name":1}],"name":"n"}}', JsonFault.REQUIRED, '/buyer/address'],
    ['{"amount":1, "buyer": {"name":"n","address": { } }}', JsonFault.REQUIRED, '/buyer/address/city'],
    ['{"amount":1,"b\\u0075yer":{"n\\u0061me":"n"}}', JsonFault.REQUIRED, '/buyer/address'],
    [`${HEAD},"items":[{"sku":"a"},{"qty":1}]}`, JsonFault.REQUIRED, '/items/1/sku'],
    [`${HEAD},"items":[{"sku":"a"},null]}`, JsonFault.REQUIRED, '/items/1'],
    [`${HEAD},"items":[{"sku":"a"},{"sku":"b","qty":0}]}`, JsonFault.RANGE, '/items/1/qty'],
    [`${HEAD},"items":[{"sku":"a"},7]}`, JsonFault.TYPE, '/items/1'],
    [`${HEAD},"items":{}}`, JsonFault.TYPE, '/items'],
    [`{"amount":"1",${BUYER}}`, JsonFault.TYPE, '/amount'],
    [`{"amount": 1000.01 ,${BUYER}}`, JsonFault.RANGE, '/amount'],
    [`{"amount":1e400,${BUYER}}`, JsonFault.RANGE, '/amount'],
    [`${HEAD},"count":1.5}`, JsonFault.TYPE, '/count'],
    [`${HEAD},"price":1.005}`, JsonFault.RANGE, '/price'],
    [`${HEAD},"price":"1,5"}`, JsonFault.FORMAT, '/price'],
    [`${HEAD},"note":"x"}`, JsonFault.LENGTH, '/note'],
    [`${HEAD},"note":"é\\u00e9ééé\\n"}`, JsonFault.LENGTH, '/note'],
    [`${HEAD},"note":5}`, JsonFault.TYPE, '/note'],
    [`${HEAD},"kind":"other"}`, JsonFault.ENUM, '/kind'],
    [`${HEAD},"at":"yesterday"}`, JsonFault.FORMAT, '/at'],
    [`${HEAD},"born":"2026-02-30"}`, JsonFault.FORMAT, '/born'],
    [`${HEAD},"vip":"true"}`, JsonFault.TYPE, '/vip'],
    [`${HEAD},"tags":["a","abcd"]}`, JsonFault.LENGTH, '/tags/1'],
    [`${HEAD},"tags":["a","b","c","d"]}`, JsonFault.LENGTH, '/tags'],
    [`${HEAD},"scores":[1]}`, JsonFault.LENGTH, '/scores'],
    [`${HEAD},"scores":[1,2,3,4]}`, JsonFault.LENGTH, '/scores'],
    [`${HEAD},"scores":[1,2,[3]]}`, JsonFault.TYPE, '/scores/2'],
    [`${HEAD},"scores":[1,null]}`, JsonFault.REQUIRED, '/scores/1'],
    [`${HEAD},"odd": [1]}`, JsonFault.UNKNOWN, '/odd'],
    [`${HEAD},"o/d~d\\u0000\\ud83d\\ude00é": 1}`, JsonFault.UNKNOWN, '/o~1d~0d\0😀é'],
    [`${HEAD},"":1}`, JsonFault.UNKNOWN, '/'],
    ['{"amount":1,"amount": 2}', JsonFault.DUPLICATE, '/amount'],
    ['{"amount":1,"buyer":{"x":1,"name":"n","address":{"city":"c"},"x":2}}', JsonFault.DUPLICATE, '/buyer/x'],
    ['{"amount":1,"buyer":{"x":{"y":[1,{"z":1,"z":2}]},"name":"n"}}', JsonFault.DUPLICATE, '/buyer/x/y/1/z'],
    [`${HEAD}`, JsonFault.SYNTAX, '/buyer'],
    [`${HEAD},}`, JsonFault.SYNTAX, ''],
    [`${HEAD}}}`, JsonFault.SYNTAX, ''],
    [`${HEAD},"note":"ab`, JsonFault.SYNTAX, '/note'],
    [`${HEAD},"note":"a\\x"}`, JsonFault.SYNTAX, '/note'],
    [`${HEAD},"note":"a\tb"}`, JsonFault.SYNTAX, '/note'],
    [`${HEAD},"count":01}`, JsonFault.SYNTAX, '/count'],
    [`${HEAD},"count":-}`, JsonFault.SYNTAX, '/count'],
    [`${HEAD},"count":1.}`, JsonFault.SYNTAX, '/count'],
    [`${HEAD},"count":1e+}`, JsonFault.SYNTAX, '/count'],
    [`${HEAD},"count":tru}`, JsonFault.SYNTAX, '/count'],
    [`${HEAD},"count" 1}`, JsonFault.SYNTAX, '/count'],
    [`${HEAD},count:1}`, JsonFault.SYNTAX, ''],
    [`${HEAD},"scores":[1,]}`, JsonFault.SYNTAX, '/scores/1'],
    [`${HEAD},"scores":[1 2]}`, JsonFault.SYNTAX, '/scores/0'],
    [`${HEAD},"scores":[1}`, JsonFault.SYNTAX, '/scores/0'],
    // Of two faults the library says first what keeps the text from being JSON.
    [`{"amount":"1",${BUYER},"count":}`, JsonFault.SYNTAX, '/count'],
    [bytes(`${HEAD},"note":"a`, 0xc3, '("}'), JsonFault.UTF8, ''],
    [bytes(`${HEAD},"note":"é`, 0xe2, 0x82), JsonFault.UTF8, ''],
    [bytes('{"amount":1,"', 0xff, '":1}'), JsonFault.UTF8, ''],
    [`${HEAD},"note":"a\\ud83d"}`, JsonFault.LENGTH, '/note'],
  ];
  it.each(cases)('%s', (text, fault, pointer) => {
    const document = typeof text === 'string' ? Buffer.from(text) : text;
    const want = librarySays(document);
    for (const box of [embedded.simd, embedded.scalar]) {
      const said = box.decideJson(document, 0n);
      expect(said.status).toBe(Status.INVALID_PAYLOAD);
      expect([JsonFault[said.fault], said.pointer, said.faultAt]).toEqual([JsonFault[fault], pointer, want.offset]);
      expect(said.pointer).toBe(want.pointer);
    }
  });

  it('is as its caller wrote it, and nothing is said of the next that is taken', () => {
    for (const box of [embedded.simd, embedded.scalar]) {
      const text = Buffer.from(`${HEAD},"note":"\\u0061","odd\\n":1}`);
      expect(box.decideJson(text, 0n).pointer).toBe('/note');
      const at = box.exports.verdict_input(text.length);
      expect(Buffer.from(box.memory.slice(at, at + text.length))).toEqual(text);
      expect(box.decideJson(Buffer.from(`${HEAD}}`), 0n)).toMatchObject({
        status: Status.OK,
        fault: 0,
        faultAt: 0,
        pointer: undefined,
      });
    }
  });

  it('is forgotten with the next call, whatever comes of it', () => {
    const calls: ((box: EmbedBox, more: number) => number)[] = [
      (box, more) => box.exports.verdict_decide(more, 0n),
      (box, more) => box.exports.verdict_decide_json(more, 0n),
    ];
    for (const box of [embedded.simd, embedded.scalar]) {
      for (const call of calls) {
        const text = Buffer.from(`${HEAD},"note":"x"}`);
        expect(box.decideJson(text, 0n)).toMatchObject({ fault: JsonFault.LENGTH, pointer: '/note' });
        expect(call(box, text.length + 1)).toBe(Status.INVALID_PAYLOAD);
        const { exports } = box;
        expect([exports.verdict_fault(), exports.verdict_fault_at(), exports.verdict_fault_pointer()]).toEqual([0, 0, 0]);
      }
    }
  });

  it('may be nested as deep as it is long', () => {
    for (const text of ['['.repeat(100_000), `${HEAD},"x":${'['.repeat(100_000)}`, `${'{"a":'.repeat(2000)}1${'}'.repeat(1999)}`]) {
      for (const box of [embedded.simd, embedded.scalar]) {
        const said = box.decideJson(Buffer.from(text), 0n);
        expect(said.status).toBe(Status.INVALID_PAYLOAD);
        expect(said.faultAt).toBeLessThanOrEqual(text.length);
      }
    }
  });
});
