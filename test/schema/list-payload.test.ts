// Lists in payloads: encoder, plain JSON, reader, and stock FlatBuffers.

import { describe, expect, test } from 'vitest';
import { LIST_COUNT_MAX } from '#assembly/shared/limits.js';
import { Problem } from '#src/errors.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { emitFbs } from '#src/schema/fbs.js';
import { findPayloadFault, readPayload } from '#src/schema/reader.js';
import { JsonBox } from '../lib/json-box.js';
import { modelOf, objectSchema } from '../lib/model.js';
import { flatcToBinary, flatcToJson } from '../lib/model-flatc.js';
import { list, model } from '../lib/model-lists.js';

const encoder = new PayloadEncoder(model);
const transcoder = new JsonBox(model);

const JSON_FULL = {
  items: [
    { price: 19.99, codes: ['a', '😀'], parts: [{ n: 1 }, {}] },
    { price: '0.01', codes: [] },
  ],
  tags: ['', 'é€', 'abcde'],
  flags: [true, false, true],
  hours: [0, 23, 5],
  counts: [2 ** 53 - 1, -1],
  ratios: [0.5, -1e300, 1],
  prices: [1, '2.50', 3.25],
  times: ['1970-01-01T00:00:01Z'],
  days: ['1970-01-02', '1969-12-31'],
  kinds: ['credit', 'debit', 'credit'],
  last: true,
};
const READ_FULL = {
  ...JSON_FULL,
  items: [
    { price: 1999n, codes: ['a', '😀'], parts: [{ n: 1 }, { n: null }] },
    { price: 1n, codes: [], parts: null },
  ],
  prices: [100n, 250n, 325n],
  times: [1_000_000n],
  days: [1n, -1n],
};

