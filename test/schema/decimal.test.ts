import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactNumber, formatDecimal, nextDown, nextUp, scaledFromNumber, scaledFromText, scaleExact } from '#src/schema/decimal.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { readPayload } from '#src/schema/reader.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';

const money = modelOf(objectSchema({ a: { type: 'number', multipleOf: 0.01 } }));
const encoder = new PayloadEncoder(money);
const readBack = (a: unknown): unknown => {
  const result = readPayload(money, encoder.encode({ a }));
  return result.ok && result.value.a;
};

const safe = fc.oneof(
  fc.bigInt(-(2n ** 53n) + 1n, 2n ** 53n - 1n),
  fc.bigInt(2n ** 51n - 9n, 2n ** 52n + 9n),
  fc.bigInt(-(10n ** 15n), 10n ** 15n),
);

describe('money is exact', () => {
  test('every cent from 0.00 to 1000.00, as number and as text', () => {
    for (let cents = 0; cents <= 100_000; cents++) {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      const number = Number(text);
      if (scaledFromNumber(number, 2) !== cents || scaledFromText(text, 2) !== BigInt(cents))
        throw new Error(`${text} is not exact`);
      if (scaledFromNumber(-number, 2) !== 0 - cents) throw new Error(`-${text} is not exact`);
      if (cents % 97 === 0 && (readBack(number) !== BigInt(cents) || readBack(text) !== BigInt(cents)))
        throw new Error(`${text} is encoded wrongly`);
    }
  });

  // What multipleOf by division refuses: 19.99 / 0.01 = 1998.9999999999998.
  test.each([19.99, 1.1, 4.35, 8.41, 1005, 64.1, 2675.5, 0.29, 1.15, 9.95])('%d', (value) => {
    expect(readBack(value)).toBe(
      BigInt(
        String(value)
          .replace('.', '')
          .padEnd(String(value).split('.')[0]!.length + 2, '0'),
      ),
    );
  });

  test.each<[number, number, number | string]>([
    [2 ** 53 - 1, 0, 2 ** 53 - 1],
    [-(2 ** 53 - 1), 0, -(2 ** 53 - 1)],
    [2 ** 53, 0, 'RANGE'],
    [-(2 ** 53), 0, 'RANGE'],
    // .90 and .91 share this double.
    [90_071_992_547_409.91, 2, 'RANGE'],
    [90_071_992_547_409.92, 2, 'RANGE'],
    [90_071_992_547_409.9, 2, 'RANGE'],
    [45_035_996_273_704.95, 2, 4_503_599_627_370_495],
    [-45_035_996_273_704.95, 2, -4_503_599_627_370_495],
    [22_517_998_136_852.49, 2, 2_251_799_813_685_249],
    [0.001, 2, 'SCALE'],
    [19.990000000000002, 2, 'SCALE'],
    [19.989999999999995, 2, 'SCALE'],
    [5e-324, 18, 'SCALE'],
    [1e-18, 18, 1],
    [0.009007199254740991, 18, 2 ** 53 - 1],
    [1, 18, 'RANGE'],
    [-0, 2, 0],
    [Number.NaN, 2, 'RANGE'],
    [Number.POSITIVE_INFINITY, 2, 'RANGE'],
    [1e308, 18, 'RANGE'],
  ])('%d at scale %d', (value, scale, expected) => expect(scaledFromNumber(value, scale)).toBe(expected));

  test('a number is taken as the decimal that JSON wrote, or not at all', () => {
    fc.assert(
      fc.property(safe, fc.integer({ min: 0, max: 18 }), (scaled, scale) => {
        const number = Number(formatDecimal(scaled, scale));
        const shared = [scaled - 1n, scaled + 1n].some((other) => Number(formatDecimal(other, scale)) === number);
        expect(scaledFromNumber(number, scale)).toBe(shared ? 'RANGE' : Number(scaled));
        // Up to 15 digits, which a double always tells apart, nothing is shared.
        if (scaled > -(10n ** 15n) && scaled < 10n ** 15n) expect(shared).toBe(false);
      }),
      { seed: testSeed('decimal numbers'), numRuns: 20_000 },
    );
  });

  test('texts hold all of 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.integer({ min: 0, max: 18 }), (scaled, scale) => {
        expect(scaledFromText(formatDecimal(scaled, scale), scale)).toBe(scaled);
        if (scale === 2) expect(readBack(formatDecimal(scaled, 2))).toBe(scaled);
      }),
      { seed: testSeed('decimal texts'), numRuns: 20_000 },
    );
    expect(scaledFromText('92233720368547758.08', 2)).toBe('RANGE');
    expect(scaledFromText('-92233720368547758.09', 2)).toBe('RANGE');
  });
});

test.each<[number | bigint, number, boolean, bigint, boolean]>([
  [0.005, 2, true, 1n, false],
  [0.005, 2, false, 0n, false],
  [-0.005, 2, true, 0n, false],
  [-0.005, 2, false, -1n, false],
  [4.35, 2, true, 435n, true],
  [1e-7, 7, false, 1n, true],
  [1.5e21, 0, true, 1_500_000_000_000_000_000_000n, true],
  [5e-324, 18, true, 1n, false],
  [2n ** 70n, 1, true, 10n * 2n ** 70n, true],
])('%d times 10^%d, up: %s', (value, scale, up, scaled, exact) => {
  expect(scaleExact(exactNumber(value), scale, up)).toEqual({ scaled, exact });
});

test('neighbours of doubles', () => {
  expect(nextUp(0)).toBe(Number.MIN_VALUE);
  expect(nextDown(0)).toBe(-Number.MIN_VALUE);
  expect(nextUp(1)).toBe(1 + Number.EPSILON);
  expect(nextDown(1)).toBe(1 - Number.EPSILON / 2);
  expect(nextUp(-1)).toBe(-1 + Number.EPSILON / 2);
  expect(nextUp(-Number.MIN_VALUE)).toBe(0);
  expect(nextUp(Number.MAX_VALUE)).toBe(Number.POSITIVE_INFINITY);
});
