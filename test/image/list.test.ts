// List regions: what is written is found again, whatever the members; equal sets are equal bytes; the verifier refuses what is
// damaged, and no region that it accepts makes a question read outside it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as at from '#assembly/shared/list.js';
import { ListError } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { type ListType, listVersion, readListHeader, writeList } from '#src/image/list.js';
import { ListBox } from '../lib/list-box.js';

const { TEXT, F64, I64, BOOL } = RegisterType;
type Member = string | number | bigint;
const box = new ListBox();
const SEED = Number(process.env.VERDICT_SEED ?? 20260701);

/** Writes and loads a list, and asks for values. */
function ask(type: ListType, members: readonly Member[], values: readonly Member[]): boolean[] {
  const region = writeList(type, members);
  expect(ListError[box.load(region)]).toBe('NONE');
  return values.map((value) => box.has(type, value));
}

describe('membership is exact', () => {
  const cases: [string, ListType, Member[], Member[]][] = [
    ['no members', TEXT, [], ['', 'a']],
    ['one', TEXT, ['a'], ['', 'b', 'aa']],
    ['the empty text', TEXT, [''], ['a', '\0']],
    ['texts that begin alike', TEXT, ['ab', 'abc', 'abcd', 'abcdefghi'], ['a', 'abcde', 'abcdefgh', 'abcdefghij']],
    ['zeros in texts', TEXT, ['\0', 'a\0'], ['', 'a', '\0\0']],
    ['other scripts', TEXT, ['Zoë', '😀', 'ﬀ'], ['Zoe', '😁', 'ff']],
    ['numbers', F64, [0, 1, -1.5, 5e-324, Infinity], [1.0000000000000002, 1.5, -5e-324, -Infinity, NaN]],
    ['minus zero', F64, [-0], [NaN, 5e-324]],
    ['integers', I64, [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)], [1n, 2n ** 62n]],
  ];
  for (const [name, type, members, others] of cases) {
    test(name, () => {
      expect(ask(type, members, members)).toEqual(members.map(() => true));
      expect(ask(type, members, others)).toEqual(others.map(() => false));
    });
  }

  test('0 and -0 are one number', () => {
    expect(ask(F64, [-0], [0, -0])).toEqual([true, true]);
    expect(ask(F64, [0], [0, -0])).toEqual([true, true]);
  });

  test('100,000 members', () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `user-${index * 7919}@example.com`);
    const region = writeList(TEXT, members);
    expect(ListError[box.load(region)]).toBe('NONE');
    expect(readListHeader(region).count).toBe(100_000);
    expect(members.every((member) => box.has(TEXT, member))).toBe(true);
    expect(members.some((member) => box.has(TEXT, `${member}x`))).toBe(false);
  });

  const texts = fc.string({
    unit: fc.oneof(fc.constantFrom('a', 'b', '\0'), fc.string({ unit: 'grapheme', maxLength: 1 })),
    maxLength: 12,
  });
  const arbitraries: [string, ListType, fc.Arbitrary<Member>][] = [
    ['texts', TEXT, texts.filter((text) => !/[\ud800-\udfff]/u.test(text))],
    ['numbers', F64, fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -9, max: 9 }))],
    ['integers', I64, fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -9n, max: 9n }))],
  ];
  for (const [name, type, arbitrary] of arbitraries) {
    test(`random ${name}, seed ${SEED}`, () => {
      fc.assert(
        fc.property(fc.array(arbitrary, { maxLength: 80 }), fc.array(arbitrary, { maxLength: 20 }), (members, values) => {
          const set = new Set(members.map((member) => (member === 0 ? 0 : member)));
          const asked = [...members, ...values];
          expect(ask(type, members, asked)).toEqual(asked.map((value) => set.has(value === 0 ? 0 : value)));
        }),
        { seed: SEED, numRuns: 300 },
      );
    });
  }
});

describe('equal sets are equal bytes', () => {
  test('whatever their order, and however often a member comes', () => {
    const members = Array.from({ length: 200 }, (_, index) => `m${index}`);
    const region = writeList(TEXT, members);
    expect(writeList(TEXT, [...members].reverse())).toEqual(region);
    expect(writeList(TEXT, [...members, ...members, 'm7'])).toEqual(region);
    expect(writeList(TEXT, new Set(members))).toEqual(region);
    expect(writeList(F64, [1, -0, 1, 0])).toEqual(writeList(F64, [0, 1]));
    expect(readListHeader(writeList(TEXT, members.slice(1))).version).not.toBe(readListHeader(region).version);
  });

  test('the version is that of the content', () => {
    const region = writeList(TEXT, ['a', 'b']);
    const { version, type, count, bytes } = readListHeader(region);
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect([listVersion(region), type, count, bytes]).toEqual([version, TEXT, 2, region.length]);
  });
});

test('what is no member of the type is refused', () => {
  const refused: [ListType, Member][] = [
    [TEXT, 1],
    [TEXT, '\ud800'],
    [TEXT, 'a\udc00'],
    [F64, NaN],
    [F64, 1n],
    [I64, 1],
    [I64, 2n ** 63n],
  ];
  for (const [type, member] of refused) expect(() => writeList(type, [member]), String(member)).toThrow(RangeError);
  expect(() => readListHeader(new Uint8Array(64))).toThrow('not a list region');
});