/** Errors of a payload as `pointer CODE`, or what is read back. The engine's transcoder says the same of the JSON text. */
function encode(value: unknown): unknown {
  const text = JSON.stringify(value);
  try {
    const result = readPayload(model, encoder.encode(value));
    expect({ ok: true, value: transcoder.transcode(text).value }).toEqual(result);
    return result.ok ? result.value : `${result.pointer} ${result.message}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(transcoder.transcode(text).value).toBeUndefined();
    return error.errors?.map(({ pointer, code }) => `${pointer} ${code}`);
  }
}

const base = { items: [{ price: 1 }] };

describe('payloads', () => {
  test('everything is read back, and empty and absent lists differ', () => {
    expect(encode(JSON_FULL)).toEqual(READ_FULL);
    expect(encode({ ...base, tags: [], kinds: null })).toMatchObject({ tags: [], kinds: null, flags: null });
  });

  test.each<[string, unknown, string[]]>([
    ['items', [], ['/items MIN_ITEMS']],
    ['items', [{ price: 1 }, { price: 1 }, { price: 1 }, { price: 'x' }], ['/items MAX_ITEMS']],
    ['items', [{ price: 1 }, { price: 1 }, { price: 0.001 }], ['/items/2/price SCALE']],
    ['items', [{}, null, 5, [], { price: 1, x: 1 }], ['/items MAX_ITEMS']],
    ['items', [{}, null, 5], ['/items/0/price REQUIRED', '/items/1 REQUIRED', '/items/2 TYPE']],
    [
      'items',
      [
        { price: 1, x: 1 },
        { price: 1, codes: ['a', 1] },
      ],
      ['/items/0/x UNKNOWN_FIELD', '/items/1/codes/1 TYPE'],
    ],
    ['items', [{ price: 1, parts: [{ n: 1 }, { n: 1.5 }] }], ['/items/0/parts/1/n TYPE']],
    ['items', { 0: { price: 1 }, length: 1 }, ['/items TYPE']],
    ['items', null, ['/items REQUIRED']],
    ['tags', 'abc', ['/tags TYPE']],
    ['tags', ['abcdef', 1, null], ['/tags/0 MAX_LENGTH', '/tags/1 TYPE', '/tags/2 REQUIRED']],
    ['tags', ['a', '\ud83d'], ['/tags/1 UTF16']],
    ['tags', ['a', undefined], ['/tags/1 REQUIRED']],
    ['flags', [true, 0], ['/flags/1 TYPE']],
    ['hours', [1, 24, -1], ['/hours/1 MAXIMUM', '/hours/2 MINIMUM']],
    ['counts', [2 ** 53], ['/counts/0 MAXIMUM']],
    ['ratios', [0, 1.5], ['/ratios/1 MAXIMUM']],
    ['prices', [1, -1], ['/prices/1 MINIMUM']],
    ['times', ['1970-01-01'], ['/times/0 FORMAT']],
    ['days', ['1970-02-30'], ['/days/0 FORMAT']],
    ['kinds', ['debit', 'cash'], ['/kinds/1 ENUM']],
    ['kinds', ['debit', ['debit']], ['/kinds/1 TYPE']],
    ['kinds', Array.from({ length: 5 }, () => 'debit'), ['/kinds MAX_ITEMS']],
  ])('%s = %j', (name, value, expected) => {
    expect(encode({ ...base, [name]: value })).toEqual(expected);
  });

  test('as many errors as are useful', () => {
    const long = modelOf(objectSchema({ f: list({ type: 'boolean' }, 1000) }));
    const all = (): unknown => new PayloadEncoder(long).encode({ f: Array.from({ length: 1000 }, () => 1) });
    expect(all).toThrow(expect.objectContaining({ errors: expect.objectContaining({ length: 100 }) }));
  });

  test('a list of holes ends at maxItems', () => {
    const encodeHoles = (): unknown => encoder.encode({ ...base, tags: new Array(2 ** 32 - 1) });
    expect(encodeHoles).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ code: 'MAX_ITEMS' })] }));
  });

  test('more than PAYLOAD_BYTES_MAX is refused as a whole', () => {
    const large = new PayloadEncoder(modelOf(objectSchema({ f: list({ type: 'string', maxLength: 1024 }, LIST_COUNT_MAX) })));
    expect(large.encode({ f: Array.from({ length: 1000 }, () => 'x'.repeat(1000)) }).length).toBeGreaterThan(1_000_000);
    expect(() => large.encode({ f: Array.from({ length: 1100 }, () => 'x'.repeat(1000)) })).toThrow(
      'must have at most 1048576 bytes',
    );
    expect(large.encode({ f: ['x'] }).length).toBeLessThan(100);
  });
});

describe('bytes that no encoder writes', () => {
  /** The fault of JSON_FULL, changed by hand: `at` gives the position of a root field's vector. */
  function changed(change: (view: DataView, at: (slot: number) => number) => void): unknown {
    const bytes = encoder.encode(JSON_FULL).slice();
    const view = new DataView(bytes.buffer);
    const table = view.getUint32(0, true);
    const vtable = table - view.getInt32(table, true);
    change(view, (slot) => {
      const field = table + view.getUint16(vtable + 4 + 2 * slot, true);
      return field + view.getUint32(field, true);
    });
    const result = readPayload(model, bytes);
    return result.ok ? result.value : `${result.pointer} ${result.path}: ${result.message}`;
  }

  const ITEMS = 0;
  const TAGS = 1;
  const FLAGS = 2;
  const HOURS = 3;
  const COUNTS = 4;
  const KINDS = 9;

  test.each<[string, string, (view: DataView, at: (slot: number) => number) => void]>([
    ['a huge count', '/hours hours: the list is outside the payload', (view, at) => view.setUint32(at(HOURS), 0xffffffff, true)],
    ['a large count', '/counts counts: the list is outside the payload', (view, at) => view.setUint32(at(COUNTS), 2 ** 20, true)],
    ['one too many', '/flags flags: has 5 items', (view, at) => view.setUint32(at(FLAGS), 5, true)],
    ['one too few', '/items items: has 0 items', (view, at) => view.setUint32(at(ITEMS), 0, true)],
    ['an hour', '/hours/1 hours[]: 24 is above 23', (view, at) => view.setInt32(at(HOURS) + 8, 24, true)],
    ['a boolean', '/flags/2 flags[]: 2 is no boolean', (view, at) => view.setUint8(at(FLAGS) + 6, 2)],
    ['a member', '/kinds/0 kinds[]: 7 is no member of the enum', (view, at) => view.setUint16(at(KINDS) + 4, 7, true)],
    [
      'an integer',
      '/counts/1 counts[]: 9007199254740992 is not a safe integer',
      (view, at) => view.setBigInt64(at(COUNTS) + 12, 2n ** 53n, true),
    ],
    [
      'an offset',
      '/tags/0 tags[]: the offset leads outside the payload',
      (view, at) => view.setUint32(at(TAGS) + 4, 2 ** 31, true),
    ],
    [
      'an object',
      '/items/1 items: the offset leads outside the payload',
      (view, at) => view.setUint32(at(ITEMS) + 8, 2 ** 31, true),
    ],
    [
      'a field of an object',
      '/items/1/price items[].price: the field is required',
      (view, at) => {
        const object = at(ITEMS) + 8 + view.getUint32(at(ITEMS) + 8, true);
        view.setUint16(object - view.getInt32(object, true) + 4, 0, true);
      },
    ],
  ])('%s', (_, expected, change) => expect(changed(change)).toBe(expected));
});

describe('what is wrong with refused bytes', () => {
  const wide = modelOf(
    objectSchema({
      rows: list(objectSchema({ cells: list({ type: 'boolean' }, LIST_COUNT_MAX) }), LIST_COUNT_MAX),
      end: { type: 'boolean' },
    }),
  );

  /** Rows that are all the same object, and a boolean that is none. */
  function shared(count: number): Uint8Array {
    const cells = Array.from({ length: count }, () => true);
    const rows = Array.from({ length: count }, (_, i) => (i === 0 ? { cells } : {}));
    const bytes = new PayloadEncoder(wide).encode({ rows, end: true }).slice();
    const view = new DataView(bytes.buffer);
    const table = view.getUint32(0, true);
    const vtable = table - view.getInt32(table, true);
    const field = table + view.getUint16(vtable + 4, true);
    const first = field + view.getUint32(field, true) + 4;
    const object = first + view.getUint32(first, true);
    for (let i = 1; i < count; i++) view.setUint32(first + 4 * i, object - first - 4 * i, true);
    view.setUint8(table + view.getUint16(vtable + 6, true), 2);
    return bytes;
  }

  test('is found in time, however many elements share their bytes', () => {
    expect(findPayloadFault(wide, shared(5))).toEqual({ pointer: '/end', message: '2 is no boolean' });
    const { pointer, message } = findPayloadFault(wide, shared(30_000))!;
    expect(pointer).toMatch(/^\/rows\/\d+\/cells$/);
    expect(message).toContain('share their bytes');
    expect(findPayloadFault(model, encoder.encode(JSON_FULL))).toBeUndefined();
  });
});

describe('stock FlatBuffers', () => {
  test('reads what the encoder writes', async () => {
    expect(JSON.parse(await flatcToJson(emitFbs(model), encoder.encode(JSON_FULL)))).toEqual({
      items: [
        { price: 1999, codes: ['a', '😀'], parts: [{ n: 1 }, {}] },
        { price: 1, codes: [] },
      ],
      tags: ['', 'é€', 'abcde'],
      flags: [true, false, true],
      hours: [0, 23, 5],
      counts: [2 ** 53 - 1, -1],
      ratios: [0.5, -1e300, 1],
      prices: [100, 250, 325],
      times: [1_000_000],
      days: [1, -1],
      kinds: ['credit', 'debit', 'credit'],
      last: true,
    });
  });

  test('writes what the reader reads', async () => {
    const json = `{ "items": [{ "price": 1999, "codes": ["a", "😀"], "parts": [{ "n": 1 }, {}] }, { "price": 1, "codes": [] }],
      "tags": ["", "é€", "abcde"], "flags": [true, false, true], "hours": [0, 23, 5], "counts": [9007199254740991, -1],
      "ratios": [0.5, -1e300, 1], "prices": [100, 250, 325], "times": [1000000], "days": [1, -1],
      "kinds": ["credit", "debit", "credit"], "last": true }`;
    const bytes = await flatcToBinary(emitFbs(model), json);
    expect(readPayload(model, bytes)).toEqual({ ok: true, value: READ_FULL });
  });
});
