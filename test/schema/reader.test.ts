// The reader against bytes that no encoder writes.

import { describe, expect, test } from 'vitest';
import { PAYLOAD_BYTES_MAX } from '#assembly/shared/limits.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { readPayload } from '#src/schema/reader.js';
import { modelOf, objectSchema } from '../lib/model.js';

const model = modelOf(
  objectSchema({
    flag: { type: 'boolean' },
    kind: { type: 'string', enum: ['a', 'b'] },
    count: { type: 'integer' },
    hour: { type: 'integer', minimum: 0, maximum: 23, default: 7 },
    text: { type: 'string', minLength: 1, maxLength: 4 },
    ratio: { type: 'number', maximum: 1 },
    sub: objectSchema({ need: { type: 'boolean' }, given: { type: 'string', default: 'd' } }, { required: ['need'] }),
  }),
);
const FULL = { flag: true, kind: 'b', count: 5, hour: 3, text: 'abc', ratio: 0.5, sub: { need: false } };

/** The fault of a payload, as `path: message`, or its value. */
function read(bytes: Uint8Array): unknown {
  const result = readPayload(model, bytes);
  return result.ok ? result.value : `${result.path}: ${result.message}`;
}

/** The encoded FULL payload, changed by hand; `at` gives the position of a root field's value. */
function changed(change: (view: DataView, at: (slot: number) => number, table: number) => void): unknown {
  const bytes = new PayloadEncoder(model).encode(FULL).slice();
  const view = new DataView(bytes.buffer);
  const table = view.getUint32(0, true);
  const vtable = table - view.getInt32(table, true);
  change(view, (slot) => table + view.getUint16(vtable + 4 + 2 * slot, true), table);
  return read(bytes);
}

test('reads everything, defaults and nulls included', () => {
  expect(read(new PayloadEncoder(model).encode(FULL))).toEqual({ ...FULL, sub: { need: false, given: 'd' } });
  expect(read(new PayloadEncoder(model).encode({}))).toEqual({
    flag: null,
    kind: null,
    count: null,
    hour: 7,
    text: null,
    ratio: null,
    sub: null,
  });
});

test('reads bytes at any place of any buffer', () => {
  const bytes = new PayloadEncoder(model).encode(FULL);
  for (let shift = 0; shift < 8; shift++) {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 8), shift, bytes.length);
    shared.set(bytes);
    expect(read(shared)).toEqual(read(bytes));
  }
});