describe('the verifier', () => {
  const region = (): Uint8Array => writeList(TEXT, ['a', 'bc', 'a longer member', '']);
  const numbers = (): Uint8Array => writeList(F64, [1, 2, 3]);
  /** Places in a region: its buckets and its entries. */
  const firstEntry = (view: DataView): number => at.MEMBERS_HEADER_BYTES + 4 * view.getUint32(at.MEMBERS_BUCKETS, true);
  const usedBucket = (view: DataView): number => {
    let place = at.MEMBERS_HEADER_BYTES;
    while (view.getUint32(place, true) === 0) place += 4;
    return place;
  };
  const cases: [string, keyof typeof ListError, (view: DataView) => void, (() => Uint8Array)?][] = [
    ['as written', 'NONE', () => {}],
    ['magic', 'BAD_MAGIC', (v) => v.setUint32(at.MEMBERS_MAGIC, 1, true)],
    ['type', 'BAD_HEADER', (v) => v.setUint32(at.MEMBERS_TYPE, BOOL, true)],
    ['numbers called texts', 'BAD_ENTRY', (v) => v.setUint32(at.MEMBERS_TYPE, TEXT, true), numbers],
    ['length', 'BAD_SIZE', (v) => v.setUint32(at.MEMBERS_REGION_BYTES, 8, true)],
    ['no buckets', 'BAD_HEADER', (v) => v.setUint32(at.MEMBERS_BUCKETS, 0, true)],
    ['buckets that are no power of two', 'BAD_HEADER', (v) => v.setUint32(at.MEMBERS_BUCKETS, 7, true)],
    ['as many members as buckets', 'BAD_HEADER', (v) => v.setUint32(at.MEMBERS_COUNT, 8, true)],
    ['more buckets than bytes', 'BAD_SIZE', (v) => v.setUint32(at.MEMBERS_BUCKETS, 0x1000000, true)],
    ['too many buckets', 'BAD_HEADER', (v) => v.setUint32(at.MEMBERS_BUCKETS, 0x80000000, true)],
    ['reserved', 'BAD_HEADER', (v) => v.setUint8(63, 1)],
    ['a version that is none', 'BAD_HEADER', (v) => v.setUint8(at.MEMBERS_VERSION + 15, 0x41)],
    ['one member fewer than it says', 'BAD_BUCKET', (v) => v.setUint32(at.MEMBERS_COUNT, 5, true)],
    ['one member more than it says', 'BAD_BUCKET', (v) => v.setUint32(at.MEMBERS_COUNT, 3, true)],
    ['another seed', 'BAD_ENTRY', (v) => v.setUint32(at.MEMBERS_SEED, 1, true)],
    [
      'another seed of numbers',
      'BAD_BUCKET',
      (v) => v.setUint32(at.MEMBERS_SEED, 77, true),
      () => writeList(F64, [1, 2, 3, 4, 5, 6]),
    ],
    ['a hash', 'BAD_ENTRY', (v) => v.setUint8(firstEntry(v), v.getUint8(firstEntry(v)) ^ 1)],
    ['a length beyond', 'BAD_ENTRY', (v) => v.setUint32(firstEntry(v) + at.MEMBER_BYTES, 0xfffffff0, true)],
    ['an entry before the entries', 'BAD_ENTRY', (v) => v.setUint32(usedBucket(v), 64, true)],
    ['an entry behind the end', 'BAD_ENTRY', (v) => v.setUint32(usedBucket(v), v.byteLength - 4, true)],
    ['an entry far behind the end', 'BAD_ENTRY', (v) => v.setUint32(usedBucket(v), 0xfffffffc, true)],
    ['an entry at an odd place', 'BAD_ENTRY', (v) => v.setUint32(usedBucket(v), firstEntry(v) + 1, true)],
    ['a number at an odd place', 'BAD_ENTRY', (v) => v.setUint32(usedBucket(v), firstEntry(v) + 4, true), numbers],
    ['NaN', 'BAD_BUCKET', (v) => v.setFloat64(firstEntry(v), NaN, true), numbers],
    ['minus zero', 'BAD_BUCKET', (v) => v.setFloat64(firstEntry(v), -0, true), () => writeList(F64, [0])],
  ];
  for (const [name, error, change, make = region] of cases) {
    test(name, () => {
      const bytes = make();
      change(new DataView(bytes.buffer));
      expect(ListError[box.load(bytes)]).toBe(error);
    });
  }

  test('too short, misaligned, of another length', () => {
    const bytes = region();
    expect(box.load(bytes.subarray(0, 63))).toBe(ListError.TOO_SHORT);
    expect(box.load(bytes.subarray(0, bytes.length - 8))).toBe(ListError.BAD_SIZE);
    expect(box.load(bytes, 4)).toBe(ListError.BAD_SIZE);
  });

  test('each bit changed: refused, or every question ends', () => {
    for (const good of [region(), numbers()]) {
      const { type } = readListHeader(good);
      for (let bit = 0; bit < 8 * good.length; bit++) {
        const bytes = good.slice();
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        if (box.load(bytes) !== ListError.NONE) continue;
        expect(readListHeader(bytes).type).toBe(type);
        for (const value of type === TEXT ? ['', 'a', 'bc', 'no'] : [0, 1, 2, 9])
          expect(box.has(type, value)).toBeTypeOf('boolean');
      }
    }
  });
});