describe('values', () => {
  const FLAG = 0;
  const KIND = 1;
  const COUNT = 2;
  const HOUR = 3;
  const TEXT = 4;
  const RATIO = 5;
  const SUB = 6;

  test.each<[string, string, (view: DataView, at: (slot: number) => number, table: number) => void]>([
    ['boolean 2', 'flag: 2 is no boolean', (view, at) => view.setUint8(at(FLAG), 2)],
    ['member 2', 'kind: 2 is no member of the enum', (view, at) => view.setUint16(at(KIND), 2, true)],
    ['2^53', 'count: 9007199254740992 is not a safe integer', (view, at) => view.setBigInt64(at(COUNT), 2n ** 53n, true)],
    ['2^53 + 1', 'count: 9007199254740993 is not a safe integer', (view, at) => view.setBigInt64(at(COUNT), 2n ** 53n + 1n, true)],
    ['hour 24', 'hour: 24 is above 23', (view, at) => view.setInt32(at(HOUR), 24, true)],
    ['hour -1', 'hour: -1 is below 0', (view, at) => view.setInt32(at(HOUR), -1, true)],
    ['ratio NaN', 'ratio: NaN is above 1', (view, at) => view.setFloat64(at(RATIO), Number.NaN, true)],
    [
      'no terminator',
      'text: the text has no terminating zero',
      (view, at) => view.setUint8(at(TEXT) + view.getUint32(at(TEXT), true) + 7, 65),
    ],
    [
      'too long a text',
      'text: the text is outside the payload',
      (view, at) => view.setUint32(at(TEXT) + view.getUint32(at(TEXT), true), 10_000, true),
    ],
    [
      'a huge text',
      'text: the text is outside the payload',
      (view, at) => view.setUint32(at(TEXT) + view.getUint32(at(TEXT), true), 0xffffffff, true),
    ],
    ['an offset outside', 'text: the offset leads outside the payload', (view, at) => view.setUint32(at(TEXT), 0x7fffffff, true)],
    [
      'an empty text',
      'text: has 0 characters',
      (view, at) => {
        const text = at(TEXT) + view.getUint32(at(TEXT), true);
        view.setUint32(text, 0, true);
        view.setUint8(text + 4, 0);
      },
    ],
    [
      'a broken text',
      'text: the text is not UTF-8',
      (view, at) => view.setUint8(at(TEXT) + view.getUint32(at(TEXT), true) + 4, 0xff),
    ],
    [
      'a surrogate',
      'text: the text is not UTF-8',
      (view, at) => {
        const text = at(TEXT) + view.getUint32(at(TEXT), true) + 4;
        for (const [i, byte] of [0xed, 0xa0, 0x80].entries()) view.setUint8(text + i, byte);
      },
    ],
    ['a table outside', 'sub: the offset leads outside the payload', (view, at) => view.setUint32(at(SUB), 0xfffffff0, true)],
    ['the root outside', ': the table is outside the payload', (view) => view.setUint32(0, 0xfffffff0, true)],
    ['a vtable before', ': the vtable is outside the payload', (view, _, table) => view.setInt32(table, table + 4, true)],
    ['a vtable behind', ': the vtable is outside the payload', (view, _, table) => view.setInt32(table, -view.byteLength, true)],
    [
      'an odd vtable',
      ': the vtable has a wrong length',
      (view, _, table) => view.setUint16(table - view.getInt32(table, true), 5, true),
    ],
    [
      'a short vtable',
      ': the vtable has a wrong length',
      (view, _, table) => view.setUint16(table - view.getInt32(table, true), 2, true),
    ],
    [
      'a long vtable',
      ': the vtable has a wrong length',
      (view, _, table) => view.setUint16(table - view.getInt32(table, true), 0xfffe, true),
    ],
    [
      'a short table',
      ': the table has a wrong length',
      (view, _, table) => view.setUint16(table - view.getInt32(table, true) + 2, 2, true),
    ],
    [
      'a long table',
      ': the table has a wrong length',
      (view, _, table) => view.setUint16(table - view.getInt32(table, true) + 2, 0xffff, true),
    ],
    [
      'a field on the offset',
      'flag: the field is outside its table',
      (view, _, table) => view.setUint16(table - view.getInt32(table, true) + 4, 3, true),
    ],
    [
      'a field behind',
      'count: the field is outside its table',
      (view, _, table) => {
        const vtable = table - view.getInt32(table, true);
        view.setUint16(vtable + 4 + 2 * COUNT, view.getUint16(vtable + 2, true) - 7, true);
      },
    ],
  ])('%s', (_, expected, change) => expect(changed(change)).toBe(expected));

  test('a required field of a nested object', () => {
    expect(
      changed((view, at) => {
        const sub = at(SUB) + view.getUint32(at(SUB), true);
        view.setUint16(sub - view.getInt32(sub, true) + 4, 0, true);
      }),
    ).toBe('sub.need: the field is required');
  });

  test('an entry beyond the vtable is absent', () => {
    expect(changed((view, _, table) => view.setUint16(table - view.getInt32(table, true), 6, true))).toEqual({
      flag: true,
      kind: null,
      count: null,
      hour: 7,
      text: null,
      ratio: null,
      sub: null,
    });
  });
});

test('lengths', () => {
  expect(read(new Uint8Array(7))).toBe(': has 7 bytes');
  expect(read(new Uint8Array(0))).toBe(': has 0 bytes');
  expect(read(new Uint8Array(PAYLOAD_BYTES_MAX + 1))).toBe(`: has ${PAYLOAD_BYTES_MAX + 1} bytes`);
});

test('every truncation and every flipped byte is refused or read, without an error', () => {
  const bytes = new PayloadEncoder(model).encode(FULL).slice();
  let refused = 0;
  for (let length = 0; length < bytes.length; length++) if (typeof read(bytes.subarray(0, length)) === 'string') refused++;
  expect(refused).toBeGreaterThan(bytes.length - 8);
  for (let i = 0; i < bytes.length; i++) {
    for (const mask of [1, 0x80, 0xff]) {
      const flipped = bytes.slice();
      flipped[i]! ^= mask;
      read(flipped);
    }
  }
});
